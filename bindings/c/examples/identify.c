/* Prints the identity of a device. The argument is a device id; the default is the machine's only device. */

#include <hailoswift/hailoswift.h>

#include <stdio.h>

static int fail(hailoswift_device *device) {
    fprintf(stderr, "identify: %s\n", hailoswift_last_error());
    hailoswift_device_release(device);
    return 1;
}

int main(int argc, char **argv) {
    hailoswift_device *device = NULL;
    hailoswift_device_info info = HAILOSWIFT_DEVICE_INFO_INIT;
    hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;

    if (hailoswift_device_open(argc > 1 ? argv[1] : NULL, NULL, &device)) return fail(device);
    if (hailoswift_device_get_info(device, &info)) return fail(device);
    if (hailoswift_device_get_temperature(device, &temperature)) return fail(device);

    printf("C:      %s, %s, serial number %s\n", info.product_name,
           info.architecture == HAILOSWIFT_ARCHITECTURE_HAILO8L ? "hailo8l" : "hailo8", info.serial_number);
    printf("        driver %u.%u.%u, firmware %u.%u.%u\n", (unsigned)info.driver_version.major_version,
           (unsigned)info.driver_version.minor_version, (unsigned)info.driver_version.revision,
           (unsigned)info.firmware_version.major_version, (unsigned)info.firmware_version.minor_version,
           (unsigned)info.firmware_version.revision);
    printf("        %.1f degrees Celsius\n", temperature.sensor0);
    hailoswift_device_release(device);
    return 0;
}
