import gc
import itertools
from pathlib import Path

import pytest

import hailoswift
from hailoswift import Session, Status

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
boards = itertools.count()


@pytest.fixture
def device():
    with hailoswift.Device(f"emulator,board={next(boards)}") as opened:
        yield opened


def test_a_session_says_what_it_is(device):
    with Session(device, hailoswift.Model(HEF / "mc2.hef"), batch_size=4) as session:
        info = session.info
        assert (info.group, info.batch_size, info.is_active) == ("mc2", 4, False)
        assert (info.input_channel_count, info.output_channel_count, info.context_count) == (1, 1, 2)
        assert info.dma_bytes > 32768
        assert repr(session) == "<hailoswift.Session mc2>"
    assert session.closed
    assert repr(session) == "<hailoswift.Session closed>"


def test_activation(device):
    session = Session(device, hailoswift.Model(HEF / "min_v2.hef"), batch_size=8)
    with session.active(batch_size=2) as same:
        assert same is session
        assert session.info.is_active
        with pytest.raises(hailoswift.InvalidOperationError, match="active already"):
            session.activate()
    assert not session.info.is_active
    session.deactivate()
    with pytest.raises(hailoswift.InvalidArgumentError, match="larger than the 8"):
        session.activate(9)
    with pytest.raises(RuntimeError, match="mine"), session.active():
        raise RuntimeError("mine")
    assert not session.info.is_active


def test_groups_and_batches(device):
    model = hailoswift.Model(HEF / "groups2.hef")
    names = [group.name for group in model.groups]
    sessions = [
        Session(device, model, group=group.name, batch_size=dict.fromkeys(group.networks, 2)) for group in model.groups
    ]
    assert [session.info.group for session in sessions] == names
    assert all(session.info.batch_size == 2 for session in sessions)
    with sessions[0].active(), pytest.raises(hailoswift.InvalidOperationError, match="one group runs at a time"):
        sessions[1].activate()
    with sessions[1].active():
        pass


@pytest.mark.parametrize(
    "model, options, status, text",
    [
        ("min_v2", {"group": "other"}, Status.NOT_FOUND, 'no network group "other"'),
        ("min_v2", {"batch_size": 64}, Status.INVALID_ARGUMENT, "up to 63"),
        ("min_v2", {"batch_size": {"other": 2}}, Status.INVALID_ARGUMENT, 'it has "min/min"'),
        ("cache_mc2", {"batch_size": 2}, Status.INVALID_ARGUMENT, "batch size of 1"),
        ("min_v2", {"power_mode": 7}, Status.INVALID_ARGUMENT, "power_mode"),
    ],
)
def test_choices_that_cannot_be(device, model, options, status, text):
    with pytest.raises(hailoswift.HailoError, match=text) as caught:
        Session(device, hailoswift.Model(HEF / f"{model}.hef"), **options)
    assert caught.value.status == status


@pytest.mark.parametrize("size", [-1, 1 << 32])
def test_batch_sizes_are_not_cut(device, size):
    model = hailoswift.Model(HEF / "min_v2.hef")
    with pytest.raises(ValueError, match="out of range"):
        Session(device, model, batch_size=size)
    with pytest.raises(ValueError, match="out of range"):
        Session(device, model, batch_size={"min/min": size})


def test_models_for_another_chip_are_refused():
    with hailoswift.Device("emulator:hailo8l") as device, pytest.raises(hailoswift.HefError) as caught:
        Session(device, hailoswift.Model(HEF / "min_v2.hef"))
    assert caught.value.status == Status.HEF_INCOMPATIBLE


def test_models_that_are_too_large_are_refused(device):
    model = hailoswift.Model(HEF.parent / "invalid/bad_run_outputs17.hef")
    with pytest.raises(hailoswift.HefError, match="no DMA channel is left") as caught:
        Session(device, model)
    assert caught.value.status == Status.MODEL_TOO_LARGE


def test_a_session_outlives_device_and_model():
    device = hailoswift.Device("emulator,board=outlived")
    model = hailoswift.Model((HEF / "mc2.hef").read_bytes())
    session = Session(device, model)
    model.close()
    device.close()
    with session.active():
        assert session.info.is_active
    del session
    gc.collect()
    # The board is free again.
    hailoswift.Device("emulator,board=outlived", exclusive=True).close()


def test_closed_objects_are_refused(device):
    model = hailoswift.Model(HEF / "min_v2.hef")
    session = Session(device, model)
    session.close()
    session.close()
    with pytest.raises(hailoswift.InvalidHandleError, match="the session was closed"):
        session.activate()
    model.close()
    with pytest.raises(hailoswift.InvalidHandleError, match="the model was closed"):
        Session(device, model)


def test_a_device_that_refuses():
    with hailoswift.Device("emulator,fault=SET_CONTEXT_INFO#2:0x4013007a") as device:
        model = hailoswift.Model(HEF / "min_v2.hef")
        with pytest.raises(hailoswift.FirmwareError, match="sram memory full"):
            Session(device, model)
        with Session(device, model).active():
            pass
