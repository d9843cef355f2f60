// Prints the identity of a device. The argument is a device id; the default is the machine's only device.

#include <hailoswift/hailoswift.hpp>

#include <iostream>

int main(int argc, char **argv) {
    try {
        hailoswift::Device device = argc > 1 ? hailoswift::Device(argv[1]) : hailoswift::Device();
        const auto info = device.info();
        std::cout << "C++:    " << info.product_name << ", serial number " << info.serial_number << "\n"
                  << "        " << device.temperature().sensor0 << " degrees Celsius\n";
        return 0;
    } catch (const hailoswift::Error &error) {
        std::cerr << "identify: " << error.what() << "\n";
        return 1;
    }
}
