"""Where things are, for the system tests."""

import os
import re
import subprocess
import uuid
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "build/libhailoswift.so.0"
TOOL = ROOT / "build/hailoctl"
EMULATOR = ROOT / "build/libhailo-emulator.so"
MODELS = ROOT / "Tests/Fixtures/hef"
BROKEN_MODELS = ROOT / "Tests/Fixtures/invalid"
HEADER = ROOT / "include/hailoswift/hailoswift.h"


def declared_functions():
    """The functions that the public header declares."""
    code = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    return set(re.findall(r"\b(hailoswift_\w+)\(", code))


@contextmanager
def shared_board():
    """A name for an emulated device that processes share, which is gone afterwards."""
    name = uuid.uuid4().hex
    yield name
    Path(f"/dev/shm/hailoswift-emulator-{name}-{os.getuid()}").unlink(missing_ok=True)


def run(*command, **environment):
    """Runs a command with the given changes to the environment; None removes a variable."""
    variables = dict(os.environ)
    variables.pop("HAILOSWIFT_DEVICE", None)
    for name, value in environment.items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = str(value)
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, env=variables, check=False)
