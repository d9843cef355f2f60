#define _GNU_SOURCE
#include "platform.h"

struct hailoplatform_device_file {
    int descriptor;
    /// Whether the number is needed again.
    int keeps_number;
    struct hailoplatform_device_file *next;
};

// All device files of the process. The lock is held while it forks, so that the child finds the list whole.
static struct hailoplatform_device_file *files;
static pthread_mutex_t files_lock = PTHREAD_MUTEX_INITIALIZER;

static void before_fork(void) { pthread_mutex_lock(&files_lock); }
static void in_parent(void) { pthread_mutex_unlock(&files_lock); }

static void in_child(void) {
    for (struct hailoplatform_device_file *file = files; file != NULL; file = file->next) {
        close(file->descriptor);
        file->descriptor = -1;
    }
    files = NULL;
    pthread_mutex_unlock(&files_lock);
}

static void listen_to_forks(void) { pthread_atfork(before_fork, in_parent, in_child); }

int hailoplatform_close(int descriptor) { return close(descriptor); }

int hailoplatform_reserve_number(void) { return hailoplatform_open("/dev/null", O_RDWR, 0); }

/// Lets `number` stand for what `descriptor` does, which is closed. Returns the number or -errno.
static int move_descriptor(int descriptor, int number) {
    if (descriptor < 0) return descriptor;
    int moved = dup3(descriptor, number, O_CLOEXEC);
    int failure = errno;
    close(descriptor);
    return moved < 0 ? -failure : moved;
}

static struct hailoplatform_device_file *open_file(const char *path, int number, int *failure) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct hailoplatform_device_file *file = malloc(sizeof *file);
    if (file == NULL) {
        *failure = ENOMEM;
        return NULL;
    }
    // Not under the lock: what stands in for the system when a program is preloaded may have locks of its own.
    file->descriptor = hailoplatform_open(path, O_RDWR, 0);
    file->keeps_number = number >= 0;
    if (number >= 0) file->descriptor = move_descriptor(file->descriptor, number);
    if (file->descriptor >= 0) {
        // Only now, so that the handlers of what stands in come first in the child.
        pthread_once(&once, listen_to_forks);
        pthread_mutex_lock(&files_lock);
        file->next = files;
        files = file;
        pthread_mutex_unlock(&files_lock);
        return file;
    }
    *failure = -file->descriptor;
    free(file);
    return NULL;
}

struct hailoplatform_device_file *hailoplatform_open_device(const char *path, int *failure) {
    return open_file(path, -1, failure);
}

struct hailoplatform_device_file *hailoplatform_open_device_as(const char *path, int number, int *failure) {
    return open_file(path, number, failure);
}

int hailoplatform_device_descriptor(const struct hailoplatform_device_file *file) { return file->descriptor; }

void hailoplatform_close_device(struct hailoplatform_device_file *file) {
    int descriptor = file->descriptor;
    if (descriptor >= 0) {
        pthread_mutex_lock(&files_lock);
        struct hailoplatform_device_file **link = &files;
        while (*link != NULL && *link != file) link = &(*link)->next;
        if (*link == file) *link = file->next;
        pthread_mutex_unlock(&files_lock);
        // Outside of the lock: the driver tells the firmware to stop, which takes a while.
        if (!file->keeps_number || move_descriptor(hailoplatform_reserve_number(), descriptor) < 0) close(descriptor);
    }
    free(file);
}

static int lock_byte(int descriptor, int command, int64_t byte, int kind, struct flock *lock) {
    *lock = (struct flock){ .l_type = (short)(kind == 2 ? F_WRLCK : kind == 1 ? F_RDLCK : F_UNLCK), .l_whence = SEEK_SET };
    lock->l_start = byte;
    lock->l_len = 1;
    int result = fcntl(descriptor, command, lock);
    return result < 0 ? -errno : 0;
}

int hailoplatform_lock_byte(int descriptor, int64_t byte, int kind) {
    struct flock lock;
    int result = lock_byte(descriptor, F_OFD_SETLK, byte, kind, &lock);
    return result == -EACCES ? -EAGAIN : result;
}

int hailoplatform_is_byte_locked(int descriptor, int64_t byte) {
    struct flock lock;
    return lock_byte(descriptor, F_OFD_GETLK, byte, 2, &lock) == 0 && lock.l_type != F_UNLCK;
}
