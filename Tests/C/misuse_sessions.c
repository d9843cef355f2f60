/* The same for sessions, their frames, jobs and buffers. */

#include "misuse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

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

static void scheduled_sessions(void) {
    static uint8_t given[512], taken[128];
    hailoswift_source source = { given, sizeof given };
    hailoswift_target target = { taken, sizeof taken };
    hailoswift_device *device = open_emulator();
    hailoswift_model *model = load_model();
    hailoswift_session *by_hand = NULL, *session = NULL;
    hailoswift_session_options options = HAILOSWIFT_SESSION_OPTIONS_INIT;
    hailoswift_scheduling wanted = HAILOSWIFT_SCHEDULING_INIT, found = HAILOSWIFT_SCHEDULING_INIT;

    CHECK(hailoswift_session_get_scheduling(NULL, &found) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_scheduling((hailoswift_session *)device, &wanted) == HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_create(device, model, NULL, &by_hand) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_scheduling(by_hand, &found) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_set_scheduling(by_hand, &wanted) == HAILOSWIFT_INVALID_OPERATION);

    options.scheduling = &wanted;
    wanted.struct_size = 4;
    CHECK(hailoswift_session_create(device, model, &options, &session) == HAILOSWIFT_INVALID_ARGUMENT);
    wanted.struct_size = sizeof wanted;
    wanted.priority = 32;
    CHECK(hailoswift_session_create(device, model, &options, &session) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("priority") && session == NULL);
    wanted.priority = 20;
    CHECK(hailoswift_session_activate(by_hand, 0) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, &options, &session) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_deactivate(by_hand) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, &options, &session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(by_hand, 0) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_deactivate(session) == HAILOSWIFT_INVALID_OPERATION);

    CHECK(hailoswift_session_run(session, 1, &source, 1, &target, 1, 1000) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_scheduling(session, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_scheduling(session, &found) == HAILOSWIFT_OK);
    CHECK(found.priority == 20 && found.threshold == 0 && found.timeout_ms == 0);
    CHECK(hailoswift_session_set_scheduling(session, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    wanted.priority = 1000;
    CHECK(hailoswift_session_set_scheduling(session, &wanted) == HAILOSWIFT_INVALID_ARGUMENT);
    wanted.priority = 0;
    wanted.threshold = 3;
    wanted.timeout_ms = 40;
    CHECK(hailoswift_session_set_scheduling(session, &wanted) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_scheduling(session, &found) == HAILOSWIFT_OK);
    CHECK(found.priority == 0 && found.threshold == 3 && found.timeout_ms == 40);
    CHECK(hailoswift_session_run(session, 1, &source, 1, &target, 1, 1000) == HAILOSWIFT_OK);
    hailoswift_session_release(session);
    CHECK(hailoswift_session_get_scheduling(session, &found) == HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_activate(by_hand, 0) == HAILOSWIFT_OK);
    hailoswift_session_release(by_hand);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
}

static hailoswift_device_group *open_group(const char *const *ids, size_t count, const char *name, hailoswift_status status) {
    hailoswift_device_group_options options = HAILOSWIFT_DEVICE_GROUP_OPTIONS_INIT;
    hailoswift_device_group *group = NULL;
    options.ids = ids;
    options.device_count = count;
    options.name = name;
    CHECK(hailoswift_device_group_open(&options, &group) == status);
    CHECK((group != NULL) == (status == HAILOSWIFT_OK));
    return group;
}

static void device_groups(void) {
    static uint8_t given[512 * 8], taken[128 * 8];
    const char *ids[] = { "emulator,board=first", "emulator,board=second" }, *twice[] = { "emulator", "emulator" };
    const char *missing[] = { "emulator,board=first", NULL }, *none[] = { "emulator,board=third", "nonsense" };
    hailoswift_source source = { given, sizeof given };
    hailoswift_target target = { taken, sizeof taken };
    hailoswift_model *model = load_model();
    hailoswift_device *device = NULL;
    hailoswift_session *session = NULL, *other = NULL;
    hailoswift_session_statistics done = HAILOSWIFT_SESSION_STATISTICS_INIT;
    hailoswift_device_statistics total = HAILOSWIFT_DEVICE_STATISTICS_INIT;
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;

    CHECK(hailoswift_device_group_open(NULL, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    open_group(twice, 2, NULL, HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("twice"));
    open_group(ids, 0, NULL, HAILOSWIFT_INVALID_ARGUMENT);
    open_group(ids, SIZE_MAX, NULL, HAILOSWIFT_INVALID_ARGUMENT);
    open_group(missing, 2, NULL, HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("options.ids[1] is NULL"));
    open_group(none, 2, NULL, HAILOSWIFT_UNKNOWN_ID);

    hailoswift_device_group *group = open_group(ids, 2, "cameras", HAILOSWIFT_OK);
    hailoswift_device_group *same = open_group(NULL, 2, "cameras", HAILOSWIFT_OK);
    open_group(NULL, 3, "cameras", HAILOSWIFT_INVALID_OPERATION);
    open_group(ids, 2, "others", HAILOSWIFT_BUSY);
    CHECK(hailoswift_device_group_count(group) == 2 && hailoswift_device_group_count(same) == 2);
    CHECK(hailoswift_device_group_count(NULL) == 0);
    CHECK(hailoswift_device_group_get_device(group, 2, &device) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_group_get_device(group, 0, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_group_get_device(same, 0, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &other) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(says("create the session on the group") && other == NULL);
    CHECK(hailoswift_device_group_create_session((hailoswift_device_group *)device, model, NULL, &other) ==
          HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_device_group_create_session(group, NULL, NULL, &other) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_group_create_session(group, model, NULL, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_group_create_session(group, model, NULL, &session) == HAILOSWIFT_OK);
    hailoswift_device_group_release(group);
    CHECK(hailoswift_device_group_count(group) == 0);
    CHECK(hailoswift_session_get_info(session, &info) == HAILOSWIFT_OK && info.queue_depth == 64 && info.is_active == 1);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_session_run(session, 8, &source, 1, &target, 1, 5000) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_statistics(NULL, &done) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_statistics(session, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_statistics(session, &done) == HAILOSWIFT_OK);
    CHECK(done.frames == 8 && done.turns >= 1 && done.busy_ns > 0 && done.elapsed_ns > done.waiting_ns);
    CHECK(done.frames_in_flight == 0);
    CHECK(hailoswift_device_get_statistics(device, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_device_get_statistics(device, &total) == HAILOSWIFT_OK);
    CHECK(total.frames >= 1 && total.frames <= 8 && total.session_count == 1);
    hailoswift_session_release(session);
    CHECK(hailoswift_device_get_statistics(device, &total) == HAILOSWIFT_OK);
    CHECK(total.frames >= 1 && total.session_count == 0);
    hailoswift_device_group_release(same);
    hailoswift_device_release(device);
    hailoswift_model_release(model);
    group = open_group(ids, 2, "others", HAILOSWIFT_OK);
    hailoswift_device_group_release(group);
    hailoswift_device_group_release(NULL);
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
    CHECK(says("3 frames of 512 bytes must fit"));
    CHECK(hailoswift_session_run(session, SIZE_MAX, &source, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_run(session, SIZE_MAX / 512 + 1, &source, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    hailoswift_source nothing = { NULL, sizeof given };
    CHECK(hailoswift_session_run(session, 2, &nothing, 1, &target, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("inputs[0].data is NULL"));
    hailoswift_target askew = { (char *)taken + 1, 512 };
    hailoswift_source one = { given, 512 };
    CHECK(hailoswift_session_run(session, 1, &one, 1, &askew, 1, 0) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("does not begin at a multiple of 4"));
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
    CHECK(says("of 32 frames in flight, none"));
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

static atomic_int turns_ended;

static void count_turn(void *user_data, hailoswift_status status, const char *message) {
    CHECK(user_data == NULL && status == HAILOSWIFT_OK && message[0] == 0);
    atomic_fetch_add(&turns_ended, 1);
}

/** As soon as a session without jobs is released, the device is free for the next one, whoever has just ended the last job. */
static void turns(void) {
    static uint8_t given[512], taken[128];
    hailoswift_device *device = open_emulator();
    hailoswift_model *model = load_model();
    hailoswift_submit_options options = HAILOSWIFT_SUBMIT_OPTIONS_INIT;
    hailoswift_source source = { given, sizeof given };
    hailoswift_target target = { taken, sizeof taken };
    options.callback = count_turn;
    for (int turn = 1; turn <= 300; turn++) {
        hailoswift_session *session = NULL;
        CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
        CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
        if (hailoswift_session_submit(session, 1, &source, 1, &target, 1, &options, NULL)) break;
        /* Without sleeping, so that the release comes right after the callback. */
        while (atomic_load(&turns_ended) < turn) continue;
        hailoswift_session_release(session);
    }
    CHECK(atomic_load(&turns_ended) == 300);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
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

int main(void) {
    sessions();
    scheduled_sessions();
    device_groups();
    frames();
    jobs();
    turns();
    buffers();
    session_released_during_use();
    return finish_checks();
}
