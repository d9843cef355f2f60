/**
 * @file hailoswift.hpp
 * @brief A thin C++17 layer over hailoswift.h: handles that release themselves, errors that throw.
 */
#ifndef HAILOSWIFT_HPP
#define HAILOSWIFT_HPP

#include <hailoswift/hailoswift.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace hailoswift {

/** A failed call: its status, and as what() the library's explanation. */
class Error : public std::runtime_error {
public:
    Error(hailoswift_status status, const std::string &message) : std::runtime_error(message), status_(status) {}

    hailoswift_status status() const noexcept { return status_; }
    const char *name() const noexcept { return hailoswift_status_name(status_); }

private:
    hailoswift_status status_;
};

/** Throws if a call of this thread has just failed. */
inline void check(hailoswift_status status) {
    if (status != HAILOSWIFT_OK) throw Error(status, hailoswift_last_error());
}

/** The devices of this machine; with `emulated`, the emulated ones after the real ones. */
inline std::vector<hailoswift_device_entry> scan(bool emulated = false) {
    hailoswift_device_list *handle = nullptr;
    check(hailoswift_scan(emulated ? HAILOSWIFT_SCAN_EMULATED : HAILOSWIFT_SCAN_HARDWARE, &handle));
    std::unique_ptr<hailoswift_device_list, void (*)(hailoswift_device_list *)> list(handle,
                                                                                     hailoswift_device_list_release);
    std::vector<hailoswift_device_entry> entries;
    for (std::size_t index = 0; index < hailoswift_device_list_count(handle); ++index) {
        hailoswift_device_entry entry = HAILOSWIFT_DEVICE_ENTRY_INIT;
        check(hailoswift_device_list_get(handle, index, &entry));
        entries.push_back(entry);
    }
    return entries;
}

/** An open device. */
class Device {
public:
    /** Opens the device that HAILOSWIFT_DEVICE names, or the machine's only one. */
    Device() : handle_(open(nullptr, nullptr)) {}

    /** Opens a device by its id; see hailoswift_device_open(). */
    explicit Device(const std::string &id) : handle_(open(id.c_str(), nullptr)) {}
    Device(const std::string &id, const hailoswift_device_options &options) : handle_(open(id.c_str(), &options)) {}

    hailoswift_device_info info() const {
        hailoswift_device_info info = HAILOSWIFT_DEVICE_INFO_INIT;
        check(hailoswift_device_get_info(handle_.get(), &info));
        return info;
    }

    hailoswift_temperature temperature() const {
        hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
        check(hailoswift_device_get_temperature(handle_.get(), &temperature));
        return temperature;
    }

    /** In watts. */
    float power() const {
        float watts = 0;
        check(hailoswift_device_get_power(handle_.get(), &watts));
        return watts;
    }

    /** The handle, for calls of the C interface; it stays owned by this object. */
    hailoswift_device *get() const noexcept { return handle_.get(); }

private:
    struct Release {
        void operator()(hailoswift_device *device) const { hailoswift_device_release(device); }
    };

    static hailoswift_device *open(const char *id, const hailoswift_device_options *options) {
        hailoswift_device *device = nullptr;
        check(hailoswift_device_open(id, options, &device));
        return device;
    }

    std::unique_ptr<hailoswift_device, Release> handle_;
};

} // namespace hailoswift

#endif // HAILOSWIFT_HPP
