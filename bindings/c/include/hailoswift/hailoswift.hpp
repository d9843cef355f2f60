/**
 * @file hailoswift.hpp
 * @brief A thin C++17 layer over hailoswift.h: handles that release themselves, errors that throw.
 */
#ifndef HAILOSWIFT_HPP
#define HAILOSWIFT_HPP

#include <hailoswift/hailoswift.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace hailoswift {

/** A failed call: its status and its cause; what() is the explanation of the library. */
class Error : public std::runtime_error {
public:
    Error(hailoswift_status status, const std::string &message, int system_error = 0, std::uint32_t firmware_status = 0)
        : std::runtime_error(message), status_(status), system_error_(system_error), firmware_status_(firmware_status) {}

    hailoswift_status status() const noexcept { return status_; }
    const char *name() const noexcept { return hailoswift_status_name(status_); }

    /** The errno of the driver request or system call that failed; 0 if none did. */
    int system_error() const noexcept { return system_error_; }
    /** The status in the answer of the firmware; 0 if the firmware did not refuse anything. */
    std::uint32_t firmware_status() const noexcept { return firmware_status_; }

private:
    hailoswift_status status_;
    int system_error_;
    std::uint32_t firmware_status_;
};

/** Throws if `status`, the result of the last call of this thread, is an error. */
inline void check(hailoswift_status status) {
    if (status == HAILOSWIFT_OK) return;
    hailoswift_error_info info = HAILOSWIFT_ERROR_INFO_INIT;
    hailoswift_last_error_info(&info);
    throw Error(status, hailoswift_last_error(), info.system_error, info.firmware_status);
}

/** The handle of an object for a call. Throws INVALID_HANDLE if the object was moved from and has none. */
template <typename Handle> Handle *opened(Handle *handle, const char *kind) {
    if (handle == nullptr) throw Error(HAILOSWIFT_INVALID_HANDLE, std::string("the ") + kind + " was closed");
    return handle;
}

/** Lists the devices of this machine; with `emulated`, also the emulated ones, after the real ones. */
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
        check(hailoswift_device_get_info(handle(), &info));
        return info;
    }

    /** What an emulated device noticed about this program; empty for a real one. */
    std::vector<hailoswift_finding> findings() const {
        std::vector<hailoswift_finding> found;
        hailoswift_finding finding = HAILOSWIFT_FINDING_INIT;
        while (hailoswift_device_get_finding(handle(), found.size(), &finding) == HAILOSWIFT_OK)
            found.push_back(finding);
        return found;
    }

    hailoswift_temperature temperature() const {
        hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
        check(hailoswift_device_get_temperature(handle(), &temperature));
        return temperature;
    }

    /** Measures the power that the device draws, in watts. */
    float power() const {
        float watts = 0;
        check(hailoswift_device_get_power(handle(), &watts));
        return watts;
    }

    /** What this program has done with the device since it was opened. */
    hailoswift_device_statistics statistics() const {
        hailoswift_device_statistics statistics = HAILOSWIFT_DEVICE_STATISTICS_INIT;
        check(hailoswift_device_get_statistics(handle(), &statistics));
        return statistics;
    }

    /** The handle, for calls of the C interface; this object still owns it. */
    hailoswift_device *get() const noexcept { return handle(); }

private:
    struct Release {
        void operator()(hailoswift_device *device) const { hailoswift_device_release(device); }
    };

    static hailoswift_device *open(const char *id, const hailoswift_device_options *options) {
        hailoswift_device *device = nullptr;
        check(hailoswift_device_open(id, options, &device));
        return device;
    }

    friend class DeviceGroup;
    explicit Device(hailoswift_device *device) : handle_(device) {}

    hailoswift_device *handle() const { return opened(handle_.get(), "device"); }

    std::unique_ptr<hailoswift_device, Release> handle_;
};

/** Several devices behind one queue; see hailoswift_device_group_open(). */
class DeviceGroup {
public:
    /** All devices of this machine that nobody else has reserved. */
    DeviceGroup() : handle_(open(nullptr)) {}
    explicit DeviceGroup(const hailoswift_device_group_options &options) : handle_(open(&options)) {}
    explicit DeviceGroup(const std::vector<std::string> &ids) : handle_(open(ids)) {}

    std::size_t size() const { return hailoswift_device_group_count(handle()); }

    /** One of the devices, for its information, sensors and statistics. */
    Device device(std::size_t index) const {
        hailoswift_device *device = nullptr;
        check(hailoswift_device_group_get_device(handle(), index, &device));
        return Device(device);
    }

    /** The handle, for calls of the C interface; this object still owns it. */
    hailoswift_device_group *get() const noexcept { return handle(); }

private:
    struct Release {
        void operator()(hailoswift_device_group *group) const { hailoswift_device_group_release(group); }
    };

    static hailoswift_device_group *open(const hailoswift_device_group_options *options) {
        hailoswift_device_group *group = nullptr;
        check(hailoswift_device_group_open(options, &group));
        return group;
    }

    static hailoswift_device_group *open(const std::vector<std::string> &ids) {
        std::vector<const char *> names;
        for (const std::string &id : ids) names.push_back(id.c_str());
        hailoswift_device_group_options options = HAILOSWIFT_DEVICE_GROUP_OPTIONS_INIT;
        options.ids = names.data();
        options.device_count = names.size();
        return open(&options);
    }

    hailoswift_device_group *handle() const { return opened(handle_.get(), "device group"); }

    std::unique_ptr<hailoswift_device_group, Release> handle_;
};

/** A compiled model. It needs no device. */
class Model {
public:
    /** Loads a HEF file; see hailoswift_model_load(). */
    static Model load(const std::string &path) {
        hailoswift_model *model = nullptr;
        check(hailoswift_model_load(path.c_str(), &model));
        return Model(model);
    }

    /** Loads a model from memory that must not change; see hailoswift_model_load_memory(). */
    static Model load(const void *bytes, std::size_t size) {
        hailoswift_model *model = nullptr;
        check(hailoswift_model_load_memory(bytes, size, &model));
        return Model(model);
    }

    hailoswift_model_info info() const {
        hailoswift_model_info info = HAILOSWIFT_MODEL_INFO_INIT;
        check(hailoswift_model_get_info(handle(), &info));
        return info;
    }

    hailoswift_group_info group(std::size_t group = 0) const {
        hailoswift_group_info info = HAILOSWIFT_GROUP_INFO_INIT;
        check(hailoswift_model_get_group(handle(), group, &info));
        return info;
    }

    std::vector<std::string> networks(std::size_t group = 0) const {
        std::vector<std::string> names;
        for (std::size_t index = 0; index < this->group(group).network_count; ++index) {
            hailoswift_network_info info = HAILOSWIFT_NETWORK_INFO_INIT;
            check(hailoswift_model_get_network(handle(), group, index, &info));
            names.emplace_back(info.name);
        }
        return names;
    }

    std::vector<hailoswift_tensor_info> inputs(std::size_t group = 0) const {
        return tensors(group, HAILOSWIFT_INPUT, this->group(group).input_count);
    }

    std::vector<hailoswift_tensor_info> outputs(std::size_t group = 0) const {
        return tensors(group, HAILOSWIFT_OUTPUT, this->group(group).output_count);
    }

    std::vector<hailoswift_stream_info> input_streams(std::size_t group = 0) const {
        return streams(group, HAILOSWIFT_INPUT, this->group(group).input_stream_count);
    }

    std::vector<hailoswift_stream_info> output_streams(std::size_t group = 0) const {
        return streams(group, HAILOSWIFT_OUTPUT, this->group(group).output_stream_count);
    }

    /** The handle, for calls of the C interface; this object still owns it. */
    hailoswift_model *get() const noexcept { return handle(); }

private:
    struct Release {
        void operator()(hailoswift_model *model) const { hailoswift_model_release(model); }
    };

    explicit Model(hailoswift_model *handle) : handle_(handle) {}

    std::vector<hailoswift_tensor_info> tensors(std::size_t group, hailoswift_direction direction,
                                                std::size_t count) const {
        std::vector<hailoswift_tensor_info> tensors(count, HAILOSWIFT_TENSOR_INFO_INIT);
        for (std::size_t index = 0; index < count; ++index)
            check(hailoswift_model_get_tensor(handle(), group, direction, index, &tensors[index]));
        return tensors;
    }

    std::vector<hailoswift_stream_info> streams(std::size_t group, hailoswift_direction direction,
                                                std::size_t count) const {
        std::vector<hailoswift_stream_info> streams(count, HAILOSWIFT_STREAM_INFO_INIT);
        for (std::size_t index = 0; index < count; ++index)
            check(hailoswift_model_get_stream(handle(), group, direction, index, &streams[index]));
        return streams;
    }

    hailoswift_model *handle() const { return opened(handle_.get(), "model"); }

    std::unique_ptr<hailoswift_model, Release> handle_;
};

/** Frames in flight. If the object is destroyed, the job continues; its memory must stay valid until it is over. */
class Job {
public:
    explicit Job(hailoswift_job *job) : handle_(job) {}

    /** Sends the frames of a prepared job; see hailoswift_job_submit(). After TIMEOUT it may be called again. */
    void submit(std::uint32_t timeout_ms = HAILOSWIFT_WAIT_FOREVER) { check(hailoswift_job_submit(handle(), timeout_ms)); }

    /** Waits until the job is over. Throws its error if it failed, or TIMEOUT if it is not over. */
    void wait(std::uint32_t timeout_ms = HAILOSWIFT_WAIT_FOREVER) const { check(hailoswift_job_wait(handle(), timeout_ms)); }
    bool is_finished() const { return hailoswift_job_is_finished(handle()) != 0; }
    void cancel() { check(hailoswift_job_cancel(handle())); }

    /** The handle, for calls of the C interface; this object still owns it. */
    hailoswift_job *get() const noexcept { return handle(); }

private:
    struct Release {
        void operator()(hailoswift_job *job) const { hailoswift_job_release(job); }
    };

    hailoswift_job *handle() const { return opened(handle_.get(), "job"); }

    std::unique_ptr<hailoswift_job, Release> handle_;
};

/** Memory that a device can access; see hailoswift_buffer. */
class Buffer {
public:
    /** Allocates memory. */
    Buffer(const Device &device, std::size_t size) {
        hailoswift_buffer *buffer = nullptr;
        check(hailoswift_buffer_allocate(opened(device.get(), "device"), size, &buffer));
        handle_.reset(buffer);
    }

    /** Registers memory of the caller, in whole pages. */
    static Buffer registered(const Device &device, void *data, std::size_t size) {
        hailoswift_buffer *buffer = nullptr;
        check(hailoswift_buffer_register(opened(device.get(), "device"), data, size, &buffer));
        return Buffer(buffer);
    }

    /** Imports memory of another driver, by its dma-buf. */
    static Buffer imported(const Device &device, int dma_buf, std::size_t size) {
        hailoswift_buffer *buffer = nullptr;
        check(hailoswift_buffer_import(opened(device.get(), "device"), dma_buf, size, &buffer));
        return Buffer(buffer);
    }

    void *data() const {
        void *data = nullptr;
        check(hailoswift_buffer_get_data(handle(), &data, nullptr));
        return data;
    }

    std::size_t size() const {
        void *data = nullptr;
        std::size_t size = 0;
        check(hailoswift_buffer_get_data(handle(), &data, &size));
        return size;
    }

    /** The handle, for calls of the C interface; this object still owns it. */
    hailoswift_buffer *get() const noexcept { return handle(); }

private:
    struct Release {
        void operator()(hailoswift_buffer *buffer) const { hailoswift_buffer_release(buffer); }
    };

    explicit Buffer(hailoswift_buffer *buffer) : handle_(buffer) {}

    hailoswift_buffer *handle() const { return opened(handle_.get(), "buffer"); }

    std::unique_ptr<hailoswift_buffer, Release> handle_;
};

/** Reads the detections of a frame; masks point into the frame. See hailoswift_detections_read(). */
inline std::vector<hailoswift_detection> read_detections(const hailoswift_port_info &port, const void *frame,
                                                         std::size_t frame_size) {
    std::size_t count = 0;
    check(hailoswift_detections_read(&port, frame, frame_size, nullptr, 0, &count));
    std::vector<hailoswift_detection> detections(count);
    check(hailoswift_detections_read(&port, frame, frame_size, detections.data(), count, &count));
    return detections;
}

/** A network group that is set up on a device. */
class Session {
public:
    /** Sets up the model's first group. */
    Session(const Device &device, const Model &model) : handle_(create(device, model, nullptr)) {}

    /** Sets up a group; see hailoswift_session_create(). */
    Session(const Device &device, const Model &model, const hailoswift_session_options &options)
        : handle_(create(device, model, &options)) {}

    /** Sets up a group on several devices; see hailoswift_device_group_create_session(). */
    Session(const DeviceGroup &group, const Model &model,
            const hailoswift_session_options &options = HAILOSWIFT_SESSION_OPTIONS_INIT)
        : handle_(create(group, model, options)) {}

    /** Starts the group; 0 means the batch size that the session was created with. */
    void activate(std::uint32_t batch_size = 0) { check(hailoswift_session_activate(handle(), batch_size)); }
    void deactivate() { check(hailoswift_session_deactivate(handle())); }

    /** How a scheduled session takes turns with others. */
    hailoswift_scheduling scheduling() const {
        hailoswift_scheduling scheduling = HAILOSWIFT_SCHEDULING_INIT;
        check(hailoswift_session_get_scheduling(handle(), &scheduling));
        return scheduling;
    }
    void set_scheduling(const hailoswift_scheduling &scheduling) {
        check(hailoswift_session_set_scheduling(handle(), &scheduling));
    }

    std::vector<hailoswift_port_info> inputs() const { return ports(HAILOSWIFT_INPUT, info().input_count); }
    std::vector<hailoswift_port_info> outputs() const { return ports(HAILOSWIFT_OUTPUT, info().output_count); }

    /** Sets the format of an input or output; see hailoswift_session_set_format(). */
    void set_format(hailoswift_direction direction, const std::string &name, hailoswift_type type,
                    hailoswift_order order = HAILOSWIFT_ORDER_AUTO) {
        check(hailoswift_session_set_format(handle(), direction, name.c_str(), type, order));
    }

    /** What counts as a detection in an output; see hailoswift_detection_settings. */
    hailoswift_detection_settings detection_settings(const std::string &output) const {
        hailoswift_detection_settings settings = HAILOSWIFT_DETECTION_SETTINGS_INIT;
        check(hailoswift_session_get_detection_settings(handle(), output.c_str(), &settings));
        return settings;
    }

    void set_detection_settings(const std::string &output, const hailoswift_detection_settings &settings) {
        check(hailoswift_session_set_detection_settings(handle(), output.c_str(), &settings));
    }

    /** Passes frames through; see hailoswift_session_run(). */
    void run(std::size_t frame_count, const std::vector<hailoswift_source> &inputs,
             const std::vector<hailoswift_target> &outputs, std::uint32_t timeout_ms = HAILOSWIFT_WAIT_FOREVER) {
        check(hailoswift_session_run(handle(), frame_count, inputs.data(), inputs.size(), outputs.data(),
                                     outputs.size(), timeout_ms));
    }

    /** Creates a job whose frames Job::submit() sends; see hailoswift_session_prepare(). */
    Job prepare(std::size_t frame_count, const std::vector<hailoswift_source> &inputs,
                const std::vector<hailoswift_target> &outputs, hailoswift_job_callback callback = nullptr,
                void *user_data = nullptr) {
        hailoswift_job *job = nullptr;
        check(hailoswift_session_prepare(handle(), frame_count, inputs.data(), inputs.size(), outputs.data(),
                                         outputs.size(), callback, user_data, &job));
        return Job(job);
    }

    /** Sends frames; see hailoswift_session_submit(). */
    Job submit(std::size_t frame_count, const std::vector<hailoswift_source> &inputs,
               const std::vector<hailoswift_target> &outputs,
               const hailoswift_submit_options &options = HAILOSWIFT_SUBMIT_OPTIONS_INIT) {
        hailoswift_job *job = nullptr;
        check(hailoswift_session_submit(handle(), frame_count, inputs.data(), inputs.size(), outputs.data(),
                                        outputs.size(), &options, &job));
        return Job(job);
    }

    /** Waits until all jobs are over. */
    void drain(std::uint32_t timeout_ms = HAILOSWIFT_WAIT_FOREVER) { check(hailoswift_session_drain(handle(), timeout_ms)); }

    hailoswift_queue_info queue() const {
        hailoswift_queue_info info = HAILOSWIFT_QUEUE_INFO_INIT;
        check(hailoswift_session_get_queue(handle(), &info));
        return info;
    }

    hailoswift_session_info info() const {
        hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
        check(hailoswift_session_get_info(handle(), &info));
        return info;
    }

    hailoswift_session_statistics statistics() const {
        hailoswift_session_statistics statistics = HAILOSWIFT_SESSION_STATISTICS_INIT;
        check(hailoswift_session_get_statistics(handle(), &statistics));
        return statistics;
    }

    /** The handle, for calls of the C interface; this object still owns it. */
    hailoswift_session *get() const noexcept { return handle(); }

private:
    struct Release {
        void operator()(hailoswift_session *session) const { hailoswift_session_release(session); }
    };

    std::vector<hailoswift_port_info> ports(hailoswift_direction direction, std::size_t count) const {
        std::vector<hailoswift_port_info> ports(count, HAILOSWIFT_PORT_INFO_INIT);
        for (std::size_t index = 0; index < count; ++index)
            check(hailoswift_session_get_port(handle(), direction, index, &ports[index]));
        return ports;
    }

    static hailoswift_session *create(const Device &device, const Model &model,
                                      const hailoswift_session_options *options) {
        hailoswift_session *session = nullptr;
        check(hailoswift_session_create(opened(device.get(), "device"), opened(model.get(), "model"), options, &session));
        return session;
    }

    static hailoswift_session *create(const DeviceGroup &group, const Model &model,
                                      const hailoswift_session_options &options) {
        hailoswift_session *session = nullptr;
        check(hailoswift_device_group_create_session(opened(group.get(), "device group"), opened(model.get(), "model"),
                                                     &options, &session));
        return session;
    }

    hailoswift_session *handle() const { return opened(handle_.get(), "session"); }

    std::unique_ptr<hailoswift_session, Release> handle_;
};

} // namespace hailoswift

#endif // HAILOSWIFT_HPP
