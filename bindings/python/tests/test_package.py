import ctypes
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hailoswift
from hailoswift import _errors, _library, _structs

PYTHON = Path(__file__).resolve().parents[1]
REPOSITORY = PYTHON.parents[1]
HEADER = REPOSITORY / "include/hailoswift/hailoswift.h"


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_structures_are_laid_out_as_the_compiler_does(tmp_path):
    mirrors = {
        "hailoswift_version_number": _structs.VersionNumber,
        "hailoswift_error_info": _structs.ErrorInfoStruct,
        "hailoswift_device_entry": _structs.DeviceEntryStruct,
        "hailoswift_device_options": _structs.DeviceOptionsStruct,
        "hailoswift_device_info": _structs.DeviceInfoStruct,
        "hailoswift_device_statistics": _structs.DeviceStatisticsStruct,
        "hailoswift_device_group_options": _structs.DeviceGroupOptionsStruct,
        "hailoswift_temperature": _structs.TemperatureStruct,
        "hailoswift_model_info": _structs.ModelInfoStruct,
        "hailoswift_group_info": _structs.GroupInfoStruct,
        "hailoswift_network_info": _structs.NetworkInfoStruct,
        "hailoswift_format": _structs.FormatStruct,
        "hailoswift_shape": _structs.ShapeStruct,
        "hailoswift_quantization": _structs.QuantizationStruct,
        "hailoswift_boxes": _structs.BoxesStruct,
        "hailoswift_tensor_info": _structs.TensorInfoStruct,
        "hailoswift_stream_info": _structs.StreamInfoStruct,
        "hailoswift_network_batch": _structs.NetworkBatchStruct,
        "hailoswift_scheduling": _structs.SchedulingStruct,
        "hailoswift_session_options": _structs.SessionOptionsStruct,
        "hailoswift_session_info": _structs.SessionInfoStruct,
        "hailoswift_session_statistics": _structs.SessionStatisticsStruct,
        "hailoswift_port_info": _structs.PortInfoStruct,
        "hailoswift_source": _structs.SourceStruct,
        "hailoswift_target": _structs.TargetStruct,
        "hailoswift_submit_options": _structs.SubmitOptionsStruct,
        "hailoswift_queue_info": _structs.QueueInfoStruct,
        "hailoswift_finding": _structs.FindingStruct,
        "hailoswift_detection": _structs.DetectionStruct,
        "hailoswift_detection_settings": _structs.DetectionSettingsStruct,
    }
    declared = set(re.findall(r"^typedef struct (\w+) \{", HEADER.read_text(), re.M))
    assert declared == set(mirrors)
    lines, expected = [], []
    for name, mirror in mirrors.items():
        lines.append(f'printf("%zu\\n", sizeof({name}));')
        expected.append(ctypes.sizeof(mirror))
        for field, _ in mirror._fields_:
            lines.append(f'printf("%zu\\n", offsetof({name}, {field}));')
            expected.append(getattr(mirror, field).offset)
    source = tmp_path / "layout.c"
    source.write_text(
        '#include <stdio.h>\n#include "hailoswift/hailoswift.h"\nint main(void) {' + "\n".join(lines) + "return 0; }\n"
    )
    program = tmp_path / "layout"
    subprocess.run(["cc", "-I", REPOSITORY / "include", source, "-o", program], check=True)
    output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    assert [int(line) for line in output.split()] == expected


def test_statuses_and_functions_are_those_of_the_header():
    header = HEADER.read_text()
    table = dict(re.findall(r"X\((\w+), (-?\d+), \"", header))
    assert {name: int(value) for name, value in table.items()} == {s.name: s.value for s in hailoswift.Status}
    assert set(_errors._CLASSES) == set(hailoswift.Status) - {hailoswift.Status.OK}
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    assert set(_library._FUNCTIONS) == set(re.findall(r"\b(hailoswift_\w+)\(", code))
    for status in hailoswift.Status:
        assert _library.library().hailoswift_status_name(status).decode() == status.name


def test_version_is_that_of_the_header():
    assert f'#define HAILOSWIFT_VERSION "{hailoswift.version()}"' in HEADER.read_text()
    assert hailoswift.__version__ == hailoswift.version()


def test_importing_loads_nothing():
    code = "import hailoswift; print('libhailoswift' in open('/proc/self/maps').read())"
    assert run("-c", code, PYTHONPATH=str(PYTHON / "src")).stdout == "False\n"


def test_a_missing_library_is_explained():
    result = run("-c", "import hailoswift; hailoswift.version()", HAILOSWIFT_LIBRARY="/nowhere/libhailoswift.so")
    assert result.returncode == 1
    assert "LibraryNotFoundError" in result.stderr
    assert "scripts/build" in result.stderr
    assert "/nowhere/libhailoswift.so" in result.stderr


def test_another_library_is_refused():
    result = run("-c", "import hailoswift; hailoswift.version()", HAILOSWIFT_LIBRARY="libm.so.6")
    assert "is not a libhailoswift that matches this package" in result.stderr


def test_the_example_with_a_model_runs():
    example = PYTHON / "examples/describe.py"
    environment = {"PYTHONPATH": str(PYTHON / "src")}
    good = run(example, REPOSITORY / "Tests/Fixtures/hef/nf_yolov5.hef", **environment)
    assert good.returncode == 0
    assert "input  y5/input_layer1: 32 x 32 x 3, 3072 bytes" in good.stdout
    assert "boxes of 3 classes, 492 bytes" in good.stdout
    bad = run(example, example, **environment)
    assert bad.returncode == 1
    assert "does not begin like a HEF file" in bad.stderr
    assert run(example, **environment).returncode == 2


def test_the_example_with_a_device_runs():
    example = PYTHON / "examples/identify.py"
    environment = {"PYTHONPATH": str(PYTHON / "src")}
    good = run(example, "emulator", **environment)
    assert good.returncode == 0
    assert "EMULATED HAILO-8 AI ACCELERATOR" in good.stdout
    bad = run(example, "nonsense", **environment)
    assert bad.returncode == 1
    assert bad.stderr.startswith('identify: "nonsense" is not a device id')


def test_all_types_are_known():
    checker = shutil.which("basedpyright") or shutil.which("pyright")
    if checker is None:
        pytest.skip("no pyright in PATH")
    words = [checker, "--pythonpath", sys.executable, "--verifytypes", "hailoswift", "--ignoreexternal"]
    result = subprocess.run(words, cwd=PYTHON, env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, text=True, check=False)
    assert "Type completeness score: 100%" in result.stdout, result.stdout


EVERY_PYTHON = """
import asyncio, pickle, sys
import hailoswift

model = hailoswift.Model(sys.argv[1])
with hailoswift.Device("emulator") as device, hailoswift.Session(device, model) as session, session.active():
    assert len(session.run(bytes(1024), timeout=20)["min/conv1"]) in (2, 256)
    assert len(list(session.stream(bytes(512) for _ in range(50)))) == 50
    assert session.submit(bytes(512)).wait(20)

    async def main():
        return await asyncio.gather(*(session.run_async(bytes(512)) for _ in range(5)))

    assert len(asyncio.run(main())) == 5
try:
    hailoswift.Model("/nowhere.hef")
except FileNotFoundError as error:
    assert pickle.loads(pickle.dumps(error)).message == error.message
else:
    raise AssertionError("a missing file was loaded")
assert hailoswift.version() == hailoswift.__version__
print("fine")
"""


def pythons():
    """Every Python from 3.9 on that this machine has."""
    candidates = [Path(sys.executable), *Path("/usr/bin").glob("python3*"), *Path("/usr/local/bin").glob("python3*")]
    candidates += Path.home().glob(".pyenv/versions/*/bin/python3")
    found = {}
    for candidate in candidates:
        code = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
        result = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        words = result.stdout.split()
        if result.returncode == 0 and tuple(map(int, words[1:])) >= (3, 9):
            found.setdefault(" ".join(words), candidate)
    return found


@pytest.mark.parametrize("python", pythons().items(), ids=lambda item: item[0])
def test_every_python_there_is(python):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    result = subprocess.run(
        [python[1], "-c", EVERY_PYTHON, REPOSITORY / "Tests/Fixtures/hef/min_v2.hef"],
        env={**environment, "PYTHONPATH": str(PYTHON / "src"), "HAILOSWIFT_LIBRARY": hailoswift.library_path()},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.stdout, result.returncode) == ("fine\n", 0), result.stderr
