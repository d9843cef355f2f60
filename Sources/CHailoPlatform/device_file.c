#include "platform.h"

struct hailoplatform_device_file {
    int descriptor;
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

struct hailoplatform_device_file *hailoplatform_open_device(const char *path, int *failure) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct hailoplatform_device_file *file = malloc(sizeof *file);
    if (file == NULL) {
        *failure = ENOMEM;
        return NULL;
    }
    // Not under the lock: what stands in for the system when a program is preloaded may have locks of its own.
    file->descriptor = hailoplatform_open(path, O_RDWR, 0);
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
        close(descriptor);
    }
    free(file);
}
