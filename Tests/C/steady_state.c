/* Frames allocate nothing once the first ones have been through: runs, jobs that are waited for, and jobs with callbacks, with
 * and without conversions, and with what the host makes of outputs. Counts what the whole process asks of malloc. */

#include "check.h"
#include "hailoswift/hailoswift.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long allocations;

void *malloc(size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    atomic_fetch_add(&allocations, 1);
    *pointer = __libc_memalign(alignment, size);
    return 0;
}

#define MOST 16
static uint8_t memory[2 * MOST][65536];
static hailoswift_source inputs[MOST];
static hailoswift_target outputs[MOST];
static hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
static atomic_int callbacks;

static void called(void *user_data, hailoswift_status status, const char *message) {
    (void)user_data;
    if (status == HAILOSWIFT_OK && message[0] == 0) atomic_fetch_add(&callbacks, 1);
}

static void choose(hailoswift_session *session, hailoswift_type type) {
    hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
    for (int is_output = 0; is_output < 2; is_output++) {
        uint32_t count = is_output ? info.output_count : info.input_count;
        for (uint32_t index = 0; index < count; index++) {
            CHECK(hailoswift_session_get_port(session, is_output, index, &port) == HAILOSWIFT_OK);
            CHECK(hailoswift_session_set_format(session, is_output, port.name, type, HAILOSWIFT_ORDER_AUTO) == HAILOSWIFT_OK);
            CHECK(hailoswift_session_get_port(session, is_output, index, &port) == HAILOSWIFT_OK);
            CHECK(port.frame_size <= sizeof memory[0]);
            if (is_output) {
                outputs[index].data = memory[MOST + index];
                outputs[index].size = port.frame_size;
            } else {
                inputs[index].data = memory[index];
                inputs[index].size = port.frame_size;
            }
        }
    }
}

static void run(hailoswift_session *session, int count) {
    for (int frame = 0; frame < count; frame++)
        CHECK(hailoswift_session_run(session, 1, inputs, info.input_count, outputs, info.output_count, 10000) == HAILOSWIFT_OK);
}

static void wait_for_jobs(hailoswift_session *session, int count) {
    hailoswift_job *jobs[4] = { NULL, NULL, NULL, NULL };
    for (int frame = 0; frame < count + 4; frame++) {
        hailoswift_job **job = &jobs[frame % 4];
        if (*job) {
            CHECK(hailoswift_job_wait(*job, 10000) == HAILOSWIFT_OK);
            hailoswift_job_release(*job);
            *job = NULL;
        }
        if (frame < count)
            CHECK(hailoswift_session_submit(session, 1, inputs, info.input_count, outputs, info.output_count, NULL, job) ==
                  HAILOSWIFT_OK);
    }
}

static void call_back(hailoswift_session *session, int count) {
    hailoswift_submit_options options = HAILOSWIFT_SUBMIT_OPTIONS_INIT;
    int before = atomic_load(&callbacks);
    options.callback = called;
    for (int frame = 0; frame < count; frame++)
        CHECK(hailoswift_session_submit(session, 1, inputs, info.input_count, outputs, info.output_count, &options, NULL) ==
              HAILOSWIFT_OK);
    CHECK(hailoswift_session_drain(session, 10000) == HAILOSWIFT_OK);
    while (atomic_load(&callbacks) < before + count) continue;
}

/** One model: frames of each way, of which the first few may allocate. */
static void check_model(hailoswift_device *device, const char *path, int frames) {
    hailoswift_model *model = NULL;
    hailoswift_session *session = NULL;
    void (*const ways[])(hailoswift_session *, int) = { run, wait_for_jobs, call_back };
    if (hailoswift_model_load(path, &model) || hailoswift_session_create(device, model, NULL, &session) ||
        hailoswift_session_get_info(session, &info) || hailoswift_session_activate(session, 0)) {
        printf("%s: %s\n", path, hailoswift_last_error());
        CHECK(!"a session runs");
        return;
    }
    for (int is_float = 0; is_float < 2; is_float++) {
        choose(session, is_float ? HAILOSWIFT_TYPE_FLOAT32 : HAILOSWIFT_TYPE_AUTO);
        for (int way = 0; way < 3; way++) {
            long count = frames;
            /* Threads that meet in a new way may make the lists of jobs grow once more, but not for ever. */
            for (int round = 0; round < 10 && count > 2; round++) {
                long before = atomic_load(&allocations);
                ways[way](session, frames);
                count = atomic_load(&allocations) - before;
                printf("%s, way %d%s: %ld allocations for %d frames\n", path, way, is_float ? ", converted" : "", count, frames);
            }
            CHECK(count <= 2);
        }
    }
    hailoswift_session_release(session);
    hailoswift_model_release(model);
}

/** Takes the names of model files. */
int main(int count, char **paths) {
    hailoswift_device *device = NULL;
    CHECK(count > 1);
    CHECK(hailoswift_device_open("emulator", NULL, &device) == HAILOSWIFT_OK);
    for (int index = 1; index < count; index++) check_model(device, paths[index], index == 1 ? 5000 : 500);
    hailoswift_device_release(device);
    return finish_checks();
}
