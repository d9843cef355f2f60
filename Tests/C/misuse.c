/* Calls every exported function with NULL, with garbage, with handles of another kind and with handles that were
 * released. Each has to answer with a status and a text; none may crash. Built a second time with AddressSanitizer. */

#include "misuse.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void nothing_failed_yet(void) {
    hailoswift_error_info info = HAILOSWIFT_ERROR_INFO_INIT;
    CHECK(hailoswift_last_status() == HAILOSWIFT_OK);
    CHECK(strcmp(hailoswift_last_error(), "") == 0);
    CHECK(hailoswift_last_error_info(&info) == HAILOSWIFT_OK && info.status == HAILOSWIFT_OK && info.system_error == 0);
}

static void texts(void) {
    CHECK(hailoswift_abi_version() == HAILOSWIFT_ABI_VERSION);
    CHECK(strcmp(hailoswift_version(), HAILOSWIFT_VERSION) == 0);
#define X(name, value, description)                                                                                    \
    CHECK(strcmp(hailoswift_status_name(HAILOSWIFT_##name), #name) == 0);                                              \
    CHECK(strcmp(hailoswift_status_text(HAILOSWIFT_##name), description) == 0);
    HAILOSWIFT_STATUS_TABLE(X)
#undef X
    CHECK(strcmp(hailoswift_status_name(1), "UNKNOWN") == 0);
    CHECK(strcmp(hailoswift_status_name(HAILOSWIFT_STATUS_FIRST_UNUSED), "UNKNOWN") == 0);
    CHECK(strlen(hailoswift_status_text(INT32_MIN)) > 0);
}

/* Every function that takes a handle, with a handle that must be refused with `status`. */
static void refused_device(hailoswift_device *device, hailoswift_status status) {
    hailoswift_device_info info = HAILOSWIFT_DEVICE_INFO_INIT;
    hailoswift_device_info info_before = info;
    hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
    float watts = 7;
    CHECK(hailoswift_device_get_info(device, &info) == status);
    CHECK(hailoswift_last_status() == status);
    CHECK(says("device"));
    CHECK(memcmp(&info, &info_before, sizeof info) == 0);
    CHECK(hailoswift_device_get_temperature(device, &temperature) == status);
    CHECK(hailoswift_device_get_power(device, &watts) == status);
    CHECK(watts == 7);
    hailoswift_device_release(device);
}

static void refused_list(hailoswift_device_list *list, hailoswift_status status) {
    hailoswift_device_entry entry = HAILOSWIFT_DEVICE_ENTRY_INIT;
    CHECK(hailoswift_device_list_count(list) == 0);
    CHECK(hailoswift_last_status() == status);
    CHECK(hailoswift_device_list_get(list, 0, &entry) == status);
    CHECK(entry.id[0] == 0);
    hailoswift_device_list_release(list);
}

static hailoswift_device_list *scan_all(void) {
    hailoswift_device_list *list = NULL;
    CHECK(hailoswift_scan(HAILOSWIFT_SCAN_EMULATED, &list) == HAILOSWIFT_OK);
    return list;
}

static void refused_model(hailoswift_model *model, hailoswift_status status) {
    hailoswift_model_info info = HAILOSWIFT_MODEL_INFO_INIT;
    hailoswift_group_info group = HAILOSWIFT_GROUP_INFO_INIT;
    hailoswift_network_info network = HAILOSWIFT_NETWORK_INFO_INIT;
    hailoswift_tensor_info tensor = HAILOSWIFT_TENSOR_INFO_INIT;
    hailoswift_stream_info stream = HAILOSWIFT_STREAM_INFO_INIT;
    CHECK(hailoswift_model_get_info(model, &info) == status);
    CHECK(says("model"));
    CHECK(hailoswift_model_get_group(model, 0, &group) == status);
    CHECK(hailoswift_model_get_network(model, 0, 0, &network) == status);
    CHECK(hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, 0, &tensor) == status);
    CHECK(hailoswift_model_get_stream(model, 0, HAILOSWIFT_INPUT, 0, &stream) == status);
    CHECK(info.architecture[0] == 0 && group.name[0] == 0 && network.name[0] == 0);
    CHECK(tensor.name[0] == 0 && stream.name[0] == 0);
    hailoswift_model_release(model);
}

static void null_arguments(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_device_list *list = scan_all();
    refused_device(NULL, HAILOSWIFT_INVALID_ARGUMENT);
    refused_list(NULL, HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_scan(0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("argument list is NULL"));
    CHECK(hailoswift_device_list_get(list, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_open("emulator", NULL, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_get_info(device, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("argument info is NULL"));
    CHECK(hailoswift_device_get_temperature(device, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_get_power(device, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_get_finding(device, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_set_log_callback(NULL, NULL, HAILOSWIFT_LOG_DEBUG) == HAILOSWIFT_OK);
    CHECK(hailoswift_set_log_callback(NULL, NULL, 4) == HAILOSWIFT_INVALID_ARGUMENT);
    hailoswift_device_release(device);
    hailoswift_device_list_release(list);

    hailoswift_model *model = load_model(), *other = NULL;
    refused_model(NULL, HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_load(NULL, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("argument path is NULL"));
    CHECK(hailoswift_model_load(HEF_FILE, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_load_memory(NULL, 100, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_load_memory("", 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_info(model, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_group(model, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_network(model, 0, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_stream(model, 0, HAILOSWIFT_INPUT, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(other == NULL);
    hailoswift_model_release(model);
}

static void emulators(void) {
    hailoswift_device *device = NULL;
    hailoswift_finding finding = HAILOSWIFT_FINDING_INIT, small = HAILOSWIFT_FINDING_INIT;
    hailoswift_device_info info = HAILOSWIFT_DEVICE_INFO_INIT;
    CHECK(hailoswift_emulator_configure("colour=red") == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("there is no emulator setting \"colour\""));
    CHECK(hailoswift_emulator_configure("page=512") == HAILOSWIFT_OK);
    CHECK(hailoswift_device_open("emulator", NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_device_get_info(device, &info) == HAILOSWIFT_OK);
    CHECK(info.dma_page_size == 512 && info.data_origin == HAILOSWIFT_DATA_SYNTHETIC);
    CHECK(hailoswift_device_get_finding(device, 0, &finding) == HAILOSWIFT_NOT_FOUND);
    CHECK(hailoswift_device_get_finding(device, SIZE_MAX, &finding) == HAILOSWIFT_NOT_FOUND);
    CHECK(hailoswift_device_get_finding(NULL, 0, &finding) == HAILOSWIFT_INVALID_ARGUMENT);
    small.struct_size = 4;
    CHECK(hailoswift_device_get_finding(device, 0, &small) != HAILOSWIFT_OK);
    CHECK(finding.kind == 0 && finding.text[0] == 0);
    hailoswift_device_release(device);
    CHECK(hailoswift_device_get_finding(device, 0, &finding) == HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_emulator_configure(NULL) == HAILOSWIFT_OK);
}

static void models(void) {
    hailoswift_model *model = load_model(), *other = NULL;
    hailoswift_model_info info = HAILOSWIFT_MODEL_INFO_INIT;
    hailoswift_group_info group = HAILOSWIFT_GROUP_INFO_INIT;
    hailoswift_network_info network = HAILOSWIFT_NETWORK_INFO_INIT;
    hailoswift_tensor_info tensor = HAILOSWIFT_TENSOR_INFO_INIT;
    hailoswift_stream_info stream = HAILOSWIFT_STREAM_INFO_INIT;
    CHECK(hailoswift_model_get_info(model, &info) == HAILOSWIFT_OK);
    CHECK(strcmp(info.architecture, "HAILO8") == 0);
    CHECK(info.header_version == 2 && info.group_count == 1 && info.runs_on_hailo8 == 1 && info.runs_on_hailo8l == 0);
    CHECK(strlen(info.hash) == 16);
    CHECK(hailoswift_model_get_group(model, 0, &group) == HAILOSWIFT_OK);
    CHECK(strcmp(group.name, "min") == 0);
    CHECK(group.network_count == 1 && group.input_count == 1 && group.output_count == 1 && group.context_count == 1);
    CHECK(hailoswift_model_get_network(model, 0, 0, &network) == HAILOSWIFT_OK);
    CHECK(strcmp(network.name, "min/min") == 0);
    CHECK(hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, 0, &tensor) == HAILOSWIFT_OK);
    CHECK(strcmp(tensor.name, "min/input_layer1") == 0);
    CHECK(tensor.frame_size == tensor.shape.height * tensor.shape.width * tensor.shape.features);
    CHECK(hailoswift_model_get_stream(model, 0, HAILOSWIFT_OUTPUT, 0, &stream) == HAILOSWIFT_OK);
    CHECK(strcmp(stream.name, "min/conv1") == 0);
    CHECK(stream.direction == HAILOSWIFT_OUTPUT);

    CHECK(hailoswift_model_get_group(model, 1, &group) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_group(model, SIZE_MAX, &group) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_network(model, 0, 1, &network) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_network(model, SIZE_MAX, 0, &network) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, 1, &tensor) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_tensor(model, 0, 2, 0, &tensor) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("direction"));
    CHECK(hailoswift_model_get_tensor(model, SIZE_MAX, HAILOSWIFT_INPUT, SIZE_MAX, &tensor) ==
          HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_stream(model, 0, -1, 0, &stream) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_model_get_stream(model, 0, HAILOSWIFT_OUTPUT, SIZE_MAX, &stream) == HAILOSWIFT_INVALID_ARGUMENT);
    tensor.struct_size = 8;
    CHECK(hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, 0, &tensor) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("struct_size"));
    hailoswift_model_release(model);

    CHECK(hailoswift_model_load("/nowhere/x.hef", &other) == HAILOSWIFT_FILE_ERROR);
    CHECK(says("there is no such file"));
    CHECK(hailoswift_model_load("", &other) == HAILOSWIFT_FILE_ERROR);
    CHECK(hailoswift_model_load("\xff\xfe", &other) == HAILOSWIFT_FILE_ERROR);
    CHECK(hailoswift_model_load(__FILE__, &other) == HAILOSWIFT_HEF_UNSUPPORTED);
    CHECK(says("does not begin like a HEF file"));
    CHECK(hailoswift_model_load_memory("", 0, &other) == HAILOSWIFT_FILE_ERROR);
    CHECK(hailoswift_model_load_memory(NULL, 0, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    /* A size that no memory has must not be believed. */
    CHECK(hailoswift_model_load_memory("HEF", SIZE_MAX, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(other == NULL);
}

/* A file in memory and each shorter beginning of it, without a byte of room behind. */
static void models_in_memory(void) {
    static unsigned char bytes[65536];
    FILE *file = fopen(HEF_FILE, "rb");
    CHECK(file != NULL);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    CHECK(size > 1000 && size < sizeof bytes);
    for (size_t length = 1; length <= size; length += length < 100 || length > size - 3 ? 1 : 97) {
        hailoswift_model *model = NULL;
        unsigned char *copy = malloc(length);
        memcpy(copy, bytes, length);
        hailoswift_status status = hailoswift_model_load_memory(copy, length, &model);
        CHECK((status == HAILOSWIFT_OK) == (length == size));
        CHECK((model != NULL) == (status == HAILOSWIFT_OK));
        if (model != NULL) hailoswift_model_release(model);
        free(copy);
    }
}

static void stale_and_foreign_handles(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_device_list *list = scan_all();
    int on_the_stack = 0;

    refused_device((hailoswift_device *)list, HAILOSWIFT_INVALID_HANDLE);
    CHECK(says("device list"));
    refused_list((hailoswift_device_list *)device, HAILOSWIFT_INVALID_HANDLE);
    refused_device((hailoswift_device *)&on_the_stack, HAILOSWIFT_INVALID_HANDLE);
    refused_device((hailoswift_device *)(uintptr_t)1, HAILOSWIFT_INVALID_HANDLE);
    refused_device((hailoswift_device *)UINTPTR_MAX, HAILOSWIFT_INVALID_HANDLE);
    refused_list((hailoswift_device_list *)(uintptr_t)0xfffffffffff0001b, HAILOSWIFT_INVALID_HANDLE);
    hailoswift_model *model = load_model();
    refused_model((hailoswift_model *)device, HAILOSWIFT_INVALID_HANDLE);
    refused_device((hailoswift_device *)model, HAILOSWIFT_INVALID_HANDLE);
    CHECK(says("model"));
    refused_model((hailoswift_model *)&on_the_stack, HAILOSWIFT_INVALID_HANDLE);
    hailoswift_model_release(model);
    refused_model(model, HAILOSWIFT_INVALID_HANDLE);
    CHECK(says("its handle was released"));

    /* None of the above has hurt the live ones. */
    hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
    CHECK(hailoswift_device_get_temperature(device, &temperature) == HAILOSWIFT_OK);
    CHECK(hailoswift_device_list_count(list) >= 2);

    hailoswift_device_release(device);
    hailoswift_device_list_release(list);
    refused_device(device, HAILOSWIFT_INVALID_HANDLE);
    CHECK(says("its handle was released"));
    refused_list(list, HAILOSWIFT_INVALID_HANDLE);

    /* A new object in the place of the released one is not reached by the old handle. */
    hailoswift_device *next = open_emulator();
    CHECK(next != device);
    refused_device(device, HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_device_get_temperature(next, &temperature) == HAILOSWIFT_OK);
    hailoswift_device_release(next);
}

static void wrong_sizes(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_device_list *list = scan_all();
    hailoswift_device_info info = HAILOSWIFT_DEVICE_INFO_INIT;
    hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
    hailoswift_device_entry entry = HAILOSWIFT_DEVICE_ENTRY_INIT;
    hailoswift_device_options options = HAILOSWIFT_DEVICE_OPTIONS_INIT;
    hailoswift_device *other = NULL;
    info.struct_size = 0;
    CHECK(hailoswift_device_get_info(device, &info) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("info.struct_size is 0"));
    temperature.struct_size = sizeof temperature - 1;
    CHECK(hailoswift_device_get_temperature(device, &temperature) == HAILOSWIFT_INVALID_ARGUMENT);
    entry.struct_size = 8;
    CHECK(hailoswift_device_list_get(list, 0, &entry) == HAILOSWIFT_INVALID_ARGUMENT);
    options.struct_size = 1;
    CHECK(hailoswift_device_open("emulator", &options, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(other == NULL);

    /* A caller built against a later header has more room; what this library does not know stays as it was. */
    struct {
        hailoswift_temperature known;
        uint8_t later[16];
    } bigger = {HAILOSWIFT_TEMPERATURE_INIT, {0}};
    memset(bigger.later, 0x5a, sizeof bigger.later);
    bigger.known.struct_size = sizeof bigger;
    CHECK(hailoswift_device_get_temperature(device, &bigger.known) == HAILOSWIFT_OK);
    CHECK(bigger.known.sensor0 > 0);
    CHECK(bigger.known.struct_size == sizeof bigger);
    for (size_t i = 0; i < sizeof bigger.later; i++) CHECK(bigger.later[i] == 0x5a);
    options.struct_size = SIZE_MAX;
    CHECK(hailoswift_device_open("emulator", &options, &other) == HAILOSWIFT_OK);
    hailoswift_device_release(other);
    hailoswift_device_release(device);
    hailoswift_device_list_release(list);
}

static void wrong_values(void) {
    hailoswift_device_list *list = scan_all();
    hailoswift_device_entry entry = HAILOSWIFT_DEVICE_ENTRY_INIT;
    hailoswift_device_options options = HAILOSWIFT_DEVICE_OPTIONS_INIT;
    hailoswift_device *device = NULL;
    hailoswift_device_list *other = NULL;
    CHECK(hailoswift_device_list_get(list, SIZE_MAX, &entry) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_list_get(list, hailoswift_device_list_count(list), &entry) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("out of range"));
    CHECK(hailoswift_scan(2, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    options.exclusive = 2;
    CHECK(hailoswift_device_open("emulator", &options, &device) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_open("\xff\xfe not UTF-8 \x80", NULL, &device) == HAILOSWIFT_UNKNOWN_ID);
    CHECK(device == NULL && other == NULL);
    hailoswift_device_list_release(list);
}

static void long_texts_are_cut(void) {
    char id[4001], endless[5000];
    hailoswift_device *device = NULL;
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = 0;
    CHECK(hailoswift_device_open(endless, NULL, &device) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("argument id is longer than 4096 bytes"));
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = 0;
    CHECK(hailoswift_device_open(id, NULL, &device) == HAILOSWIFT_UNKNOWN_ID);
    CHECK(strlen(hailoswift_last_error()) == 1023);
    /* Characters of several bytes are not cut in the middle. */
    for (size_t i = 0; i + 2 < sizeof id; i += 2) memcpy(id + i, "\xc3\xa9", 2);
    id[sizeof id - 1] = 0;
    CHECK(hailoswift_device_open(id, NULL, &device) == HAILOSWIFT_UNKNOWN_ID);
    size_t length = strlen(hailoswift_last_error());
    CHECK(length == 1022 || length == 1023);
    CHECK((unsigned char)hailoswift_last_error()[length - 1] == 0xa9);
}

/* One failure of each kind, as a user of the C interface meets it. */
static void failures(void) {
    static const struct {
        const char *id;
        hailoswift_status status;
        const char *text;
    } cases[] = {
        {"/dev/hailo-not-there", HAILOSWIFT_NOT_FOUND, "there is no such file"},
        {"0000:7f:00.0", HAILOSWIFT_NOT_FOUND, "no Hailo device at PCI address 0000:7f:00.0"},
        {"nonsense", HAILOSWIFT_UNKNOWN_ID, "is not a device id"},
        {"emulator,fault=open:EACCES", HAILOSWIFT_PERMISSION_DENIED, "udev rule"},
        {"emulator,fault=open:EBUSY", HAILOSWIFT_BUSY, "another program"},
        {"emulator,driver=4.17.0", HAILOSWIFT_UNSUPPORTED_DRIVER, "4.17.0 is too old"},
        {"emulator,fault=IDENTIFY:0x40030003", HAILOSWIFT_FIRMWARE_REJECTED, "refused IDENTIFY: control: invalid version"},
        {"emulator,fault=IDENTIFY:garbled", HAILOSWIFT_FIRMWARE_RESPONSE, "damaged"},
        {"emulator,fault=FW_CONTROL:ETIMEDOUT", HAILOSWIFT_TIMEOUT, "did not answer in time"},
        {"emulator,fault=FW_CONTROL:ENODEV", HAILOSWIFT_DEVICE_LOST, "the device is gone"},
        {"emulator,fault=FW_CONTROL:ENOMEM", HAILOSWIFT_OUT_OF_MEMORY, "memory"},
        {"emulator,fault=FW_CONTROL:EFAULT", HAILOSWIFT_DRIVER_FAILURE, "EFAULT"},
        {"emulator,tea=please", HAILOSWIFT_INVALID_ARGUMENT, "no emulator setting"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hailoswift_device *device = NULL;
        CHECK(hailoswift_device_open(cases[i].id, NULL, &device) == cases[i].status);
        CHECK(hailoswift_last_status() == cases[i].status);
        CHECK(device == NULL);
        if (!says(cases[i].text)) {
            fprintf(stderr, "%s: %s\n", cases[i].id, hailoswift_last_error());
            CHECK(!"the text says so");
        }
    }
}

static void reservation(void) {
    hailoswift_device_options options = HAILOSWIFT_DEVICE_OPTIONS_INIT;
    hailoswift_device *first = NULL, *second = NULL;
    options.exclusive = 1;
    CHECK(hailoswift_device_open("emulator,page=256", &options, &first) == HAILOSWIFT_OK);
    CHECK(hailoswift_device_open("emulator,page=256", &options, &second) == HAILOSWIFT_BUSY);
    CHECK(says("reserved"));
    hailoswift_device_release(first);
    CHECK(hailoswift_device_open("emulator,page=256", &options, &second) == HAILOSWIFT_OK);
    hailoswift_device_release(second);
}

static void *fails_elsewhere(void *unused) {
    (void)unused;
    nothing_failed_yet();
    hailoswift_device_get_info(NULL, NULL);
    return NULL;
}

static void errors_belong_to_their_thread(void) {
    hailoswift_device *device = NULL;
    pthread_t thread;
    hailoswift_device_open("nonsense", NULL, &device);
    pthread_create(&thread, NULL, fails_elsewhere, NULL);
    pthread_join(thread, NULL);
    CHECK(hailoswift_last_status() == HAILOSWIFT_UNKNOWN_ID);
    CHECK(says("nonsense"));
}

static void causes(void) {
    static const struct {
        const char *id;
        hailoswift_status status;
        int32_t system_error;
        uint32_t firmware_status;
    } cases[] = {
        { "/dev/hailo77", HAILOSWIFT_NOT_FOUND, ENOENT, 0 },
        { "emulator,fault=QUERY_DRIVER_INFO:EBUSY", HAILOSWIFT_BUSY, EBUSY, 0 },
        { "emulator,fault=IDENTIFY:0x4003000f", HAILOSWIFT_FIRMWARE_REJECTED, 0, 0x4003000f },
        { "nonsense", HAILOSWIFT_UNKNOWN_ID, 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hailoswift_device *device = NULL;
        hailoswift_error_info info = HAILOSWIFT_ERROR_INFO_INIT;
        CHECK(hailoswift_device_open(cases[i].id, NULL, &device) == cases[i].status);
        CHECK(hailoswift_last_error_info(&info) == HAILOSWIFT_OK);
        CHECK(info.status == cases[i].status);
        CHECK(info.system_error == cases[i].system_error);
        CHECK(info.firmware_status == cases[i].firmware_status);
    }
    CHECK(hailoswift_last_error_info(NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    hailoswift_error_info small = HAILOSWIFT_ERROR_INFO_INIT;
    small.struct_size = 8;
    CHECK(hailoswift_last_error_info(&small) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(small.status == 0);
}

static int messages;
static void count_message(void *user_data, hailoswift_log_level level, const char *message) {
    CHECK(user_data == &messages);
    CHECK(level >= HAILOSWIFT_LOG_WARNING);
    CHECK(strlen(message) > 0);
    messages++;
    /* Changing the callback from within must not lock up. */
    hailoswift_set_log_callback(count_message, user_data, HAILOSWIFT_LOG_WARNING);
}

static void log_messages(void) {
    hailoswift_device *device = NULL;
    CHECK(hailoswift_set_log_callback(count_message, &messages, HAILOSWIFT_LOG_WARNING) == HAILOSWIFT_OK);
    CHECK(hailoswift_device_open("emulator,driver=4.24.0", NULL, &device) == HAILOSWIFT_OK);
    CHECK(messages == 1);
    hailoswift_device_release(device);
    CHECK(messages == 1);
    hailoswift_device_release(device);
    CHECK(messages == 2);
    CHECK(hailoswift_set_log_callback(NULL, NULL, HAILOSWIFT_LOG_DEBUG) == HAILOSWIFT_OK);
    hailoswift_device_release(device);
    CHECK(messages == 2);
}

/* Threads that use and release one handle at the same time: each call succeeds or is refused. */
static hailoswift_device *shared_device;
static void *uses_shared_device(void *unused) {
    (void)unused;
    hailoswift_status status;
    do {
        hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
        status = hailoswift_device_get_temperature(shared_device, &temperature);
    } while (status == HAILOSWIFT_OK);
    return (void *)(intptr_t)status;
}

static void release_during_use(void) {
    pthread_t threads[4];
    shared_device = open_emulator();
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, uses_shared_device, NULL);
    hailoswift_device_release(shared_device);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK((hailoswift_status)(intptr_t)result == HAILOSWIFT_INVALID_HANDLE);
    }
}

static void releasing_null_is_nothing(void) {
    hailoswift_device_get_info(NULL, NULL);
    hailoswift_status before = hailoswift_last_status();
    hailoswift_device_release(NULL);
    hailoswift_device_list_release(NULL);
    hailoswift_model_release(NULL);
    hailoswift_session_release(NULL);
    CHECK(hailoswift_last_status() == before);
}

int main(void) {
    nothing_failed_yet();
    texts();
    null_arguments();
    emulators();
    models();
    models_in_memory();
    stale_and_foreign_handles();
    wrong_sizes();
    wrong_values();
    long_texts_are_cut();
    failures();
    reservation();
    errors_belong_to_their_thread();
    causes();
    log_messages();
    release_during_use();
    releasing_null_is_nothing();
    return finish_checks();
}
