"""Makes hef-goldens.jsonl of the goldens of the vendor's library: one line a file, only what the tests compare.

    python3 Tests/Fixtures/compact.py CORPUS

CORPUS is the folder that holds `golden`. The HEF files themselves are copies of its `hef` and `invalid` folders.
"""

import json
import sys
from pathlib import Path

KEYS = ("name", "networks", "sorted_outputs", "fps", "by_name", "names")


def compact(golden):
    entry = {"name": golden["name"], "file": golden["file"], "kind": golden["kind"], "status": golden["status"]}
    dump = golden.get("dump") or {}
    if golden["status"] == 0:
        entry |= {key: dump[key] for key in ("hash", "arch_name", "external_resources")}
        entry["groups"] = [{key: group[key] for key in KEYS} for group in dump["groups"]]
    return entry


def main():
    goldens = Path(sys.argv[1]) / "golden"
    files = sorted(path for path in goldens.glob("*.json") if ".run" not in path.name and path.name != "transforms.json")
    lines = [json.dumps(compact(json.loads(path.read_text())), separators=(",", ":")) for path in files]
    (Path(__file__).parent / "hef-goldens.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
