"""Holds the documents to the repository: links lead somewhere, commands exist, examples work."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from repository import MODELS, ROOT, TOOL, run

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def code_blocks(document, language):
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text(), re.M | re.S)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_paths_exist(document):
    paths = re.findall(r"`((?:Sources|Tests|scripts|include|bindings|docs|cmake)/[\w./-]+)`", document.read_text())
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_requests_that_are_made_are_those_of_a_recorded_run(tmp_path):
    table = re.findall(r"^\| `HAILO_(\w+)` .* \| (yes|no) \|$", (ROOT / "docs/driver-abi.md").read_text(), re.M)
    assert len(table) == len({name for name, _ in table}) > 20
    trace = tmp_path / "trace.jsonl"
    words = ("run", MODELS / "mc2.hef", "--frames", "3", "--device", "emulator")
    assert run(TOOL, *words, HAILOSWIFT_TRACE=trace).returncode == 0
    recorded = {json.loads(line).get("ioctl") for line in trace.read_text().splitlines()} - {None}
    assert {name for name, is_made in table if is_made == "yes"} == recorded


def test_the_shell_examples_of_the_readme_run():
    lines = [line for block in code_blocks(ROOT / "README.md", "sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("build/hailoctl ")]
    assert commands
    for command in commands:
        result = run("sh", "-c", f"cd {ROOT} && {command}")
        assert result.returncode == 0, f"{command}: {result.stderr}"


def test_the_c_example_of_the_readme_runs(tmp_path):
    blocks = code_blocks(ROOT / "README.md", "c")
    assert blocks
    for number, block in enumerate(blocks):
        source, program = tmp_path / f"{number}.c", tmp_path / str(number)
        source.write_text(block)
        build = ROOT / "build"
        flags = [f"-I{ROOT}/include", f"-L{build}", "-lhailoswift", f"-Wl,-rpath,{build}"]
        subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", source, "-o", program, *flags], check=True)
        assert run("sh", "-c", f"cd {ROOT} && {program}").returncode == 0


def test_the_python_examples_of_the_readme_run(tmp_path):
    blocks = code_blocks(ROOT / "README.md", "python")
    assert blocks
    for block in blocks:
        program = tmp_path / "example.py"
        program.write_text(block)
        result = run("sh", "-c", f"cd {ROOT} && {sys.executable} {program}", PYTHONPATH=ROOT / "bindings/python/src")
        assert result.returncode == 0, result.stderr


def test_the_swift_example_of_the_readme_runs(tmp_path):
    if shutil.which("swift") is None:
        pytest.skip("swift is not in PATH")
    (program,) = code_blocks(ROOT / "README.md", "swift")
    assert program == (ROOT / "Tests/ReadmeExample/main.swift").read_text()
    frames, found = tmp_path / "digits.raw", tmp_path / "digits.txt"
    digits = [sys.executable, "-B", str(ROOT / "Demo/digits.py")]
    assert run(*digits, "--write-frames", str(frames)).returncode == 0
    # With the settings of the other Swift tests, so that it is compiled once.
    example = f"cd {ROOT} && swift run readme-example Demo/digits.hef {frames}"
    result = run("sh", "-c", example, CC=None, CXX=None, HAILOSWIFT_STRICT="1")
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.split("\n")
    assert "EMULATED HAILO-8 AI ACCELERATOR 45.5" in lines
    assert "input digits/image 256" in lines
    classes = [line for line in lines if line.isdigit()]
    assert len(classes) == 360
    found.write_text("\n".join(classes))
    compared = run(*digits, "--compare", str(found))
    assert compared.returncode == 0 and "every digit as in numpy" in compared.stdout, compared.stdout


def test_a_package_with_targets_of_common_names_can_depend_on_this_one(tmp_path):
    """The manifest of the README, in a folder outside of the tree, where the checkout has another name. SwiftPM refuses two targets
    of one name in a package graph, before it builds the first."""
    if shutil.which("swift") is None:
        pytest.skip("swift is not in PATH")
    folder = tmp_path / "classifier"
    (tmp_path / "hailoswift").symlink_to(ROOT)
    (manifest,) = code_blocks(ROOT / "README.md", "swift-package")
    own = ["Base", "Driver", "Runtime", "Planner", "Commands"]
    targets = "".join(f'        .target(name: "{name}"),\n' for name in own)
    manifest = manifest.replace("    targets: [\n", f"    targets: [\n{targets}")
    files = {"Package.swift": manifest, "Sources/Classifier/main.swift": "import Hailo\n"}
    files |= {f"Sources/{name}/Thread.swift": "public enum Thread {}\n" for name in own}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    result = run("sh", "-c", f"cd {folder} && swift build --target Base", CC=None, CXX=None)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_settings_of_the_emulator_are_documented():
    text = (ROOT / "docs/emulator.md").read_text()
    error = run(TOOL, "info", "--device", "emulator,tea=please").stderr
    settings = re.search(r"there are ([\w, ]+)", error).group(1).replace(" and ", ", ").split(", ")
    assert len(settings) >= 4
    for setting in settings:
        assert f"`{setting}=" in text
