// Prints the inputs and outputs of a model. The argument is a HEF file. No device is needed.

#include <hailoswift/hailoswift.hpp>

#include <iostream>

static void print(const hailoswift_tensor_info &tensor) {
    std::cout << (tensor.direction == HAILOSWIFT_INPUT ? "input  " : "output ") << tensor.name << ": ";
    if (tensor.is_boxes) {
        std::cout << "boxes of " << tensor.boxes.classes << " classes";
    } else {
        std::cout << tensor.shape.height << " x " << tensor.shape.width << " x " << tensor.shape.features;
    }
    std::cout << ", " << tensor.frame_size << " bytes\n";
}

int main(int argc, char **argv) {
    if (argc != 2) {
        std::cerr << "usage: describe FILE.hef\n";
        return 2;
    }
    try {
        const auto model = hailoswift::Model::load(argv[1]);
        std::cout << model.group().name << " for " << model.info().architecture << "\n";
        for (const auto &input : model.inputs()) print(input);
        for (const auto &output : model.outputs()) print(output);
        return 0;
    } catch (const hailoswift::Error &error) {
        std::cerr << "describe: " << error.what() << "\n";
        return 1;
    }
}
