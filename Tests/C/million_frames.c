/* A million frames through the emulated device, sixteen in flight at a time: the memory of the process stays as it is. */

#include "check.h"
#include "hailoswift/hailoswift.h"

#include <unistd.h>

#define FRAMES 1000000
#define UNDER_WAY 16

/* Bytes that the process has in memory. */
static long resident(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file && fscanf(file, "%*d %ld", &pages) == 1);
    if (file) fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

int main(void) {
    static unsigned char given[512], taken[UNDER_WAY][128];
    hailoswift_device *device = NULL;
    hailoswift_model *model = NULL;
    hailoswift_session *session = NULL;
    hailoswift_job *jobs[UNDER_WAY] = { NULL };
    hailoswift_source source = { given, sizeof given };
    hailoswift_status status = HAILOSWIFT_OK;
    long before = 0;
    CHECK(hailoswift_device_open("emulator", NULL, &device) == HAILOSWIFT_OK);
    CHECK(hailoswift_model_load(HEF_FILE, &model) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_create(device, model, NULL, &session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_activate(session, 0) == HAILOSWIFT_OK);
    for (int frame = 0; !status && frame < FRAMES + UNDER_WAY; frame++) {
        int slot = frame % UNDER_WAY;
        if (jobs[slot]) {
            status = hailoswift_job_wait(jobs[slot], 10000);
            hailoswift_job_release(jobs[slot]);
            jobs[slot] = NULL;
            /* Byte 0 of frame f on channel 16 is 13 * 16 + 7 f, modulo 256. */
            if (!status && taken[slot][0] != (unsigned char)(208 + 7 * (frame - UNDER_WAY))) status = 1;
        }
        if (frame == FRAMES / 10) before = resident();
        hailoswift_target target = { taken[slot], sizeof taken[slot] };
        if (!status && frame < FRAMES)
            status = hailoswift_session_submit(session, 1, &source, 1, &target, 1, NULL, &jobs[slot]);
    }
    CHECK(status == HAILOSWIFT_OK);
    long growth = resident() - before;
    printf("the process grew by %ld KiB over %d frames\n", growth / 1024, FRAMES / 10 * 9);
    CHECK(growth < 512 * 1024);
    hailoswift_session_release(session);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
    return finish_checks();
}
