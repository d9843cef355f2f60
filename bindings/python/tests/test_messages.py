"""What is wrong is said in words that name it."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

import hailoswift
from hailoswift import Buffer, Device, InvalidHandleError, Model, Order, Session, Type

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
boards = itertools.count()


@pytest.fixture
def device():
    with Device(f"emulator,board=messages-{next(boards)}") as opened:
        yield opened


def test_closed_objects_say_so(device):
    model = Model(HEF / "min_v2.hef")
    session, buffer = Session(device, model), Buffer(device, 4096)
    other = Device(f"emulator,board=messages-{next(boards)}")
    for thing in (session, buffer, model, other):
        thing.close()
    calls = {
        "session": [
            session.activate, session.deactivate, lambda: session.info, lambda: session.inputs, lambda: session.outputs,
            lambda: session.queue, lambda: session.run(b""), lambda: session.submit(b""), session.drain,
            lambda: list(session.stream([b""])), lambda: session.set_format("a"), lambda: session.detection_settings("a"),
        ],
        "buffer": [lambda: buffer.data],
        "model": [lambda: Session(device, model)],
        "device": [
            lambda: other.info, other.temperature, other.power, lambda: other.findings,
            lambda: Buffer(other, 1), lambda: Session(other, Model(HEF / "min_v2.hef")),
        ],
    }  # fmt: skip
    for kind, attempts in calls.items():
        for attempt in attempts:
            with pytest.raises(InvalidHandleError, match=f"the {kind} was closed") as caught:
                attempt()
            assert caught.value.status is hailoswift.Status.INVALID_HANDLE


def test_arguments_of_the_wrong_kind_are_named(device):
    model = Model(HEF / "min_v2.hef")
    session = Session(device, model)
    settings = hailoswift.DetectionSettings(0.5, 0.5, 1, 1, 0)
    attempts = [
        (lambda: Device(5), "id must be a str, not int"),
        (lambda: Device("emulator", control_timeout_ms=1.5), "control_timeout_ms must be a whole number, not float"),
        (lambda: Model(5), "source must be a path or the bytes of a HEF file, not int"),
        (lambda: Session("emulator", model), "device must be a hailoswift.Device, not str"),
        (lambda: Session(device, "model.hef"), "model must be a hailoswift.Model, not str"),
        (lambda: Session(device, model, group=1), "group must be a str, not int"),
        (lambda: Session(device, model, batch_size="2"), "batch_size must be a whole number, not str"),
        (lambda: Session(device, model, batch_size={"min/min": None}), "batch_size must be a whole number, not NoneType"),
        (lambda: session.activate("1"), "batch_size must be a whole number, not str"),
        (lambda: session.set_format(1), "name must be a str, not int"),
        (lambda: session.set_format("min/conv1", "float32"), "type must be a hailoswift.Type, not str"),
        (lambda: session.set_format("min/conv1", order=Type.UINT8), "order must be a hailoswift.Order, not hailoswift.Type"),
        (lambda: session.detection_settings(1), "output must be a str, not int"),
        (lambda: session.set_detection_settings("x", {}), "settings must be a hailoswift.DetectionSettings, not dict"),
        (lambda: session.set_detection_settings("x", settings.replace(max_total=0.5)), "max_total must be a whole number, not float"),
        (lambda: session.stream([], depth=1.5), "depth must be a whole number, not float"),
        (lambda: Buffer("emulator", 1), "device must be a hailoswift.Device, not str"),
        (lambda: Buffer(device, "1"), "size must be a whole number, not str"),
        (lambda: hailoswift.configure_emulator(1), "settings must be a str, not int"),
        (lambda: hailoswift.set_log_handler(1), "handler must be callable or None, not int"),
    ]
    for attempt, text in attempts:
        with pytest.raises(TypeError, match=text):
            attempt()
    for attempt in (lambda: Device("emu\0lator"), lambda: session.set_format("a\0b"), lambda: Model("a\0b")):
        with pytest.raises(ValueError, match="null character"):
            attempt()
    assert session.set_format("min/conv1", Type.AUTO, Order.AUTO) is None


def test_a_missing_file_is_one_for_python_too():
    with pytest.raises(FileNotFoundError) as caught:
        Model("/nowhere/model.hef")
    error = caught.value
    assert isinstance(error, hailoswift.FileError) and error.status is hailoswift.Status.FILE_ERROR
    assert (error.errno, error.filename) == (2, "/nowhere/model.hef")
    assert str(error) == "cannot read /nowhere/model.hef: there is no such file"
    with pytest.raises(hailoswift.FileError) as caught:
        Model("/")
    assert not isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize("count, text", [(1, "has 1 byte; 1 frame of 512 bytes"), (1025, "has 1025 bytes; 2 frames of 512 bytes")])
def test_one_is_singular(device, count, text):
    with Session(device, Model(HEF / "min_v2.hef")) as session, session.active():
        with pytest.raises(hailoswift.InvalidArgumentError, match=text):
            session.run(bytes(count))
    assert repr(Buffer(device, 1)).endswith("of 1 byte>")


def test_the_version_needs_no_library():
    code = "import hailoswift; print(hailoswift.__version__, 'libhailoswift' in open('/proc/self/maps').read())"
    environment = {"PYTHONPATH": str(Path(hailoswift.__file__).parents[1]), "PATH": "/usr/bin"}
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True).stdout
    assert output == f"{hailoswift.version()} False\n"
