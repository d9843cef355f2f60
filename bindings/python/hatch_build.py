"""Puts the shipped files into wheels: the library, the tool and the emulator's preload library, built by scripts/build.

HAILOSWIFT_BUILD names the folder with those files, for instance build/aarch64; by default they are built if need be.
"""

import os
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from glibc_floor import wheel_tag  # noqa: E402

FILES = {"libhailoswift.so.0": "libhailoswift.so", "hailoctl": "hailoctl", "libhailo-emulator.so": "libhailo-emulator.so"}


def shipped_folder():
    if folder := os.environ.get("HAILOSWIFT_BUILD"):
        return Path(folder).resolve()
    # In a source archive the repository is inside; in a checkout, this is a part of it.
    repository = HERE / "repository" if (HERE / "repository").is_dir() else HERE.parents[1]
    if not all((repository / "build" / name).exists() for name in FILES):
        subprocess.run([repository / "scripts/build"], check=True)
    return repository / "build"


class ShippedFiles(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version, build_data):
        if self.target_name != "wheel" or version == "editable":
            return
        folder = shipped_folder()
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{wheel_tag([folder / name for name in FILES])}"
        for name, inside in FILES.items():
            build_data["force_include"][str(folder / name)] = f"hailoswift/{inside}"
