/* Loads the library and looks at the process before and after: no new thread, no new open file. The path of the library
 * is the argument. */

#include "check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdint.h>

static int entries(const char *folder) {
    int count = 0;
    DIR *directory = opendir(folder);
    if (!directory) return -1;
    while (readdir(directory)) count++;
    closedir(directory);
    return count;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int threads = entries("/proc/self/task"), files = entries("/proc/self/fd");
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) fprintf(stderr, "%s\n", dlerror());
    CHECK(library != NULL);
    CHECK(threads > 0 && files > 0);
    CHECK(entries("/proc/self/task") == threads);
    CHECK(entries("/proc/self/fd") == files);
    if (library) {
        union {
            void *address;
            int32_t (*call)(void);
        } version = {dlsym(library, "hailoswift_abi_version")};
        CHECK(version.address != NULL);
        CHECK(version.address && version.call() == 0);
    }
    CHECK(entries("/proc/self/task") == threads);
    CHECK(entries("/proc/self/fd") == files);
    return finish_checks();
}
