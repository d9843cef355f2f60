/// The texts of --help.
enum Help {
    static let general = """
        hailoctl: look after Hailo-8 and Hailo-8L accelerators

        usage: hailoctl COMMAND [OPTION…]

        commands:
          devices    list the devices of this machine and the emulated ones
          info       say who a device is and how warm
          inspect    say what is in a model (a HEF file); needs no device
          version    print the version

        "hailoctl COMMAND --help" explains one command.

        Devices are named by PCI address (0000:01:00.0), by device file (/dev/hailo0) or, for work without a card,
        "emulator:hailo8" and "emulator:hailo8l". Without --device the environment variable HAILOSWIFT_DEVICE counts,
        else the only device of the machine. An emulated device is never chosen unasked.

        exit status: 0 success, 1 the command failed (standard error says why), 2 it was called wrongly
        """

    static let devices = """
        usage: hailoctl devices [--json]

        Lists every device that the kernel driver knows, without opening any, then the emulated devices.

          --json    print a JSON object {"devices": [{"id", "path", "emulated", "supported"}, …]}

        examples:
          hailoctl devices
          hailoctl devices --json | python3 -m json.tool
        """

    static let inspect = """
        usage: hailoctl inspect FILE [--json]

        Reads and checks a compiled model and prints its inputs and outputs, the streams that carry them, what is loaded
        into the chip, and what is left for the host to do. Needs no device.

          --json    print one JSON object

        examples:
          hailoctl inspect model.hef
          hailoctl inspect model.hef --json | python3 -m json.tool
        """

    static let info = """
        usage: hailoctl info [--device ID] [--json]

        Opens a device without reserving it and prints its identity, its versions and its sensors.

          --device ID    the device; see "hailoctl --help" for the forms
          --json         print one JSON object

        examples:
          hailoctl info
          hailoctl info --device emulator:hailo8l
        """
}
