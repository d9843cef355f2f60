#include "plain_loops.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

struct Box {
    float top, left, bottom, right, score;
    int label;
    bool is_covered;
};

float real(const plain_layer &layer, int row, int column, int feature) {
    size_t place = ((size_t)row * layer.features + feature) * layer.padded_width + column;
    return ((float)layer.numbers[place] - layer.zero_point) * layer.scale;
}

float overlap(const Box &a, const Box &b) {
    float width = std::min(a.right, b.right) - std::max(a.left, b.left);
    float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    if (width <= 0 || height <= 0) return 0;
    float both = width * height;
    float first = (a.bottom - a.top) * (a.right - a.left), second = (b.bottom - b.top) * (b.right - b.left);
    return both / (first + second - both);
}

size_t finish(std::vector<Box> &boxes, const plain_settings &settings, float *frame) {
    std::sort(boxes.begin(), boxes.end(), [](const Box &a, const Box &b) { return a.score > b.score; });
    for (size_t i = 0; i < boxes.size(); i++) {
        if (boxes[i].is_covered) continue;
        for (size_t j = i + 1; j < boxes.size(); j++)
            if (!boxes[j].is_covered && boxes[i].label == boxes[j].label &&
                overlap(boxes[i], boxes[j]) >= settings.iou_threshold)
                boxes[j].is_covered = true;
    }
    size_t total = 0;
    int classes = settings.classes - (settings.background >= 0 ? 1 : 0);
    for (int label = 0; label < classes; label++) {
        float *count = frame++;
        *count = 0;
        for (const Box &box : boxes) {
            if (box.is_covered || box.label != label || *count >= (float)settings.max_per_class) continue;
            const float numbers[5] = { box.top, box.left, box.bottom, box.right, box.score };
            frame = std::copy(numbers, numbers + 5, frame);
            *count += 1;
            total++;
        }
    }
    return total;
}

} // namespace

size_t plain_yolov8(const plain_grid *grids, size_t grid_count, const plain_settings *settings, float *frame) {
    std::vector<Box> boxes;
    for (size_t index = 0; index < grid_count; index++) {
        const plain_grid &grid = grids[index];
        int bins = grid.boxes.features / 4;
        for (int row = 0; row < grid.classes.height; row++)
            for (int column = 0; column < grid.classes.width; column++)
                for (int label = 0; label < settings->classes; label++) {
                    float score = real(grid.classes, row, column, label);
                    if (score < settings->score_threshold) continue;
                    float distance[4];
                    for (int side = 0; side < 4; side++) {
                        float total = 0, sum = 0;
                        for (int bin = 0; bin < bins; bin++) {
                            float power = std::exp(real(grid.boxes, row, column, side * bins + bin));
                            total += power;
                            sum += power * (float)bin;
                        }
                        distance[side] = sum / total * grid.stride;
                    }
                    float x = ((float)column + 0.5f) * grid.stride, y = ((float)row + 0.5f) * grid.stride;
                    boxes.push_back({ (y - distance[1]) / settings->image_height, (x - distance[0]) / settings->image_width,
                                      (y + distance[3]) / settings->image_height, (x + distance[2]) / settings->image_width,
                                      score, label, false });
                }
    }
    return finish(boxes, *settings, frame);
}

size_t plain_ssd(const plain_grid *grids, size_t grid_count, const plain_settings *settings, float *frame) {
    std::vector<Box> boxes;
    for (size_t index = 0; index < grid_count; index++) {
        const plain_grid &grid = grids[index];
        for (int row = 0; row < grid.classes.height; row++)
            for (int column = 0; column < grid.classes.width; column++)
                for (int anchor = 0; anchor < grid.anchor_count; anchor++) {
                    float number[4];
                    for (int i = 0; i < 4; i++) number[i] = real(grid.boxes, row, column, anchor * 4 + i);
                    float anchor_width = grid.anchors[2 * anchor], anchor_height = grid.anchors[2 * anchor + 1];
                    float x = number[1] / 10 * anchor_width + ((float)column + 0.5f) / (float)grid.classes.width;
                    float y = number[0] / 10 * anchor_height + ((float)row + 0.5f) / (float)grid.classes.height;
                    float width = std::exp(number[3] / 5) * anchor_width, height = std::exp(number[2] / 5) * anchor_height;
                    for (int label = 0; label < settings->classes; label++) {
                        if (label == settings->background) continue;
                        float score = real(grid.classes, row, column, anchor * settings->classes + label);
                        if (score < settings->score_threshold) continue;
                        int shifted = settings->background >= 0 && label > settings->background ? label - 1 : label;
                        boxes.push_back({ y - height / 2, x - width / 2, y + height / 2, x + width / 2, score, shifted,
                                          false });
                    }
                }
    }
    return finish(boxes, *settings, frame);
}
