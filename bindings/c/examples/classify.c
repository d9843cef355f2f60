/* Classifies frames: runs a model with the frames of a file and prints, for each, the number of its largest score.
 *
 *     classify MODEL FRAMES [DEVICE]
 *
 * The scores are the model's first output with more than one number, as real numbers. FRAMES contains consecutive
 * frames in the format of the model's input.
 */
#include <hailoswift/hailoswift.h>

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
    fprintf(stderr, "classify: %s\n", what);
    return 1;
}

static int failure(void) { return fail(hailoswift_last_error()); }

/** All bytes of a file, which the caller must free; NULL if it cannot be read. */
static unsigned char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    long length;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
        bytes = malloc((size_t)length);
        *size = bytes != NULL ? fread(bytes, 1, (size_t)length, file) : 0;
    }
    if (file != NULL) fclose(file);
    return bytes;
}

/** Chooses real numbers for the scores. Returns the index of their output, or -1. */
static int choose_scores(hailoswift_session *session, const hailoswift_session_info *info) {
    for (uint32_t index = 0; index < info->output_count; index++) {
        hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
        if (hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, index, &port)) return -1;
        if (port.frame_size > 1)
            return hailoswift_session_set_format(session, HAILOSWIFT_OUTPUT, port.name, HAILOSWIFT_TYPE_FLOAT32,
                                                 HAILOSWIFT_ORDER_AUTO)
                       ? -1
                       : (int)index;
    }
    return -1;
}

/** Runs all frames and prints the classes. `targets` has room for each output. */
static int classify(hailoswift_session *session, const hailoswift_session_info *info, unsigned char *frames, size_t size,
                    hailoswift_target *targets) {
    int scores = choose_scores(session, info);
    if (scores < 0) return failure();
    hailoswift_port_info input = HAILOSWIFT_PORT_INFO_INIT, output = HAILOSWIFT_PORT_INFO_INIT;
    if (hailoswift_session_get_port(session, HAILOSWIFT_INPUT, 0, &input)) return failure();
    size_t count = size / (size_t)input.frame_size;
    size_t classes = 0;
    for (uint32_t index = 0; index < info->output_count; index++) {
        if (hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, index, &output)) return failure();
        targets[index].size = count * (size_t)output.frame_size;
        targets[index].data = malloc(targets[index].size);
        if (targets[index].data == NULL) return fail("not enough memory");
        if (index == (uint32_t)scores) classes = (size_t)output.frame_size / sizeof(float);
    }
    hailoswift_source source = { frames, count * (size_t)input.frame_size };
    if (hailoswift_session_activate(session, 0) ||
        hailoswift_session_run(session, count, &source, 1, targets, info->output_count, 10000))
        return failure();
    const float *values = targets[scores].data;
    for (size_t frame = 0; frame < count; frame++, values += classes) {
        size_t best = 0;
        for (size_t class_number = 1; class_number < classes; class_number++)
            if (values[class_number] > values[best]) best = class_number;
        printf("%zu\n", best);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 3) return fail("usage: classify MODEL FRAMES [DEVICE]");
    size_t size = 0;
    unsigned char *frames = read_file(argv[2], &size);
    if (frames == NULL) return fail("cannot read the frames");
    hailoswift_device *device = NULL;
    hailoswift_model *model = NULL;
    hailoswift_session *session = NULL;
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
    int result = 1;
    if (hailoswift_device_open(argc > 3 ? argv[3] : NULL, NULL, &device) || hailoswift_model_load(argv[1], &model) ||
        hailoswift_session_create(device, model, NULL, &session) || hailoswift_session_get_info(session, &info)) {
        failure();
    } else {
        hailoswift_target *targets = calloc(info.output_count, sizeof *targets);
        if (targets != NULL) {
            result = classify(session, &info, frames, size, targets);
            for (uint32_t index = 0; index < info.output_count; index++) free(targets[index].data);
        }
        free(targets);
    }
    hailoswift_session_release(session);
    hailoswift_model_release(model);
    hailoswift_device_release(device);
    free(frames);
    return result;
}
