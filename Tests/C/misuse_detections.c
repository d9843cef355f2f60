/* The same for detections: what counts as one, and reading them from frames that may hold anything. */

#include "misuse.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static hailoswift_model *load_detector(void) {
    hailoswift_model *model = NULL;
    CHECK(hailoswift_model_load(DETECTOR_FILE, &model) == HAILOSWIFT_OK);
    return model;
}

static void settings(void) {
    hailoswift_device *device = open_emulator();
    hailoswift_model *detector = load_detector(), *model = load_model();
    hailoswift_session *session = NULL, *plain = NULL;
    hailoswift_detection_settings settings = HAILOSWIFT_DETECTION_SETTINGS_INIT;
    hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
    const char *name = "shapes/found";
    CHECK(hailoswift_session_create(device, detector, NULL, &session) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_detection_settings(NULL, name, &settings) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_detection_settings((hailoswift_session *)device, name, &settings) == HAILOSWIFT_INVALID_HANDLE);
    CHECK(hailoswift_session_get_detection_settings(session, NULL, &settings) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("argument output is NULL"));
    CHECK(hailoswift_session_get_detection_settings(session, name, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_detection_settings(session, "other", &settings) == HAILOSWIFT_NOT_FOUND);
    CHECK(says("\"shapes/found\""));
    settings.struct_size = 3;
    CHECK(hailoswift_session_get_detection_settings(session, name, &settings) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_detection_settings(session, name, &settings) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("_INIT"));
    settings.struct_size = sizeof settings;
    CHECK(hailoswift_session_get_detection_settings(session, name, &settings) == HAILOSWIFT_OK);
    CHECK(fabsf(settings.score_threshold - 0.4f) < 1e-6f && settings.max_per_class == 16 && settings.max_mask_size == 0);

    CHECK(hailoswift_session_set_detection_settings(session, name, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_set_detection_settings(NULL, name, &settings) == HAILOSWIFT_INVALID_ARGUMENT);
    hailoswift_detection_settings wrong = settings;
    wrong.score_threshold = NAN;
    CHECK(hailoswift_session_set_detection_settings(session, name, &wrong) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("the score threshold is not a finite number"));
    wrong = settings;
    wrong.iou_threshold = INFINITY;
    CHECK(hailoswift_session_set_detection_settings(session, name, &wrong) == HAILOSWIFT_INVALID_ARGUMENT);
    wrong = settings;
    wrong.max_per_class = 0;
    CHECK(hailoswift_session_set_detection_settings(session, name, &wrong) == HAILOSWIFT_INVALID_ARGUMENT);
    wrong.max_per_class = UINT32_MAX;
    CHECK(hailoswift_session_set_detection_settings(session, name, &wrong) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(says("output \"shapes/found\""));
    wrong = settings;
    wrong.max_mask_size = 1;
    CHECK(hailoswift_session_set_detection_settings(session, name, &wrong) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, 0, &port) == HAILOSWIFT_OK);
    CHECK(port.is_boxes == 1 && port.boxes.classes == 3 && port.frame_size == 3 * (4 + 16 * 20));
    settings.max_per_class = 7;
    CHECK(hailoswift_session_set_detection_settings(session, name, &settings) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_port(session, HAILOSWIFT_OUTPUT, 0, &port) == HAILOSWIFT_OK);
    CHECK(port.boxes.max_per_class == 7 && port.frame_size == 3 * (4 + 7 * 20));

    CHECK(hailoswift_session_create(device, model, NULL, &plain) == HAILOSWIFT_OK);
    CHECK(hailoswift_session_get_detection_settings(plain, "min/conv1", &settings) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(says("does not choose among boxes"));
    CHECK(hailoswift_session_set_detection_settings(plain, "min/conv1", &settings) == HAILOSWIFT_INVALID_OPERATION);
    hailoswift_session_release(plain);
    hailoswift_session_release(session);
    hailoswift_model_release(model);
    hailoswift_model_release(detector);
    hailoswift_device_release(device);
}

static void reading(void) {
    hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
    hailoswift_detection found[4] = { { 0, 0, 0, 0, 0, 0, NULL, 0, 0 } };
    float frame[8] = { 1, 0.25f, 0.5f, 0.75f, 1, 0.9f, 0, 0 };
    size_t count = 77;
    port.format.order = HAILOSWIFT_ORDER_NMS_BY_CLASS;
    port.boxes.classes = 3;
    CHECK(hailoswift_detections_read(NULL, frame, sizeof frame, found, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_detections_read(&port, NULL, sizeof frame, found, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_detections_read(&port, frame, 0, found, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_detections_read(&port, frame, SIZE_MAX, found, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_detections_read(&port, frame, sizeof frame, NULL, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(hailoswift_detections_read(&port, frame, sizeof frame, found, 4, NULL) == HAILOSWIFT_INVALID_ARGUMENT);
    CHECK(count == 77);
    CHECK(hailoswift_detections_read(&port, frame, sizeof frame, NULL, 0, &count) == HAILOSWIFT_OK);
    CHECK(count == 1);
    CHECK(hailoswift_detections_read(&port, frame, sizeof frame, found, 4, &count) == HAILOSWIFT_OK);
    CHECK(found[0].class_id == 0 && found[0].score == 0.9f && found[0].y_min == 0.25f && found[0].x_max == 1);
    CHECK(found[0].mask == NULL);

    /* Counts that cannot be. */
    const float counts[] = { 2, -1, 0.5f, 1e30f, NAN, INFINITY };
    for (size_t index = 0; index < sizeof counts / sizeof *counts; index++) {
        frame[0] = counts[index];
        count = 77;
        CHECK(hailoswift_detections_read(&port, frame, sizeof frame, found, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
        CHECK(count == 77);
    }
    port.boxes.classes = UINT32_MAX;
    frame[0] = 0;
    CHECK(hailoswift_detections_read(&port, frame, sizeof frame, found, 4, &count) == HAILOSWIFT_INVALID_ARGUMENT);
    port.format.order = HAILOSWIFT_ORDER_NHWC;
    CHECK(hailoswift_detections_read(&port, frame, sizeof frame, found, 4, &count) == HAILOSWIFT_INVALID_OPERATION);
    CHECK(says("not lists of boxes"));
}

/** Frames of random bytes: whatever they say, nothing beyond them is read. */
static void random_frames(void) {
    const int32_t orders[] = { HAILOSWIFT_ORDER_NMS_BY_CLASS, HAILOSWIFT_ORDER_NMS_BY_SCORE, HAILOSWIFT_ORDER_NMS_WITH_BYTE_MASK };
    uint64_t state = 1;
    for (int round = 0; round < 30000; round++) {
        hailoswift_port_info port = HAILOSWIFT_PORT_INFO_INIT;
        hailoswift_detection found[8];
        size_t count = 0, size = (size_t)(round % 300) + 1;
        /* Memory of exactly this size, so that a sanitizer sees whoever goes beyond it. */
        uint8_t *frame = malloc(size);
        for (size_t index = 0; index < size; index++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            frame[index] = state >> 62 == 0 ? (uint8_t)(state >> 33) : 0;
        }
        port.format.order = orders[round % 3];
        port.boxes.classes = (uint32_t)(state >> 40) % 5;
        port.picture_height = port.picture_width = (uint32_t)(state >> 50) % 64;
        hailoswift_status status = hailoswift_detections_read(&port, frame, size, found, 8, &count);
        CHECK(status == HAILOSWIFT_OK || status == HAILOSWIFT_INVALID_ARGUMENT);
        for (size_t index = 0; status == HAILOSWIFT_OK && index < count && index < 8; index++)
            CHECK(found[index].mask == NULL || (found[index].mask >= frame && found[index].mask < frame + size));
        free(frame);
    }
}

int main(void) {
    settings();
    reading();
    random_frames();
    return finish_checks();
}
