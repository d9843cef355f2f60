// The files by which programs look for devices: /dev/hailo0 and the class in /sys. The class is a real folder elsewhere,
// to which paths are led; it is made when somebody asks for it and removed at the end of the process.

#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "emulator_device.h"

#define CLASS "/sys/class/hailo_chardev"
#define DEVICE "/dev/hailo"

int device_of_path(const char *path) {
    if (path == NULL || strncmp(path, DEVICE, sizeof DEVICE - 1) != 0) return -1;
    const char *digits = path + sizeof DEVICE - 1;
    int number = 0, count = emulator_device_count();
    if (*digits == 0) return -1;
    for (; *digits != 0; digits++) {
        if (*digits < '0' || *digits > '9') return -1;
        number = 10 * number + (*digits - '0');
        if (number >= count) return -1;
    }
    return number;
}

static int is_in_class(const char *path) {
    size_t length = sizeof CLASS - 1;
    return strncmp(path, CLASS, length) == 0 && (path[length] == 0 || path[length] == '/');
}

// The folder

static char root[PATH_MAX / 2];
static pid_t root_owner;
static pthread_mutex_t root_mutex = PTHREAD_MUTEX_INITIALIZER;

static void make_folders(const char *format, int number) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s", root);
    snprintf(path + length, sizeof path - (size_t)length, format, number);
    for (char *slash = path + length + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
    mkdir(path, 0755);
}

/// As in /sys, the text has no end of line.
static void make_file(int number, const char *name, const char *text) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s" CLASS "/hailo%d/%s", root, number, name);
    FILE *file = NEXT(fopen)(path, "we");
    if (file == NULL) return;
    fputs(text, file);
    fclose(file);
}

static void make_device(int number) {
    char text[64], path[PATH_MAX];
    make_folders(CLASS "/hailo%d", number);
    snprintf(text, sizeof text, "0000:%02x:00.0", number + 1);
    make_file(number, "board_location", text);
    make_file(number, "device_id", "1e60:2864");
    make_file(number, "accelerator_type", "0");
    snprintf(text, sizeof text, "510:%d\n", number);
    make_file(number, "dev", text);
    snprintf(text, sizeof text, "MAJOR=510\nMINOR=%d\nDEVNAME=hailo%d\n", number, number);
    make_file(number, "uevent", text);
    snprintf(path, sizeof path, "%s" DEVICE "%d", root, number);
    if (symlink("/dev/null", path) != 0) return;
}

static const char *make_root(void) {
    pthread_mutex_lock(&root_mutex);
    if (root[0] == 0) {
        const char *base = secure_getenv("TMPDIR");
        snprintf(root, sizeof root, "%s/hailo-emulator-XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
        if (mkdtemp(root) == NULL) {
            dprintf(STDERR_FILENO, "libhailo-emulator: cannot make a folder for the class of devices: %s\n", strerror(errno));
            snprintf(root, sizeof root, "/nonexistent");
        } else {
            root_owner = getpid();
            make_folders("/dev", 0);
            if (emulator_device_count() > 0) make_folders(CLASS, 0);
            for (int number = 0; number < emulator_device_count(); number++) make_device(number);
        }
    }
    pthread_mutex_unlock(&root_mutex);
    return root;
}

static void remove_tree(int parent, const char *name) {
    int folder = NEXT(openat)(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = folder < 0 ? NULL : fdopendir(folder);
    if (list != NULL) {
        for (struct dirent *entry; (entry = NEXT(readdir)(list)) != NULL;)
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                unlinkat(folder, entry->d_name, 0) != 0)
                remove_tree(folder, entry->d_name);
        closedir(list);
    }
    unlinkat(parent, name, AT_REMOVEDIR);
}

__attribute__((destructor)) static void remove_root(void) {
    if (root_owner == getpid()) remove_tree(AT_FDCWD, root);
}

const char *redirected(const char *path, char *buffer) {
    if (path == NULL || path[0] != '/' || !(is_in_class(path) || device_of_path(path) >= 0)) return path;
    int reason = errno;
    snprintf(buffer, PATH_MAX, "%s%s", make_root(), path);
    errno = reason;
    return buffer;
}

// Functions that open

static int open_path(const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    int number = open_device(path, flags);
    if (number != -2) return number;
    number = NEXT(open64)(redirected(path, buffer), flags, mode);
    forget_number(number);
    return number;
}

static int open_path_at(int folder, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    int number = open_device(path, flags);
    if (number != -2) return number;
    number = NEXT(openat64)(folder, redirected(path, buffer), flags, mode);
    forget_number(number);
    return number;
}

#define OPEN(name) \
    EXPORTED int name(const char *path, int flags, ...) { \
        MODE_ARGUMENT(flags, mode) \
        return open_path(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPEN(__open)
OPEN(__open64)

#define OPEN_AT(name) \
    EXPORTED int name(int folder, const char *path, int flags, ...) { \
        MODE_ARGUMENT(flags, mode) \
        return open_path_at(folder, path, flags, mode); \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

EXPORTED int __open_2(const char *path, int flags) { return open_path(path, flags, 0); }
EXPORTED int __open64_2(const char *path, int flags) { return open_path(path, flags, 0); }
EXPORTED int __openat_2(int folder, const char *path, int flags) { return open_path_at(folder, path, flags, 0); }
EXPORTED int __openat64_2(int folder, const char *path, int flags) { return open_path_at(folder, path, flags, 0); }

// Functions that take a path

#define LED(result, name, parameters, ...) \
    EXPORTED result name parameters { \
        char buffer[PATH_MAX]; \
        return NEXT(name)(__VA_ARGS__); \
    }
#define PATH redirected(path, buffer)

LED(FILE *, fopen, (const char *path, const char *mode), PATH, mode)
LED(FILE *, fopen64, (const char *path, const char *mode), PATH, mode)
LED(int, access, (const char *path, int mode), PATH, mode)
LED(int, euidaccess, (const char *path, int mode), PATH, mode)
LED(int, eaccess, (const char *path, int mode), PATH, mode)
LED(int, faccessat, (int folder, const char *path, int mode, int flags), folder, PATH, mode, flags)
LED(int, stat, (const char *path, struct stat *status), PATH, status)
LED(int, stat64, (const char *path, struct stat64 *status), PATH, status)
LED(int, lstat, (const char *path, struct stat *status), PATH, status)
LED(int, lstat64, (const char *path, struct stat64 *status), PATH, status)
LED(int, fstatat, (int folder, const char *path, struct stat *status, int flags), folder, PATH, status, flags)
LED(int, fstatat64, (int folder, const char *path, struct stat64 *status, int flags), folder, PATH, status, flags)
// What programs call in place of these that were built for glibc before 2.33.
int __xstat(int, const char *, struct stat *), __xstat64(int, const char *, struct stat64 *);
int __lxstat(int, const char *, struct stat *), __lxstat64(int, const char *, struct stat64 *);
int __fxstatat(int, int, const char *, struct stat *, int), __fxstatat64(int, int, const char *, struct stat64 *, int);
LED(int, __xstat, (int version, const char *path, struct stat *status), version, PATH, status)
LED(int, __xstat64, (int version, const char *path, struct stat64 *status), version, PATH, status)
LED(int, __lxstat, (int version, const char *path, struct stat *status), version, PATH, status)
LED(int, __lxstat64, (int version, const char *path, struct stat64 *status), version, PATH, status)
LED(int, __fxstatat, (int version, int folder, const char *path, struct stat *status, int flags), version, folder, PATH, status, flags)
LED(int, __fxstatat64, (int version, int folder, const char *path, struct stat64 *status, int flags), version, folder, PATH, status, flags)
LED(int, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *status), folder, PATH, flags, mask, status)
LED(ssize_t, readlink, (const char *path, char *target, size_t size), PATH, target, size)
LED(ssize_t, readlinkat, (int folder, const char *path, char *target, size_t size), folder, PATH, target, size)
LED(ssize_t, getxattr, (const char *path, const char *name, void *value, size_t size), PATH, name, value, size)
LED(ssize_t, lgetxattr, (const char *path, const char *name, void *value, size_t size), PATH, name, value, size)
LED(ssize_t, listxattr, (const char *path, char *list, size_t size), PATH, list, size)
LED(ssize_t, llistxattr, (const char *path, char *list, size_t size), PATH, list, size)
LED(char *, realpath, (const char *path, char *resolved), PATH, resolved)
LED(int, scandir, (const char *path, struct dirent ***list, int (*filter)(const struct dirent *), int (*compare)(const struct dirent **, const struct dirent **)), PATH, list, filter, compare)
LED(int, scandir64, (const char *path, struct dirent64 ***list, int (*filter)(const struct dirent64 *), int (*compare)(const struct dirent64 **, const struct dirent64 **)), PATH, list, filter, compare)

// Listings of /dev have the devices at their end

static struct listing {
    DIR *list;
    int next;
} listings[16];
static pthread_mutex_t listings_mutex = PTHREAD_MUTEX_INITIALIZER;

EXPORTED DIR *opendir(const char *path) {
    char buffer[PATH_MAX];
    DIR *list = NEXT(opendir)(redirected(path, buffer));
    if (list != NULL && (strcmp(path, "/dev") == 0 || strcmp(path, "/dev/") == 0)) {
        pthread_mutex_lock(&listings_mutex);
        for (size_t index = 0; index < sizeof listings / sizeof *listings; index++)
            if (listings[index].list == NULL) {
                listings[index] = (struct listing){list, 0};
                break;
            }
        pthread_mutex_unlock(&listings_mutex);
    }
    return list;
}

/// The number of the device that comes next in a listing of /dev, or -1.
static int next_device(DIR *list) {
    int number = -1;
    pthread_mutex_lock(&listings_mutex);
    for (size_t index = 0; index < sizeof listings / sizeof *listings; index++)
        if (listings[index].list == list && listings[index].next < emulator_device_count())
            number = listings[index].next++;
    pthread_mutex_unlock(&listings_mutex);
    return number;
}

EXPORTED int closedir(DIR *list) {
    pthread_mutex_lock(&listings_mutex);
    for (size_t index = 0; index < sizeof listings / sizeof *listings; index++)
        if (listings[index].list == list) listings[index].list = NULL;
    pthread_mutex_unlock(&listings_mutex);
    return NEXT(closedir)(list);
}

#define READ_DIRECTORY(name, entry_type) \
    EXPORTED entry_type *name(DIR *list) { \
        static _Thread_local entry_type made; \
        entry_type *entry = NEXT(name)(list); \
        int number = entry == NULL ? next_device(list) : -1; \
        if (number < 0) return entry; \
        memset(&made, 0, sizeof made); \
        made.d_ino = 0x4a110 + (ino_t)number; \
        made.d_type = DT_CHR; \
        made.d_reclen = sizeof made; \
        snprintf(made.d_name, sizeof made.d_name, "hailo%d", number); \
        return &made; \
    }
READ_DIRECTORY(readdir, struct dirent)
READ_DIRECTORY(readdir64, struct dirent64)
