/* A child of fork() keeps no device: what its parent has given back, somebody else may use at once, while the child runs on. */

#define _GNU_SOURCE
#include "misuse.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/** How many descriptors this process has, but for the one that counts them. */
static int descriptors(void) {
    int count = -1;
    DIR *folder = opendir("/proc/self/fd");
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) count += entry->d_name[0] != '.';
    if (folder != NULL) closedir(folder);
    return count;
}

int main(void) {
    hailoswift_device *device = NULL, *other = NULL;
    hailoswift_session *session = NULL;
    hailoswift_model *model = load_model();
    hailoswift_device_info info = HAILOSWIFT_DEVICE_INFO_INIT;
    int questions[2], answers[2];
    char byte = 0;
    CHECK(pipe(questions) == 0 && pipe(answers) == 0);
    int before = descriptors();
    CHECK(hailoswift_device_open("/dev/hailo0", NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_device_open("/dev/hailo0", NULL, &other) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
    /* The third is what "hailoctl monitor" reads. */
    CHECK(descriptors() == before + 3);
    /* What is closed is forgotten, so that a descriptor with the same number stays open in the child. */
    hailoswift_device_release(other);
    int file = open("/dev/null", O_RDONLY);
    CHECK(file >= 0 && descriptors() == before + 3);

    pid_t child = fork();
    if (child == 0) {
        int is_right = descriptors() == before + 1 && fcntl(file, F_GETFD) >= 0;
        /* Its handles are of no use, and to release them does nothing. */
        is_right &= hailoswift_device_get_info(device, &info) == HAILOSWIFT_INVALID_HANDLE;
        hailoswift_session_release(session);
        hailoswift_device_release(device);
        is_right &= write(answers[1], &byte, 1) == 1;
        /* It runs on until its parent says so. */
        is_right &= read(questions[0], &byte, 1) == 1;
        _exit(is_right ? 0 : 1);
    }
    CHECK(read(answers[0], &byte, 1) == 1);
    CHECK(descriptors() == before + 3);
    CHECK(hailoswift_device_get_info(device, &info) == HAILOSWIFT_OK);
    hailoswift_session_release(session);
    hailoswift_device_release(device);
    /* With the child still there, the device is free. */
    CHECK(descriptors() == before + 1);
    CHECK(hailoswift_device_open("/dev/hailo0", NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
    hailoswift_session_release(session);
    hailoswift_device_release(device);
    int status = -1;
    CHECK(write(questions[1], &byte, 1) == 1);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    hailoswift_model_release(model);
    return finish_checks();
}
