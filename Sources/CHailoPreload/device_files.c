// Open files of the emulated devices. Each has a number of its own, which is a /dev/null that was opened for it: what the
// kernel does with any device file (polling, flags, inheritance) it does with that. A table tells which numbers they are.

#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "emulator_device.h"
#include "platform.h"

void *next_function(const char *name, void **known) {
    void *function = __atomic_load_n(known, __ATOMIC_ACQUIRE);
    if (function == NULL) {
        function = dlsym(RTLD_NEXT, name);
        __atomic_store_n(known, function, __ATOMIC_RELEASE);
    }
    return function;
}

struct opened {
    /// One for each number and for each call that is in flight.
    atomic_int references;
    void *device;
};

enum { MOST_NUMBERS = 1 << 16 };
static _Atomic(struct opened *) table[MOST_NUMBERS];
static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER;

static void hold_table(void) { pthread_mutex_lock(&table_mutex); }
static void let_table_go(void) { pthread_mutex_unlock(&table_mutex); }

__attribute__((constructor)) static void listen_to_forks(void) {
    pthread_atfork(hold_table, let_table_go, let_table_go);
}

static int is_device(int number) { return number >= 0 && number < MOST_NUMBERS && atomic_load(&table[number]) != NULL; }

/// The open file with this number, held until it is given back; NULL for numbers of other files.
static struct opened *hold(int number) {
    if (!is_device(number)) return NULL;
    pthread_mutex_lock(&table_mutex);
    struct opened *file = atomic_load(&table[number]);
    if (file != NULL) atomic_fetch_add(&file->references, 1);
    pthread_mutex_unlock(&table_mutex);
    return file;
}

static void give_back(struct opened *file) {
    if (atomic_fetch_sub(&file->references, 1) > 1) return;
    emulator_device_close(file->device);
    free(file);
}

/// Lets a number stand for `file`, whose reference it takes over, or for no device file.
static void set_number(int number, struct opened *file) {
    if (number < 0 || number >= MOST_NUMBERS) {
        if (file != NULL) give_back(file);
        return;
    }
    pthread_mutex_lock(&table_mutex);
    struct opened *before = atomic_exchange(&table[number], file);
    pthread_mutex_unlock(&table_mutex);
    if (before != NULL) give_back(before);
}

void forget_number(int number) {
    if (is_device(number)) set_number(number, NULL);
}

int open_device(const char *path, int flags) {
    int index = device_of_path(path);
    if (index < 0) return -2;
    if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) || flags & O_DIRECTORY) {
        errno = flags & O_DIRECTORY ? ENOTDIR : EEXIST;
        return -1;
    }
    int failure = 0;
    void *device = emulator_device_open(index, &failure);
    if (device == NULL) {
        errno = failure;
        return -1;
    }
    struct opened *file = malloc(sizeof *file);
    int number = file == NULL ? -1 : NEXT(open)("/dev/null", flags & (O_ACCMODE | O_CLOEXEC | O_NONBLOCK));
    if (number < 0) {
        int reason = file == NULL ? ENOMEM : errno;
        free(file);
        emulator_device_close(device);
        errno = reason;
        return -1;
    }
    atomic_init(&file->references, 1);
    file->device = device;
    set_number(number, file);
    return number;
}

// Closing and doubling

EXPORTED int close(int number) {
    forget_number(number);
    return NEXT(close)(number);
}
EXPORTED int __close(int number) { return close(number); }

EXPORTED int close_range(unsigned first, unsigned last, int flags) {
    int result = NEXT(close_range)(first, last, flags);
    if (result == 0 && !(flags & CLOSE_RANGE_CLOEXEC))
        for (unsigned number = first; number <= last && number < MOST_NUMBERS; number++) forget_number((int)number);
    return result;
}

EXPORTED void closefrom(int first) { close_range(first < 0 ? 0 : (unsigned)first, ~0u, 0); }

/// `copy` is another number of what `number` stands for.
static int note_copy(int number, int copy) {
    int reason = errno;
    if (copy >= 0 && copy != number) set_number(copy, hold(number));
    errno = reason;
    return copy;
}

EXPORTED int dup(int number) { return note_copy(number, NEXT(dup)(number)); }
EXPORTED int dup2(int number, int copy) { return note_copy(number, NEXT(dup2)(number, copy)); }
EXPORTED int dup3(int number, int copy, int flags) { return note_copy(number, NEXT(dup3)(number, copy, flags)); }

static int control_number(int number, int command, void *argument) {
    int result = NEXT(fcntl64)(number, command, argument);
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? note_copy(number, result) : result;
}

#define FCNTL(name) \
    EXPORTED int name(int number, int command, ...) { \
        va_list rest; \
        va_start(rest, command); \
        void *argument = va_arg(rest, void *); \
        va_end(rest); \
        return control_number(number, command, argument); \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

// What a device file does

/// No program has memory at or above this address, on whatever machine; the kernel refuses it at once.
static const uintptr_t end_of_addresses = (uintptr_t)1 << 56;

/// The driver reports bad addresses of these requests as ENOMEM, of all others as EFAULT.
static int refusal_of_address(uint32_t request) {
    switch (_IOC_TYPE(request)) {
    case 'g': return ENOMEM;
    case 'n': return ENOMEM;
    case 'v': return _IOC_NR(request) <= 3 ? ENOMEM : EFAULT;
    default: return EFAULT;
    }
}

static long perform(struct opened *file, uint32_t request, void *argument) {
    enum { LARGEST = 4096 };
    union {
        uint8_t bytes[LARGEST];
        uint64_t alignment;
    } before, after;
    size_t size = _IOC_SIZE(request);
    if (_IOC_DIR(request) != _IOC_NONE && (uintptr_t)argument > end_of_addresses - size) return -EFAULT;
    // As for the driver, a bad address is an error and no signal.
    if (size == 0 || size > LARGEST || !hailoplatform_copy_if_accessible(before.bytes, argument, size))
        return emulator_device_perform(file->device, request, NULL);
    memcpy(after.bytes, before.bytes, size);
    long result = emulator_device_perform(file->device, request, after.bytes);
    if (memcmp(before.bytes, after.bytes, size) == 0) return result;
    if (!hailoplatform_copy_if_accessible(argument, after.bytes, size)) return -refusal_of_address(request);
    return result;
}

EXPORTED int ioctl(int number, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    // Requests of other groups are for every kind of file, and /dev/null answers them as the device file would.
    struct opened *file = strchr("gvnsp", (int)_IOC_TYPE(request)) != NULL ? hold(number) : NULL;
    if (file == NULL) return NEXT(ioctl)(number, request, argument);
    long result = perform(file, (uint32_t)request, argument);
    give_back(file);
    if (result >= 0) return (int)result;
    errno = (int)-result;
    return -1;
}

static void *map(void *address, size_t length, int protection, int flags, int number, off_t offset) {
    struct opened *file = flags & MAP_ANONYMOUS ? NULL : hold(number);
    if (file == NULL) return NEXT(mmap)(address, length, protection, flags, number, offset);
    int memory = emulator_device_mapped_file(file->device, (uint64_t)offset, length);
    void *result = memory < 0 ? MAP_FAILED : NEXT(mmap)(address, length, protection, flags, memory, 0);
    int reason = memory < 0 ? -memory : errno;
    give_back(file);
    errno = reason;
    return result;
}
EXPORTED void *mmap(void *address, size_t length, int protection, int flags, int number, off_t offset) {
    return map(address, length, protection, flags, number, offset);
}
EXPORTED void *mmap64(void *address, size_t length, int protection, int flags, int number, off64_t offset) {
    return map(address, length, protection, flags, number, offset);
}

static int refuse(int reason) {
    errno = reason;
    return -1;
}
EXPORTED ssize_t read(int number, void *bytes, size_t count) {
    return is_device(number) ? refuse(EINVAL) : NEXT(read)(number, bytes, count);
}
EXPORTED ssize_t write(int number, const void *bytes, size_t count) {
    return is_device(number) ? refuse(EINVAL) : NEXT(write)(number, bytes, count);
}
EXPORTED off_t lseek(int number, off_t offset, int whence) {
    return is_device(number) ? refuse(ESPIPE) : NEXT(lseek)(number, offset, whence);
}
EXPORTED off64_t lseek64(int number, off64_t offset, int whence) {
    return is_device(number) ? refuse(ESPIPE) : NEXT(lseek64)(number, offset, whence);
}
