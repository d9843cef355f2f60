"""Prints the inputs and outputs of a model. The argument is a HEF file. No device is needed."""

import sys

import hailoswift


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: describe.py FILE.hef", file=sys.stderr)
        return 2
    try:
        model = hailoswift.Model(sys.argv[1])
    except hailoswift.HailoError as error:
        print(f"describe: {error}", file=sys.stderr)
        return 1
    print(f"{model.group.name} for {model.architecture}")
    for tensor in (*model.group.inputs, *model.group.outputs):
        kind = "output" if tensor.is_output else "input "
        content = " x ".join(map(str, tensor.shape)) if tensor.shape else f"boxes of {tensor.boxes.classes} classes"
        print(f"{kind} {tensor.name}: {content}, {tensor.frame_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
