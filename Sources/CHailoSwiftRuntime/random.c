#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <sys/random.h>

/// The random numbers that Swift's hash tables ask the C library for. glibc has this function since 2.36 only, so the library
/// brings one of its own, which nobody else sees.
__attribute__((visibility("hidden"))) void arc4random_buf(void *buffer, size_t size) {
    char *next = buffer;
    while (size > 0) {
        ssize_t count = getrandom(next, size, 0);
        // Hash tables work without random numbers too.
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            memset(next, 0, size);
            return;
        }
        next += count;
        size -= (size_t)count;
    }
}
