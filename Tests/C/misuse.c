/* Calls every exported function with NULL, with garbage, with handles of another kind and with handles that were
 * released. Each has to answer with a status and a text; none may crash. Built a second time with AddressSanitizer. */

#include "check.h"
#include "hailoswift/hailoswift.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int says(const char *part) { return strstr(hailoswift_last_error(), part) != NULL; }

static void nothing_failed_yet(void) {
    CHECK(hailoswift_last_status() == HAILOSWIFT_OK);
    CHECK(strcmp(hailoswift_last_error(), "") == 0);
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

static hailoswift_device *open_emulator(void) {
    hailoswift_device *device = NULL;
    CHECK(hailoswift_device_open("emulator", NULL, &device) == HAILOSWIFT_OK);
    return device;
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

static hailoswift_model *load_model(void) {
    hailoswift_model *model = NULL;
    CHECK(hailoswift_model_load(HEF_FILE, &model) == HAILOSWIFT_OK);
    return model;
}

static void refused_session(hailoswift_session *session, hailoswift_status status) {
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
    CHECK(hailoswift_session_activate(session, 0) == status);
    CHECK(says("session"));
    CHECK(hailoswift_session_deactivate(session) == status);
    CHECK(hailoswift_session_get_info(session, &info) == status);
    CHECK(info.group[0] == 0);
    hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_INPUT, 0, &port) == status);
    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_INPUT, "a", HAILOSWIFT_TYPE_AUTO, HAILOSWIFT_ORDER_AUTO) == status);
    CHECK(hailoswift_session_run(session, 1, NULL, 0, NULL, 0, 0) == status);
    hailoswift_session_release(session);
}

static void sessions(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_model *model = load_model();
    hailoswift_session *session = NULL, *other = NULL;
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
    hailoswift_session_options options = HAILOSWIFT_SESSION_OPTIONS_INIT;

    refused_session(NULL, HAILOSWIFT_INVALID_ARGUMENT);
    refused_session((hailoswift_session *)device, HAILOSWIFT_INVALID_HANDLE);
    refused_session((hailoswift_session *)&options, HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_create(NULL, model, NULL, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_create(device, NULL, NULL, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_create((hailoswift_device *)model, model, NULL, &other) == HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_create(device, model, NULL, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("argument session is NULL"));

    options.struct_size = 3;
    CHECK(hailoswift_session_create(device, model, &options, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("_INIT"));
    options.struct_size = sizeof options;
    options.power_mode = 2;
    CHECK(hailoswift_session_create(device, model, &options, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("power_mode"));
    options.power_mode = HAILOSWIFT_POWER_ULTRA_PERFORMANCE;
    options.network_batch_count = 1;
    CHECK(hailoswift_session_create(device, model, &options, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("network_batches is NULL"));
    hailoswift_network_batch batch = { NULL, 4, 0 };
    options.network_batches = &batch;
    CHECK(hailoswift_session_create(device, model, &options, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("network_batches[0].network is NULL"));
    batch.network = "min/other";
    CHECK(hailoswift_session_create(device, model, &options, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("\"min/min\""));
    options.group = "other";
    CHECK(hailoswift_session_create(device, model, &options, &other) == HAILOSWIFT_NOT_FOUND);
    CHECK(other == NULL);

    options.group = "min";
    batch.network = "min/min";
    CHECK(hailoswift_session_create(device, model, &options, &session) == HAILOSWIFT_OK);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
    CHECK(hailoswift_session_get_info(session, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_info(session, &info) == HAILOSWIFT_OK);
    CHECK(strcmp(info.group, "min") == 0 && info.batch_size == 4 && info.is_active == 0);
    CHECK(info.input_channel_count == 1 && info.output_channel_count == 1 && info.context_count == 1);
    CHECK(info.dma_bytes > 0);
    CHECK(hailoswift_session_activate(session, 5) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_activate(session, 4) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(session, 4) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_get_info(session, &info) == HAILOSWIFT_OK && info.is_active == 1);
    CHECK(hailoswift_session_deactivate(session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_deactivate(session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
    hailoswift_session_release(session);
    refused_session(session, HAILOSWIFT_INVALID_HANDLE);
}

static void frames(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_model *model = load_model();
    hailoswift_session *session = NULL;
    hailoswift_port_info input = HAILOSWIFT_PORT_INFO_INIT, output = HAILOSWIFT_PORT_INFO_INIT;
    CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_INPUT, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_port(session, 2, 0, &input) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_INPUT, 1, &input) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_INPUT, SIZE_MAX, &input) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_INPUT, 0, &input) == HAILOSWIFT_OK);
    CHECK(strcmp(input.name, "min/input_layer1") == 0 && input.frame_size == 512);
    CHECK(input.format.type == HAILOSWIFT_TYPE_UINT8 && input.format.order == HAILOSWIFT_ORDER_NHWC);

    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, NULL, 0, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, "other", 0, 0) == HAILOSWIFT_NOT_FOUND);
    CHECK(says("\"min/conv1\""));
    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, "min/conv1", 4, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, "min/conv1", 0, -1) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, "min/conv1", 0, HAILOSWIFT_ORDER_I420) ==
          HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, "min/conv1", HAILOSWIFT_TYPE_FLOAT32, 0) ==
          HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, 0, &output) == HAILOSWIFT_OK);
    CHECK(output.frame_size == 512 && output.format.type == HAILOSWIFT_TYPE_FLOAT32);

    static uint8_t given[1024];
    static float taken[256];
    hailoswift_source source = { given, sizeof given };
    hailoswift_target target = { taken, sizeof taken };
    CHECK(hailoswift_session_run(session, 2, &source, 1, &target, 1, 1000) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_run(session, 2, NULL, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_run(session, 2, &source, 2, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_run(session, 2, &source, 1, &target, 0, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_run(session, 3, &source, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("3 frames of 512 bytes are needed"));
    CHECK(hailoswift_session_run(session, SIZE_MAX, &source, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_run(session, SIZE_MAX / 512 + 1, &source, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    hailoswift_source nothing = { NULL, sizeof given };
    CHECK(hailoswift_session_run(session, 2, &nothing, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("inputs[0].data is NULL"));
    hailoswift_target askew = { (char *)taken + 1, 512 };
    hailoswift_source one = { given, 512 };
    CHECK(hailoswift_session_run(session, 1, &one, 1, &askew, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("no multiple of 4"));
    CHECK(hailoswift_session_run(session, 2, &source, 1, &target, 1, 1000) == HAILOSWIFT_OK);
    /* The emulated device gives (i + 13 * 16 + 7 f) mod 256, feature by feature in each row of four; the model's scale is
     * 0.125 and its zero point 10. */
    CHECK(taken[0] == (208 - 10) * 0.125f && taken[1] == (212 - 10) * 0.125f && taken[128] == (215 - 10) * 0.125f);
    source.size = target.size = 0;
    CHECK(hailoswift_session_run(session, 0, &source, 1, &target, 1, 0) == HAILOSWIFT_OK);
    hailoswift_session_release(session);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
}

static void refused_job(hailoswift_job *job, hailoswift_status status) {
    CHECK(hailoswift_job_wait(job, 1) == status);
    CHECK(says("job"));
    CHECK(hailoswift_job_cancel(job) == status);
    CHECK(hailoswift_job_is_finished(job) == 0);
    hailoswift_job_release(job);
}

static void refused_buffer(hailoswift_buffer *buffer, hailoswift_status status) {
    void *data = &data;
    size_t size = 7;
    CHECK(hailoswift_buffer_get_data(buffer, &data, &size) == status);
    CHECK(says("buffer"));
    CHECK(data == &data && size == 7);
    hailoswift_buffer_release(buffer);
}

struct calls {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    int count;
    hailoswift_status last;
    char message[200];
};

static void called(void *user_data, hailoswift_status status, const char *message) {
    struct calls *calls = user_data;
    pthread_mutex_lock(&calls->mutex);
    calls->count++;
    calls->last = status;
    snprintf(calls->message, sizeof calls->message, "%s", message);
    pthread_cond_signal(&calls->condition);
    pthread_mutex_unlock(&calls->mutex);
}

static void wait_for_calls(struct calls *calls, int count) {
    pthread_mutex_lock(&calls->mutex);
    while (calls->count < count) pthread_cond_wait(&calls->condition, &calls->mutex);
    pthread_mutex_unlock(&calls->mutex);
}

static void jobs(void) {
    struct calls calls = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, "" };
    static uint8_t given[512], taken[40][128];
    hailoswift_device *device = NULL;
    hailoswift_model *model = load_model();
    hailoswift_session *session = NULL;
    hailoswift_job *job = NULL;
    hailoswift_queue_info queue = HAILOSWIFT_QUEUE_INFO_INIT;
    hailoswift_submit_options options = HAILOSWIFT_SUBMIT_OPTIONS_INIT;
    hailoswift_source source = { given, sizeof given };
    hailoswift_target target = { taken[0], sizeof taken[0] };

    refused_job(NULL, HAILOSWIFT_INVALID_ARGUMENT);
    refused_job((hailoswift_job *)model, HAILOSWIFT_INVALID_HANDLE);
    refused_job((hailoswift_job *)&calls, HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_submit(NULL, 1, &source, 1, &target, 1, NULL, &job) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_drain(NULL, 1) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_queue(NULL, &queue) == HAILOSWIFT_INVALID_ARGUMENT);

    CHECK(hailoswift_device_open("emulator,fault=transfer#21:stuck", NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
    hailoswift_device_release(device);
    hailoswift_model_release(model);
    CHECK(hailoswift_session_submit(session, 1, &source, 1, &target, 1, NULL, &job) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
    options.struct_size = 7;
    CHECK(hailoswift_session_submit(session, 1, &source, 1, &target, 1, &options, &job) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_submit(session, 2, &source, 1, &target, 1, NULL, &job) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_submit(session, 1, NULL, 1, &target, 1, NULL, &job) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_queue(session, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(job == NULL && calls.count == 0);

    /* Ten frames come back, then the chip stands still. */
    options.struct_size = sizeof options;
    options.callback = called;
    options.user_data = &calls;
    options.timeout_ms = 50;
    for (int frame = 0; frame < 10; frame++) {
        target.data = taken[frame];
        CHECK(hailoswift_session_submit(session, 1, &source, 1, &target, 1, &options, NULL) == HAILOSWIFT_OK);
    }
    wait_for_calls(&calls, 10);
    CHECK(calls.last == HAILOSWIFT_OK && calls.message[0] == 0);
    CHECK(hailoswift_session_drain(session, 1000) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_queue(session, &queue) == HAILOSWIFT_OK);
    CHECK(queue.depth == 32 && queue.frames_under_way == 0 && queue.jobs_under_way == 0);
    for (int frame = 0; frame < 32; frame++)
        CHECK(hailoswift_session_submit(session, 1, &source, 1, &target, 1, &options, frame ? NULL : &job) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_submit(session, 1, &source, 1, &target, 1, &options, NULL) == HAILOSWIFT_TIMEOUT);
    CHECK(says("32 frames are under way"));
    CHECK(hailoswift_session_get_queue(session, &queue) == HAILOSWIFT_OK);
    CHECK(queue.frames_under_way == 32 && queue.jobs_under_way == 32);
    CHECK(hailoswift_job_wait(job, 10) == HAILOSWIFT_TIMEOUT);
    CHECK(hailoswift_job_is_finished(job) == 0);
    CHECK(hailoswift_session_drain(session, 10) == HAILOSWIFT_TIMEOUT);
    CHECK(hailoswift_job_cancel(job) == HAILOSWIFT_OK);
    CHECK(hailoswift_job_is_finished(job) == 1);
    CHECK(hailoswift_job_wait(job, 10) == HAILOSWIFT_CANCELED);
    wait_for_calls(&calls, 11);
    CHECK(calls.last == HAILOSWIFT_CANCELED && calls.message[0] != 0);
    hailoswift_job_release(job);
    refused_job(job, HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_deactivate(session) == HAILOSWIFT_OK);
    wait_for_calls(&calls, 42);
    hailoswift_session_release(session);
    CHECK(calls.count == 42 && calls.last == HAILOSWIFT_CANCELED);
}

static void buffers(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_buffer *buffer = NULL, *other = NULL;
    void *data = NULL;
    size_t size = 0;
    refused_buffer(NULL, HAILOSWIFT_INVALID_ARGUMENT);
    refused_buffer((hailoswift_buffer *)device, HAILOSWIFT_INVALID_HANDLE);
    refused_buffer((hailoswift_buffer *)&size, HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_buffer_allocate(NULL, 4096, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_allocate(device, 4096, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_allocate(device, 0, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_allocate(device, SIZE_MAX, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_register(device, NULL, 4096, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_register(device, &size, 4096, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("whole pages"));
    CHECK(hailoswift_buffer_register(device, (void *)4096, SIZE_MAX, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_import(device, -1, 4096, &buffer) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_import(device, 1, 4096, &buffer) != HAILOSWIFT_OK);
    CHECK(buffer == NULL);
    CHECK(hailoswift_buffer_allocate(device, 5000, &buffer) == HAILOSWIFT_OK);
    CHECK(hailoswift_buffer_get_data(buffer, NULL, &size) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_buffer_get_data(buffer, &data, NULL) == HAILOSWIFT_OK);
    CHECK(hailoswift_buffer_get_data(buffer, &data, &size) == HAILOSWIFT_OK);
    CHECK(size == 5000 && (uintptr_t)data % 4096 == 0);
    memset(data, 1, size);
    CHECK(hailoswift_buffer_register(device, data, 4096, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("registered for the device already"));
    hailoswift_device_release(device);
    hailoswift_buffer_release(buffer);
    refused_buffer(buffer, HAILOSWIFT_INVALID_HANDLE);
}

static hailoswift_session *shared_session;

static void *uses_shared_session(void *unused) {
    (void)unused;
    hailoswift_status status;
    do {
        status = hailoswift_session_activate(shared_session, 0);
        if (status == HAILOSWIFT_OK || status == HAILOSWIFT_INVALID_OPERATION)
            status = hailoswift_session_deactivate(shared_session);
    } while (status == HAILOSWIFT_OK);
    return (void *)(intptr_t)status;
}

static void session_released_during_use(void) {
    pthread_t threads[4];
    hailoswift_device *device = open_emulator();
    hailoswift_model *model = load_model();
    CHECK(hailoswift_session_create(device, model, NULL, &shared_session) == HAILOSWIFT_OK);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, uses_shared_session, NULL);
    hailoswift_device_release(device);
    hailoswift_session_release(shared_session);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK((hailoswift_status)(intptr_t)result == HAILOSWIFT_INVALID_HANDLE);
    }
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
    CHECK(says("released before"));

    /* None of the above has hurt the live ones. */
    hailoswift_temperature temperature = HAILOSWIFT_TEMPERATURE_INIT;
    CHECK(hailoswift_device_get_temperature(device, &temperature) == HAILOSWIFT_OK);
    CHECK(hailoswift_device_list_count(list) >= 2);

    hailoswift_device_release(device);
    hailoswift_device_list_release(list);
    refused_device(device, HAILOSWIFT_INVALID_HANDLE);
    CHECK(says("released before"));
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
    CHECK(says("beyond"));
    CHECK(hailoswift_scan(2, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    options.exclusive = 2;
    CHECK(hailoswift_device_open("emulator", &options, &device) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_open("\xff\xfe not UTF-8 \x80", NULL, &device) == HAILOSWIFT_UNKNOWN_ID);
    CHECK(device == NULL && other == NULL);
    hailoswift_device_list_release(list);
}

static void long_texts_are_cut(void) {
    char id[5000];
    hailoswift_device *device = NULL;
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
        {"nonsense", HAILOSWIFT_UNKNOWN_ID, "is no device id"},
        {"emulator,fault=open:EACCES", HAILOSWIFT_PERMISSION_DENIED, "udev rule"},
        {"emulator,fault=open:EBUSY", HAILOSWIFT_BUSY, "another program"},
        {"emulator,driver=4.20.1", HAILOSWIFT_UNSUPPORTED_DRIVER, "4.20.1 is too old"},
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
    models();
    models_in_memory();
    stale_and_foreign_handles();
    wrong_sizes();
    wrong_values();
    long_texts_are_cut();
    failures();
    reservation();
    errors_belong_to_their_thread();
    log_messages();
    release_during_use();
    sessions();
    frames();
    jobs();
    buffers();
    session_released_during_use();
    releasing_null_is_nothing();
    return finish_checks();
}
