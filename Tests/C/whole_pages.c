/* Preloaded into programs under qemu-aarch64 with pages of 16 KiB. That emulator maps the length that was asked for and rounds it up to the
 * host's page only; a kernel maps whole pages. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    void *(*next)(void *, size_t, int, int, int, off_t) = (void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return next(address, (flags & MAP_ANONYMOUS) != 0 ? (size + page - 1) / page * page : size, protection, flags, file, offset);
}

/* Programs of this machine that the program starts cannot load it. */
__attribute__((constructor)) static void hide(void) { unsetenv("LD_PRELOAD"); }
