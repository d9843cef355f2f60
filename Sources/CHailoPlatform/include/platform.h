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
int hailoplatform_errno(void);

/// `secure_getenv(3)`: NULL in a program that has more rights than its caller.
const char *hailoplatform_environment(const char *name);

/// `open(2)` with O_CLOEXEC added. Returns a descriptor or -errno.
int hailoplatform_open(const char *path, int flags, unsigned mode);

/// A device file. A child of fork() would keep the device reserved for as long as it runs, so its copy of the descriptor is
/// closed at once, and calls by it fail with EBADF there.
struct hailoplatform_device_file;

/// Opens a device file for reading and writing. Returns NULL with an errno in `failure` if that fails.
struct hailoplatform_device_file *hailoplatform_open_device(const char *path, int *failure);

/// A number for a device file that is opened later, and again and again. It is smaller than those of files that are opened after it,
/// so that the kernel, which closes the files of a process that dies in the order of their numbers, closes that one first. Returns
/// it or -errno.
int hailoplatform_reserve_number(void);

/// The same as `hailoplatform_open_device` for a number that was reserved, which is reserved again when the file is closed.
struct hailoplatform_device_file *hailoplatform_open_device_as(const char *path, int number, int *failure);

/// The descriptor; -1 in a child of the process that opened it.
int hailoplatform_device_descriptor(const struct hailoplatform_device_file *file);

void hailoplatform_close_device(struct hailoplatform_device_file *file);

/// `ioctl(2)`. Returns the driver's answer, which may be positive, or -errno.
long hailoplatform_ioctl(int descriptor, unsigned long request, void *argument);

/// The same with all signals of the thread held back meanwhile, for requests that must not be repeated.
long hailoplatform_ioctl_uninterrupted(int descriptor, unsigned long request, void *argument);

/// `close(2)`, for classes that have a method of that name.
int hailoplatform_close(int descriptor);

/// Locks the byte of a file for this open file: together with others (1) or alone (2), or not any more (0). Returns 0 or -errno,
/// -EAGAIN if others have it. The kernel gives up the locks of processes that die.
int hailoplatform_lock_byte(int descriptor, int64_t byte, int kind);

/// Whether another open file has locked a byte.
int hailoplatform_is_byte_locked(int descriptor, int64_t byte);

/// `write(2)` until everything is written. Returns 0 or -errno.
int hailoplatform_write_all(int descriptor, const void *bytes, size_t count);

/// Reads at most `capacity` bytes of a file. Returns how many or -errno.
long hailoplatform_read_file(const char *path, void *buffer, size_t capacity);

/// Maps a regular file for reading. Returns 0 or an errno. An empty file gives NULL and size 0.
int hailoplatform_map_file(int descriptor, const void **address, ptrdiff_t *size);

/// `pread(2)` until `count` bytes are there or the file ends. Returns how many or -errno.
long hailoplatform_read_at(int descriptor, void *buffer, size_t count, ptrdiff_t offset);

/// Reads from a descriptor until its end, into memory that is freed with `free`. Returns 0 or an errno.
int hailoplatform_read_to_end(int descriptor, void **memory, ptrdiff_t *size);

/// Zeroed memory for DMA, which begins at a page and which children of fork() do not get. NULL and errno if there is none.
void *hailoplatform_allocate_pages(size_t size);

/// Keeps pages from the children of fork(), or gives them back to them. Returns 0 or an errno.
int hailoplatform_withhold_pages(const void *address, size_t size, int withhold);

/// Maps the memory behind a file descriptor for reading and writing, withheld from children. NULL and errno on failure.
void *hailoplatform_map_shared(int descriptor, size_t size);

/// Begins (1) or ends (0) the program's access to the memory of another driver. Returns 0 or an errno.
int hailoplatform_access_dmabuf(int descriptor, int begin);

/// Copies memory of this process that may be gone. Returns whether all of it was there.
int hailoplatform_copy_if_accessible(void *target, const void *source, size_t size);

/// Whether `hailoplatform_copy_if_accessible` works in this process: 0, or the errno with which the system refuses it.
int hailoplatform_check_copying(void);

/// How many bytes from `address`, the start of a page, on are memory of this process that a driver could hold for a
/// device: 0, or up to `size`. Memory whose file is called `excluded` does not count.
ptrdiff_t hailoplatform_pinnable_bytes(const void *address, ptrdiff_t size, const char *excluded);

/// Memory with a file descriptor, all zeros. Returns the descriptor or -errno.
int hailoplatform_memory_file(const char *name, size_t size);

/// Waits until `*word` is not `seen` any more, at most that long; without end for UINT64_MAX. Returns 0, which may be for
/// no reason, ETIMEDOUT, or EINTR after a signal whose handler does not want calls to be made again.
int hailoplatform_wait_while(const uint32_t *word, uint32_t seen, uint64_t nanoseconds);

/// Counts `*word` up and wakes all that wait for it.
void hailoplatform_count_up(uint32_t *word);

/// Reads a number that another thread may be counting up.
uint32_t hailoplatform_count(const uint32_t *word);

/// Reads and writes a number that other processes write and read.
uint64_t hailoplatform_load(const uint64_t *word);
void hailoplatform_store(uint64_t *word, uint64_t value);

/// Characters of a line of the terminal behind a descriptor; 0 if it is none.
int hailoplatform_terminal_width(int descriptor);

/// Bytes of a page of memory.
ptrdiff_t hailoplatform_page_size(void);

/// A copy of a descriptor that children do not get, or -errno.
int hailoplatform_duplicate(int descriptor);

void hailoplatform_unmap(const void *address, ptrdiff_t size);

/// Writes nine significant digits, with a point whatever the program's locale is. Returns how many characters.
int hailoplatform_number_text(double number, char *text, size_t capacity);

/// The name of the entry, which C declares as an array.
const char *hailoplatform_entry_name(const struct dirent *entry);

/// A mutex that its owner may lock again.
int hailoplatform_recursive_mutex_init(pthread_mutex_t *mutex);

/// A condition whose waits are measured by a clock that never jumps.
int hailoplatform_condition_init(pthread_cond_t *condition);

/// Waits for at most that long; without end for UINT64_MAX. Returns 0, or ETIMEDOUT.
int hailoplatform_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds);

/// Runs `body` on a thread of that name, on which no signals arrive. The name is static. Returns 0 or an errno.
int hailoplatform_start_thread(pthread_t *thread, const uint8_t *name, void (*body)(void *), void *argument);

/// Whether the calling thread is this one.
int hailoplatform_is_current_thread(pthread_t thread);

/// How many times this process is a child of fork() of a process that had used the library.
int hailoplatform_fork_generation(void);

/// Calls `before` before each fork(), and behind it `parent` and `child` in the two processes.
void hailoplatform_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void));

/// Identifies the calling thread to the kernel.
int hailoplatform_thread_id(void);

/// Nanoseconds of a clock that never jumps.
uint64_t hailoplatform_monotonic_nanoseconds(void);

/// Sleeps for the whole time, also when signals arrive.
void hailoplatform_sleep_nanoseconds(uint64_t nanoseconds);

/// Keeps what the calling thread's last failure was. Longer texts are cut at a character boundary.
struct hailoplatform_failure {
    int32_t status;
    /// An errno, or 0.
    int32_t system_error;
    /// 0 if the firmware refused nothing.
    uint32_t firmware_status;
};
void hailoplatform_set_last_failure(struct hailoplatform_failure failure, const char *text);
struct hailoplatform_failure hailoplatform_last_failure(void);
const char *hailoplatform_last_failure_text(void);
