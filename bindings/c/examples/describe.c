/* Prints the inputs and outputs of a model. The argument is a HEF file. No device is needed. */

#include <hailoswift/hailoswift.h>

#include <stdio.h>

static int fail(hailoswift_model *model) {
    fprintf(stderr, "describe: %s\n", hailoswift_last_error());
    hailoswift_model_release(model);
    return 1;
}

static void print_tensor(const hailoswift_tensor_info *tensor) {
    printf("%s %s: ", tensor->direction == HAILOSWIFT_INPUT ? "input " : "output", tensor->name);
    if (tensor->is_boxes) {
        printf("boxes of %u classes", (unsigned)tensor->boxes.classes);
    } else {
        printf("%u x %u x %u", (unsigned)tensor->shape.height, (unsigned)tensor->shape.width,
               (unsigned)tensor->shape.features);
    }
    printf(", %u bytes\n", (unsigned)tensor->frame_size);
}

int main(int argc, char **argv) {
    hailoswift_model *model = NULL;
    hailoswift_model_info info = HAILOSWIFT_MODEL_INFO_INIT;
    hailoswift_group_info group = HAILOSWIFT_GROUP_INFO_INIT;
    hailoswift_tensor_info tensor = HAILOSWIFT_TENSOR_INFO_INIT;

    if (argc != 2) {
        fprintf(stderr, "usage: describe FILE.hef\n");
        return 2;
    }
    if (hailoswift_model_load(argv[1], &model)) return fail(model);
    if (hailoswift_model_get_info(model, &info)) return fail(model);
    if (hailoswift_model_get_group(model, 0, &group)) return fail(model);
    printf("%s for %s\n", group.name, info.architecture);
    for (uint32_t index = 0; index < group.input_count; index++) {
        if (hailoswift_model_get_tensor(model, 0, HAILOSWIFT_INPUT, index, &tensor)) return fail(model);
        print_tensor(&tensor);
    }
    for (uint32_t index = 0; index < group.output_count; index++) {
        if (hailoswift_model_get_tensor(model, 0, HAILOSWIFT_OUTPUT, index, &tensor)) return fail(model);
        print_tensor(&tensor);
    }
    hailoswift_model_release(model);
    return 0;
}
