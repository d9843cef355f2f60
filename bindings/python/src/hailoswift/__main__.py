"""Runs the command-line tool that the wheel contains: `python -m hailoswift` is `hailoctl`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _tool() -> Path | None:
    # Where wheels carry it, then where scripts/build leaves it in a checkout.
    candidates = [_PACKAGE / "hailoctl"]
    if len(_PACKAGE.parents) > 3:
        candidates.append(_PACKAGE.parents[3] / "build/hailoctl")
    # Then the system's. The command that pip makes is not it: it leads back to here.
    if found := shutil.which("hailoctl"):
        candidates.append(Path(found))
    return next((path for path in candidates if path.exists() and path.open("rb").read(2) != b"#!"), None)


def main() -> None:
    tool = _tool()
    if tool is None:
        sys.exit("hailoctl was not found. Install the wheel, or build the tool with scripts/build")
    os.execv(tool, ["hailoctl", *sys.argv[1:]])


if __name__ == "__main__":
    main()
