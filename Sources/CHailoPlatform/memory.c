// What the emulated device does with the memory of its process: it looks as carefully as a kernel does.

#define _GNU_SOURCE
#include "platform.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/// The process's memory as a file, for where the system forbids process_vm_readv(). It belongs to one process; the child
/// of a fork() opens its own.
static int memory_file(void) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static int descriptor = -1;
    static pid_t owner;
    pthread_mutex_lock(&mutex);
    if (owner != getpid()) {
        if (descriptor >= 0) close(descriptor);
        descriptor = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
        owner = getpid();
    }
    int result = descriptor;
    pthread_mutex_unlock(&mutex);
    return result;
}

/// Returns 0, or the errno of what went wrong.
static int copy_through_file(void *target, const void *source, size_t size) {
    int file = memory_file();
    if (file < 0) return EPERM;
    while (size > 0) {
        // Both addresses are looked at by the kernel: the one as a place in the file, the other as an argument.
        ssize_t copied = pread(file, target, size, (off_t)(uintptr_t)source);
        if (copied < 0 && errno == EINTR) continue;
        if (copied <= 0) return EFAULT;
        target = (char *)target + copied;
        source = (const char *)source + copied;
        size -= (size_t)copied;
    }
    return 0;
}

static int copy(void *target, const void *source, size_t size) {
    if (size == 0) return 0;
    // The kernel looks at both addresses itself, so that memory that is gone is an error and no signal.
    struct iovec to = {.iov_base = target, .iov_len = size};
    struct iovec from = {.iov_base = (void *)(uintptr_t)source, .iov_len = size};
    ssize_t copied = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    if (copied == (ssize_t)size) return 0;
    if (copied >= 0 || errno == EFAULT) return EFAULT;
    return copy_through_file(target, source, size);
}

int hailoplatform_copy_if_accessible(void *target, const void *source, size_t size) {
    return copy(target, source, size) == 0;
}

int hailoplatform_check_copying(void) {
    uint32_t source = 1, target = 0;
    return copy(&target, &source, sizeof target);
}

/// A part of the process's memory, as /proc/self/maps tells of it.
struct region {
    uintptr_t start, end;
    int is_private, is_readable, is_writable, has_file;
    const char *name;
};

/// Reads a hexadecimal number and the separator behind it. Newer headers bind sscanf and strtoul to functions that older
/// releases of glibc lack.
static int read_number(const char **next, char separator, uintptr_t *number) {
    const char *digits = "0123456789abcdef", *digit, *start = *next;
    *number = 0;
    for (; **next != 0 && (digit = strchr(digits, **next)) != NULL; (*next)++) *number = *number << 4 | (uintptr_t)(digit - digits);
    return *next > start && *(*next)++ == separator;
}

/// "start-end rwxp offset major:minor inode   name"
static int parse_region(const char *line, struct region *region) {
    uintptr_t start, end, ignored, inode;
    if (!read_number(&line, '-', &start) || !read_number(&line, ' ', &end) || strnlen(line, 5) < 5) return 0;
    const char *access = line;
    line += 5;
    if (!read_number(&line, ' ', &ignored) || !read_number(&line, ':', &ignored) || !read_number(&line, ' ', &ignored)) return 0;
    if (!read_number(&line, ' ', &inode)) return 0;
    line += strspn(line, " ");
    *region = (struct region){start, end, access[3] == 'p', access[0] == 'r', access[1] == 'w', inode != 0, line};
    return 1;
}

/// All of /proc/self/maps, to be freed; NULL if it cannot be read.
static char *read_maps(void) {
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    size_t capacity = 1 << 16, size = 0;
    char *text = malloc(capacity);
    while (text != NULL) {
        ssize_t got = read(file, text + size, capacity - size - 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += (size_t)got;
        if (capacity - size < 4096) {
            char *larger = realloc(text, capacity *= 2);
            if (larger == NULL) free(text);
            text = larger;
        }
    }
    close(file);
    if (text != NULL) text[size] = 0;
    return text;
}

/// Where the pages end that are really there: behind the end of a file there are none.
static uintptr_t end_of_pages(const struct region *region, uintptr_t from, uintptr_t to) {
    if (!region->has_file || !region->is_readable) return to;
    uintptr_t page = (uintptr_t)hailoplatform_page_size();
    char byte;
    for (uintptr_t address = to; address > from; address -= page)
        if (hailoplatform_copy_if_accessible(&byte, (const void *)(address - page), 1)) return address;
    return from;
}

/// Without /proc it can still be told what is mapped, if not how.
static uintptr_t end_of_mapped(uintptr_t from, uintptr_t to) {
    uintptr_t page = (uintptr_t)hailoplatform_page_size();
    while (from < to && msync((void *)from, page, MS_ASYNC) == 0) from += page;
    return from;
}

ptrdiff_t hailoplatform_pinnable_bytes(const void *address, ptrdiff_t size, const char *excluded) {
    uintptr_t page = (uintptr_t)hailoplatform_page_size();
    uintptr_t first = (uintptr_t)address, next = first;
    uintptr_t end = (first + (uintptr_t)size + page - 1) / page * page;
    if (end < first) return 0;
    char *maps = read_maps();
    if (maps == NULL) next = end_of_mapped(first, end);
    char *rest = maps, *line;
    while (next < end && (line = strsep(&rest, "\n")) != NULL) {
        struct region region;
        if (!parse_region(line, &region) || region.end <= next) continue;
        if (region.start > next || !(region.is_private || region.is_writable)) break;
        if (excluded != NULL && strstr(region.name, excluded) != NULL) break;
        uintptr_t to = region.end < end ? region.end : end;
        uintptr_t there = end_of_pages(&region, next, to);
        next = there;
        if (there < to) break;
    }
    free(maps);
    ptrdiff_t count = (ptrdiff_t)(next - first);
    return count < size ? count : size;
}

int hailoplatform_memory_file(const char *name, size_t size) {
    int file = (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
    if (file < 0) return -errno;
    if (ftruncate(file, (off_t)size) == 0) return file;
    int failure = errno;
    close(file);
    return -failure;
}

int hailoplatform_wait_while(const uint32_t *word, uint32_t seen, uint64_t nanoseconds) {
    struct timespec length = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    struct timespec *timeout = nanoseconds == UINT64_MAX ? NULL : &length;
    // A plain system call, unlike waiting for a condition, comes back when a signal arrives.
    if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, timeout, NULL, 0) == 0 || errno == EAGAIN) return 0;
    return errno;
}

void hailoplatform_count_up(uint32_t *word) {
    __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

uint32_t hailoplatform_count(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

uint64_t hailoplatform_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

void hailoplatform_store(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
