/**
 * @file hailoswift.h
 * @brief HailoSwift: compiled neural networks on Hailo-8 and Hailo-8L accelerators.
 *
 * The library talks directly to the Linux kernel driver (hailort-drivers 4.18 to 4.23); no other Hailo software is
 * needed. Without a card it offers an emulated device, which must be selected explicitly.
 *
 * Rules that hold for the whole interface:
 *
 * - Functions that can fail return a ::hailoswift_status: 0 is success, errors are negative. After a failure
 *   hailoswift_last_error() describes, for the calling thread, what went wrong, where, and what to do about it.
 * - Out parameters are written on success only.
 * - Handles are opaque. For a handle that was released, a handle of another kind, or a pointer that is not a handle,
 *   calls return ::HAILOSWIFT_INVALID_HANDLE; no misuse of a handle crashes the process.
 * - Release functions return nothing and ignore NULL. An object lives until its last use ends: releasing a handle
 *   while another thread is inside a call with it is safe.
 * - Structures that may grow begin with `struct_size`. Initialize them with the matching `_INIT` macro; the library
 *   reads and writes no more than `struct_size` bytes.
 * - All strings are UTF-8 and end with a zero byte.
 * - Every function may be called from any thread at any time unless its description says otherwise.
 * - Timeouts are in milliseconds. ::HAILOSWIFT_WAIT_FOREVER, which is 0, means no limit; with ::HAILOSWIFT_NO_WAIT a
 *   call does not block.
 * - If memory runs out, calls return ::HAILOSWIFT_OUT_OF_MEMORY for allocations of 64 KiB or more and for those whose
 *   size depends on a file, a device or the caller. If there is no memory for a small object, the process is
 *   terminated: Swift, the language of the library, cannot report such a failure.
 * - Handles belong to the process that created them: in a child of fork(), calls return ::HAILOSWIFT_INVALID_HANDLE for
 *   them, and releasing them has no effect. The child may open devices of its own.
 * - Loading the library opens no file, starts no thread and prints nothing.
 */
#ifndef HAILOSWIFT_H
#define HAILOSWIFT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------------------
 * Versions
 * --------------------------------------------------------------------------------------------------------------- */

/** Version of this header. hailoswift_version() gives the version of the library. */
#define HAILOSWIFT_VERSION "0.1.0"

/** The binary interface that this header describes. */
#define HAILOSWIFT_ABI_VERSION 0

/**
 * The binary interface that the loaded library implements. A program built against this header works with every
 * library that returns ::HAILOSWIFT_ABI_VERSION here.
 */
int32_t hailoswift_abi_version(void);

/** The version of the library, such as "0.1.0". The string is static. */
const char *hailoswift_version(void);

/* ------------------------------------------------------------------------------------------------------------------
 * Status
 * --------------------------------------------------------------------------------------------------------------- */

/** A timeout without a limit. */
#define HAILOSWIFT_WAIT_FOREVER 0u

/** A timeout with which a call does only what is possible without blocking. */
#define HAILOSWIFT_NO_WAIT 0xffffffffu

/** Result of a call: ::HAILOSWIFT_OK or a negative error. */
typedef int32_t hailoswift_status;

/** All status codes: X(name, value, description). */
#define HAILOSWIFT_STATUS_TABLE(X)                                                                                     \
    X(OK, 0, "success")                                                                                                \
    X(INVALID_ARGUMENT, -1, "an argument is NULL, out of range or malformed")                                          \
    X(INVALID_HANDLE, -2, "the object was closed or released, or the handle is not of the right kind")                 \
    X(NOT_FOUND, -3, "no such device, file or item")                                                                   \
    X(PERMISSION_DENIED, -4, "the operating system denied access")                                                     \
    X(BUSY, -5, "another program uses the device")                                                                     \
    X(UNSUPPORTED_DRIVER, -6, "this version of the kernel driver cannot be used")                                      \
    X(UNSUPPORTED_DEVICE, -7, "this kind of device cannot be used")                                                    \
    X(DRIVER_FAILURE, -8, "the kernel driver refused a request")                                                       \
    X(FIRMWARE_REJECTED, -9, "the firmware refused a control request or stopped a network")                             \
    X(FIRMWARE_RESPONSE, -10, "the firmware sent an answer that makes no sense")                                       \
    X(FIRMWARE_NOT_LOADED, -11, "the device runs no firmware")                                                         \
    X(TIMEOUT, -12, "the device did not answer in time")                                                               \
    X(DEVICE_LOST, -13, "the device is gone")                                                                          \
    X(OUT_OF_MEMORY, -14, "not enough memory")                                                                         \
    X(CANCELED, -15, "the operation was canceled")                                                                     \
    X(UNKNOWN_ID, -16, "the text is not a device id in any known form")                                                \
    X(FILE_ERROR, -17, "the file cannot be opened or read, or ends within its header")                                 \
    X(HEF_CORRUPTED, -18, "the HEF file is damaged: a length, the checksum or the encoding is wrong")                  \
    X(HEF_UNSUPPORTED, -19, "the HEF file has a version or needs an extension that is not supported")                  \
    X(HEF_INVALID, -20, "the HEF file contradicts itself or holds a value that is out of range")                       \
    X(HEF_INCOMPATIBLE, -21, "the HEF file was compiled for another chip")                                             \
    X(NOT_IMPLEMENTED, -22, "the model needs something that no chip of this family supports")                          \
    X(INVALID_OPERATION, -23, "the operation does not fit the state or the contents of its object")                    \
    X(UNEXPECTED_VALUE, -24, "a value has a kind or a size that is not supported")                                     \
    X(MODEL_TOO_LARGE, -25, "the model needs more channels, descriptors or contexts than there are")

enum {
#define HAILOSWIFT_STATUS_CONSTANT(name, value, description) HAILOSWIFT_##name = (value),
    HAILOSWIFT_STATUS_TABLE(HAILOSWIFT_STATUS_CONSTANT)
#undef HAILOSWIFT_STATUS_CONSTANT
    HAILOSWIFT_STATUS_FIRST_UNUSED = -26
};

/** The name of a status, such as "NOT_FOUND"; "UNKNOWN" for any other value. The string is static. */
const char *hailoswift_status_name(hailoswift_status status);

/** One sentence on what a status means. The string is static. */
const char *hailoswift_status_text(hailoswift_status status);

/**
 * Describes the last failed call of this thread: what went wrong, where, and what to do about it. Returns an empty
 * string if no call of this thread has failed yet. The string stays valid until the next failing call of the same
 * thread.
 */
const char *hailoswift_last_error(void);

/** The status of the last failed call of this thread, ::HAILOSWIFT_OK if none has failed yet. */
hailoswift_status hailoswift_last_status(void);

/** The cause of a failure, in a form for programs. */
typedef struct hailoswift_error_info {
    size_t struct_size;
    hailoswift_status status;
    /** The errno of the driver request or system call that failed; 0 if none did. */
    int32_t system_error;
    /** The status in the answer of the firmware, such as 0x4003000f; 0 if the firmware did not refuse anything. */
    uint32_t firmware_status;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_error_info;
#define HAILOSWIFT_ERROR_INFO_INIT { sizeof(hailoswift_error_info), 0, 0, 0, 0 }

/**
 * Describes the last failed call of this thread. In the callback of a failed job, it describes why the job failed, as
 * does hailoswift_last_error(). The status is ::HAILOSWIFT_OK if no call of this thread has failed yet.
 */
hailoswift_status hailoswift_last_error_info(hailoswift_error_info *info);

/* ------------------------------------------------------------------------------------------------------------------
 * Log
 * --------------------------------------------------------------------------------------------------------------- */

/** How important a log message is. */
typedef int32_t hailoswift_log_level;
enum {
    HAILOSWIFT_LOG_DEBUG = 0,
    HAILOSWIFT_LOG_INFO = 1,
    HAILOSWIFT_LOG_WARNING = 2,
    HAILOSWIFT_LOG_ERROR = 3
};

/** Receives log messages. It may be called from any thread, one call at a time; `message` is valid during the call. */
typedef void (*hailoswift_log_callback)(void *user_data, hailoswift_log_level level, const char *message);

/**
 * Sends messages of `level` and above to `callback`. By default, and if `callback` is NULL, messages are discarded.
 * After this function returns, the previous callback is not called again and no call of it is still running, except
 * for one that called this function itself.
 */
hailoswift_status hailoswift_set_log_callback(hailoswift_log_callback callback, void *user_data,
                                              hailoswift_log_level level);

/* ------------------------------------------------------------------------------------------------------------------
 * Finding devices
 * --------------------------------------------------------------------------------------------------------------- */

/** A list of devices: a snapshot taken at the time of the scan. */
typedef struct hailoswift_device_list hailoswift_device_list;

/** What hailoswift_scan() lists. */
enum {
    /** Only devices that the kernel driver knows. */
    HAILOSWIFT_SCAN_HARDWARE = 0,
    /** Also the emulated devices, after the real ones. */
    HAILOSWIFT_SCAN_EMULATED = 1
};

/** One entry of a ::hailoswift_device_list. */
typedef struct hailoswift_device_entry {
    size_t struct_size;
    /** What to pass to hailoswift_device_open(): a PCI address, or "emulator:…". */
    char id[64];
    /** The device file, such as "/dev/hailo0"; empty for an emulated device. */
    char path[64];
    /** 1 for an emulated device, 0 for a real one. */
    int32_t is_emulated;
    /** 1 if this library can run the device; 0 for the Hailo-10 and Hailo-15 families. */
    int32_t is_supported;
} hailoswift_device_entry;
#define HAILOSWIFT_DEVICE_ENTRY_INIT { sizeof(hailoswift_device_entry), { 0 }, { 0 }, 0, 0 }

/**
 * Lists devices without opening them. If there are none, the call succeeds and the list is empty.
 * @param flags ::HAILOSWIFT_SCAN_HARDWARE or ::HAILOSWIFT_SCAN_EMULATED.
 * @param[out] list to be released with hailoswift_device_list_release().
 */
hailoswift_status hailoswift_scan(uint32_t flags, hailoswift_device_list **list);

/** The number of devices in the list; 0 for an invalid handle. */
size_t hailoswift_device_list_count(const hailoswift_device_list *list);

/** Copies entry `index` of the list to `entry`. */
hailoswift_status hailoswift_device_list_get(const hailoswift_device_list *list, size_t index,
                                             hailoswift_device_entry *entry);

/** Releases a list. Entries copied from it stay valid. */
void hailoswift_device_list_release(hailoswift_device_list *list);

/* ------------------------------------------------------------------------------------------------------------------
 * Devices
 * --------------------------------------------------------------------------------------------------------------- */

/** An open device. */
typedef struct hailoswift_device hailoswift_device;

/** How to open a device. */
typedef struct hailoswift_device_options {
    size_t struct_size;
    /**
     * 1 to reserve the device: the call returns ::HAILOSWIFT_BUSY if another program has reserved it, and other
     * programs are refused until this handle is released. 0 reserves it when it gets its first session.
     */
    int32_t exclusive;
    /** How long the firmware may take to answer a control request, in milliseconds; 0 means 1000. */
    uint32_t control_timeout_ms;
    /**
     * 1 to use the device in turn with other programs that do so too; `exclusive` must then be 0. The device is reserved only
     * while it runs frames of this program, and its sessions must be scheduled. See docs/scheduling.md.
     */
    int32_t shared;
    /** How long this program keeps a shared device while others wait, in milliseconds; 0 means 200. */
    uint32_t turn_ms;
    /**
     * How long this program waits for a shared device, in milliseconds; 0 means 10,000. Then jobs, or the creation of a session,
     * end with ::HAILOSWIFT_BUSY.
     */
    uint32_t wait_ms;
    /**
     * So many milliseconds of waiting raise the priority of a scheduled session by 1 until it gets a turn, so that a low priority
     * does not wait for ever; 0 for priorities that stay as they are.
     */
    uint32_t ageing_ms;
} hailoswift_device_options;
#define HAILOSWIFT_DEVICE_OPTIONS_INIT { sizeof(hailoswift_device_options), 0, 0, 0, 0, 0, 0 }

/** The chip of a device. */
typedef int32_t hailoswift_architecture;
enum {
    HAILOSWIFT_ARCHITECTURE_HAILO8 = 1,
    HAILOSWIFT_ARCHITECTURE_HAILO8L = 2
};

/** Where a device got its firmware from. */
typedef int32_t hailoswift_boot_source;
enum {
    HAILOSWIFT_BOOT_SOURCE_UNKNOWN = 0,
    HAILOSWIFT_BOOT_SOURCE_PCIE = 1,
    HAILOSWIFT_BOOT_SOURCE_FLASH = 2
};

/** Bits of `supported_features`. */
enum {
    HAILOSWIFT_FEATURE_ETHERNET = 1,
    HAILOSWIFT_FEATURE_MIPI = 2,
    HAILOSWIFT_FEATURE_PCIE = 4,
    HAILOSWIFT_FEATURE_CURRENT_MONITORING = 8,
    HAILOSWIFT_FEATURE_MDIO = 16
};

/** A version in three parts. */
typedef struct hailoswift_version_number {
    uint32_t major_version;
    uint32_t minor_version;
    uint32_t revision;
} hailoswift_version_number;

/** The origin of a device's frames. */
typedef int32_t hailoswift_data_origin;
#define HAILOSWIFT_DATA_OF_CHIP 0
/** The emulated core computes them: the model contains a program for it (docs/emulated-core.md). */
#define HAILOSWIFT_DATA_COMPUTED 1
/** An emulated device generates them, because only the chip can run the model. */
#define HAILOSWIFT_DATA_SYNTHETIC 2

/** General information about a device. */
typedef struct hailoswift_device_info {
    size_t struct_size;
    /** The PCI address, such as "0000:01:00.0", or the id of an emulated device. */
    char id[64];
    /** The device file; empty for an emulated device of this library. */
    char path[64];
    /** 1 for an emulated device, including one that the preload library provides as a file; 0 for a real one. */
    int32_t is_emulated;
    hailoswift_architecture architecture;
    char board_name[33];
    char serial_number[17];
    char part_number[17];
    char product_name[43];
    /** Padding of the texts above; always 0. */
    uint8_t reserved[2];
    hailoswift_version_number driver_version;
    hailoswift_version_number firmware_version;
    hailoswift_version_number core_firmware_version;
    /** 1 for release firmware, 0 for a development build. */
    int32_t firmware_is_release;
    uint32_t control_protocol_version;
    uint32_t logger_version;
    /** Clock of the neural network core in Hz. */
    uint32_t core_clock_hz;
    /** Combination of HAILOSWIFT_FEATURE_… bits. */
    uint32_t supported_features;
    hailoswift_boot_source boot_source;
    /** Life cycle state of the chip. */
    uint32_t life_cycle_state;
    /** Which clusters of a Hailo-8L work, one bit each; 0 on a Hailo-8. */
    uint32_t cluster_layout;
    uint8_t soc_id[32];
    uint8_t ethernet_address[6];
    uint8_t unit_tracking_id[12];
    uint8_t process_monitor[24];
    /** Padding; always 0. */
    uint8_t reserved_end[6];
    /** The largest page of a DMA descriptor, in bytes. */
    uint32_t dma_page_size;
    uint32_t dma_engines;
    /**
     * Origin of the frames of the network group that was activated last. Before the first activation: the origin for
     * models without a program for the emulated core.
     */
    hailoswift_data_origin data_origin;
    /** Padding; always 0. */
    uint32_t reserved_last;
} hailoswift_device_info;
#define HAILOSWIFT_DEVICE_INFO_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(hailoswift_device_info), { 0 }, { 0 }, 0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0, 0, 0 },            \
            { 0, 0, 0 }, { 0, 0, 0 }, 0, 0, 0, 0, 0, 0, 0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0, 0, 0            \
    }

/** Readings of the two temperature sensors. */
typedef struct hailoswift_temperature {
    size_t struct_size;
    /** Degrees Celsius. */
    float sensor0;
    float sensor1;
    /** How many samples the readings average. */
    uint32_t sample_count;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_temperature;
#define HAILOSWIFT_TEMPERATURE_INIT { sizeof(hailoswift_temperature), 0, 0, 0, 0 }

/**
 * Opens a device.
 *
 * @param id one of
 *   - a PCI address, "0000:01:00.0" or "01:00.0";
 *   - a device file, "/dev/hailo0";
 *   - "emulator", "emulator:hailo8" or "emulator:hailo8l", optionally followed by ",key=value" settings that
 *     docs/emulator.md lists;
 *   - NULL for the id in the environment variable HAILOSWIFT_DEVICE or, if that is unset, the only device of the
 *     machine. An emulated device is never chosen this way.
 * @param options NULL for the defaults.
 * @param[out] device to be released with hailoswift_device_release().
 *
 * Errors, besides wrong arguments: UNKNOWN_ID, NOT_FOUND, PERMISSION_DENIED, BUSY, UNSUPPORTED_DRIVER,
 * UNSUPPORTED_DEVICE, FIRMWARE_NOT_LOADED, DEVICE_LOST, and errors of the firmware. A device whose firmware is too old or
 * too new can be opened and asked; creating a session on it fails with UNSUPPORTED_DEVICE.
 */
hailoswift_status hailoswift_device_open(const char *id, const hailoswift_device_options *options,
                                         hailoswift_device **device);

/**
 * Sets defaults for emulated devices that are opened later, such as "hailo8l,fps=30,seed=7"; settings in an id take
 * precedence. docs/emulator.md lists all settings. NULL or "" restores the settings of the environment variable
 * HAILOSWIFT_EMULATOR.
 */
hailoswift_status hailoswift_emulator_configure(const char *settings);

/** A mistake of the program that an emulated device detected. */
typedef struct hailoswift_finding {
    size_t struct_size;
    /** One of HAILOSWIFT_FINDING_…. */
    int32_t kind;
    /** What was refused or done wrong, and why. */
    char text[508];
} hailoswift_finding;
/** A real driver or card would have crashed, or would have done the wrong thing silently. */
#define HAILOSWIFT_FINDING_VIOLATION 1
/** The emulated driver or firmware refused it, as a real one does. */
#define HAILOSWIFT_FINDING_REFUSAL 2
#define HAILOSWIFT_FINDING_INIT { sizeof(hailoswift_finding), 0, { 0 } }

/**
 * Returns a finding of an emulated device. Findings are numbered from 0 in the order in which they occurred since the
 * device was first opened; the first 1000 are kept. Returns NOT_FOUND after the last one, and for every index of a real
 * device.
 */
hailoswift_status hailoswift_device_get_finding(const hailoswift_device *device, size_t index,
                                                hailoswift_finding *finding);

/** General information about the device. Except for `data_origin`, it does not change while the device is open. */
hailoswift_status hailoswift_device_get_info(const hailoswift_device *device, hailoswift_device_info *info);

/** Reads the temperature of the chip. */
hailoswift_status hailoswift_device_get_temperature(const hailoswift_device *device,
                                                    hailoswift_temperature *temperature);

/**
 * Measures the power that the device draws, in watts. Only boards with current monitoring support this; with others,
 * the call returns ::HAILOSWIFT_FIRMWARE_REJECTED. The board's overcurrent protection is off during the measurement.
 */
hailoswift_status hailoswift_device_get_power(const hailoswift_device *device, float *watts);

/** Closes a device as soon as no call uses it. */
void hailoswift_device_release(hailoswift_device *device);

/** What this program has done with a device since it was opened. */
typedef struct hailoswift_device_statistics {
    size_t struct_size;
    /** Frames that came back. */
    uint64_t frames;
    /** How often the device was switched to another session. */
    uint64_t turns;
    /** Nanoseconds during which the device had frames. */
    uint64_t busy_ns;
    /** Nanoseconds since the device was opened. */
    uint64_t elapsed_ns;
    /** Number of its sessions. */
    uint32_t session_count;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_device_statistics;
#define HAILOSWIFT_DEVICE_STATISTICS_INIT { sizeof(hailoswift_device_statistics), 0, 0, 0, 0, 0, 0 }

/** Counts what this program has done with a device. Asks neither the driver nor the firmware. */
hailoswift_status hailoswift_device_get_statistics(const hailoswift_device *device, hailoswift_device_statistics *statistics);

/* ------------------------------------------------------------------------------------------------------------------
 * Groups of devices
 * --------------------------------------------------------------------------------------------------------------- */

/** Several devices behind one queue. Create with hailoswift_device_group_open(), release with hailoswift_device_group_release(). */
typedef struct hailoswift_device_group hailoswift_device_group;

/** Which devices a group has. */
typedef struct hailoswift_device_group_options {
    size_t struct_size;
    /** The ids of the devices, as for hailoswift_device_open(); NULL for any devices of this machine. */
    const char *const *ids;
    /** Number of ids. Without ids, how many devices that nobody else has reserved; 0 for all of those. */
    size_t device_count;
    /** A name by which other parts of this program get the same group, with the same devices; NULL for a group of one's own. */
    const char *name;
    /** How each of them is opened; NULL for the defaults. Devices that are not shared are reserved until the group is released. */
    const hailoswift_device_options *device_options;
} hailoswift_device_group_options;
#define HAILOSWIFT_DEVICE_GROUP_OPTIONS_INIT { sizeof(hailoswift_device_group_options), NULL, 0, NULL, NULL }

/**
 * Opens devices as a group and reserves them for this program.
 *
 * Frames of a session of the group run on whichever device is free. Results come in the order in which the frames were
 * submitted. A device that is lost is left out, and the others run its frames; if none is left, jobs end with DEVICE_LOST.
 *
 * @param options NULL for all devices of this machine that nobody else has reserved. Without ids, the environment variable
 *                HAILOSWIFT_DEVICE names the device; if it names an emulated one, the group gets all of its kind.
 * @param[out] group to be released with hailoswift_device_group_release().
 *
 * Errors, besides those of hailoswift_device_open(): BUSY (too few devices are free), NOT_FOUND (there are none),
 * INVALID_OPERATION (a group of that name exists with other devices).
 */
hailoswift_status hailoswift_device_group_open(const hailoswift_device_group_options *options, hailoswift_device_group **group);

/** The number of devices in the group, also of those that were lost; 0 for an invalid handle. */
size_t hailoswift_device_group_count(const hailoswift_device_group *group);

/**
 * One of the devices, for its information, sensors and statistics. Sessions are created on the group.
 * @param[out] device to be released with hailoswift_device_release(); the group keeps the device too.
 */
hailoswift_status hailoswift_device_group_get_device(const hailoswift_device_group *group, size_t index,
                                                     hailoswift_device **device);

/** Releases a group. Its sessions keep the devices open. */
void hailoswift_device_group_release(hailoswift_device_group *group);

/* ------------------------------------------------------------------------------------------------------------------
 * Models
 * --------------------------------------------------------------------------------------------------------------- */

/** A compiled model: a HEF file, read and checked. It needs no device and never changes. */
typedef struct hailoswift_model hailoswift_model;

/** General information about a model. */
typedef struct hailoswift_model_info {
    size_t struct_size;
    /** The chip that the model was compiled for, such as "HAILO8" or "HAILO8L". */
    char architecture[32];
    /** The version of the compiler that produced the file. */
    char compiler_version[128];
    /** Checksum of the contents, in hexadecimal: the same for the same file everywhere. */
    char hash[40];
    /** Version of the file's header, 0 to 3. */
    uint32_t header_version;
    uint32_t group_count;
    /** 1 if a Hailo-8 can run the model; a Hailo-8 also runs models for the Hailo-8L. */
    int32_t runs_on_hailo8;
    /** 1 if a Hailo-8L can run the model. */
    int32_t runs_on_hailo8l;
} hailoswift_model_info;
#define HAILOSWIFT_MODEL_INFO_INIT { sizeof(hailoswift_model_info), { 0 }, { 0 }, { 0 }, 0, 0, 0, 0 }

/** A network group: a network, or several that are loaded together. */
typedef struct hailoswift_group_info {
    size_t struct_size;
    char name[256];
    uint32_t network_count;
    /** Tensors that the caller passes to the group and gets from it. */
    uint32_t input_count;
    uint32_t output_count;
    /** Streams that carry their data into the chip and out of it. */
    uint32_t input_stream_count;
    uint32_t output_stream_count;
    /** Parts that are loaded into the chip one after the other. */
    uint32_t context_count;
    /** Frames per second that the compiler expects of the slowest part; 0 if unknown. */
    double bottleneck_fps;
} hailoswift_group_info;
#define HAILOSWIFT_GROUP_INFO_INIT { sizeof(hailoswift_group_info), { 0 }, 0, 0, 0, 0, 0, 0, 0 }

/** One of the networks of a group. */
typedef struct hailoswift_network_info {
    size_t struct_size;
    char name[520];
} hailoswift_network_info;
#define HAILOSWIFT_NETWORK_INFO_INIT { sizeof(hailoswift_network_info), { 0 } }

/** The direction of data. */
typedef int32_t hailoswift_direction;
enum {
    HAILOSWIFT_INPUT = 0,
    HAILOSWIFT_OUTPUT = 1
};

/** The type of a tensor's numbers. */
typedef int32_t hailoswift_type;
enum {
    HAILOSWIFT_TYPE_AUTO = 0,
    HAILOSWIFT_TYPE_UINT8 = 1,
    HAILOSWIFT_TYPE_UINT16 = 2,
    HAILOSWIFT_TYPE_FLOAT32 = 3
};

/** The order of a tensor's numbers. */
typedef int32_t hailoswift_order;
enum {
    HAILOSWIFT_ORDER_AUTO = 0,
    HAILOSWIFT_ORDER_NHWC = 1,
    HAILOSWIFT_ORDER_NHCW = 2,
    HAILOSWIFT_ORDER_FCR = 3,
    HAILOSWIFT_ORDER_F8CR = 4,
    HAILOSWIFT_ORDER_NHW = 5,
    HAILOSWIFT_ORDER_NC = 6,
    HAILOSWIFT_ORDER_BAYER_RGB = 7,
    HAILOSWIFT_ORDER_12_BIT_BAYER_RGB = 8,
    HAILOSWIFT_ORDER_RGB888 = 10,
    HAILOSWIFT_ORDER_NCHW = 11,
    HAILOSWIFT_ORDER_YUY2 = 12,
    HAILOSWIFT_ORDER_NV12 = 13,
    HAILOSWIFT_ORDER_NV21 = 14,
    HAILOSWIFT_ORDER_YYUV = 15,
    HAILOSWIFT_ORDER_YYVU = 16,
    HAILOSWIFT_ORDER_RGB4 = 17,
    HAILOSWIFT_ORDER_I420 = 18,
    HAILOSWIFT_ORDER_YYYYUV = 19,
    HAILOSWIFT_ORDER_NMS_WITH_BYTE_MASK = 20,
    HAILOSWIFT_ORDER_NMS_ON_CHIP = 21,
    HAILOSWIFT_ORDER_NMS_BY_CLASS = 22,
    HAILOSWIFT_ORDER_NMS_BY_SCORE = 23
};

/** How the numbers of a tensor are stored. */
typedef struct hailoswift_format {
    hailoswift_type type;
    hailoswift_order order;
    /** 1 if height and width are exchanged. */
    int32_t is_transposed;
} hailoswift_format;

/** Height, width and features of a tensor. */
typedef struct hailoswift_shape {
    uint32_t height;
    uint32_t width;
    uint32_t features;
} hailoswift_shape;

/** real = (stored - zero_point) * scale; the limits are those of the real values. All zero if not applicable. */
typedef struct hailoswift_quantization {
    float zero_point;
    float scale;
    float minimum;
    float maximum;
} hailoswift_quantization;

/** The size of an output that consists of boxes. */
typedef struct hailoswift_boxes {
    uint32_t classes;
    uint32_t max_per_class;
    uint32_t max_total;
    uint32_t max_mask_size;
} hailoswift_boxes;

/** An input or output as the caller sees it. */
typedef struct hailoswift_tensor_info {
    size_t struct_size;
    char name[256];
    char network_name[520];
    hailoswift_direction direction;
    /** Default format of the tensor. */
    hailoswift_format format;
    /** 1 if the tensor is a list of boxes: `boxes` is valid; otherwise `shape` is. */
    int32_t is_boxes;
    hailoswift_shape shape;
    hailoswift_boxes boxes;
    hailoswift_quantization quantization;
    /** Size of a frame in bytes, in this format and with 32-bit floating point numbers. */
    uint32_t frame_size;
    uint32_t frame_size_float32;
} hailoswift_tensor_info;
#define HAILOSWIFT_TENSOR_INFO_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(hailoswift_tensor_info), { 0 }, { 0 }, 0, { 0, 0, 0 }, 0, { 0, 0, 0 }, { 0, 0, 0, 0 },                  \
            { 0, 0, 0, 0 }, 0, 0                                                                                       \
    }

/** A stream of data into or out of the chip, as the chip sees it. */
typedef struct hailoswift_stream_info {
    size_t struct_size;
    char name[256];
    char network_name[520];
    hailoswift_direction direction;
    uint32_t index;
    hailoswift_format format;
    hailoswift_shape shape;
    /** The shape including the chip's padding. */
    hailoswift_shape hardware_shape;
    hailoswift_quantization quantization;
    /** 1 if this stream carries several tensors. */
    int32_t is_mux;
    /** 1 or 2. */
    uint32_t hardware_data_bytes;
    uint32_t hardware_frame_size;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_stream_info;
#define HAILOSWIFT_STREAM_INFO_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(hailoswift_stream_info), { 0 }, { 0 }, 0, 0, { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 },                     \
            { 0, 0, 0, 0 }, 0, 0, 0, 0                                                                                 \
    }

/**
 * Loads a HEF file and checks it. The file stays mapped into memory until the model is released, and must not change
 * before then.
 *
 * Errors: FILE_ERROR, HEF_CORRUPTED, HEF_UNSUPPORTED, HEF_INVALID, NOT_IMPLEMENTED, UNEXPECTED_VALUE,
 * INVALID_ARGUMENT, INVALID_OPERATION, NOT_FOUND. The message says what is wrong and where in the file.
 */
hailoswift_status hailoswift_model_load(const char *path, hailoswift_model **model);

/**
 * Does the same with memory that holds a complete HEF file, with the same results. The memory is not copied and must
 * not change until the model is released. Sessions do not need it after hailoswift_session_create() returns.
 */
hailoswift_status hailoswift_model_load_memory(const void *bytes, size_t size, hailoswift_model **model);

/** General information about the model. */
hailoswift_status hailoswift_model_get_info(const hailoswift_model *model, hailoswift_model_info *info);

/** Describes group `group`. Group 0 is the default wherever no group is named. */
hailoswift_status hailoswift_model_get_group(const hailoswift_model *model, size_t group,
                                             hailoswift_group_info *info);

/** Describes network `index` of a group. */
hailoswift_status hailoswift_model_get_network(const hailoswift_model *model, size_t group, size_t index,
                                               hailoswift_network_info *info);

/** Describes input or output `index` of a group. Outputs are in the order that the file specifies. */
hailoswift_status hailoswift_model_get_tensor(const hailoswift_model *model, size_t group,
                                              hailoswift_direction direction, size_t index,
                                              hailoswift_tensor_info *info);

/** Describes stream `index` of a group. */
hailoswift_status hailoswift_model_get_stream(const hailoswift_model *model, size_t group,
                                              hailoswift_direction direction, size_t index,
                                              hailoswift_stream_info *info);

/** Releases a model. Sessions that were created from it keep what they need. */
void hailoswift_model_release(hailoswift_model *model);

/* ------------------------------------------------------------------------------------------------------------------
 * Sessions
 * --------------------------------------------------------------------------------------------------------------- */

/**
 * A network group that is set up on a device. A device holds up to 32 of them, of one model or of several; one of them
 * is active at a time.
 */
typedef struct hailoswift_session hailoswift_session;

/** The power mode of the chip. */
typedef int32_t hailoswift_power_mode;
enum {
    HAILOSWIFT_POWER_PERFORMANCE = 0,
    HAILOSWIFT_POWER_ULTRA_PERFORMANCE = 1
};

/** The batch size of one network of a group. */
typedef struct hailoswift_network_batch {
    /** As hailoswift_model_get_network() names it. */
    const char *network;
    uint32_t batch_size;
    /** Padding; ignored. */
    uint32_t reserved;
} hailoswift_network_batch;

/**
 * How a session takes turns with others of the same device.
 *
 * The session with the highest priority gets the device as soon as the frames in flight are finished; sessions of the same
 * priority take turns, each with as many frames as its batch size, or as its queue if the batch size was not set. A session
 * that is alone just goes on.
 */
typedef struct hailoswift_scheduling {
    size_t struct_size;
    /** From 0 to 31; the highest goes first. The default is 16. */
    uint32_t priority;
    /** How many frames should wait before the session gets a turn from a busy device. An idle device does not wait. */
    uint32_t threshold;
    /** After so many milliseconds without a turn the threshold does not apply; with 0, it never applies. */
    uint32_t timeout_ms;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_scheduling;
#define HAILOSWIFT_SCHEDULING_INIT { sizeof(hailoswift_scheduling), 16, 0, 0, 0 }

/** How to set up a network group. */
typedef struct hailoswift_session_options {
    size_t struct_size;
    /** The name of the group; NULL for the model's first. */
    const char *group;
    /** Number of frames that the chip processes before it switches to the next context, up to 63; 0 means 1. */
    uint32_t batch_size;
    hailoswift_power_mode power_mode;
    /** Batch sizes of individual networks, instead of `batch_size`, which must then be 0. */
    const hailoswift_network_batch *network_batches;
    size_t network_batch_count;
    /**
     * How the session takes turns with others; NULL for one that is activated by hand. Scheduled sessions of a device run frames
     * without activation: the library switches the device between them. Sessions activated by hand and scheduled sessions
     * exclude each other.
     */
    const hailoswift_scheduling *scheduling;
} hailoswift_session_options;
#define HAILOSWIFT_SESSION_OPTIONS_INIT { sizeof(hailoswift_session_options), NULL, 0, 0, NULL, 0, NULL }

/** General information about a session. */
typedef struct hailoswift_session_info {
    size_t struct_size;
    /** The name of the network group. */
    char group[256];
    /** The smallest batch size of its networks. */
    uint32_t batch_size;
    /** 1 between hailoswift_session_activate() and hailoswift_session_deactivate(), and always for a scheduled session. */
    int32_t is_active;
    /** Numbers of DMA channels between host and chip, and of parts that are loaded one after the other. */
    uint32_t input_channel_count;
    uint32_t output_channel_count;
    uint32_t context_count;
    /** Number of ports; 0 if they cannot be described; hailoswift_session_get_port() then returns the reason. */
    uint32_t input_count;
    uint32_t output_count;
    /** Maximum number of frames in flight; further submissions block. */
    uint32_t queue_depth;
    /** Size in bytes of the memory that the device may read and write. */
    uint64_t dma_bytes;
    /** The origin of its frames. */
    hailoswift_data_origin data_origin;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_session_info;
#define HAILOSWIFT_SESSION_INFO_INIT { sizeof(hailoswift_session_info), { 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Sets up a network group of a model on a device, and reserves the device for this program until it is closed.
 *
 * The session keeps the device open even if the device's handle is released. The model is needed only during the call.
 *
 * @param options NULL for the defaults.
 * @param[out] session to be released with hailoswift_session_release().
 *
 * Errors, besides wrong arguments: NOT_FOUND (no such group), HEF_INCOMPATIBLE (compiled for another chip),
 * MODEL_TOO_LARGE, HEF_INVALID and HEF_UNSUPPORTED (the contents cannot be set up), BUSY (another program uses the
 * device), INVALID_OPERATION (another session was activated by hand), TIMEOUT (scheduled sessions have frames in flight that do
 * not come back), OUT_OF_MEMORY, and errors of the driver and the firmware. A call that fails leaves nothing behind.
 *
 * While scheduled sessions run frames, the call waits until those in flight are finished: the firmware accepts no group while
 * another one runs.
 */
hailoswift_status hailoswift_session_create(hailoswift_device *device, const hailoswift_model *model,
                                            const hailoswift_session_options *options, hailoswift_session **session);

/**
 * The same for all devices of a group: frames of the session run on whichever device is free, and the session is scheduled,
 * with the defaults if `options.scheduling` is NULL. Buffers of a device (hailoswift_buffer_allocate() and the like) are used
 * as ordinary memory. `queue_depth` and `dma_bytes` in hailoswift_session_info are sums.
 */
hailoswift_status hailoswift_device_group_create_session(hailoswift_device_group *group, const hailoswift_model *model,
                                                         const hailoswift_session_options *options,
                                                         hailoswift_session **session);

/**
 * Starts the network group. Returns INVALID_OPERATION if it or another session of the device is already active, or if
 * sessions of the device are scheduled.
 * @param batch_size at most the size that the session was created with; 0 means that size.
 */
hailoswift_status hailoswift_session_activate(hailoswift_session *session, uint32_t batch_size);

/**
 * Stops the network group. Jobs in flight end with CANCELED; later calls fail with INVALID_OPERATION until the session
 * is activated again. Succeeds if the session is not active. Returns INVALID_OPERATION if it is scheduled.
 */
hailoswift_status hailoswift_session_deactivate(hailoswift_session *session);

/**
 * Changes how a scheduled session takes turns, from the next turn on. A new priority puts it behind the others of that
 * priority. Returns INVALID_OPERATION if the session is activated by hand.
 */
hailoswift_status hailoswift_session_set_scheduling(hailoswift_session *session, const hailoswift_scheduling *scheduling);

/** How a scheduled session takes turns. Returns INVALID_OPERATION if it is activated by hand. */
hailoswift_status hailoswift_session_get_scheduling(const hailoswift_session *session, hailoswift_scheduling *scheduling);

/** What a session has done since it was created, on all its devices. */
typedef struct hailoswift_session_statistics {
    size_t struct_size;
    /** Frames that came back. */
    uint64_t frames;
    /** How often a device was switched to the session. */
    uint64_t turns;
    /** Nanoseconds during which a device had frames of the session; a sum over its devices. */
    uint64_t busy_ns;
    /** Nanoseconds during which frames waited for a turn. */
    uint64_t waiting_ns;
    /** Nanoseconds since the session was created. */
    uint64_t elapsed_ns;
    /** Frames that were submitted and are not finished. */
    uint32_t frames_in_flight;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_session_statistics;
#define HAILOSWIFT_SESSION_STATISTICS_INIT { sizeof(hailoswift_session_statistics), 0, 0, 0, 0, 0, 0, 0 }

/** Counts what a session has done. */
hailoswift_status hailoswift_session_get_statistics(const hailoswift_session *session, hailoswift_session_statistics *statistics);

/** General information about the session. */
hailoswift_status hailoswift_session_get_info(const hailoswift_session *session, hailoswift_session_info *info);

/** An input or output as a session exchanges it. */
typedef struct hailoswift_port_info {
    size_t struct_size;
    char name[256];
    hailoswift_direction direction;
    hailoswift_format format;
    /** Size of a frame in bytes in this format. */
    uint64_t frame_size;
    /** 1 if the frames are lists of boxes, for hailoswift_detections_read(). */
    int32_t is_boxes;
    hailoswift_boxes boxes;
    /** The size of the picture that masks refer to; 0 without masks. */
    uint32_t picture_height;
    uint32_t picture_width;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_port_info;
#define HAILOSWIFT_PORT_INFO_INIT                                                                                      \
    { sizeof(hailoswift_port_info), { 0 }, 0, { 0, 0, 0 }, 0, 0, { 0, 0, 0, 0 }, 0, 0, 0 }

/** Memory that input frames are read from. */
typedef struct hailoswift_source {
    const void *data;
    size_t size;
} hailoswift_source;

/** Memory that output frames are written to. */
typedef struct hailoswift_target {
    void *data;
    size_t size;
} hailoswift_target;

/** Describes input or output `index`. The order is that of hailoswift_model_get_tensor(). */
hailoswift_status hailoswift_session_get_port(const hailoswift_session *session, hailoswift_direction direction,
                                              size_t index, hailoswift_port_info *info);

/**
 * Sets the type and the order in which later runs and jobs exchange an input or output; AUTO means the default of the
 * model. With floating point numbers, inputs are quantized and outputs are dequantized. Returns INVALID_ARGUMENT if the
 * model's frames cannot be converted to this format.
 */
hailoswift_status hailoswift_session_set_format(hailoswift_session *session, hailoswift_direction direction,
                                                const char *name, hailoswift_type type, hailoswift_order order);

/** What counts as a detection in outputs whose boxes the host finds, and the maximum number of detections. */
typedef struct hailoswift_detection_settings {
    size_t struct_size;
    /** Candidates with a lower score are ignored. */
    float score_threshold;
    /** If two boxes of a class overlap by at least this fraction of their union, only the better one is kept. */
    float iou_threshold;
    /** Maximum number of boxes of a class, in frames of order ::HAILOSWIFT_ORDER_NMS_BY_CLASS. */
    uint32_t max_per_class;
    /** Maximum number of boxes, in frames of the orders NMS_BY_SCORE and NMS_WITH_BYTE_MASK. */
    uint32_t max_total;
    /** Bytes for all masks of a frame; 0 for outputs without masks. Boxes whose masks do not fit are omitted. */
    uint32_t max_mask_size;
    /** Padding; ignored. */
    uint32_t reserved;
} hailoswift_detection_settings;
#define HAILOSWIFT_DETECTION_SETTINGS_INIT { sizeof(hailoswift_detection_settings), 0, 0, 0, 0, 0, 0 }

/**
 * Returns what counts as a detection in an output; the initial values are those of the model. INVALID_OPERATION if the
 * host does not select boxes for this output.
 */
hailoswift_status hailoswift_session_get_detection_settings(const hailoswift_session *session, const char *output,
                                                            hailoswift_detection_settings *settings);

/**
 * Sets what counts as a detection in later runs and jobs. Get the current settings first and modify them. Limits change
 * the size of the frames: get the port again afterwards. INVALID_ARGUMENT for thresholds that are NaN, limits of 0, and
 * frames of more than 2 GiB.
 */
hailoswift_status hailoswift_session_set_detection_settings(hailoswift_session *session, const char *output,
                                                            const hailoswift_detection_settings *settings);

/**
 * Passes frames through an active session and returns when all outputs are available. Several threads may call it at
 * the same time; their frames are then in flight together.
 *
 * @param inputs for each input, in order, `frame_count` consecutive frames; `size` is exactly their length. The memory
 *   must be aligned to the size of its numbers. It may be freed after the call returns.
 * @param outputs the same for the outputs. After a failure their contents are undefined.
 * @param timeout_ms maximum duration of the whole call.
 *
 * Errors, and what they mean for the session:
 *
 * | status            | cause                                | the session                                      |
 * | ----------------- | ------------------------------------ | ------------------------------------------------ |
 * | INVALID_ARGUMENT  | wrong counts, sizes or addresses     | is unchanged; no frame was sent                  |
 * | INVALID_OPERATION | the session is not active            | is unchanged; no frame was sent                  |
 * | OUT_OF_MEMORY     | not enough memory                    | stays active                                     |
 * | TIMEOUT           | frames did not come back in time     | stays active; late frames are dropped            |
 * | CANCELED          | session deactivated, or job canceled | after a deactivation: activate it again          |
 * | FIRMWARE_REJECTED | the firmware stopped the network     | deactivate it and activate it again              |
 * | DRIVER_FAILURE    | a transfer was refused or failed     | deactivate it and activate it again              |
 * | DEVICE_LOST       | the device is gone                   | release it, release the device and open it again |
 *
 * If the chip hangs, calls return TIMEOUT. If this continues, deactivate the session and activate it again.
 */
hailoswift_status hailoswift_session_run(hailoswift_session *session, size_t frame_count,
                                         const hailoswift_source *inputs, size_t input_count,
                                         const hailoswift_target *outputs, size_t output_count, uint32_t timeout_ms);

/**
 * Releases a session: stops it, removes its group from the device and frees all memory. If jobs are in flight, this
 * happens after they end; otherwise it is complete when the call returns, and the next session may be created.
 */
void hailoswift_session_release(hailoswift_session *session);

/* ------------------------------------------------------------------------------------------------------------------
 * Detections
 * --------------------------------------------------------------------------------------------------------------- */

/** An object that was found in a picture. */
typedef struct hailoswift_detection {
    uint32_t class_id;
    float score;
    /** The corners of its box, as fractions of the picture's height and width; they may lie outside the picture. */
    float y_min;
    float x_min;
    float y_max;
    float x_max;
    /**
     * Its mask, row by row, with one byte per pixel, which is 1 where the object is; NULL if there is none. It points
     * into the frame.
     */
    const uint8_t *mask;
    /**
     * The size of the mask. It begins at the upper left corner of the box, or of the picture if the box begins outside.
     */
    uint32_t mask_height;
    uint32_t mask_width;
} hailoswift_detection;

/**
 * Reads the detections of a frame, in the order of the frame: class by class, or the best first. No session is needed:
 * frames may be copied, or kept in files, together with their port.
 *
 * @param port the output that the frame belongs to, as hailoswift_session_get_port() describes it.
 * @param[out] detections memory for `capacity` detections; may be NULL if `capacity` is 0.
 * @param[out] count the number of detections in the frame, which may be more than `capacity`.
 *
 * Errors: INVALID_OPERATION (frames of this port are not lists of boxes), INVALID_ARGUMENT (the bytes are not a frame
 * of this port).
 */
hailoswift_status hailoswift_detections_read(const hailoswift_port_info *port, const void *frame, size_t frame_size,
                                             hailoswift_detection *detections, size_t capacity, size_t *count);

/* ------------------------------------------------------------------------------------------------------------------
 * Jobs: frames without waiting
 * --------------------------------------------------------------------------------------------------------------- */

/** Frames that were submitted together. */
typedef struct hailoswift_job hailoswift_job;

/**
 * Receives the result of a job: ::HAILOSWIFT_OK with an empty message, or an error. It is called exactly once for each
 * job that was submitted, even if the session is released. The calls are made by a thread of the session, one at a
 * time. The callback may block, and may call any function, including hailoswift_session_submit(). `message` is valid
 * during the call.
 */
typedef void (*hailoswift_job_callback)(void *user_data, hailoswift_status status, const char *message);

/** Options of a submission. */
typedef struct hailoswift_submit_options {
    size_t struct_size;
    /** NULL for none. */
    hailoswift_job_callback callback;
    void *user_data;
    /** How long the call may block while there is no room. It does not limit the job itself. */
    uint32_t timeout_ms;
    /** Padding; ignored. */
    uint32_t reserved;
} hailoswift_submit_options;
#define HAILOSWIFT_SUBMIT_OPTIONS_INIT { sizeof(hailoswift_submit_options), NULL, NULL, 0, 0 }

/**
 * Sends frames and returns without waiting for their outputs. The call blocks only while there is no room, that is, while
 * `queue_depth` frames are in flight; a job of several frames may block several times. A job has no deadline of its own:
 * it ends when its frames are back, when it is canceled, or when the session stops. hailoswift_job_wait() has a timeout,
 * hailoswift_job_cancel() ends a job that takes too long.
 *
 * Buffers are passed as to hailoswift_session_run(). The arrays may be freed after the call returns; the memory must
 * stay valid until the job is over. Jobs end in the order of their frames, unless they are canceled. If the chip works
 * on batches of several contexts, frames come out when their batch is full, or when a call waits for them, which fills
 * the batch.
 *
 * @param options NULL for the defaults.
 * @param[out] job to be released with hailoswift_job_release(); NULL if no handle is needed.
 *
 * Errors: those of hailoswift_session_run(). After an error there is no job and the callback is not called. Frames that
 * were sent before a TIMEOUT are dropped when they come back.
 */
hailoswift_status hailoswift_session_submit(hailoswift_session *session, size_t frame_count,
                                            const hailoswift_source *inputs, size_t input_count,
                                            const hailoswift_target *outputs, size_t output_count,
                                            const hailoswift_submit_options *options, hailoswift_job **job);

/**
 * Creates a job without sending anything: the first half of hailoswift_session_submit(), for programs that must be able
 * to interrupt the second half, hailoswift_job_submit(). Arguments and errors are those of hailoswift_session_submit().
 *
 * @param callback NULL for none. It is called once if the job is submitted, and not at all otherwise.
 * @param[out] job must be submitted or canceled; releasing it cancels it.
 */
hailoswift_status hailoswift_session_prepare(hailoswift_session *session, size_t frame_count,
                                             const hailoswift_source *inputs, size_t input_count,
                                             const hailoswift_target *outputs, size_t output_count,
                                             hailoswift_job_callback callback, void *user_data, hailoswift_job **job);

/**
 * Sends the frames of a prepared job. After TIMEOUT some frames have not been sent: call it again to continue. CANCELED
 * if hailoswift_job_cancel() ended the job, even while this call blocks. INVALID_OPERATION if the job was submitted
 * before, or is being submitted by another thread; this does not affect the job. After any other error the job is over,
 * and its callback is not called.
 */
hailoswift_status hailoswift_job_submit(hailoswift_job *job, uint32_t timeout_ms);

/** Waits until a job is over and returns its status. TIMEOUT means that the job is not over. */
hailoswift_status hailoswift_job_wait(const hailoswift_job *job, uint32_t timeout_ms);

/** 1 if a job is over, successfully or not; 0 if it is not over, and for an invalid handle. */
int32_t hailoswift_job_is_finished(const hailoswift_job *job);

/**
 * Ends a job with CANCELED; succeeds if the job is already over. Frames that are in the chip are dropped when they come
 * out. After the call returns, the library no longer accesses the job's memory. If the device itself reads or writes
 * that memory (::hailoswift_buffer), the job ends later, when its frames have come back.
 */
hailoswift_status hailoswift_job_cancel(hailoswift_job *job);

/** Releases the handle of a job. A job that was submitted continues, and its callback is called. */
void hailoswift_job_release(hailoswift_job *job);

/** Waits until all jobs of a session are over; callbacks may still be running. TIMEOUT: some jobs are not over. */
hailoswift_status hailoswift_session_drain(hailoswift_session *session, uint32_t timeout_ms);

/** The state of a session's queue. */
typedef struct hailoswift_queue_info {
    size_t struct_size;
    /** Maximum number of frames in flight. */
    uint32_t depth;
    uint32_t frames_under_way;
    /** Jobs and runs that are not over. */
    uint32_t jobs_under_way;
    /** Padding; always 0. */
    uint32_t reserved;
} hailoswift_queue_info;
#define HAILOSWIFT_QUEUE_INFO_INIT { sizeof(hailoswift_queue_info), 0, 0, 0, 0 }

/** Returns the current state of the session's queue. */
hailoswift_status hailoswift_session_get_queue(const hailoswift_session *session, hailoswift_queue_info *info);

/* ------------------------------------------------------------------------------------------------------------------
 * Memory that the device reads and writes directly
 * --------------------------------------------------------------------------------------------------------------- */

/**
 * Memory that a device can access. Pointers into it are passed to hailoswift_session_run() and
 * hailoswift_session_submit() like all others. A frame in it is not copied, or accessed by the processor at all, if
 * - it has the format of the chip (the port's type and order are the model's own, and nothing is padded), and
 * - it begins at a multiple of 4096 bytes from the start of the buffer; in the memory of a dma-buf, at its start.
 * All other frames are converted as usual. Guarantees:
 * - A buffer may be released at any time; the device can access its memory as long as frames in it are in flight.
 * - Registered memory must not be used for anything else before its buffer is released. If it is freed anyway, the
 *   kernel keeps its pages for the device: results are lost, but no other memory is overwritten.
 * - After CANCELED, TIMEOUT or a failure the device may continue to write into a frame until the session is
 *   deactivated.
 * - Children of fork() do not inherit the memory.
 */
typedef struct hailoswift_buffer hailoswift_buffer;

/** Allocates memory that is filled with 0 and freed together with its buffer. */
hailoswift_status hailoswift_buffer_allocate(hailoswift_device *device, size_t size, hailoswift_buffer **buffer);

/**
 * Registers memory of the caller. It must consist of whole pages that contain nothing else. INVALID_ARGUMENT if `data`
 * or `size` is not a multiple of the page size, if part of it is not memory, or if it overlaps another buffer of the
 * device.
 */
hailoswift_status hailoswift_buffer_register(hailoswift_device *device, void *data, size_t size,
                                             hailoswift_buffer **buffer);

/**
 * Imports memory of another driver, such as that of a camera or a codec, by the file descriptor of its dma-buf. The
 * descriptor remains the property of the caller, who may close it. `size` must not exceed that of the dma-buf.
 */
hailoswift_status hailoswift_buffer_import(hailoswift_device *device, int dma_buf, size_t size,
                                           hailoswift_buffer **buffer);

/** Returns the address of a buffer's memory, and its size unless `size` is NULL. */
hailoswift_status hailoswift_buffer_get_data(const hailoswift_buffer *buffer, void **data, size_t *size);

/** Releases a buffer. */
void hailoswift_buffer_release(hailoswift_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif /* HAILOSWIFT_H */
