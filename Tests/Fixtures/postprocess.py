#!/usr/bin/env python3
"""Makes postprocess-goldens.jsonl of what the vendor's library makes of the outputs of a network on the host.

usage: postprocess.py CORPUS     (needs numpy)

One line for each output of a recorded run: the file, the output, the order of its numbers, what was asked for (type, score,
iou, per_class, total, mask), and the numbers of frames with what has to come out of them, in base64. Frames end behind the
last box; addresses of masks are 0. The first line of a file has the frames of the op's streams as well.

Where the vendor's library is wrong, what is right is written down:
- by score there is one box more than may be; with masks, one more than may be or than there was room for is counted;
- yolov5 leaves the background in, whose list, and the one behind it, then lie outside of what was announced;
- pixels of masks beyond the border of the picture come from elsewhere; such frames are left out.
"""

import base64
import json
import struct
import sys
from pathlib import Path

import numpy

CORPUS = Path(sys.argv[1])
GOLDEN = CORPUS / "golden"
BY_CLASS, BY_SCORE, WITH_MASKS = "HAILO NMS BY CLASS", "HAILO NMS BY SCORE", "HAILO NMS WITH BYTE MASK"
# Classes with the background, and which one that is.
BACKGROUNDS = {"nf_yolov5_bg": (3, 0)}
SETTINGS = {"HEFRUN_SCORE": "score", "HEFRUN_IOU": "iou", "HEFRUN_MAXPER": "per_class", "HEFRUN_MAXTOTAL": "total", "HEFRUN_MAXMASK": "mask"}
LEFT_OUT = {"nf_yolov5_seg_edge"}


def lists(frame, classes):
    """The bytes of each class."""
    offset = 0
    for _ in range(classes):
        size = 4 + 20 * int(struct.unpack_from("<f", frame, offset)[0])
        yield frame[offset : offset + size]
        offset += size


def by_class(frame, classes, background):
    kept = [part for number, part in enumerate(lists(frame, classes)) if number != background]
    return b"".join(kept)


def by_score(frame, most, background):
    count = struct.unpack_from("<H", frame)[0]
    boxes = [frame[2 + 22 * number :][:22] for number in range(min(count, most, len(frame) // 22))]
    kept = [(box[:20], struct.unpack_from("<H", box, 20)[0]) for box in boxes]
    kept = [(box, label) for box, label in kept if label != background]
    if background is not None:
        kept = [(box, label - (label > background)) for box, label in kept]
    # Without the background there may be room for boxes that were not recorded.
    found = struct.pack("<H", len(kept)) + b"".join(box + struct.pack("<H", label) for box, label in kept)
    return found if len(kept) == len(boxes) or count <= most else None


def with_masks(frame):
    offset, found, first = 2, [], None
    for _ in range(struct.unpack_from("<H", frame)[0]):
        if offset + 38 > len(frame):
            break
        size, address = struct.unpack_from("<QQ", frame, offset + 22)
        first = address if first is None else first
        # What was counted but not written has an address of something else.
        if address - first != offset - 2:
            break
        found.append(frame[offset : offset + 30] + bytes(8) + frame[offset + 38 : offset + 38 + size])
        offset += 38 + size
    return struct.pack("<H", len(found)) + b"".join(found)


def main():
    lines = []
    for path in sorted(GOLDEN.glob("nf_*.run.json")):
        name = path.name.removesuffix(".run.json")
        base, _, variant = name.partition("@")
        out = GOLDEN / "out" / (name + ".npz")
        golden = json.loads(path.read_text())
        if not out.exists() or golden.get("verdict", "ok") != "ok" or base in LEFT_OUT:
            continue
        kind = "i" if variant.startswith("infer") else "v"
        arrays, raw = numpy.load(out), numpy.load(GOLDEN / "out" / (base + ".npz"))
        dump = json.loads((GOLDEN / (base + ".json")).read_text())["dump"]["groups"][0]
        streams = dump["names"]["vstream_to_streams"]
        run = golden.get("vstream", golden)["result"]
        outputs = run.get("outputs") or run["groups"][0]["output_vstreams"]
        group = run.get("groups", [{"name": outputs[0]["name"].split("/")[0]}])[0]["name"]
        for output in outputs:
            form = output.get("user_format", output)
            key = output["name"].replace("/", "-")
            if base == "nf_yolov5_extra_output" and key.endswith("conv9"):
                continue
            nms = next(v["nms"] for v in dump["by_name"][0]["vstreams"] if v["name"] == output["name"]) if "NMS" in form["order"] else {}
            classes, background = BACKGROUNDS.get(base, (nms.get("classes"), None))
            settings = {SETTINGS[k]: float(v) for k, v in golden.get("env", {}).items()}
            most = int(settings.get("total", nms.get("max_bboxes_total", 0)))
            frames = []
            for number in range(3):
                frame = arrays[f"{kind}.{key}.{number}" if kind == "i" else f"v.{group}.{key}.{number}"].tobytes()
                if form["order"] == BY_CLASS:
                    expected = by_class(frame, classes, background)
                elif form["order"] == BY_SCORE:
                    expected = by_score(frame, most, background)
                elif form["order"] == WITH_MASKS:
                    expected = with_masks(frame)
                else:
                    expected = frame
                if expected is None:
                    continue
                frames.append([number, base64.b64encode(expected).decode()])
            if not frames:
                continue
            line = {"name": name, "model": base, "output": output["name"], "order": form["order"], "type": form["type"], **settings, "frames": frames}
            if not variant:
                line["inputs"] = [
                    [base64.b64encode(raw[f"raw.{group}.{stream.replace('/', '-')}.{number}"]).decode() for stream in sorted(streams[output["name"]])]
                    for number in range(3)
                ]
            lines.append(json.dumps(line, separators=(",", ":")))
    (Path(__file__).parent / "postprocess-goldens.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
