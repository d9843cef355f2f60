/* Prints, for each HEF file, what the library makes of it: the description or the message of refusal, and checksums of frames in
 * the model's own numbers and in floating point numbers. Two machines must print the same. Arguments: a device id, HEF files. */

#include "hailoswift/hailoswift.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 2
#define MAXIMUM 64
#define DETECTIONS 4096

static uint64_t checksum;

static void add(const void *bytes, size_t size) {
    for (size_t index = 0; index < size; index++) checksum = (checksum ^ ((const uint8_t *)bytes)[index]) * UINT64_C(0x100000001b3);
}

static void print_result(const char *name) {
    printf("  %s %016" PRIx64 "\n", name, checksum);
    checksum = UINT64_C(0xcbf29ce484222325);
}

static void describe(const hailoswift_model *model) {
    hailoswift_model_info info = HAILOSWIFT_MODEL_INFO_INIT;
    hailoswift_model_get_info(model, &info);
    for (uint32_t group = 0; group < info.group_count; group++) {
        hailoswift_group_info described = HAILOSWIFT_GROUP_INFO_INIT;
        hailoswift_model_get_group(model, group, &described);
        printf("  group %s\n", described.name);
        for (hailoswift_direction direction = 0; direction < 2; direction++) {
            hailoswift_tensor_info tensor = HAILOSWIFT_TENSOR_INFO_INIT;
            for (size_t index = 0; hailoswift_model_get_tensor(model, group, direction, index, &tensor) == HAILOSWIFT_OK; index++)
                add(&tensor, sizeof tensor);
            hailoswift_stream_info stream = HAILOSWIFT_STREAM_INFO_INIT;
            for (size_t index = 0; hailoswift_model_get_stream(model, group, direction, index, &stream) == HAILOSWIFT_OK; index++)
                add(&stream, sizeof stream);
        }
        print_result("description");
    }
}

/* Masks lie in the frame by their addresses, which differ from run to run, so boxes are looked at one by one. */
static void add_frame(const hailoswift_port_info *port, const void *frame) {
    static hailoswift_detection found[DETECTIONS];
    size_t count = 0;
    if (!port->is_boxes) {
        add(frame, port->frame_size);
        return;
    }
    hailoswift_status status = hailoswift_detections_read(port, frame, port->frame_size, found, DETECTIONS, &count);
    add(&status, sizeof status);
    add(&count, sizeof count);
    for (size_t index = 0; index < count && index < DETECTIONS; index++) {
        add(&found[index].class_id, sizeof found[index].class_id);
        add(&found[index].score, 5 * sizeof(float));
        if (found[index].mask != NULL) add(found[index].mask, (size_t)found[index].mask_height * found[index].mask_width);
    }
}

/* Numbers that are different in every place and harmless as floating point numbers. */
static void fill(void *memory, size_t size, int is_float) {
    for (size_t index = 0; is_float && index < size / sizeof(float); index++) ((float *)memory)[index] = (float)(index % 509) * 0.731f - 40;
    for (size_t index = 0; !is_float && index < size; index++) ((uint8_t *)memory)[index] = (uint8_t)(index * 7 + index / 251);
}

static hailoswift_status run(hailoswift_session *session, hailoswift_type type) {
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
    static hailoswift_port_info ports[2][MAXIMUM];
    static hailoswift_source inputs[MAXIMUM];
    static hailoswift_target outputs[MAXIMUM];
    hailoswift_status status = hailoswift_session_get_info(session, &info);
    for (uint32_t index = 0; !status && index < info.input_count; index++) {
        hailoswift_port_info *port = &ports[HAILOSWIFT_INPUT][index];
        port->struct_size = sizeof *port;
        status = hailoswift_session_get_port(session, HAILOSWIFT_INPUT, index, port);
        if (!status) status = hailoswift_session_set_format(session, HAILOSWIFT_INPUT, port->name, type, HAILOSWIFT_ORDER_AUTO);
        if (!status) status = hailoswift_session_get_port(session, HAILOSWIFT_INPUT, index, port);
        if (status) break;
        inputs[index].size = port->frame_size;
        fill((void *)(inputs[index].data = malloc(port->frame_size)), port->frame_size, type == HAILOSWIFT_TYPE_FLOAT32);
    }
    for (uint32_t index = 0; !status && index < info.output_count; index++) {
        hailoswift_port_info *port = &ports[HAILOSWIFT_OUTPUT][index];
        port->struct_size = sizeof *port;
        status = hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, index, port);
        if (!status) hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, port->name, type, HAILOSWIFT_ORDER_AUTO);
        if (!status) status = hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, index, port);
        if (status) break;
        outputs[index].size = port->frame_size;
        outputs[index].data = calloc(1, port->frame_size);
    }
    if (!status) status = hailoswift_session_activate(session, 0);
    for (int frame = 0; !status && frame < FRAMES; frame++) {
        status = hailoswift_session_run(session, 1, inputs, info.input_count, outputs, info.output_count, 20000);
        for (uint32_t index = 0; !status && index < info.output_count; index++)
            add_frame(&ports[HAILOSWIFT_OUTPUT][index], outputs[index].data);
    }
    if (hailoswift_session_deactivate(session) && !status) status = hailoswift_last_status();
    for (uint32_t index = 0; index < info.input_count; index++) free((void *)inputs[index].data);
    for (uint32_t index = 0; index < info.output_count; index++) free(outputs[index].data);
    memset(inputs, 0, sizeof inputs);
    memset(outputs, 0, sizeof outputs);
    return status;
}

static void examine(const char *device_id, const char *path) {
    hailoswift_device *device = NULL;
    hailoswift_model *model = NULL;
    hailoswift_session *session = NULL;
    const char *name = strrchr(path, '/');
    printf("%s\n", name ? name + 1 : path);
    hailoswift_status status = hailoswift_model_load(path, &model);
    if (!status) describe(model);
    if (!status) status = hailoswift_device_open(device_id, NULL, &device);
    if (!status) status = hailoswift_session_create(device, model, NULL, &session);
    if (!status) status = run(session, HAILOSWIFT_TYPE_AUTO);
    if (!status) print_result("frames");
    if (!status) status = run(session, HAILOSWIFT_TYPE_FLOAT32);
    if (!status) print_result("float32");
    if (status) printf("  %s: %s\n", hailoswift_status_name(status), hailoswift_last_error());
    hailoswift_session_release(session);
    hailoswift_device_release(device);
    hailoswift_model_release(model);
}

int main(int argc, char **argv) {
    for (int index = 2; index < argc; index++) examine(argv[1], argv[index]);
    return argc < 3 ? 2 : 0;
}
