/* Finds objects in a picture: prints them, and draws them into a copy of the picture.
 *
 *     detect MODEL PICTURE DRAWN.ppm [DEVICE]
 *
 * MODEL is a detector: one of its outputs consists of boxes. PICTURE contains one picture in the format of the model's
 * input: rows of pixels, red, green and blue.
 */
#include <hailoswift/hailoswift.h>

#include <stdio.h>
#include <stdlib.h>

/** The picture that detections are drawn into. */
typedef struct canvas {
    unsigned char *pixels;
    int height, width;
} canvas;

static int fail(const char *what) {
    fprintf(stderr, "detect: %s\n", what);
    return 1;
}

static int failure(void) { return fail(hailoswift_last_error()); }

static void set_pixel(canvas *picture, int y, int x, uint32_t class_id) {
    static const unsigned char colors[4][3] = { { 255, 80, 80 }, { 80, 255, 80 }, { 90, 140, 255 }, { 255, 220, 60 } };
    if (y < 0 || x < 0 || y >= picture->height || x >= picture->width) return;
    for (int i = 0; i < 3; i++) picture->pixels[(y * picture->width + x) * 3 + i] = colors[class_id % 4][i];
}

/** A fraction of a side in pixels, limited to the surroundings of the picture. */
static int pixel(float part, int length) { return (int)((part > -1 ? part < 2 ? part : 2 : -1) * (float)length); }

static void draw(canvas *picture, const hailoswift_detection *found) {
    int top = pixel(found->y_min, picture->height), bottom = pixel(found->y_max, picture->height);
    int left = pixel(found->x_min, picture->width), right = pixel(found->x_max, picture->width);
    for (int x = left; x < right; x++) {
        set_pixel(picture, top, x, found->class_id);
        set_pixel(picture, bottom - 1, x, found->class_id);
    }
    for (int y = top; y < bottom; y++) {
        set_pixel(picture, y, left, found->class_id);
        set_pixel(picture, y, right - 1, found->class_id);
    }
}

/** Prints and draws the detections of a frame. */
static int show(const hailoswift_port_info *port, const void *frame, canvas *picture) {
    hailoswift_detection *detections = NULL;
    size_t count = 0;
    if (hailoswift_detections_read(port, frame, (size_t)port->frame_size, NULL, 0, &count)) return failure();
    if (count > 0 && (detections = calloc(count, sizeof *detections)) == NULL) return fail("not enough memory");
    if (hailoswift_detections_read(port, frame, (size_t)port->frame_size, detections, count, &count)) {
        free(detections);
        return failure();
    }
    for (size_t index = 0; index < count; index++) {
        const hailoswift_detection *found = &detections[index];
        printf("class %u, score %.3f, from (%.3f, %.3f) to (%.3f, %.3f)\n", found->class_id, found->score, found->x_min,
               found->y_min, found->x_max, found->y_max);
        draw(picture, found);
    }
    printf("%zu found\n", count);
    free(detections);
    return 0;
}

/** Runs the picture through an active session. `targets` has room for each output. */
static int detect(hailoswift_session *session, const hailoswift_session_info *info, canvas *picture,
                  hailoswift_target *targets) {
    hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT, boxes = HAILOSWIFT_PORT_INFO_INIT;
    uint32_t chosen = info->output_count;
    for (uint32_t index = 0; index < info->output_count; index++) {
        if (hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, index, &port)) return failure();
        if (port.is_boxes && chosen == info->output_count) {
            chosen = index;
            boxes = port;
        }
        targets[index].size = (size_t)port.frame_size;
        if ((targets[index].data = malloc(targets[index].size)) == NULL) return fail("not enough memory");
    }
    if (chosen == info->output_count) return fail("no output of this model consists of boxes");
    hailoswift_source source = { picture->pixels, (size_t)picture->height * (size_t)picture->width * 3 };
    if (hailoswift_session_run(session, 1, &source, 1, targets, info->output_count, 10000)) return failure();
    return show(&boxes, targets[chosen].data, picture);
}

static int run(hailoswift_device *device, const hailoswift_model *model, canvas *picture) {
    hailoswift_session *session = NULL;
    hailoswift_session_info info = HAILOSWIFT_SESSION_INFO_INIT;
    hailoswift_target *targets = NULL;
    int status = 1;
    if (hailoswift_session_create(device, model, NULL, &session) || hailoswift_session_get_info(session, &info) ||
        hailoswift_session_activate(session, 0))
        status = failure();
    else if ((targets = calloc(info.output_count, sizeof *targets)) != NULL)
        status = detect(session, &info, picture, targets);
    for (uint32_t index = 0; targets != NULL && index < info.output_count; index++) free(targets[index].data);
    free(targets);
    hailoswift_session_release(session);
    return status;
}

static int read_picture(const char *path, canvas *picture) {
    size_t size = (size_t)picture->height * (size_t)picture->width * 3, got = 0;
    FILE *file = fopen(path, "rb");
    if ((picture->pixels = malloc(size)) != NULL && file != NULL) got = fread(picture->pixels, 1, size, file);
    if (file != NULL) fclose(file);
    return got == size ? 0 : fail("cannot read a whole picture of the size that this model needs");
}

static int write_picture(const char *path, const canvas *picture) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) return fail("cannot write the picture");
    fprintf(file, "P6\n%d %d\n255\n", picture->width, picture->height);
    fwrite(picture->pixels, 3, (size_t)picture->height * (size_t)picture->width, file);
    return fclose(file) == 0 ? 0 : fail("cannot write the picture");
}

int main(int argc, char **argv) {
    hailoswift_device *device = NULL;
    hailoswift_model *model = NULL;
    hailoswift_tensor_info input = HAILOSWIFT_TENSOR_INFO_INIT;
    canvas picture = { NULL, 0, 0 };
    int status;
    if (argc < 4) return fail("usage: detect MODEL PICTURE DRAWN.ppm [DEVICE]");
    if (hailoswift_model_load(argv[1], &model) ||
        hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, 0, &input) ||
        hailoswift_device_open(argc > 4 ? argv[4] : NULL, NULL, &device)) {
        status = failure();
    } else if (input.shape.features != 3 || input.format.type != HAILOSWIFT_TYPE_UINT8) {
        status = fail("the model's first input is not a color picture");
    } else {
        picture.height = (int)input.shape.height;
        picture.width = (int)input.shape.width;
        status = read_picture(argv[2], &picture);
        if (status == 0) status = run(device, model, &picture);
        if (status == 0) status = write_picture(argv[3], &picture);
    }
    free(picture.pixels);
    hailoswift_device_release(device);
    hailoswift_model_release(model);
    return status;
}
