"""The walls of the house: what each room imports is what the table in CONTRIBUTING.md says, and files know each other one way."""

import json
import re
import shutil

import pytest
from repository import ROOT, run

SOURCES = ROOT / "Sources"
IMPORT = re.compile(r"^(?:@\w+ )?(?:(?:package|internal|public) )?import (\w+)$", re.MULTILINE)


def swift_rooms():
    folders = [*SOURCES.iterdir(), *(SOURCES / "Shipped").iterdir()]
    return {
        folder.name: sorted(folder.rglob("*.swift"))
        for folder in folders
        if folder.name != "Shipped" and any(folder.rglob("*.swift"))
    }


def imports():
    return {
        room: {name for file in files for name in IMPORT.findall(file.read_text())}
        for room, files in swift_rooms().items()
    }


def table():
    """What each room may import, in the order of the table in CONTRIBUTING.md."""
    rows = re.findall(r"^\| `Sources/(?:Shipped/)?(\w+)` \|[^|]*\|([^|]*)\|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert rows, "no table of rooms in CONTRIBUTING.md"
    return {room: re.findall(r"`(\w+)`", allowed) for room, allowed in rows}


def test_the_import_graph_is_the_table():
    found = {room: sorted(names) for room, names in imports().items()}
    for room, names in found.items():
        print(f"{room}: {' '.join(names)}")
    stated = {room: sorted(allowed) for room, allowed in table().items() if room in found}
    assert found == stated


def test_targets_depend_on_what_they_import():
    """A module that another target has built is found anyway, but not in a build that begins with this target."""
    if shutil.which("swift") is None:
        pytest.skip("swift is not in PATH")
    described = run("swift", "package", "--package-path", ROOT, "describe", "--type", "json", CC=None, CXX=None)
    targets = {target["name"]: target for target in json.loads(described.stdout)["targets"]}
    missing = [
        (name, source, module)
        for name, target in targets.items()
        for source in target["sources"]
        if source.endswith(".swift")
        for module in IMPORT.findall((ROOT / target["path"] / source).read_text())
        if module in targets and module not in target.get("target_dependencies", [])
    ]
    assert missing == []


def test_imports_point_up_the_table_only():
    seen = ["CHailoSwift"]
    for room, allowed in table().items():
        assert set(allowed) <= set(seen), room
        seen.append(room)


def test_the_kernels_structures_are_known_in_two_rooms():
    assert [room for room, names in imports().items() if "CHailoKernel" in names] == sorted(
        ["HailoKernelABI", "HailoEmulator"], key=list(imports()).index
    )


def test_drivers_are_named_in_one_file():
    for module in ("HailoRecorder", "HailoEmulator"):
        files = [
            file.relative_to(SOURCES).as_posix()
            for room, files in swift_rooms().items()
            if room.startswith("Hailo") and room != "HailoPreload"
            for file in files
            if module in IMPORT.findall(file.read_text())
        ]
        assert set(files) <= {"Hailo/DeviceID.swift", "Hailo/EmulatedDevices.swift"}, files


# Declarations of a file, those within an extension with the name of its type.
TYPE = re.compile(
    r"^(?:@\w+ )*(?:public |package |final |private |fileprivate |nonisolated )*"
    r"(?:class|struct|enum|protocol|typealias|actor) (\w+)",
    re.MULTILINE,
)
EXTENSION = re.compile(r"^extension (\w+)[^{]*\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
NESTED = re.compile(r"^    (?:public |package |final )*(?:class|struct|enum) (\w+)", re.MULTILINE)


def without_comments_and_texts(source):
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(r"//.*", "", source))


def references(files):
    """Which files use types that others declare."""
    sources = {file.name: without_comments_and_texts(file.read_text()) for file in files}
    homes = {}
    for name, source in sources.items():
        for declared in TYPE.findall(source):
            homes[rf"(?<!\.)\b{declared}\b"] = name
        for extended, body in EXTENSION.findall(source):
            for nested in NESTED.findall(body):
                homes[rf"\b{extended}\.{nested}\b"] = name
    return {
        name: {home for pattern, home in homes.items() if home != name and re.search(pattern, source)}
        for name, source in sources.items()
    }


def rings(graph):
    """Files of which each is reached from each other one."""
    reached = {}
    for start in graph:
        ways, found = [start], set()
        while ways:
            for other in graph[ways.pop()] - found:
                found.add(other)
                ways.append(other)
        reached[start] = found
    return {
        frozenset(other for other in graph if other in reached[start] and start in reached[other]) for start in graph
    } - {frozenset()}


def test_rings_are_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set()}
    assert rings(graph) == {frozenset("abc")}


def test_no_ring_of_files_in_the_runtime():
    found = rings(references(swift_rooms()["HailoRuntime"]))
    assert all(len(ring) <= 3 for ring in found), sorted(map(sorted, found))
