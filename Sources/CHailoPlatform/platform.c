#define _GNU_SOURCE
#include "platform.h"

#include <linux/dma-buf.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

const char *hailoplatform_environment(const char *name) { return secure_getenv(name); }

int hailoplatform_errno(void) { return errno; }

int hailoplatform_open(const char *path, int flags, unsigned mode) {
    int descriptor;
    do {
        descriptor = open(path, flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

long hailoplatform_ioctl(int descriptor, unsigned long request, void *argument) {
    int result;
    do {
        result = ioctl(descriptor, request, argument);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -(long)errno : (long)result;
}

long hailoplatform_ioctl_uninterrupted(int descriptor, unsigned long request, void *argument) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    long result = hailoplatform_ioctl(descriptor, request, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

int hailoplatform_write_all(int descriptor, const void *bytes, size_t count) {
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

long hailoplatform_read_file(const char *path, void *buffer, size_t capacity) {
    int descriptor = hailoplatform_open(path, O_RDONLY, 0);
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

int hailoplatform_map_file(int descriptor, const void **address, ptrdiff_t *size) {
    // Not fstat: glibc has it as a function of its own since 2.33 only.
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &status) != 0) return errno;
    if (S_ISDIR(status.stx_mode)) return EISDIR;
    if (!S_ISREG(status.stx_mode)) return EINVAL;
    *address = NULL;
    *size = (ptrdiff_t)status.stx_size;
    if (status.stx_size == 0) return 0;
    void *mapped = mmap(NULL, (size_t)status.stx_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped == MAP_FAILED) return errno;
    *address = mapped;
    return 0;
}

int hailoplatform_number_text(double number, char *text, size_t capacity) {
    int count = snprintf(text, capacity, "%.9g", number);
    if (count < 0 || (size_t)count >= capacity) return 0;
    int kept = 0, has_point = 0;
    for (int index = 0; index < count; index++) {
        if (strchr("0123456789+-e", text[index]) != NULL) {
            text[kept++] = text[index];
        } else if (!has_point) {
            text[kept++] = '.';
            has_point = 1;
        }
    }
    return kept;
}

long hailoplatform_read_at(int descriptor, void *buffer, size_t count, ptrdiff_t offset) {
    size_t total = 0;
    while (total < count) {
        ssize_t received = pread(descriptor, (char *)buffer + total, count - total, (off_t)offset + (off_t)total);
        if (received < 0 && errno == EINTR) continue;
        if (received < 0) return -(long)errno;
        if (received == 0) break;
        total += (size_t)received;
    }
    return (long)total;
}

int hailoplatform_read_to_end(int descriptor, void **memory, ptrdiff_t *size) {
    size_t capacity = 0, total = 0;
    char *bytes = NULL;
    for (;;) {
        if (total == capacity) {
            capacity = capacity ? 2 * capacity : 1 << 16;
            char *larger = capacity > total ? realloc(bytes, capacity) : NULL;
            if (larger == NULL) {
                free(bytes);
                return ENOMEM;
            }
            bytes = larger;
        }
        ssize_t count = read(descriptor, bytes + total, capacity - total);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            int failure = errno;
            free(bytes);
            return failure;
        }
        if (count == 0) break;
        total += (size_t)count;
    }
    *memory = bytes;
    *size = (ptrdiff_t)total;
    return 0;
}

/// Maps memory that children of fork() do not get.
static void *map_withheld(size_t size, int flags, int descriptor) {
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, descriptor, 0);
    if (pages == MAP_FAILED) return NULL;
    if (madvise(pages, size, MADV_DONTFORK) != 0) {
        munmap(pages, size);
        return NULL;
    }
    return pages;
}

void *hailoplatform_allocate_pages(size_t size) { return map_withheld(size, MAP_PRIVATE | MAP_ANONYMOUS, -1); }

void *hailoplatform_map_shared(int descriptor, size_t size) { return map_withheld(size, MAP_SHARED, descriptor); }

int hailoplatform_withhold_pages(const void *address, size_t size, int withhold) {
    return madvise((void *)(uintptr_t)address, size, withhold ? MADV_DONTFORK : MADV_DOFORK) == 0 ? 0 : errno;
}

int hailoplatform_access_dmabuf(int descriptor, int begin) {
    struct dma_buf_sync sync = {.flags = DMA_BUF_SYNC_RW | (begin ? DMA_BUF_SYNC_START : DMA_BUF_SYNC_END)};
    while (ioctl(descriptor, DMA_BUF_IOCTL_SYNC, &sync) != 0) {
        if (errno != EINTR && errno != EAGAIN) return errno;
    }
    return 0;
}

int hailoplatform_duplicate(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return copy >= 0 ? copy : -errno;
}

int hailoplatform_terminal_width(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

ptrdiff_t hailoplatform_page_size(void) { return (ptrdiff_t)sysconf(_SC_PAGESIZE); }

void hailoplatform_unmap(const void *address, ptrdiff_t size) { munmap((void *)(uintptr_t)address, (size_t)size); }

const char *hailoplatform_entry_name(const struct dirent *entry) { return entry->d_name; }

int hailoplatform_recursive_mutex_init(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    int failure = pthread_mutexattr_init(&attributes);
    if (failure != 0) return failure;
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    failure = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return failure;
}

int hailoplatform_condition_init(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    int failure = pthread_condattr_init(&attributes);
    if (failure != 0) return failure;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    failure = pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return failure;
}

int hailoplatform_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds) {
    if (nanoseconds == UINT64_MAX) return pthread_cond_wait(condition, mutex);
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    uint64_t fraction = (uint64_t)deadline.tv_nsec + nanoseconds % 1000000000u;
    deadline.tv_sec += (time_t)(nanoseconds / 1000000000u + fraction / 1000000000u);
    deadline.tv_nsec = (long)(fraction % 1000000000u);
    return pthread_cond_timedwait(condition, mutex, &deadline);
}

struct thread_start {
    const uint8_t *name;
    void (*body)(void *);
    void *argument;
};

static void *thread_main(void *raw) {
    struct thread_start start = *(struct thread_start *)raw;
    free(raw);
    prctl(PR_SET_NAME, start.name);
    start.body(start.argument);
    return NULL;
}

int hailoplatform_start_thread(pthread_t *thread, const uint8_t *name, void (*body)(void *), void *argument) {
    struct thread_start *start = malloc(sizeof *start);
    if (start == NULL) return ENOMEM;
    *start = (struct thread_start){ name, body, argument };
    // Signals are for the program's own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(thread, NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure != 0) free(start);
    return failure;
}

int hailoplatform_is_current_thread(pthread_t thread) { return pthread_equal(thread, pthread_self()); }

static int fork_generation;
static void count_fork(void) { fork_generation++; }
static void listen_to_forks(void) { pthread_atfork(NULL, NULL, count_fork); }

int hailoplatform_fork_generation(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, listen_to_forks);
    return fork_generation;
}

void hailoplatform_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void)) {
    pthread_atfork(before, parent, child);
}

int hailoplatform_thread_id(void) { return (int)syscall(SYS_gettid); }

uint64_t hailoplatform_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void hailoplatform_sleep_nanoseconds(uint64_t nanoseconds) {
    struct timespec left = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}

// One record per thread that has failed, freed by the C library when the thread ends. Not _Thread_local: that would make
// the library need the loader by name.
struct failure {
    struct hailoplatform_failure what;
    char text[1024];
};

static pthread_key_t failure_key;
static pthread_once_t failure_key_made = PTHREAD_ONCE_INIT;
static void make_failure_key(void) { pthread_key_create(&failure_key, free); }

static struct failure *last_failure(void) {
    pthread_once(&failure_key_made, make_failure_key);
    return pthread_getspecific(failure_key);
}

void hailoplatform_set_last_failure(struct hailoplatform_failure what, const char *text) {
    struct failure *failure = last_failure();
    if (!failure) {
        failure = calloc(1, sizeof *failure);
        if (!failure || pthread_setspecific(failure_key, failure) != 0) {
            free(failure);
            return;
        }
    }
    size_t length = strlen(text);
    if (length >= sizeof failure->text) {
        length = sizeof failure->text - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) length--;
    }
    memcpy(failure->text, text, length);
    failure->text[length] = 0;
    failure->what = what;
}

struct hailoplatform_failure hailoplatform_last_failure(void) {
    struct failure *failure = last_failure();
    return failure ? failure->what : (struct hailoplatform_failure){0, 0, 0};
}

const char *hailoplatform_last_failure_text(void) {
    struct failure *failure = last_failure();
    return failure ? failure->text : "";
}
