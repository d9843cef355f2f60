"""Installs the library into an empty folder and uses it from there with CMake and with pkg-config."""

import os
import subprocess

import pytest
from repository import ROOT, run

EXAMPLES = ROOT / "bindings/c/examples"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", os.environ["HAILOSWIFT_CMAKE_BUILD"], "--prefix", prefix], check=True)
    return prefix


@pytest.fixture(scope="module")
def library_folder(prefix):
    (library,) = prefix.rglob("libhailoswift.so.0")
    return library.parent


def test_all_scripts_share_one_build():
    """Whatever the environment says of strictness, nothing is compiled a second time."""
    release = ROOT / "build/embedded/release"
    objects = sorted(path for path in release.glob("*.build/*.o"))
    assert len(objects) > 200
    before = [path.stat().st_mtime_ns for path in objects]
    for strict in (None, "1"):
        result = run(ROOT / "scripts/build", HAILOSWIFT_STRICT=strict, CC=None, CXX=None)
        assert result.returncode == 0, result.stdout + result.stderr
        assert [path.stat().st_mtime_ns for path in objects] == before


def test_cmake_finds_it(prefix, tmp_path):
    configure = ["cmake", "-S", ROOT / "Tests/consumer", "-B", tmp_path, f"-DEXAMPLES={EXAMPLES}"]
    subprocess.run([*configure, f"-DCMAKE_PREFIX_PATH={prefix}"], check=True)
    subprocess.run(["cmake", "--build", tmp_path], check=True)
    for program in ("identify_c", "identify_cpp"):
        assert "EMULATED HAILO-8" in run(tmp_path / program, "emulator").stdout


def test_pkg_config_finds_it(library_folder, tmp_path):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(library_folder / "pkgconfig")}
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "hailoswift"], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    program = tmp_path / "identify"
    subprocess.run([os.environ.get("CC", "cc"), EXAMPLES / "identify.c", "-o", program, *flags], check=True)
    assert "EMULATED HAILO-8" in run(program, "emulator", LD_LIBRARY_PATH=library_folder).stdout


def test_the_tool_is_installed(prefix):
    assert run(prefix / "bin/hailoctl", "--version").stdout.startswith("hailoctl ")


def test_the_installed_tool_finds_the_emulator(prefix):
    result = run(prefix / "bin/hailoctl", "emulate", "--", "cat", "/sys/class/hailo_chardev/hailo0/board_location")
    assert (result.returncode, result.stdout) == (0, "0000:01:00.0"), result.stderr
