// The C++ layer: what it adds to the C interface. Objects that were moved from say so, and jobs are made in two steps.

#include "check.h"
#include "hailoswift/hailoswift.hpp"

#include <cerrno>
#include <functional>
#include <utility>

using namespace hailoswift;

static void is_closed(const char *kind, const std::function<void()> &call) {
    try {
        call();
        CHECK(!"a call by an object that was moved from throws");
    } catch (const Error &error) {
        CHECK(error.status() == HAILOSWIFT_INVALID_HANDLE);
        CHECK(std::string(error.what()) == std::string("the ") + kind + " was closed");
    }
}

static void causes() {
    try {
        Device("emulator,fault=IDENTIFY:EIO");
        CHECK(!"a fault throws");
    } catch (const Error &error) {
        CHECK(error.system_error() == EIO && error.firmware_status() == 0);
    }
    try {
        Device("emulator,fault=IDENTIFY:0x4003000f");
        CHECK(!"a fault throws");
    } catch (const Error &error) {
        CHECK(error.system_error() == 0 && error.firmware_status() == 0x4003000f);
    }
}

int main() {
    causes();
    Device device("emulator");
    Model model = Model::load(HEF_FILE);
    Session session(device, model);
    session.activate();
    std::vector<unsigned char> given(3 * 512), taken(3 * 128);
    Job job = session.prepare(3, { { given.data(), given.size() } }, { { taken.data(), taken.size() } });
    CHECK(!job.is_finished() && session.queue().frames_under_way == 0);
    job.submit();
    job.wait();
    CHECK(taken[0] == 208 && taken[128] == 215);

    Device other_device(std::move(device));
    Model other_model(std::move(model));
    Session other_session(std::move(session));
    Job other_job(std::move(job));
    Buffer buffer(other_device, 4096), other_buffer(std::move(buffer));
    is_closed("device", [&] { device.info(); });
    is_closed("device", [&] { device.temperature(); });
    is_closed("model", [&] { model.info(); });
    is_closed("session", [&] { session.activate(); });
    is_closed("session", [&] { session.run(1, {}, {}); });
    is_closed("job", [&] { job.wait(); });
    is_closed("job", [&] { job.cancel(); });
    is_closed("buffer", [&] { buffer.data(); });
    CHECK(other_session.info().is_active == 1 && other_job.is_finished() && other_buffer.size() == 4096);
    CHECK(other_model.info().group_count == 1 && other_device.info().product_name[0] != 0);
    return finish_checks();
}
