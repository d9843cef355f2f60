// Passes frames through a model, several of them in flight at a time. Arguments: a HEF file and a device id; the
// default is the machine's only device. All bytes of the outputs are added up.

#include <hailoswift/hailoswift.hpp>

#include <cstdint>
#include <deque>
#include <iostream>
#include <numeric>

namespace {

constexpr int frame_count = 100;
constexpr std::size_t most_under_way = 4;

// The memory of one frame, and its job.
struct Frame {
    std::vector<std::vector<std::uint8_t>> inputs, outputs;
    std::vector<hailoswift_source> sources;
    std::vector<hailoswift_target> targets;
    hailoswift::Job job{nullptr};

    explicit Frame(const hailoswift::Session &session) {
        for (const auto &port : session.inputs()) inputs.emplace_back(port.frame_size);
        for (const auto &port : session.outputs()) outputs.emplace_back(port.frame_size);
        for (const auto &input : inputs) sources.push_back({input.data(), input.size()});
        for (auto &output : outputs) targets.push_back({output.data(), output.size()});
    }
};

std::uint64_t finished(Frame &frame) {
    frame.job.wait(10000);
    std::uint64_t sum = 0;
    for (const auto &output : frame.outputs) sum += std::accumulate(output.begin(), output.end(), std::uint64_t{0});
    return sum;
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 2 || argc > 3) {
        std::cerr << "usage: run FILE.hef [DEVICE]\n";
        return 2;
    }
    try {
        const auto model = hailoswift::Model::load(argv[1]);
        const hailoswift::Device device = argc > 2 ? hailoswift::Device(argv[2]) : hailoswift::Device();
        // Frames are destroyed after the session is stopped, so that no freed memory is written to.
        std::deque<Frame> under_way;
        hailoswift::Session session(device, model);
        session.activate();
        std::uint64_t sum = 0;
        for (int number = 0; number < frame_count; ++number) {
            if (under_way.size() == most_under_way) {
                sum += finished(under_way.front());
                under_way.pop_front();
            }
            Frame &frame = under_way.emplace_back(session);
            frame.job = session.submit(1, frame.sources, frame.targets);
        }
        for (auto &frame : under_way) sum += finished(frame);
        std::cout << frame_count << " frames through " << session.info().group << ", " << most_under_way
                  << " at a time; all bytes of all outputs add up to " << sum << "\n";
        session.deactivate();
        return 0;
    } catch (const hailoswift::Error &error) {
        std::cerr << "run: " << error.what() << "\n";
        return 1;
    }
}
