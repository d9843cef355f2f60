/* Passes frames through a model, several of them in flight at a time. Arguments: a HEF file and a device id; the
 * default is the machine's only device. All bytes of the outputs are added up. */

#include <hailoswift/hailoswift.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FRAMES 100
#define UNDER_WAY 4
#define MOST_PORTS 16

/* The memory of one frame in flight. */
struct slot {
    hailoswift_source inputs[MOST_PORTS];
    hailoswift_target outputs[MOST_PORTS];
    hailoswift_job *job;
};

static struct slot slots[UNDER_WAY];
static hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
static uint64_t sum;

static hailoswift_status prepare(hailoswift_session *session) {
    hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
    hailoswift_status status = hailoswift_session_get_info(session, &info);
    for (int number = 0; number < UNDER_WAY; number++) {
        for (uint32_t index = 0; !status && index < info.input_count && index < MOST_PORTS; index++) {
            status = hailoswift_session_get_port(session, HAILOSWIFT_INPUT, index, &port);
            slots[number].inputs[index].data = calloc(1, port.frame_size);
            slots[number].inputs[index].size = port.frame_size;
        }
        for (uint32_t index = 0; !status && index < info.output_count && index < MOST_PORTS; index++) {
            status = hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, index, &port);
            slots[number].outputs[index].data = calloc(1, port.frame_size);
            slots[number].outputs[index].size = port.frame_size;
        }
    }
    return status;
}

/* Waits for the frame of a slot, if one is in flight, and takes its outputs. */
static hailoswift_status finish(struct slot *slot) {
    hailoswift_status status;
    if (!slot->job) return HAILOSWIFT_OK;
    status = hailoswift_job_wait(slot->job, 10000);
    hailoswift_job_release(slot->job);
    slot->job = NULL;
    for (uint32_t index = 0; !status && index < info.output_count; index++) {
        const uint8_t *bytes = slot->outputs[index].data;
        for (size_t position = 0; position < slot->outputs[index].size; position++) sum += bytes[position];
    }
    return status;
}

static hailoswift_status run(hailoswift_session *session) {
    hailoswift_status status = HAILOSWIFT_OK;
    for (int frame = 0; !status && frame < FRAMES; frame++) {
        struct slot *slot = &slots[frame % UNDER_WAY];
        status = finish(slot);
        if (!status)
            status = hailoswift_session_submit(session, 1, slot->inputs, info.input_count, slot->outputs,
                                               info.output_count, NULL, &slot->job);
    }
    for (int number = 0; number < UNDER_WAY; number++) {
        hailoswift_status ended = finish(&slots[(FRAMES + number) % UNDER_WAY]);
        if (!status) status = ended;
    }
    return status;
}

int main(int argc, char **argv) {
    hailoswift_device *device = NULL;
    hailoswift_model *model = NULL;
    hailoswift_session *session = NULL;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: run FILE.hef [DEVICE]\n");
        return 2;
    }
    hailoswift_status status = hailoswift_model_load(argv[1], &model);
    if (!status) status = hailoswift_device_open(argc > 2 ? argv[2] : NULL, NULL, &device);
    if (!status) status = hailoswift_session_create(device, model, NULL, &session);
    if (!status) status = prepare(session);
    if (!status) status = hailoswift_session_activate(session, 0);
    if (!status) status = run(session);
    if (status)
        fprintf(stderr, "run: %s\n", hailoswift_last_error());
    else
        printf("%d frames through %s, %d at a time; all bytes of all outputs add up to %llu\n", FRAMES, info.group,
               UNDER_WAY, (unsigned long long)sum);

    /* The release functions accept NULL. Stopping the session ends the jobs in flight. */
    if (session) hailoswift_session_deactivate(session);
    hailoswift_session_release(session);
    hailoswift_device_release(device);
    hailoswift_model_release(model);
    return status ? 1 : 0;
}
