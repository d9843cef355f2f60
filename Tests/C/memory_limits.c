/* Every allocation of 64 KiB or more is made to fail in turn, from loading a model to releasing everything, and in conversions
 * and post-processing: the call answers OUT_OF_MEMORY, nothing crashes, and what is tried again afterwards works. */

#define _GNU_SOURCE
#include "check.h"
#include "hailoswift/hailoswift.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

#define LARGE 65536

/** Large allocations since the last life began, and the number of the one that fails; 0 for none. */
static atomic_int large, failing;

static int fails(size_t size) {
    if (size < LARGE || atomic_fetch_add(&large, 1) + 1 != atomic_load(&failing)) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) { return fails(size) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails(count * size) ? NULL : __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return fails(size) ? NULL : __libc_realloc(memory, size); }
void *aligned_alloc(size_t alignment, size_t size) { return fails(size) ? NULL : __libc_memalign(alignment, size); }

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    if (fails(size)) return ENOMEM;
    *pointer = __libc_memalign(alignment, size);
    return *pointer == NULL ? ENOMEM : 0;
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    if (fails(length)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}

#define MOST 16
static const size_t room = 8 << 20;
static uint8_t *memory[2 * MOST];

static hailoswift_status frames(hailoswift_session *session, hailoswift_type type) {
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
    hailoswift_source inputs[MOST];
    hailoswift_target outputs[MOST];
    hailoswift_job *job = NULL;
    hailoswift_status status = hailoswift_session_get_info(session, &info);
    CHECK(info.input_count <= MOST && info.output_count <= MOST);
    for (int direction = 0; direction < 2; direction++) {
        uint32_t count = direction ? info.output_count : info.input_count;
        for (uint32_t index = 0; index < count && !status; index++) {
            hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
            if ((status = hailoswift_session_get_port(session, direction, index, &port))) return status;
            if ((status = hailoswift_session_set_format(session, direction, port.name, type, 0))) return status;
            if ((status = hailoswift_session_get_port(session, direction, index, &port))) return status;
            CHECK(port.frame_size <= room);
            if (direction)
                outputs[index] = (hailoswift_target){ memory[MOST + index], port.frame_size };
            else
                inputs[index] = (hailoswift_source){ memory[index], port.frame_size };
        }
    }
    status = hailoswift_session_run(session, 1, inputs, info.input_count, outputs, info.output_count, 10000);
    if (status) return status;
    status = hailoswift_session_submit(session, 1, inputs, info.input_count, outputs, info.output_count, NULL, &job);
    if (!status) status = hailoswift_job_wait(job, 10000);
    hailoswift_job_release(job);
    return status;
}

/** The life of a model, until something fails. */
static hailoswift_status live(const char *path, const char *id) {
    hailoswift_model *model = NULL;
    hailoswift_device *device = NULL;
    hailoswift_session *session = NULL;
    hailoswift_buffer *buffer = NULL;
    hailoswift_status status = hailoswift_model_load(path, &model);
    if (!status) status = hailoswift_device_open(id, NULL, &device);
    if (!status) status = hailoswift_session_create(device, model, NULL, &session);
    if (!status) status = hailoswift_buffer_allocate(device, 1 << 20, &buffer);
    if (!status) status = hailoswift_session_activate(session, 0);
    if (!status) status = frames(session, HAILOSWIFT_TYPE_AUTO);
    if (!status) status = frames(session, HAILOSWIFT_TYPE_FLOAT32);
    if (!status) status = hailoswift_session_deactivate(session);
    hailoswift_session_release(session);
    hailoswift_buffer_release(buffer);
    hailoswift_device_release(device);
    hailoswift_model_release(model);
    return status;
}

/** Returns how many allocations there were to fail; -1 where the model does not run on the device. */
static int check_model(const char *path, const char *id) {
    atomic_store(&failing, 0);
    hailoswift_status status = live(path, id);
    if (status == HAILOSWIFT_HEF_INCOMPATIBLE) return -1;
    if (status) fprintf(stderr, "%s on %s: %s\n", path, id, hailoswift_last_error());
    CHECK(status == HAILOSWIFT_OK);
    int reached = 0;
    for (int number = 1; !reached; number++) {
        atomic_store(&large, 0);
        atomic_store(&failing, number);
        status = live(path, id);
        reached = atomic_load(&large) < number;
        atomic_store(&failing, 0);
        /* A table that is only an optimisation may do without memory. */
        if (status != HAILOSWIFT_OK && status != HAILOSWIFT_OUT_OF_MEMORY)
            fprintf(stderr, "%s on %s, allocation %d: %s, %s\n", path, id, number, hailoswift_status_name(status),
                    hailoswift_last_error());
        CHECK(reached ? status == HAILOSWIFT_OK : status == HAILOSWIFT_OUT_OF_MEMORY || status == HAILOSWIFT_OK);
        if (status == HAILOSWIFT_OUT_OF_MEMORY) CHECK(strlen(hailoswift_last_error()) > 20);
        if (reached) return number - 1;
    }
    return 0;
}

int main(int count, char **arguments) {
    int total = 0;
    const char *given = getenv("MEMORY_LIMITS_DEVICE");
    for (int index = 0; index < 2 * MOST; index++) memory[index] = __libc_calloc(1, room);
    for (int index = 1; index < count; index++) {
        int failed = check_model(arguments[index], given ? given : "emulator:hailo8");
        if (failed < 0) failed = check_model(arguments[index], "emulator:hailo8l");
        printf("%s: %d allocations failed in turn\n", arguments[index], failed);
        CHECK(failed > 0);
        total += failed;
    }
    CHECK(total > 20);
    return finish_checks();
}
