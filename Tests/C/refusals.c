/* A call that is refused has no effect: before and after each, everything that can be asked is the same, and frames in flight
 * come back. Two kinds of sessions are looked at: one that is active, and one beside it that is not. */

#define _GNU_SOURCE
#include "misuse.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAME 512
#define RESULT 128
#define IN_FLIGHT 8

static hailoswift_device *device;
static hailoswift_model *model;
static hailoswift_session *active, *idle;
static hailoswift_buffer *buffer;
static void *pages;
static size_t page_size;
static uint8_t given[IN_FLIGHT][FRAME], taken[IN_FLIGHT][RESULT];

/** All that the interface tells. */
struct state {
    hailoswift_device_info device;
    hailoswift_session_info sessions[2];
    hailoswift_port_info ports[2][2];
    hailoswift_queue_info queues[2];
    void *data;
    size_t size, findings;
};

static void look(struct state *state) {
    hailoswift_session *sessions[] = { active, idle };
    hailoswift_finding finding = HAILOSWIFT_FINDING_INIT;
    memset(state, 0, sizeof *state);
    state->device.struct_size = sizeof state->device;
    CHECK(hailoswift_device_get_info(device, &state->device) == HAILOSWIFT_OK);
    for (int index = 0; index < 2; index++) {
        state->sessions[index].struct_size = sizeof state->sessions[index];
        CHECK(hailoswift_session_get_info(sessions[index], &state->sessions[index]) == HAILOSWIFT_OK);
        state->queues[index].struct_size = sizeof state->queues[index];
        CHECK(hailoswift_session_get_queue(sessions[index], &state->queues[index]) == HAILOSWIFT_OK);
        for (int direction = 0; direction < 2; direction++) {
            hailoswift_port_info *port = &state->ports[index][direction];
            port->struct_size = sizeof *port;
            CHECK(hailoswift_session_get_port(sessions[index], direction, 0, port) == HAILOSWIFT_OK);
        }
    }
    CHECK(hailoswift_buffer_get_data(buffer, &state->data, &state->size) == HAILOSWIFT_OK);
    while (hailoswift_device_get_finding(device, state->findings, &finding) == HAILOSWIFT_OK) state->findings++;
}

static hailoswift_status refused_session_create(void) {
    hailoswift_session *other = NULL;
    hailoswift_status status = hailoswift_session_create(device, model, NULL, &other);
    CHECK(other == NULL);
    return status;
}

static hailoswift_status refused_group(void) {
    hailoswift_session *other = NULL;
    hailoswift_session_options options = HAILOSWIFT_SESSION_OPTIONS_INIT;
    options.group = "no such group";
    return hailoswift_session_create(device, model, &options, &other);
}

static hailoswift_status activate_again(void) { return hailoswift_session_activate(active, 0); }
static hailoswift_status activate_too_large(void) { return hailoswift_session_activate(active, 99); }
static hailoswift_status activate_other(void) { return hailoswift_session_activate(idle, 0); }
static hailoswift_status activate_other_too_large(void) { return hailoswift_session_activate(idle, 99); }

static hailoswift_status run_wrong_size(void) {
    hailoswift_source source = { given, FRAME - 1 };
    hailoswift_target target = { taken, RESULT };
    return hailoswift_session_run(active, 1, &source, 1, &target, 1, 0);
}

static hailoswift_status run_idle(void) {
    hailoswift_source source = { given, FRAME };
    hailoswift_target target = { taken, RESULT };
    return hailoswift_session_run(idle, 1, &source, 1, &target, 1, 0);
}

static hailoswift_status submit_wrong_count(void) {
    hailoswift_source source = { given, FRAME };
    hailoswift_target target = { taken, RESULT };
    hailoswift_job *job = NULL;
    hailoswift_status status = hailoswift_session_submit(active, 2, &source, 1, &target, 1, NULL, &job);
    CHECK(job == NULL);
    return status;
}

static hailoswift_status submit_wrong_options(void) {
    hailoswift_source source = { given, FRAME };
    hailoswift_target target = { taken, RESULT };
    hailoswift_submit_options options = HAILOSWIFT_SUBMIT_OPTIONS_INIT;
    options.struct_size = 1;
    return hailoswift_session_submit(active, 1, &source, 1, &target, 1, &options, NULL);
}

static hailoswift_status prepare_idle(void) {
    hailoswift_source source = { given, FRAME };
    hailoswift_target target = { taken, RESULT };
    hailoswift_job *job = NULL;
    return hailoswift_session_prepare(idle, 1, &source, 1, &target, 1, NULL, NULL, &job);
}

static hailoswift_status format_unknown_name(void) {
    return hailoswift_session_set_format(active, HAILOSWIFT_INPUT, "nobody", HAILOSWIFT_TYPE_FLOAT32, 0);
}

static hailoswift_status format_unknown_type(void) {
    return hailoswift_session_set_format(active, HAILOSWIFT_OUTPUT, "min/conv1", 9, 0);
}

static hailoswift_status format_impossible(void) {
    return hailoswift_session_set_format(active, HAILOSWIFT_OUTPUT, "min/conv1", HAILOSWIFT_TYPE_FLOAT32,
                                         HAILOSWIFT_ORDER_I420);
}

static hailoswift_status settings_of_no_detector(void) {
    hailoswift_detection_settings settings = HAILOSWIFT_DETECTION_SETTINGS_INIT;
    return hailoswift_session_set_detection_settings(active, "min/conv1", &settings);
}

static hailoswift_status drain_in_no_time(void) { return hailoswift_session_drain(active, HAILOSWIFT_NO_WAIT); }

static hailoswift_status buffer_empty(void) {
    hailoswift_buffer *other = NULL;
    return hailoswift_buffer_allocate(device, 0, &other);
}

static hailoswift_status buffer_endless(void) {
    hailoswift_buffer *other = NULL;
    hailoswift_status status = hailoswift_buffer_allocate(device, SIZE_MAX, &other);
    CHECK(says("18446744073709551615 bytes") || sizeof(size_t) < 8);
    return status;
}

static hailoswift_status buffer_overlapping(void) {
    hailoswift_buffer *other = NULL;
    return hailoswift_buffer_register(device, (char *)pages + page_size, page_size, &other);
}

static hailoswift_status buffer_askew(void) {
    hailoswift_buffer *other = NULL;
    return hailoswift_buffer_register(device, (char *)pages + 1, page_size, &other);
}

static hailoswift_status buffer_of_nobody(void) {
    hailoswift_buffer *other = NULL;
    return hailoswift_buffer_import(device, -1, page_size, &other);
}

static hailoswift_status emulator_settings(void) { return hailoswift_emulator_configure("colour=red"); }

static hailoswift_status log_level(void) { return hailoswift_set_log_callback(NULL, NULL, 99); }

static hailoswift_status scan_flags(void) {
    hailoswift_device_list *list = NULL;
    return hailoswift_scan(99, &list);
}

static hailoswift_status open_nonsense(void) {
    hailoswift_device *other = NULL;
    return hailoswift_device_open("nonsense", NULL, &other);
}

static hailoswift_status open_reserved(void) {
    hailoswift_device *other = NULL;
    hailoswift_device_options options = HAILOSWIFT_DEVICE_OPTIONS_INIT;
    options.exclusive = 1;
    return hailoswift_device_open("emulator,board=refusals,latency=20000", &options, &other);
}

static hailoswift_status release_of_another_kind(void) {
    hailoswift_model_release((hailoswift_model *)device);
    return hailoswift_last_status();
}

static hailoswift_status load_nothing(void) {
    hailoswift_model *other = NULL;
    return hailoswift_model_load("/nowhere.hef", &other);
}

static const struct {
    const char *name;
    hailoswift_status (*call)(void);
    hailoswift_status status;
} refusals[] = {
    { "session_create", refused_session_create, HAILOSWIFT_INVALID_OPERATION },
    { "session_create, group", refused_group, HAILOSWIFT_NOT_FOUND },
    { "activate", activate_again, HAILOSWIFT_INVALID_OPERATION },
    { "activate, batch size", activate_too_large, HAILOSWIFT_INVALID_ARGUMENT },
    { "activate, other", activate_other, HAILOSWIFT_INVALID_OPERATION },
    { "activate, other, batch size", activate_other_too_large, HAILOSWIFT_INVALID_ARGUMENT },
    { "run, size", run_wrong_size, HAILOSWIFT_INVALID_ARGUMENT },
    { "run, not active", run_idle, HAILOSWIFT_INVALID_OPERATION },
    { "submit, count", submit_wrong_count, HAILOSWIFT_INVALID_ARGUMENT },
    { "submit, options", submit_wrong_options, HAILOSWIFT_INVALID_ARGUMENT },
    { "prepare, not active", prepare_idle, HAILOSWIFT_INVALID_OPERATION },
    { "set_format, name", format_unknown_name, HAILOSWIFT_NOT_FOUND },
    { "set_format, type", format_unknown_type, HAILOSWIFT_INVALID_ARGUMENT },
    { "set_format, order", format_impossible, HAILOSWIFT_INVALID_ARGUMENT },
    { "set_detection_settings", settings_of_no_detector, HAILOSWIFT_INVALID_OPERATION },
    { "drain", drain_in_no_time, HAILOSWIFT_TIMEOUT },
    { "buffer_allocate, 0", buffer_empty, HAILOSWIFT_INVALID_ARGUMENT },
    { "buffer_allocate, SIZE_MAX", buffer_endless, HAILOSWIFT_INVALID_ARGUMENT },
    { "buffer_register, overlapping", buffer_overlapping, HAILOSWIFT_INVALID_ARGUMENT },
    { "buffer_register, address", buffer_askew, HAILOSWIFT_INVALID_ARGUMENT },
    { "buffer_import", buffer_of_nobody, HAILOSWIFT_INVALID_ARGUMENT },
    { "emulator_configure", emulator_settings, HAILOSWIFT_INVALID_ARGUMENT },
    { "set_log_callback", log_level, HAILOSWIFT_INVALID_ARGUMENT },
    { "scan", scan_flags, HAILOSWIFT_INVALID_ARGUMENT },
    { "device_open, id", open_nonsense, HAILOSWIFT_UNKNOWN_ID },
    { "device_open, reserved", open_reserved, HAILOSWIFT_BUSY },
    { "model_release, of a device", release_of_another_kind, HAILOSWIFT_INVALID_HANDLE },
    { "model_load", load_nothing, HAILOSWIFT_FILE_ERROR },
};

/** Whether children of fork() get a page, as `expected`: they must not while it belongs to a buffer. */
static int is_withheld(const void *page, int expected) {
    char line[256], flags[] = "VmFlags:";
    unsigned long start, end;
    int is_there = 0, is_withheld = -1;
    FILE *maps = fopen("/proc/self/smaps", "r");
    while (maps != NULL && is_withheld < 0 && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2) is_there = start <= (uintptr_t)page && (uintptr_t)page < end;
        if (is_there && strncmp(line, flags, sizeof flags - 1) == 0) is_withheld = strstr(line, " dc") != NULL;
    }
    if (maps != NULL) fclose(maps);
#ifdef EMULATED_KERNEL
    /* qemu-user makes the file up and does not know of this. */
    return page != NULL && is_withheld <= expected;
#else
    return is_withheld == expected;
#endif
}

int main(void) {
    hailoswift_job *jobs[IN_FLIGHT];
    struct state before, after;
    page_size = (size_t)sysconf(_SC_PAGESIZE);
    model = load_model();
    CHECK(hailoswift_device_open("emulator,board=refusals,latency=20000", NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &idle) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &active) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(active, 0) == HAILOSWIFT_OK);
    pages = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(hailoswift_buffer_register(device, pages, 2 * page_size, &buffer) == HAILOSWIFT_OK);
    CHECK(is_withheld(pages, 1));

    for (size_t index = 0; index < sizeof refusals / sizeof *refusals; index++) {
        look(&before);
        for (int frame = 0; frame < IN_FLIGHT; frame++) {
            hailoswift_source source = { given[frame], FRAME };
            hailoswift_target target = { taken[frame], RESULT };
            CHECK(hailoswift_session_submit(active, 1, &source, 1, &target, 1, NULL, &jobs[frame]) == HAILOSWIFT_OK);
        }
        hailoswift_status status = refusals[index].call();
        if (status != refusals[index].status)
            fprintf(stderr, "%s: %s, %s\n", refusals[index].name, hailoswift_status_name(status), hailoswift_last_error());
        CHECK(status == refusals[index].status);
        for (int frame = 0; frame < IN_FLIGHT; frame++) {
            CHECK(hailoswift_job_wait(jobs[frame], 5000) == HAILOSWIFT_OK);
            hailoswift_job_release(jobs[frame]);
        }
        look(&after);
        /* What the emulated driver refuses, it notes. */
        if (refusals[index].call == open_reserved) before.findings = after.findings;
        if (memcmp(&before, &after, sizeof before) != 0) fprintf(stderr, "%s changed something\n", refusals[index].name);
        CHECK(memcmp(&before, &after, sizeof before) == 0);
        CHECK(is_withheld(pages, 1) && is_withheld((char *)pages + page_size, 1));
    }

    /* Memory that the firmware may use stays guarded: the session is still stopped in order, and gives all of it back. */
    CHECK(hailoswift_session_deactivate(active) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(idle, 0) == HAILOSWIFT_OK);
    hailoswift_buffer_release(buffer);
    CHECK(is_withheld(pages, 0));
    hailoswift_session_release(active);
    hailoswift_session_release(idle);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
    return finish_checks();
}
