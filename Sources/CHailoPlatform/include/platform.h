// The C library as the Swift code sees it: the headers it uses, plain functions in place of variadic ones and of
// macros, and per-thread storage. Embedded Swift has no Glibc module, so this is its only way to the system.

#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/// The thread's errno, which C declares as a macro.
int hailoswift_platform_errno(void);

/// `secure_getenv(3)`: NULL in a program that has more rights than its caller.
const char *hailoswift_platform_environment(const char *name);

/// `open(2)` with O_CLOEXEC added. Returns a descriptor or -errno.
int hailoswift_platform_open(const char *path, int flags, unsigned mode);

/// A device file. A child of fork() would keep the device reserved for as long as it runs, so its copy of the descriptor is
/// closed at once, and calls by it fail with EBADF there.
struct hailoswift_platform_device_file;

/// Opens a device file for reading and writing. Returns NULL with an errno in `failure` if that fails.
struct hailoswift_platform_device_file *hailoswift_platform_open_device(const char *path, int *failure);

/// The descriptor; -1 in a child of the process that opened it.
int hailoswift_platform_device_descriptor(const struct hailoswift_platform_device_file *file);

void hailoswift_platform_close_device(struct hailoswift_platform_device_file *file);

/// `ioctl(2)`. Returns the driver's answer, which may be positive, or -errno.
long hailoswift_platform_ioctl(int descriptor, unsigned long request, void *argument);

/// The same with all signals of the thread held back meanwhile, for requests that must not be repeated.
long hailoswift_platform_ioctl_uninterrupted(int descriptor, unsigned long request, void *argument);

/// `write(2)` until everything is written. Returns 0 or -errno.
int hailoswift_platform_write_all(int descriptor, const void *bytes, size_t count);

/// Reads at most `capacity` bytes of a file. Returns how many or -errno.
long hailoswift_platform_read_file(const char *path, void *buffer, size_t capacity);

/// Maps a regular file for reading. Returns 0 or an errno. An empty file gives NULL and size 0.
int hailoswift_platform_map_file(int descriptor, const void **address, ptrdiff_t *size);

/// `pread(2)` until `count` bytes are there or the file ends. Returns how many or -errno.
long hailoswift_platform_read_at(int descriptor, void *buffer, size_t count, ptrdiff_t offset);

/// Reads from a descriptor until its end, into memory that is freed with `free`. Returns 0 or an errno.
int hailoswift_platform_read_to_end(int descriptor, void **memory, ptrdiff_t *size);

/// Zeroed memory for DMA, which begins at a page and which children of fork() do not get. NULL and errno if there is none.
void *hailoswift_platform_allocate_pages(size_t size);

/// Keeps pages from the children of fork(), or gives them back to them. Returns 0 or an errno.
int hailoswift_platform_withhold_pages(const void *address, size_t size, int withhold);

/// Maps the memory behind a file descriptor for reading and writing, withheld from children. NULL and errno on failure.
void *hailoswift_platform_map_shared(int descriptor, size_t size);

/// Begins (1) or ends (0) the program's access to the memory of another driver. Returns 0 or an errno.
int hailoswift_platform_access_dmabuf(int descriptor, int begin);

/// Copies memory of this process that may be gone. Returns whether all of it was there.
int hailoswift_platform_copy_if_accessible(void *target, const void *source, size_t size);

/// Whether `hailoswift_platform_copy_if_accessible` works in this process: 0, or the errno with which the system refuses it.
int hailoswift_platform_check_copying(void);

/// How many bytes from `address`, the start of a page, on are memory of this process that a driver could hold for a
/// device: 0, or up to `size`. Memory whose file is called `excluded` does not count.
ptrdiff_t hailoswift_platform_pinnable_bytes(const void *address, ptrdiff_t size, const char *excluded);

/// Memory with a file descriptor, all zeros. Returns the descriptor or -errno.
int hailoswift_platform_memory_file(const char *name, size_t size);

/// Waits until `*word` is not `seen` any more, at most that long; without end for UINT64_MAX. Returns 0, which may be for
/// no reason, ETIMEDOUT, or EINTR after a signal whose handler does not want calls to be begun anew.
int hailoswift_platform_wait_while(const uint32_t *word, uint32_t seen, uint64_t nanoseconds);

/// Counts `*word` up and wakes all that wait for it.
void hailoswift_platform_count_up(uint32_t *word);

/// Reads a number that another thread may be counting up.
uint32_t hailoswift_platform_count(const uint32_t *word);

/// Characters of a line of the terminal behind a descriptor; 0 if it is none.
int hailoswift_platform_terminal_width(int descriptor);

/// Bytes of a page of memory.
ptrdiff_t hailoswift_platform_page_size(void);

/// A copy of a descriptor that children do not get, or -errno.
int hailoswift_platform_duplicate(int descriptor);

void hailoswift_platform_unmap(const void *address, ptrdiff_t size);

/// Writes nine significant digits, with a point whatever the program's locale is. Returns how many characters.
int hailoswift_platform_number_text(double number, char *text, size_t capacity);

/// The name of the entry, which C declares as an array.
const char *hailoswift_platform_entry_name(const struct dirent *entry);

/// A mutex that its owner may lock again.
int hailoswift_platform_recursive_mutex_init(pthread_mutex_t *mutex);

/// A condition whose waits are measured by a clock that never jumps.
int hailoswift_platform_condition_init(pthread_cond_t *condition);

/// Waits for at most that long; without end for UINT64_MAX. Returns 0, or ETIMEDOUT.
int hailoswift_platform_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds);

/// Runs `body` on a thread of that name, on which no signals arrive. The name is static. Returns 0 or an errno.
int hailoswift_platform_start_thread(pthread_t *thread, const uint8_t *name, void (*body)(void *), void *argument);

/// Whether the calling thread is this one.
int hailoswift_platform_is_current_thread(pthread_t thread);

/// How many times this process is a child of fork() of a process that had used the library.
int hailoswift_platform_fork_generation(void);

/// Calls `before` before each fork(), and behind it `parent` and `child` in the two processes.
void hailoswift_platform_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void));

/// Identifies the calling thread to the kernel.
int hailoswift_platform_thread_id(void);

/// Nanoseconds of a clock that never jumps.
uint64_t hailoswift_platform_monotonic_nanoseconds(void);

/// Sleeps for the whole time, also when signals arrive.
void hailoswift_platform_sleep_nanoseconds(uint64_t nanoseconds);

/// Keeps what the calling thread's last failure was. Longer texts are cut at a character boundary.
struct hailoswift_platform_failure {
    int32_t status;
    /// An errno, or 0.
    int32_t system_error;
    /// 0 if the firmware refused nothing.
    uint32_t firmware_status;
};
void hailoswift_platform_set_last_failure(struct hailoswift_platform_failure failure, const char *text);
struct hailoswift_platform_failure hailoswift_platform_last_failure(void);
const char *hailoswift_platform_last_failure_text(void);
