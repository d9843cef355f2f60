"""Emulated devices: their settings, where their frames come from, and what they notice."""

from pathlib import Path

import hailoswift
import pytest

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "Tests/Fixtures/hef"


@pytest.fixture
def configured():
    """Settings of a test do not outlive it."""
    yield hailoswift.configure_emulator
    hailoswift.configure_emulator()


def test_settings_count_where_the_id_leaves_them_open(configured):
    configured("hailo8l,driver=4.22.0,page=512")
    with hailoswift.Device("emulator") as device:
        assert device.info.architecture == hailoswift.Architecture.HAILO8L
        assert device.info.driver_version == "4.22.0"
        assert device.info.id == "emulator:hailo8l,driver=4.22.0,page=512"
    with hailoswift.Device("emulator:hailo8,page=1024") as device:
        assert device.info.architecture == hailoswift.Architecture.HAILO8
        assert device.info.dma_page_size == 1024
        assert device.info.driver_version == "4.22.0"
    configured()
    with hailoswift.Device("emulator") as device:
        assert device.info.driver_version == "4.23.0"


def test_the_environment_counts_too(configured, monkeypatch):
    monkeypatch.setenv("HAILOSWIFT_EMULATOR", "hailo8l,seed=3")
    with hailoswift.Device("emulator") as device:
        assert device.info.id == "emulator:hailo8l,seed=3"
    monkeypatch.setenv("HAILOSWIFT_EMULATOR", "page=7")
    with pytest.raises(hailoswift.InvalidArgumentError, match="HAILOSWIFT_EMULATOR: emulator setting page"):
        hailoswift.Device("emulator")


def test_several_devices_are_listed(configured):
    configured("devices=3")
    ids = [entry.id for entry in hailoswift.scan(emulated=True) if entry.is_emulated]
    assert ids == ["emulator:hailo8", "emulator:hailo8l", "emulator,board=1", "emulator,board=2"]
    first, second = hailoswift.Device(ids[0], exclusive=True), hailoswift.Device(ids[2], exclusive=True)
    assert first.info.id != second.info.id
    first.close()
    second.close()
    configured("devices=0")
    assert not any(entry.is_emulated for entry in hailoswift.scan(emulated=True))


@pytest.mark.parametrize("settings", ["colour=red", "hailo15", "page", "fault=TEA:ENODEV", "script=/nowhere"])
def test_wrong_settings_are_refused(configured, settings):
    with pytest.raises(hailoswift.HailoError, match="emulator|fault"):
        configured(settings)


def frames(model, device="emulator", count=4):
    with hailoswift.Device(device) as opened, hailoswift.Session(opened, hailoswift.Model(model)) as session:
        with session.active():
            return {name: bytes(values) for name, values in session.run(bytes(512 * count)).items()}


def test_the_seed_changes_synthetic_frames():
    model = MODELS / "min_v2.hef"
    assert frames(model) == frames(model, "emulator,board=other")
    assert frames(model) != frames(model, "emulator,seed=1")
    assert frames(model, "emulator,seed=1") == frames(model, "emulator,seed=257")


def test_where_frames_come_from():
    with hailoswift.Device("emulator") as device:
        assert device.info.data_origin == hailoswift.DataOrigin.SYNTHETIC
        with hailoswift.Session(device, hailoswift.Model(ROOT / "Demo/digits.hef")) as session:
            assert session.info.data_origin == hailoswift.DataOrigin.COMPUTED
            with session.active():
                assert device.info.data_origin == hailoswift.DataOrigin.COMPUTED
        with hailoswift.Session(device, hailoswift.Model(MODELS / "min_v2.hef")) as session, session.active():
            assert session.info.data_origin == hailoswift.DataOrigin.SYNTHETIC
            assert device.info.data_origin == hailoswift.DataOrigin.SYNTHETIC


def test_scripts_are_read(tmp_path, configured):
    script = tmp_path / "faults.txt"
    script.write_text("# the second answer is damaged\n\nGET_CHIP_TEMPERATURE#2 : garbled\n")
    with hailoswift.Device(f"emulator,script={script}") as device:
        device.temperature()
        with pytest.raises(hailoswift.FirmwareError, match="arrived damaged"):
            device.temperature()
        device.temperature()
    script.write_text("\nIDENTIFY:nonsense\n")
    with pytest.raises(hailoswift.InvalidArgumentError, match="line 2: fault \"IDENTIFY:nonsense\" cannot be understood"):
        hailoswift.Device(f"emulator,script={script}")


def test_time_passes_as_asked():
    """Latency and rate are lower bounds: a busy machine may take longer, never less."""
    import time

    model = hailoswift.Model(MODELS / "min_v2.hef")
    with hailoswift.Device("emulator,latency=20000") as device, hailoswift.Session(device, model) as session:
        with session.active():
            start = time.monotonic()
            session.run(bytes(512), timeout=20)
            assert time.monotonic() - start >= 0.02
    with hailoswift.Device("emulator,fps=200") as device, hailoswift.Session(device, model) as session:
        with session.active():
            start = time.monotonic()
            session.run(bytes(512 * 21), timeout=20)
            assert time.monotonic() - start >= 0.1
