#!/usr/bin/env python3
"""Turns recorded traces of the vendor's library into plan-goldens.jsonl, what the planner is held to.

usage: plans.py ORACLE CORPUS > plan-goldens.jsonl
       plans.py ORACLE CORPUS 4.20 > plan-digests-4.20.txt

One line for each way to configure a model: whether it is refused, and if not, the steps that set its memory up and the control messages, group by group.
Buffers and descriptor lists are numbered in the order of their creation within the group, and in the messages the number
of a list stands where its DMA address was. Not in it: buffers that are mapped and never used.

Of the recordings with driver and firmware 4.20.1, in CORPUS/traces-4.20, only an MD5 of these lines is written, or that the
library refused.

  M size direction                               map a buffer
  C count page circular                          create a list
  R list                                         release a list
  P list buffer size offset batch channel start bind interrupts stride
  S buffer offset count                          hand a part of a buffer to the device; parts that touch are joined
"""

import hashlib
import json
import re
import struct
import sys
from pathlib import Path

ORACLE, CORPUS = Path(sys.argv[1]), Path(sys.argv[2])
IS_OLDER = sys.argv[3:] == ["4.20"]
sys.path.insert(0, str(ORACLE))
import hailo_proto as proto  # noqa: E402


#: In which layouts actions are read.
LAYOUTS = proto.Generations()


def segments(path):
    """The calls of a trace up to the first activation, one list for each group."""
    groups = []
    for line in path.read_text().splitlines():
        call = json.loads(line)
        LAYOUTS.see(call)
        name = call.get("ioctl")
        if name == "MARK_AS_IN_USE":
            groups.append([])
        elif name == "FW_CONTROL" and call["in"]["opcode"] == "CHANGE_CONTEXT_SWITCH_STATUS" and call["in"]["params"][0] == "01":
            break
        elif groups and name:
            groups[-1].append(call)
    return groups[1:]


def steps(calls):
    used = {call["in"]["buffer_handle"] for call in calls if call["ioctl"] == "DESC_LIST_PROGRAM"}
    buffers, lists, result = {}, {}, []
    for call in calls:
        given, answer = call["in"], call.get("out", {})
        match call["ioctl"]:
            case "VDMA_BUFFER_MAP" if answer["mapped_handle"] in used:
                buffers[answer["mapped_handle"]] = len(buffers)
                result.append(["M", given["size"], given["direction"]])
            case "DESC_LIST_CREATE":
                lists[answer["desc_handle"]] = len(lists)
                result.append(["C", given["desc_count"], given["desc_page_size"], given["is_circular"]])
            case "DESC_LIST_RELEASE":
                result.append(["R", lists[given["desc_handle"]]])
            case "DESC_LIST_PROGRAM":
                keys = "buffer_size buffer_offset batch_size channel_index starting_desc should_bind last_interrupts_domain stride"
                numbers = [({"batch_size": 1, "stride": 0} | given)[key] for key in keys.split()]
                result.append(["P", lists[given["desc_handle"]], buffers[given["buffer_handle"]], *numbers])
            case "VDMA_BUFFER_SYNC":
                step = ["S", buffers[given["handle"]], given["offset"], given["count"]]
                last = result[-1]
                if last[:2] == step[:2] and last[2] + last[3] == step[2]:
                    last[3] += step[3]
                else:
                    result.append(step)
    return [" ".join(str(part) for part in step) for step in result]


def symbolic(data, addresses):
    """The bytes of a list of actions with numbers of lists for their addresses."""
    data = bytearray(data)
    for action in proto.parse_actions(bytes(data), LAYOUTS.actions):
        place = proto.dma_offset(action.fields)
        if place is not None:
            start = action.offset + (0 if action.repeated else 5) + place
            address = struct.unpack_from("<Q", data, start)[0]
            struct.pack_into("<Q", data, start, addresses[address])
    return bytes(data)


def controls(calls):
    """[[header], [type, first, last, bytes], …] in hexadecimal."""
    created = [call["out"]["dma_address"] for call in calls if call["ioctl"] == "DESC_LIST_CREATE"]
    addresses = {int(address, 16): number for number, address in enumerate(created)}
    result, open_context = [], []
    for call in calls:
        if call["ioctl"] != "FW_CONTROL":
            continue
        parameters = [bytes.fromhex(text) for text in call["in"]["params"]]
        if call["in"]["opcode"] == "SET_NETWORK_GROUP_HEADER":
            result.append(parameters[0].hex())
        elif call["in"]["opcode"] == "SET_CONTEXT_INFO":
            open_context.append(parameters)
            if parameters[1][0]:
                data = symbolic(b"".join(chunk[3] for chunk in open_context), addresses)
                for first, last, kind, chunk in open_context:
                    result.append(f"{kind[0]}{first[0]}{last[0]} {data[: len(chunk)].hex()}")
                    data = data[len(chunk) :]
                open_context = []
    return result


def older():
    verdicts = json.loads((CORPUS / "traces-4.20/verdicts.json").read_text())
    for path in sorted(CORPUS.glob("traces-4.20/*.jsonl")):
        name = path.name.removesuffix(".jsonl").removesuffix(".raw")
        if name.startswith("real_"):
            continue
        if not verdicts[name]["v4_20"].startswith("ok"):
            print(name, "refused")
            continue
        lines = [line for group in segments(path) for line in steps(group) + controls(group)]
        print(name, hashlib.md5("\n".join(lines).encode()).hexdigest())


def main():
    if IS_OLDER:
        return older()
    paths = sorted(CORPUS.glob("traces/*.raw.jsonl"))
    paths += [path for path in sorted(CORPUS.glob("traces/*@*.jsonl")) if re.search(r"@(8l|batch[\d_]+)\.jsonl$", path.name)]
    for path in paths:
        name = path.name.removesuffix(".jsonl").removesuffix(".raw")
        if name.startswith("real_"):
            continue
        model, _, variant = name.partition("@")
        verdict = verdict_of(name)
        golden = {
            "name": name,
            "model": model,
            "hailo8l": variant == "8l",
            "batches": [int(size) for size in variant.removeprefix("batch").split("_")] if variant.startswith("batch") else [],
            "refused": verdict.startswith(("configure:", "params:")),
        }
        # Where the vendor's library crashed there is no whole trace.
        if not golden["refused"] and not verdict.startswith("crash"):
            calls = path.read_text().splitlines()
            golden["groups"] = [{"steps": steps(group), "controls": controls(group)} for group in segments(path)]
            fetched = [json.loads(line) for line in calls if '"cfg_fetch"' in line]
            golden["fetched"] = [[f["context"], f["stream"], f["channel"], f["descs"], f["bytes"], f["md5"]] for f in fetched]
        print(json.dumps(golden, separators=(",", ":")))
    for path in sorted(CORPUS.glob("invalid/*.hef")):
        # Those that cannot be read at all have no verdict here.
        if (CORPUS / "golden" / (path.stem + ".run.json")).exists():
            # The vendor's library configures this one, and refuses it afterwards: its structures have no room for the name.
            refused = verdict_of(path.stem).startswith(("configure:", "params:", "crash")) and path.stem != "bad_name_long"
            golden = {"name": path.stem, "model": path.stem, "hailo8l": False, "batches": [], "refused": refused}
            print(json.dumps(golden, separators=(",", ":")))


def verdict_of(name):
    verdict = json.loads((CORPUS / "golden" / (name + ".run.json")).read_text())
    return verdict.get("raw", verdict.get("vstream", verdict))["verdict"]


main()
