"""The files for 64-bit ARM under qemu-user: C tests, examples and the tool, with every output compared with that of this machine's files,
with pages of 4 and of 16 KiB."""

import os
import platform
import shutil
import subprocess

import pytest
from repository import BROKEN_MODELS, MODELS, ROOT, TOOL, run

ARM = ROOT / "build/aarch64"
SYSTEM = "/usr/aarch64-linux-gnu"
UNPLANNABLE = ROOT / "Tests/Fixtures/unplannable"
DEMO = ROOT / "Demo"
COMPILER = shutil.which("aarch64-linux-gnu-gcc")
EMULATOR = shutil.which("qemu-aarch64")
PAGES = [4096, 16384]

pytestmark = [
    pytest.mark.skipif(platform.machine() != "x86_64", reason="on ARM the other tests run the files for ARM"),
    pytest.mark.skipif(not COMPILER or not EMULATOR, reason="no aarch64-linux-gnu-gcc or no qemu-aarch64"),
    pytest.mark.skipif(not (ARM / "hailoctl").exists(), reason="scripts/build --target aarch64 has not run"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("arm")


@pytest.fixture(scope="module")
def whole_pages(folder):
    library = folder / "whole_pages.so"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", ROOT / "Tests/C/whole_pages.c", "-o", library, "-ldl"], check=True)
    return library


@pytest.fixture
def arm(whole_pages):
    """Runs a command of the ARM files."""

    def run_arm(*command, page=4096):
        options = ["-E", f"LD_PRELOAD={whole_pages}"] if page != 4096 else []
        return run(EMULATOR, "-p", page, "-L", SYSTEM, *options, *command)

    return run_arm


@pytest.fixture(scope="module")
def program(folder):
    """Compiles a C program for one of both machines and returns its path."""
    built = {}

    def build(source, machine, *options):
        if (source, machine) not in built:
            output = folder / f"{source.stem}-{machine}"
            shipped = ARM if machine == "arm" else ROOT / "build"
            compiler = COMPILER if machine == "arm" else os.environ.get("CC", "cc")
            includes = [f"-I{ROOT / path}" for path in ("include", "Sources/CHailoKernel/include")]
            link = [f"-L{shipped}", "-l:libhailoswift.so.0", f"-Wl,-rpath,{shipped}", "-lpthread", "-ldl"]
            command = [compiler, "-std=gnu11", "-O1", *includes, *options, source, "-o", output, *link]
            subprocess.run([str(word) for word in command], check=True)
            built[source, machine] = output
        return built[source, machine]

    return build


@pytest.mark.parametrize("page", PAGES)
def test_every_model_gives_the_same(program, arm, page):
    """Descriptions, messages of refusal, frames and detections of all files."""
    source = ROOT / "Tests/C/fingerprint.c"
    models = [*sorted(MODELS.iterdir()), *sorted(BROKEN_MODELS.iterdir()), *sorted(UNPLANNABLE.iterdir()), *sorted(DEMO.glob("*.hef"))]
    expected = run(program(source, "this"), "emulator", *models)
    found = arm(program(source, "arm"), "emulator", *models, page=page)
    assert (expected.returncode, found.returncode) == (0, 0), found.stderr
    assert found.stdout == expected.stdout
    assert expected.stdout.count("float32") > 100 and expected.stdout.count("HEF_INVALID") > 50


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["misuse", "misuse_sessions", "misuse_detections", "refusals", "prepared_jobs"])
def test_the_tests_in_c_pass(program, arm, name, page):
    models = [f'-DHEF_FILE="{MODELS / "min_v2.hef"}"', f'-DDETECTOR_FILE="{DEMO / "shapes.hef"}"', "-DEMULATED_KERNEL"]
    result = arm(program(ROOT / f"Tests/C/{name}.c", "arm", *models), page=page)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_kernel_structures_have_their_sizes(program, arm):
    assert arm(program(ROOT / "Tests/C/request_numbers.c", "arm")).returncode == 0
    assert arm(program(ROOT / "Tests/C/driver_abi.c", "arm")).stdout == (ROOT / "docs/driver-abi.md").read_text()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("words", [
    ("identify", "emulator"), ("identify", "nonsense"), ("describe", MODELS / "nf_yolov5.hef"), ("describe", ROOT / "README.md"),
    ("run", MODELS / "io_multi.hef", "emulator"), ("run", MODELS / "mc2.hef", "emulator,fault=CHANGE_CONTEXT_SWITCH_STATUS#2:0x4013003f"),
    ("run", MODELS / "ddr_single.hef", "emulator,page=512"),
], ids=lambda words: "-".join(map(str, words)).replace(str(ROOT), "")[:40])  # fmt: skip
def test_the_examples_say_the_same(program, arm, words, page):
    source = ROOT / f"bindings/c/examples/{words[0]}.c"
    expected = run(program(source, "this"), *words[1:])
    found = arm(program(source, "arm"), *words[1:], page=page)
    assert (found.returncode, found.stdout, found.stderr) == (expected.returncode, expected.stdout, expected.stderr)


def test_a_program_finds_the_emulated_device_file(program):
    source = ROOT / "bindings/c/examples/identify.c"
    for page in PAGES:
        found = run(EMULATOR, "-p", page, "-L", SYSTEM, "-E", f"LD_PRELOAD={ARM}/libhailo-emulator.so", program(source, "arm"), "/dev/hailo0")
        assert "EMULATED HAILO-8 AI ACCELERATOR" in found.stdout, found.stderr


@pytest.mark.parametrize("words", [
    ["devices"], ["devices", "--json"], ["info", "--device", "emulator:hailo8l"], ["info", "--device", "emulator", "--json"],
    ["inspect", DEMO / "shapes.hef"], ["inspect", MODELS / "nf_yolov5_seg.hef", "--json"], ["plan", MODELS / "mc2.hef", "--json"],
    ["plan", MODELS / "ddr_single.hef"], ["doctor", MODELS / "mux2.hef", "--frames", 3], ["inspect", BROKEN_MODELS / "bad_format_9.hef"],
    ["run", DEMO / "digits.hef", "--device", "nonsense"], ["doctor", "--root", "/nowhere"], ["--help"], ["run", "--nonsense"],
], ids=lambda words: " ".join(map(str, words)).replace(str(ROOT), "")[:40])  # fmt: skip
def test_the_tool_says_the_same(arm, words):
    expected, found = run(TOOL, *words), arm(ARM / "hailoctl", *words)
    assert (found.returncode, found.stdout, found.stderr) == (expected.returncode, expected.stdout, expected.stderr)


def test_networks_are_compiled_to_the_same_bytes(arm, tmp_path):
    for name in ("digits", "shapes"):
        words = ["compile-emulated", DEMO / f"{name}.net", "--weights", DEMO / f"{name}.npz", "--output"]
        assert run(TOOL, *words, tmp_path / "this.hef").returncode == 0
        assert arm(ARM / "hailoctl", *words, tmp_path / "arm.hef").returncode == 0
        assert (tmp_path / "arm.hef").read_bytes() == (tmp_path / "this.hef").read_bytes()


@pytest.mark.parametrize("page", PAGES)
def test_the_tool_finds_the_same_boxes(arm, tmp_path, page):
    frames = tmp_path / "shapes.raw"
    frames.write_bytes((DEMO / "picture.rgb").read_bytes() * 2)
    for machine, runner in (("this", run), ("arm", lambda *words: arm(*words, page=page))):
        output = tmp_path / machine
        output.mkdir()
        tool = ARM / "hailoctl" if machine == "arm" else TOOL
        words = ["--input", frames, "--device", "emulator", "--detections", "--output-dir", output, "--draw", output / "found.png"]
        result = runner(tool, "run", DEMO / "shapes.hef", *words)
        assert result.returncode == 0, result.stderr
    files = sorted(path.name for path in (tmp_path / "this").iterdir())
    assert len(files) >= 2
    for name in files:
        assert (tmp_path / "arm" / name).read_bytes() == (tmp_path / "this" / name).read_bytes()
