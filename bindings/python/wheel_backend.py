"""Builds wheels (PEP 517): the package, with libhailoswift.so inside, as py3-none-<platform>.

The library has to be built first (scripts/build), or named by HAILOSWIFT_LIBRARY.
"""

import base64
import hashlib
import os
import re
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from glibc_floor import wheel_tag  # noqa: E402

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
# Members get a fixed time, so that the same sources give the same wheel.
TIMESTAMP = (2020, 1, 1, 0, 0, 0)


def _version():
    header = (REPOSITORY / "include/hailoswift/hailoswift.h").read_text()
    return re.search(r'#define HAILOSWIFT_VERSION "(.+)"', header).group(1)


def _library():
    path = Path(os.environ.get("HAILOSWIFT_LIBRARY") or REPOSITORY / "build/libhailoswift.so")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; run scripts/build, or set HAILOSWIFT_LIBRARY")
    return path.resolve()


def _tag():
    return "py3-none-" + wheel_tag([_library()])


def _metadata():
    return (
        "Metadata-Version: 2.4\n"
        "Name: hailoswift\n"
        f"Version: {_version()}\n"
        "Summary: Compiled neural networks on Hailo-8 and Hailo-8L accelerators\n"
        "Keywords: hailo,neural networks,inference,accelerator\n"
        "License-Expression: MIT\n"
        "License-File: LICENSE\n"
        "Classifier: Development Status :: 4 - Beta\n"
        "Classifier: Intended Audience :: Developers\n"
        "Classifier: Operating System :: POSIX :: Linux\n"
        "Classifier: Programming Language :: Python :: 3\n"
        "Classifier: Topic :: Scientific/Engineering :: Artificial Intelligence\n"
        "Classifier: Typing :: Typed\n"
        "Requires-Python: >=3.9\n"
        "Provides-Extra: numpy\n"
        'Requires-Dist: numpy; extra == "numpy"\n'
        "Description-Content-Type: text/markdown\n\n" + (HERE / "README.md").read_text()
    )


def _wheel_file():
    return f"Wheel-Version: 1.0\nGenerator: hailoswift\nRoot-Is-Purelib: false\nTag: {_tag()}\n"


class _Wheel:
    """A wheel being written; it notes the digest of each member for RECORD."""

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.records = []

    def add(self, name, content, mode=0o644):
        content = content.encode() if isinstance(content, str) else content
        member = zipfile.ZipInfo(name, TIMESTAMP)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = (0o100000 | mode) << 16
        self.archive.writestr(member, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.records.append(f"{name},sha256={digest},{len(content)}")

    def close(self, info):
        self.add(f"{info}/RECORD", "\n".join([*self.records, f"{info}/RECORD,,", ""]))
        self.archive.close()


def _write(directory, add_package):
    version = _version()
    name = f"hailoswift-{version}-{_tag()}.whl"
    wheel = _Wheel(Path(directory) / name)
    add_package(wheel)
    info = f"hailoswift-{version}.dist-info"
    wheel.add(f"{info}/METADATA", _metadata())
    wheel.add(f"{info}/WHEEL", _wheel_file())
    wheel.add(f"{info}/licenses/LICENSE", (REPOSITORY / "LICENSE").read_text())
    wheel.close(info)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """The hook that pip and build call."""

    def add_package(wheel):
        for path in sorted((HERE / "src/hailoswift").iterdir()):
            if path.suffix in {".py", ".typed"} or path.name == "py.typed":
                wheel.add(f"hailoswift/{path.name}", path.read_bytes())
        wheel.add("hailoswift/libhailoswift.so", _library().read_bytes(), mode=0o755)

    return _write(wheel_directory, add_package)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """The hook of "pip install -e": the package stays where it is."""

    def add_package(wheel):
        wheel.add("hailoswift.pth", f"{HERE / 'src'}\n")

    return _write(wheel_directory, add_package)


def build_sdist(sdist_directory, config_settings=None):
    """There are no source archives: the library is built from the whole repository."""
    raise RuntimeError("hailoswift is built from its repository; install the wheel, or build one there")
