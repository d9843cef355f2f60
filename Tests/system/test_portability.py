"""Where the shipped files run: machine, C library, and the wheels and Debian packages that say so."""

import email
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from repository import ROOT, run

PYTHON = ROOT / "bindings/python"
FILES = ["libhailoswift.so.0", "hailoctl", "libhailo-emulator.so"]
FOLDERS = {"x86_64": ROOT / "build", "aarch64": ROOT / "build/aarch64"}
# Debian 10, Ubuntu 20.04 and Red Hat 8 have this release of glibc or a later one.
GLIBC = (2, 28)
ALLOWED = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


@pytest.fixture(params=FOLDERS)
def machine(request):
    if not (FOLDERS[request.param] / FILES[0]).exists():
        pytest.skip(f"the files for {request.param} are not built")
    return request.param


@pytest.mark.parametrize("name", FILES)
def test_an_old_c_library_is_enough(machine, name):
    """As the dynamic linker reads it: versions of symbols, and libraries."""
    listed = run("readelf", "--wide", "--version-info", "--dynamic", "--file-header", FOLDERS[machine] / name).stdout
    versions = {tuple(map(int, version)) for version in re.findall(r"Name: GLIBC_(\d+)\.(\d+)", listed)}
    assert versions and max(versions) <= GLIBC
    assert set(re.findall(r"NEEDED.*\[(.+)\]", listed)) <= ALLOWED
    assert {"x86_64": "X86-64", "aarch64": "AArch64"}[machine] in re.search(r"Machine:.*", listed).group()


def test_pages_of_64_kib_are_possible(machine):
    if machine == "aarch64":
        for name in FILES:
            aligned = re.findall(r"LOAD.* (0x[0-9a-f]+)$", run("readelf", "--wide", "--segments", FOLDERS[machine] / name).stdout, re.M)
            assert aligned and all(int(alignment, 16) % 65536 == 0 for alignment in aligned)


BRIDGE = """
nonisolated(unsafe) var kept: [String] = []
@_cdecl("keep") public func keep(_ text: UnsafePointer<CChar>) -> Int { kept.append(String(cString: text)); return kept.count }
"""
BRIDGE_MAIN = """
#include <stdint.h>
#include <stdio.h>
uintptr_t swift_bridgeObjectRetain(uintptr_t object);
long keep(const char *text);
int main(void) {
    const uintptr_t short_string = UINT64_C(0xe400000000000000);
    keep("text");
    puts(swift_bridgeObjectRetain(short_string) == short_string ? "returns its argument" : "returns something else");
}
"""


def test_the_compiler_still_needs_its_workaround(tmp_path):
    """Sources/CHailoSwiftRuntime/bridge_objects.c; when the first half fails, remove that file."""
    (tmp_path / "bridge.swift").write_text(BRIDGE)
    (tmp_path / "main.c").write_text(BRIDGE_MAIN)
    swift = shutil.which("swiftc")
    info = run(swift, "-print-target-info").stdout
    resources = re.search(r'"runtimeResourcePath": "(.+?)"', info).group(1)
    triple = re.search(r'"unversionedTriple": "(.+?)"', info).group(1)
    command = [swift, "-O", "-wmo", "-enable-experimental-feature", "Embedded", "-parse-as-library", "-c", "bridge.swift", "-o", "bridge.o"]
    subprocess.run(command, cwd=tmp_path, check=True)
    said = []
    for workaround in ([], [ROOT / "Sources/CHailoSwiftRuntime/bridge_objects.c"]):
        link = ["cc", "main.c", *workaround, "bridge.o", f"-L{resources}/embedded/{triple}", "-lswiftUnicodeDataTables", "-lm", "-o", "bridge"]
        subprocess.run([str(word) for word in link], cwd=tmp_path, check=True)
        said.append(run(tmp_path / "bridge").stdout.strip())
    assert said == ["returns something else", "returns its argument"]


# Wheels


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    """The folder where hatchling is, which builds wheels; empty if Python finds it by itself."""
    if importlib.util.find_spec("hatchling") is not None:
        return ""
    folder = tmp_path_factory.mktemp("hatchling")
    if run(sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "hatchling").returncode != 0:
        pytest.skip("no hatchling, and pip cannot fetch it")
    return folder


@pytest.fixture(scope="module")
def build_wheel(backend):
    def build(source, output, **environment):
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", output, source]
        result = run(*command, PYTHONPATH=backend, **environment)
        assert result.returncode == 0, result.stderr
        (wheel,) = Path(output).glob("*.whl")
        return wheel

    return build


def test_wheels_name_the_machine_and_the_c_library(machine, build_wheel, tmp_path):
    wheel = build_wheel(PYTHON, tmp_path, HAILOSWIFT_BUILD=FOLDERS[machine])
    assert wheel.name.endswith(f"-py3-none-manylinux_{GLIBC[0]}_{GLIBC[1]}_{machine}.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = email.message_from_bytes(archive.read(next(name for name in names if name.endswith("/METADATA"))))
        assert {f"hailoswift/{name}" for name in ("libhailoswift.so", "hailoctl", "libhailo-emulator.so", "__main__.py", "py.typed")} <= set(names)
        assert not any("__pycache__" in name for name in names)
    assert metadata["Name"] == "hailoswift" and metadata["License-Expression"] == "MIT" and metadata["Requires-Python"] == ">=3.9"
    assert "import hailoswift" in metadata.get_payload()
    header = (ROOT / "include/hailoswift/hailoswift.h").read_text()
    assert metadata["Version"] == re.search(r'HAILOSWIFT_VERSION "(.+)"', header).group(1)
    installed = run(sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path / "tools", "auditwheel")
    if installed.returncode == 0:
        shown = run(sys.executable, "-m", "auditwheel", "show", wheel, PYTHONPATH=tmp_path / "tools").stdout
        assert f'platform tag: "manylinux_{GLIBC[0]}_{GLIBC[1]}_{machine}"' in " ".join(shown.split()), shown


def pythons():
    """The oldest and the newest Python from 3.9 on that this machine has."""
    candidates = [Path(sys.executable), *Path("/usr/bin").glob("python3*"), *Path.home().glob(".pyenv/versions/*/bin/python3")]
    found = {}
    for candidate in candidates:
        said = run(candidate, "-c", "import sys, venv, ensurepip; print('Python', *sys.version_info[:2])").stdout
        version = tuple(map(int, re.findall(r"^Python (\d+) (\d+)$", said)[0])) if said.startswith("Python ") else (0, 0)
        if version >= (3, 9):
            found[version] = candidate
    return [found[version] for version in sorted({min(found), max(found)})] if found else []


def test_a_wheel_works_by_itself(build_wheel, tmp_path):
    wheel = build_wheel(PYTHON, tmp_path)
    assert pythons(), "no Python with venv"
    for number, python in enumerate(pythons()):
        place = tmp_path / f"place{number}"
        subprocess.run([python, "-m", "venv", place], check=True)
        subprocess.run([place / "bin/python", "-m", "pip", "install", "--quiet", "--no-index", wheel], check=True)
        code = "import hailoswift; print(hailoswift.library_path()); print(hailoswift.Device('emulator').info.board_name)"
        said = run(place / "bin/python", "-c", code, HAILOSWIFT_LIBRARY=None, PYTHONPATH=None).stdout.split()
        assert said[1] == "Hailo-8" and said[0].startswith(str(place))
        listing = run(place / "bin/python", "-m", "hailoswift", "emulate", "--", "ls", "/dev/hailo0", PYTHONPATH=None)
        assert listing.stdout == "/dev/hailo0\n", listing.stderr
        assert run(place / "bin/hailoctl", "--version").stdout.startswith("hailoctl ")


def test_a_source_archive_has_all_that_the_library_is_built_from(backend, build_wheel, tmp_path):
    code = f"import os; os.chdir({str(PYTHON)!r}); from hatchling.build import build_sdist; print(build_sdist({str(tmp_path)!r}))"
    result = run(sys.executable, "-c", code, PYTHONPATH=backend)
    assert result.returncode == 0, result.stderr
    with tarfile.open(tmp_path / result.stdout.split()[-1]) as archive:
        archive.extractall(tmp_path)
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    tracked = subprocess.run(["git", "ls-files", "Sources", "include", "scripts", "Package.swift"], cwd=ROOT, capture_output=True, text=True, check=True)
    missing = [name for name in tracked.stdout.split() if not (folder / "repository" / name).exists()]
    assert missing == []
    # Where the files have been built, nothing else of the repository is needed for a wheel.
    (folder / "repository/build").mkdir()
    for name in FILES:
        shutil.copy(ROOT / "build" / name, folder / "repository/build")
    assert build_wheel(folder, tmp_path / "wheel", HAILOSWIFT_BUILD=None).exists()


# Debian packages and the tarball


@pytest.fixture(scope="module")
def packages():
    built = {}
    for machine, folder in FOLDERS.items():
        if (folder / FILES[0]).exists() and os.uname().machine == "x86_64":
            result = run(ROOT / "scripts/package", "--target", machine)
            assert result.returncode == 0, result.stdout + result.stderr
            architecture = {"x86_64": "amd64", "aarch64": "arm64"}[machine]
            built[architecture] = sorted((ROOT / "build/packages").glob(f"*_{architecture}.deb")) + [*(ROOT / "build/packages").glob("*_all.deb")]
    if not built:
        pytest.skip("packages are built on x86-64")
    return built


def test_lintian_finds_nothing(packages):
    if shutil.which("lintian") is None:
        pytest.skip("no lintian")
    for files in packages.values():
        # There is no bug of Debian's that a first upload would close.
        checked = run("lintian", "--fail-on", "error,warning", "--suppress-tags", "initial-upload-closes-no-bugs", *files)
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_packages_are_installed_upgraded_and_removed(packages, architecture, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root installs packages")
    if architecture not in packages:
        pytest.skip("the files for ARM are not built")
    older = tmp_path / "older"
    older.mkdir()
    for file in packages[architecture]:
        folder = tmp_path / file.stem
        subprocess.run(["dpkg-deb", "-R", file, folder], check=True)
        control = folder / "DEBIAN/control"
        control.write_text(re.sub(r"\b0\.\d+\.\d+\b", "0.0.1", control.read_text()))
        subprocess.run(["dpkg-deb", "--build", folder, older / file.name], check=True, capture_output=True)
    root = tmp_path / "root"
    (root / "var/lib/dpkg/updates").mkdir(parents=True)
    (root / "var/lib/dpkg/info").mkdir()
    (root / "var/lib/dpkg/status").write_text("")
    # Of the packages that these depend on, none is in that root; all of these are.
    dpkg = ["dpkg", f"--root={root}", "--force-depends", "--force-architecture", "--force-script-chrootless", "--log=/dev/null"]

    def versions():
        return set(re.findall(r"^Version: (.+)", (root / "var/lib/dpkg/status").read_text(), re.M))

    installed = run(*dpkg, "--install", *sorted(older.iterdir()))
    assert installed.returncode == 0 and versions() == {"0.0.1"}, installed.stderr
    upgraded = run(*dpkg, "--install", *packages[architecture])
    assert upgraded.returncode == 0 and len(versions() - {"0.0.1"}) == len(versions()) == 1, upgraded.stderr
    if architecture == "arm64":
        if shutil.which("qemu-aarch64"):
            found = run("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", root / "usr/bin/hailoctl", "info", "--device", "emulator")
            assert "EMULATED HAILO-8" in found.stdout, found.stderr
    else:
        use_packages(root, tmp_path)
    names = re.findall(r"^Package: (.+)", (root / "var/lib/dpkg/status").read_text(), re.M)
    removed = run(*dpkg, "--purge", *names)
    assert removed.returncode == 0, removed.stderr
    assert [path for path in root.rglob("*") if path.is_file() and "dpkg" not in path.parts] == []


def use_packages(root, folder):
    """The tool, the Python package, and a program in C, from a root of this machine's architecture."""
    assert run(root / "usr/bin/hailoctl", "emulate", "--", "ls", "/dev/hailo0").stdout == "/dev/hailo0\n"
    library = root / "usr/lib/x86_64-linux-gnu"
    code = "import hailoswift; print(hailoswift.Device('emulator').info.board_name)"
    environment = {"PYTHONPATH": root / "usr/lib/python3/dist-packages", "LD_LIBRARY_PATH": library, "HAILOSWIFT_LIBRARY": None}
    assert run(sys.executable, "-B", "-c", code, **environment).stdout == "Hailo-8\n"
    flags = run("pkg-config", "--cflags", "--libs", "hailoswift", PKG_CONFIG_SYSROOT_DIR=root, PKG_CONFIG_LIBDIR=library / "pkgconfig")
    program = folder / "identify"
    subprocess.run(["cc", ROOT / "bindings/c/examples/identify.c", "-o", program, *flags.stdout.split()], check=True)
    assert "EMULATED HAILO-8" in run(program, "emulator", LD_LIBRARY_PATH=library).stdout


def test_the_tarball_works_where_it_is(packages, tmp_path):
    for machine, folder in FOLDERS.items():
        if folder.exists():
            (file,) = (ROOT / "build/packages").glob(f"*-linux-{machine}.tar.gz")
            with tarfile.open(file) as archive:
                archive.extractall(tmp_path)
    (place,) = tmp_path.glob("*-x86_64")
    assert len((place / "README").read_text().splitlines()) <= 10
    source = ROOT / "bindings/c/examples/identify.c"
    command = ["cc", source, f"-I{place}/include", f"-L{place}/lib", "-lhailoswift", f"-Wl,-rpath,{place}/lib", "-o", tmp_path / "identify"]
    subprocess.run(command, check=True)
    assert "EMULATED HAILO-8" in run(tmp_path / "identify", "emulator").stdout
    assert run(place / "bin/hailoctl", "emulate", "--", "ls", "/dev/hailo0").stdout == "/dev/hailo0\n"


def test_manual_and_completion_know_every_command(packages):
    commands = set(re.findall(r"^  ([a-z-]+)(?: {2,}|$)", run(ROOT / "build/hailoctl", "--help").stdout.split("commands:")[1].split("\n\n")[0], re.M))
    assert len(commands) == 10
    manual = (ROOT / "packaging/hailoctl.1").read_text()
    assert set(re.findall(r"^\.B ([a-z\\-]+)$", manual.split(".SH COMMANDS")[1].split(".SH ENVIRONMENT")[0].replace("\\-", "-"), re.M)) == commands
    completion = (ROOT / "packaging/hailoctl.bash").read_text()
    assert set(re.search(r'compgen -W "([a-z -]+) --help', completion).group(1).split()) == commands
