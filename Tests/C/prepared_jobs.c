/* Jobs in two steps: prepared, then submitted, by slices of time and interrupted by other threads. */

#define _GNU_SOURCE
#include "misuse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#define FRAME 512
#define RESULT 128

static uint8_t given[100 * FRAME], taken[100 * RESULT];

static hailoswift_session *open_session(const char *id) {
    hailoswift_device *device = NULL;
    hailoswift_model *model = load_model();
    hailoswift_session *session = NULL;
    CHECK(hailoswift_device_open(id, NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
    return session;
}

static hailoswift_job *prepare(hailoswift_session *session, size_t count, hailoswift_job_callback callback) {
    hailoswift_source source = { given, count * FRAME };
    hailoswift_target target = { taken, count * RESULT };
    hailoswift_job *job = NULL;
    CHECK(hailoswift_session_prepare(session, count, &source, 1, &target, 1, callback, &taken, &job) == HAILOSWIFT_OK);
    return job;
}

static unsigned jobs_of(hailoswift_session *session) {
    hailoswift_queue_info queue = HAILOSWIFT_QUEUE_INFO_INIT;
    CHECK(hailoswift_session_get_queue(session, &queue) == HAILOSWIFT_OK);
    return queue.jobs_under_way;
}

static atomic_int calls;

static void count_call(void *user_data, hailoswift_status status, const char *message) {
    CHECK(user_data == &taken && status == HAILOSWIFT_OK && message[0] == 0);
    atomic_fetch_add(&calls, 1);
}

/** Nothing is sent before the second step, which may be made once. */
static void steps(void) {
    hailoswift_session *session = open_session("emulator");
    hailoswift_source source = { given, FRAME };
    hailoswift_target target = { taken, RESULT };
    hailoswift_job *job = prepare(session, 3, count_call), *none = NULL;
    hailoswift_queue_info queue = HAILOSWIFT_QUEUE_INFO_INIT;
    CHECK(hailoswift_session_get_queue(session, &queue) == HAILOSWIFT_OK);
    CHECK(queue.frames_under_way == 0 && queue.jobs_under_way == 1);
    CHECK(hailoswift_job_is_finished(job) == 0);
    CHECK(hailoswift_job_wait(job, 1000) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(says("has not been submitted"));
    CHECK(hailoswift_job_submit(job, HAILOSWIFT_NO_WAIT) == HAILOSWIFT_OK);
    CHECK(hailoswift_job_submit(job, HAILOSWIFT_NO_WAIT) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(hailoswift_job_wait(job, 5000) == HAILOSWIFT_OK);
    CHECK(hailoswift_job_submit(job, 1) == HAILOSWIFT_INVALID_OPERATION);
    hailoswift_job_release(job);
    while (atomic_load(&calls) == 0) usleep(1000);

    /* What nobody submits ends with its handle, and is counted no more. */
    hailoswift_job_release(prepare(session, 1, count_call));
    CHECK(jobs_of(session) == 0);
    job = prepare(session, 1, count_call);
    CHECK(hailoswift_job_cancel(job) == HAILOSWIFT_OK);
    CHECK(hailoswift_job_is_finished(job) == 1);
    CHECK(hailoswift_job_submit(job, 1) == HAILOSWIFT_CANCELED);
    CHECK(hailoswift_job_wait(job, 1) == HAILOSWIFT_CANCELED);
    hailoswift_job_release(job);

    /* A session that stops ends it too. */
    job = prepare(session, 1, count_call);
    CHECK(hailoswift_session_deactivate(session) == HAILOSWIFT_OK);
    CHECK(hailoswift_job_submit(job, 1) == HAILOSWIFT_INVALID_OPERATION);
    hailoswift_job_release(job);
    CHECK(jobs_of(session) == 0 && atomic_load(&calls) == 1);

    CHECK(hailoswift_session_prepare(NULL, 1, &source, 1, &target, 1, NULL, NULL, &none) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_prepare(session, 1, &source, 1, &target, 1, NULL, NULL, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_job_submit(NULL, 1) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_job_submit((hailoswift_job *)session, 1) == HAILOSWIFT_INVALID_HANDLE);
    CHECK(none == NULL);
    hailoswift_session_release(session);
}

/** More frames than there is room for, in slices that are too short. */
static void slices(void) {
    hailoswift_session *session = open_session("emulator,latency=3000");
    hailoswift_job *job = prepare(session, 100, NULL);
    hailoswift_status status;
    int slices = 0;
    do {
        status = hailoswift_job_submit(job, slices++ % 2 ? 1 : HAILOSWIFT_NO_WAIT);
    } while (status == HAILOSWIFT_TIMEOUT);
    CHECK(status == HAILOSWIFT_OK && slices > 2);
    CHECK(hailoswift_job_wait(job, HAILOSWIFT_WAIT_FOREVER) == HAILOSWIFT_OK);
    for (int frame = 0; frame < 100; frame++) CHECK(taken[frame * RESULT] == (uint8_t)(13 * 16 + 7 * frame));
    hailoswift_job_release(job);
    hailoswift_session_release(session);
}

static void *submits(void *job) { return (void *)(intptr_t)hailoswift_job_submit(job, HAILOSWIFT_WAIT_FOREVER); }

/** A job that waits for room which never comes is canceled by another thread, and the session is stopped afterwards. */
static void interruptions(void) {
    hailoswift_session *session = open_session("emulator,fault=transfer#1:stuck");
    for (int round = 0; round < 20; round++) {
        hailoswift_job *job = prepare(session, 100, count_call);
        pthread_t thread;
        void *status = NULL;
        pthread_create(&thread, NULL, submits, job);
        if (round % 2) usleep(1000);
        CHECK(hailoswift_job_cancel(job) == HAILOSWIFT_OK);
        CHECK(hailoswift_job_is_finished(job) == 1);
        pthread_join(thread, &status);
        CHECK((hailoswift_status)(intptr_t)status == HAILOSWIFT_CANCELED);
        hailoswift_job_release(job);
        CHECK(jobs_of(session) == 0);
    }
    CHECK(hailoswift_session_deactivate(session) == HAILOSWIFT_OK);
    hailoswift_session_release(session);
    CHECK(atomic_load(&calls) == 1);
}

int main(void) {
    steps();
    slices();
    interruptions();
    return finish_checks();
}
