"""What the library promises as a file: few dependencies, few symbols, small."""

import re

import pytest
from repository import LIBRARY, ROOT, TOOL, declared_functions, run

KIBIBYTE = 1024


def exported():
    lines = run("nm", "-D", "--defined-only", LIBRARY).stdout.splitlines()
    return [line.split()[-1] for line in lines if line.split()[-1] != "HAILOSWIFT_0"]


def test_exactly_the_functions_of_the_header_are_exported_and_versioned():
    assert sorted(exported()) == sorted(f"{name}@@HAILOSWIFT_0" for name in declared_functions())


def test_the_misuse_tests_call_every_function():
    source = "".join(path.read_text() for path in (ROOT / "Tests/C").glob("misuse*.c"))
    assert [name for name in sorted(declared_functions()) if f"{name}(" not in source] == []


@pytest.mark.parametrize("file", [LIBRARY, TOOL], ids=["library", "tool"])
def test_only_the_c_library_is_needed(file):
    needed = re.findall(r"NEEDED.*\[(.+)\]", run("readelf", "-d", file).stdout)
    assert set(needed) <= {"libc.so.6", "libm.so.6"}


def test_the_soname_carries_the_major_version():
    assert "[libhailoswift.so.0]" in re.search(r"SONAME.*", run("readelf", "-d", LIBRARY).stdout).group()


def test_it_is_small():
    assert LIBRARY.stat().st_size <= 1500 * KIBIBYTE


def test_it_is_stripped():
    assert "no symbols" in run("nm", LIBRARY).stderr


def test_no_path_of_the_building_machine_is_inside():
    content = LIBRARY.read_bytes()
    assert str(ROOT).encode() not in content
