/* What the host makes of the outputs of a detector, the way it is usually written: every number becomes a real one, every
 * candidate gets its box at once, all are sorted, and every box is compared with every other. A measure for the benchmark of
 * the library's own way, in C++ without further cunning. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A layer of bytes: rows of columns, one feature behind the other. */
typedef struct plain_layer {
    const uint8_t *numbers;
    int height, width, padded_width, features;
    float zero_point, scale;
} plain_layer;

/** A grid: the boxes and the scores of its classes. */
typedef struct plain_grid {
    plain_layer boxes, classes;
    /** YOLOv8: pixels of a place of the grid. */
    float stride;
    /** SSD: width and height of each anchor, in turns. */
    const float *anchors;
    int anchor_count;
} plain_grid;

typedef struct plain_settings {
    int classes;
    /** -1 for none. */
    int background;
    float score_threshold, iou_threshold, image_height, image_width;
    int max_per_class;
} plain_settings;

/** Fills frames of boxes class by class. Returns how many boxes there are. */
size_t plain_yolov8(const plain_grid *grids, size_t grid_count, const plain_settings *settings, float *frame);
size_t plain_ssd(const plain_grid *grids, size_t grid_count, const plain_settings *settings, float *frame);

#ifdef __cplusplus
}
#endif
