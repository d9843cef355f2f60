/* What the tests of misuse share. */
#ifndef MISUSE_H
#define MISUSE_H

#include "check.h"
#include "hailoswift/hailoswift.h"

#include <string.h>

static inline int says(const char *part) { return strstr(hailoswift_last_error(), part) != NULL; }

static inline hailoswift_device *open_emulator(void) {
    hailoswift_device *device = NULL;
    CHECK(hailoswift_device_open("emulator", NULL, &device) == HAILOSWIFT_OK);
    return device;
}

static inline hailoswift_model *load_model(void) {
    hailoswift_model *model = NULL;
    CHECK(hailoswift_model_load(HEF_FILE, &model) == HAILOSWIFT_OK);
    return model;
}

#endif
