// Prints what a detector finds in a picture. Arguments: a HEF file one of whose outputs consists of boxes, a file with the
// bytes of the picture, the minimum score, and a device id; the default is the machine's only device.

#include <hailoswift/hailoswift.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <stdexcept>

static void detect(const char *model_path, const char *picture_path, float score, const hailoswift::Device &device) {
    hailoswift::Session session(device, hailoswift::Model::load(model_path));
    const auto ports = session.outputs();
    const auto boxes = std::find_if(ports.begin(), ports.end(), [](const auto &port) { return port.is_boxes != 0; });
    if (boxes == ports.end()) throw std::runtime_error("no output of this model consists of boxes");
    auto settings = session.detection_settings(boxes->name);
    settings.score_threshold = score;
    session.set_detection_settings(boxes->name, settings);

    std::ifstream file(picture_path, std::ios::binary);
    const std::vector<char> picture{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::vector<std::uint8_t>> frames;
    std::vector<hailoswift_target> targets;
    for (const auto &port : ports) {
        frames.emplace_back(port.frame_size);
        targets.push_back({frames.back().data(), frames.back().size()});
    }
    session.activate();
    session.run(1, {{picture.data(), picture.size()}}, targets);
    const auto &frame = frames[static_cast<std::size_t>(boxes - ports.begin())];
    const auto detections = hailoswift::read_detections(*boxes, frame.data(), frame.size());
    std::cout << std::fixed << std::setprecision(3);
    for (const auto &found : detections) {
        std::cout << "class " << found.class_id << ", score " << found.score << ", from (" << found.x_min << ", "
                  << found.y_min << ") to (" << found.x_max << ", " << found.y_max << ")\n";
    }
    std::cout << detections.size() << " found\n";
}

int main(int argc, char **argv) {
    if (argc < 4 || argc > 5) {
        std::cerr << "usage: detect FILE.hef PICTURE SCORE [DEVICE]\n";
        return 2;
    }
    try {
        const hailoswift::Device device = argc > 4 ? hailoswift::Device(argv[4]) : hailoswift::Device();
        detect(argv[1], argv[2], std::strtof(argv[3], nullptr), device);
        return 0;
    } catch (const std::exception &error) {
        std::cerr << "detect: " << error.what() << "\n";
        return 1;
    }
}
