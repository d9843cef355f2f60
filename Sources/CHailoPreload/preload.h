// What the parts of the preload library tell each other.

#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EXPORTED __attribute__((visibility("default")))

/// The function of this name that would have been called without this library; looked for once.
void *next_function(const char *name, void **known);
#define NEXT(name) \
    ({ \
        static void *known_; \
        (__typeof__(&name))next_function(#name, &known_); \
    })

/// The number of the device that a path names, or -1.
int device_of_path(const char *path);

/// The path to use in place of one that would lead to the driver's files: of the device and of its class in /sys.
const char *redirected(const char *path, char *buffer);

/// Opens a device file; -2 if the path names none.
int open_device(const char *path, int flags);

/// A file was opened behind this library's back under a number that it knows.
void forget_number(int number);

/// The third argument of open(), which is there only when a file may be made.
#define MODE_ARGUMENT(flags, mode) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
        va_list rest_; \
        va_start(rest_, flags); \
        mode = va_arg(rest_, mode_t); \
        va_end(rest_); \
    }
