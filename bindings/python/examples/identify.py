"""Prints the identity of a device. The argument is a device id; the default is the machine's only device."""

import sys

import hailoswift


def main() -> int:
    try:
        with hailoswift.Device(sys.argv[1] if len(sys.argv) > 1 else None) as device:
            info = device.info
            print(f"Python: {info.product_name}, {info.architecture.name.lower()}, serial number {info.serial_number}")
            print(f"        driver {info.driver_version}, firmware {info.firmware_version}")
            print(f"        {device.temperature().sensor0:.1f} degrees Celsius")
    except hailoswift.HailoError as error:
        print(f"identify: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
