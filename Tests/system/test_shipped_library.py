"""What the library promises as a file: few dependencies, few symbols, small."""

import re
import sys

from repository import LIBRARY, ROOT, declared_functions, run


def exported():
    lines = run("nm", "-D", "--defined-only", LIBRARY).stdout.splitlines()
    return [line.split()[-1] for line in lines if line.split()[-1] != "HAILOSWIFT_0"]


def test_exactly_the_functions_of_the_header_are_exported_and_versioned():
    assert sorted(exported()) == sorted(f"{name}@@HAILOSWIFT_0" for name in declared_functions())


def test_the_misuse_tests_call_every_function():
    tests = [*(ROOT / "Tests/C").glob("misuse*.c"), ROOT / "Tests/C/prepared_jobs.c"]
    source = "".join(path.read_text() for path in tests)
    assert [name for name in sorted(declared_functions()) if f"{name}(" not in source] == []


def test_the_soname_carries_the_major_version():
    assert "[libhailoswift.so.0]" in re.search(r"SONAME.*", run("readelf", "-d", LIBRARY).stdout).group()


def test_it_is_small():
    assert LIBRARY.stat().st_size <= 1_750_000


def test_threads_have_names(tmp_path):
    """As debuggers, top and ps show them."""
    program = (
        "import hailoswift, pathlib, sys, threading, time\n"
        "device = hailoswift.Device('emulator')\n"
        "session = hailoswift.Session(device, hailoswift.Model(sys.argv[1]))\n"
        "session.activate()\n"
        "session.run(bytes(512))\n"
        "print(*sorted(path.read_text().strip() for path in pathlib.Path('/proc/self/task').glob('*/comm')))\n"
    )
    environment = {"PYTHONPATH": ROOT / "bindings/python/src", "HAILOSWIFT_LIBRARY": LIBRARY}
    names = run(sys.executable, "-c", program, ROOT / "Tests/Fixtures/hef/min_v2.hef", **environment).stdout.split()
    assert {"hailoswift-irq", "hailoswift-note"} <= set(names)


def test_it_is_stripped():
    assert "no symbols" in run("nm", LIBRARY).stderr


def test_no_path_of_the_building_machine_is_inside():
    content = LIBRARY.read_bytes()
    assert str(ROOT).encode() not in content
