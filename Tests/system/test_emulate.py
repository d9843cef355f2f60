"""Programs that know nothing of the emulator meet it as /dev/hailo0: "hailoctl emulate" and its preload library."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from repository import MODELS, ROOT, TOOL, run

LIBRARY = ROOT / "build/libhailo-emulator.so"
ORACLE = Path(os.environ.get("HAILOSWIFT_ORACLE") or ROOT.parent / "shared/oracle")


def emulate(*command, settings=None, log=None, **environment):
    options = (["--settings", settings] if settings else []) + (["--log", log] if log else [])
    return run(TOOL, "emulate", *options, "--", *command, **environment)


def python(code, **keywords):
    """Runs a piece of Python that prints JSON, under the emulator."""
    prelude = """
import ctypes, errno, fcntl, json, mmap, os, struct, sys
DRIVER_INFO = 0x400C6702
def failure(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "no failure"
"""
    result = emulate(sys.executable, "-c", prelude + code, **keywords)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_devices_are_files():
    found = python(
        """
files = [os.open("/dev/hailo0", os.O_RDWR), os.open("/dev/hailo1", os.O_RDWR | os.O_CLOEXEC)]
version = struct.unpack("3I", fcntl.ioctl(files[0], DRIVER_INFO, bytes(12)))
copy = os.dup(files[0])
os.close(files[0])
print(json.dumps({
    "class": sorted(os.listdir("/sys/class/hailo_chardev")),
    "places": [open(f"/sys/class/hailo_chardev/hailo{i}/board_location").read() for i in range(2)],
    "dev": [name for name in os.listdir("/dev") if name.startswith("hailo")],
    "exists": [os.path.exists(f"/dev/hailo{i}") for i in range(3)],
    "version": version,
    "copy": struct.unpack("3I", fcntl.ioctl(copy, DRIVER_INFO, bytes(12))),
    "closed": failure(lambda: fcntl.ioctl(files[0], DRIVER_INFO, bytes(12))),
    "third": failure(lambda: os.open("/dev/hailo2", os.O_RDWR)),
    "read": failure(lambda: os.read(copy, 1)),
    "other": failure(lambda: fcntl.ioctl(copy, 0x7600, bytes(8))),
    "pointer": ctypes.CDLL(None, use_errno=True).ioctl(copy, ctypes.c_ulong(DRIVER_INFO), ctypes.c_void_p(16)),
}))
""",
        settings="devices=2,driver=4.22.0",
    )
    assert found == {
        "class": ["hailo0", "hailo1"],
        "places": ["0000:01:00.0", "0000:02:00.0"],
        "dev": ["hailo0", "hailo1"],
        "exists": [True, True, False],
        "version": [4, 22, 0],
        "copy": [4, 22, 0],
        "closed": "EBADF",
        "third": "ENOENT",
        "read": "EINVAL",
        "other": "ENOTTY",
        "pointer": -1,
    }


def test_without_devices_there_is_no_class():
    assert python('print(json.dumps(os.path.exists("/sys/class/hailo_chardev")))', settings="devices=0") is False


def test_memory_of_the_driver_can_be_mapped():
    """Low memory is mapped by its handle, as a whole; two mappings are one memory."""
    found = python(
        """
file = os.open("/dev/hailo0", os.O_RDWR)
size, handle = struct.unpack("2Q", fcntl.ioctl(file, 0xC010760A, struct.pack("2Q", 8192, 0)))
one, two = mmap.mmap(file, 8192, offset=handle), mmap.mmap(file, 8192, offset=handle)
one[5000] = 77
print(json.dumps([two[5000], failure(lambda: mmap.mmap(file, 4096, offset=handle)),
                  failure(lambda: mmap.mmap(file, 4096, offset=handle + 4096))]))
"""
    )
    assert found == [77, "EINVAL", "EINVAL"]


def test_children_go_on_with_the_device():
    found = python(
        """
file = os.open("/dev/hailo0", os.O_RDWR)
fcntl.ioctl(file, 0x4001760C, bytes(1))
child = os.fork()
if child == 0:
    other = os.open("/dev/hailo0", os.O_RDWR)
    os._exit(fcntl.ioctl(other, 0x4001760C, bytes(1))[0] + 2 * (fcntl.ioctl(file, DRIVER_INFO, bytes(12))[0] == 4))
print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
"""
    )
    # The parent has reserved the device, and the child can use its file.
    assert found == 3


def test_this_library_too():
    listed = json.loads(emulate(TOOL, "devices", "--json", settings="devices=2").stdout)["devices"]
    assert [entry["path"] for entry in listed[:2]] == ["/dev/hailo0", "/dev/hailo1"]
    info = json.loads(emulate(TOOL, "info", "--json", settings="hailo8l").stdout)
    assert info["path"] == "/dev/hailo0" and info["emulated"] is True and info["architecture"] == "hailo8l"


@pytest.mark.parametrize("name", ["mc2", "io_multi", "multinet2", "nms_burst_frame"])
def test_frames_are_those_of_the_device_in_the_library(tmp_path, name):
    for folder, command in [("inside", [TOOL]), ("outside", [TOOL, "emulate", "--", TOOL])]:
        (tmp_path / folder).mkdir()
        device = "emulator" if folder == "inside" else "/dev/hailo0"
        result = run(
            *command, "run", MODELS / f"{name}.hef", "--frames", "40", "--device", device, "--output-dir", tmp_path / folder
        )
        assert result.returncode == 0 and result.stderr == "", result.stderr
    inside = sorted((tmp_path / "inside").iterdir())
    assert inside
    for file in inside:
        assert file.read_bytes() == (tmp_path / "outside" / file.name).read_bytes()


def test_folders_go_with_the_process(tmp_path):
    assert emulate(TOOL, "devices", TMPDIR=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_refusals_are_told_on_request():
    code = 'import fcntl, os; f = os.open("/dev/hailo0", 2); fcntl.ioctl(f, 0x80087605, bytes(8))'
    told = emulate(sys.executable, "-c", code, log="refusals")
    assert "libhailo-emulator: emulator:hailo8: refused: VDMA_BUFFER_UNMAP of 0: this file has mapped no such" in told.stderr
    assert "libhailo-emulator" not in emulate(sys.executable, "-c", code).stderr


@pytest.mark.parametrize(
    "words,status,message",
    [
        ([], 2, 'no command given; it must follow "--"'),
        (["ls"], 2, 'unexpected word "ls"'),
        (["--settings", "colour=red", "--", "true"], 1, 'there is no emulator setting "colour"; there are driver'),
        (["--log", "loud", "--", "true"], 1, 'takes silent, warning or refusals, not "loud"'),
        (["--", "/no/such/program"], 127, "cannot run /no/such/program: No such file"),
        (["--", "sh", "-c", "exit 7"], 7, ""),
    ],
)
def test_how_it_is_called(words, status, message):
    result = run(TOOL, "emulate", *words)
    assert result.returncode == status
    assert message in result.stderr


def test_a_missing_library_is_explained():
    result = run(TOOL, "emulate", "--", "true", HAILOSWIFT_EMULATOR_LIBRARY="/nowhere/lib.so")
    assert result.returncode == 1
    assert "there is no libhailo-emulator.so at /nowhere/lib.so" in result.stderr


def test_wrong_settings_of_the_library_itself_are_explained():
    result = run(sys.executable, "-c", 'open("/dev/hailo0")', LD_PRELOAD=LIBRARY, HAILOSWIFT_EMULATOR="page=3")
    assert result.returncode == 2
    assert "libhailo-emulator: HAILOSWIFT_EMULATOR: emulator setting page takes a power of two" in result.stderr


def test_it_needs_the_c_library_only():
    text = subprocess.run(["readelf", "-dW", LIBRARY], capture_output=True, text=True, check=True).stdout
    needed = {line.split("[")[1].rstrip("]") for line in text.splitlines() if "(NEEDED)" in line}
    assert needed <= {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the filter is written for x86-64")
def test_where_the_system_forbids_to_copy(tmp_path):
    """Containers may forbid process_vm_readv(); outputs have to be the same without it."""
    code = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
# Load the number of the system call; process_vm_readv (310) fails with EPERM, all others go through.
filter = struct.pack("HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, 310, 0x06, 0, 0, 0x00050001, 0x06, 0, 0, 0x7FFF0000)
buffer = ctypes.create_string_buffer(filter)
program = struct.pack("HxxxxxxQ", 4, ctypes.addressof(buffer))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program, 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[1], sys.argv[1:])
"""
    arguments = ["run", MODELS / "mc2.hef", "--frames", "20", "--device", "emulator", "--output-dir"]
    for folder in ["free", "forbidden"]:
        (tmp_path / folder).mkdir()
    assert run(TOOL, *arguments, tmp_path / "free").returncode == 0
    result = run(sys.executable, "-c", code, TOOL, *arguments, tmp_path / "forbidden")
    assert result.returncode == 0, result.stderr
    for file in (tmp_path / "free").iterdir():
        assert file.read_bytes() == (tmp_path / "forbidden" / file.name).read_bytes()


#: What no emulation within a process can answer as the driver does, and why.
UNREACHABLE = {
    "processes.handle_after": "a file that parent and child share has two copies here, each with handles of its own",
    "memory_life.remap.new_memory_at_the_address": "the kernel holds the pages of a mapped buffer, here its address counts",
    "memory_life.fork.parent": "the same: after fork() the kernel's pages may be those of the child",
    "memory_life.fork.child": "the same",
}


@pytest.fixture(scope="module")
def wrong_use(tmp_path_factory):
    """A program that uses the driver in all the wrong ways."""
    source = ORACLE / "driver/ioctl_err.c"
    if not source.exists():
        pytest.skip(f"no {source}, and no recorded answers of the real driver")
    program = tmp_path_factory.mktemp("driver") / "ioctl_err"
    subprocess.run(["gcc", "-O1", "-w", "-o", program, source, "-lpthread"], check=True)
    return program


@pytest.mark.parametrize(
    "group,violation",
    [
        ("danger_map_size_0", "VDMA_BUFFER_MAP of 0 bytes; the kernel would crash"),
        ("danger_page_0", "DESC_LIST_PROGRAM of a list with pages of 0 bytes; the kernel would crash"),
        ("danger_count_0", "DESC_LIST_CREATE of 0 descriptors"),
        ("danger_control_len", "FW_CONTROL of 32768 bytes, more than 1500"),
        ("danger_release_list", "DESC_LIST_RELEASE of a list with transfers in flight"),
        ("danger_unmap_complete", "VDMA_BUFFER_UNMAP of a buffer that the running network group uses"),
        ("danger_nobind", "a descriptor that points to no memory"),
    ],
)
def test_what_a_kernel_would_not_survive_is_told(wrong_use, group, violation):
    result = emulate(wrong_use, group, settings="checks=lenient")
    assert result.returncode == 0 and "KILLED" not in result.stdout
    assert violation in result.stderr


def test_it_answers_as_the_real_driver_did(wrong_use):
    # The card behind the recorded driver was lenient too: it took contexts without actions.
    result = emulate(wrong_use, settings="checks=lenient,timing=card", log="silent")
    answers = result.stdout.splitlines()
    recorded = (ORACLE / "driver/ioctl_err.real.txt").read_text().splitlines()

    def groups(lines):
        """The lines of each group, sorted: some groups have two threads that print."""
        found = {}
        for line in lines:
            name = line.split(":")[0]
            if name not in UNREACHABLE:
                found.setdefault(name.split(".")[0], []).append(line)
        return {name: sorted(entries) for name, entries in found.items()}

    assert groups(answers) == groups(recorded)
    assert len(answers) == len(recorded) > 400
