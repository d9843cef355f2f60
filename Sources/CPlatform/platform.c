#define _GNU_SOURCE
#include "platform.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

int platform_errno(void) { return errno; }

int platform_open(const char *path, int flags, unsigned mode) {
    int descriptor;
    do {
        descriptor = open(path, flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

long platform_ioctl(int descriptor, unsigned long request, void *argument) {
    int result;
    do {
        result = ioctl(descriptor, request, argument);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -(long)errno : (long)result;
}

long platform_ioctl_uninterrupted(int descriptor, unsigned long request, void *argument) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    long result = platform_ioctl(descriptor, request, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

int platform_write_all(int descriptor, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, next, count);
        if (written < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        next += written;
        count -= (size_t)written;
    }
    return 0;
}

long platform_read_file(const char *path, void *buffer, size_t capacity) {
    int descriptor = platform_open(path, O_RDONLY, 0);
    if (descriptor < 0) return descriptor;
    size_t total = 0;
    long failure = 0;
    while (total < capacity) {
        ssize_t count = read(descriptor, (char *)buffer + total, capacity - total);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) failure = -errno;
        if (count <= 0) break;
        total += (size_t)count;
    }
    close(descriptor);
    return failure != 0 ? failure : (long)total;
}

const char *platform_entry_name(const struct dirent *entry) { return entry->d_name; }

int platform_recursive_mutex_init(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    int failure = pthread_mutexattr_init(&attributes);
    if (failure != 0) return failure;
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    failure = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return failure;
}

int platform_thread_id(void) { return (int)syscall(SYS_gettid); }

uint64_t platform_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void platform_sleep_nanoseconds(uint64_t nanoseconds) {
    struct timespec left = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}

// A fixed buffer in thread-local storage needs no clean-up when a thread ends and no allocation while failing.
static _Thread_local struct {
    int32_t status;
    char text[1024];
} last_failure;

void platform_set_last_failure(int32_t status, const char *text) {
    size_t length = strlen(text);
    if (length >= sizeof last_failure.text) {
        length = sizeof last_failure.text - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) length--;
    }
    memcpy(last_failure.text, text, length);
    last_failure.text[length] = 0;
    last_failure.status = status;
}

int32_t platform_last_failure_status(void) { return last_failure.status; }

const char *platform_last_failure_text(void) { return last_failure.text; }
