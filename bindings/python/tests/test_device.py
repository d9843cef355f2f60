import errno
import gc
import pickle
import threading

import pytest

import hailoswift
from hailoswift import Status


def test_the_emulated_device_says_who_it_is():
    with hailoswift.Device("emulator:hailo8l,driver=4.22.0,firmware=4.23.0") as device:
        info = device.info
        assert info.architecture is hailoswift.Architecture.HAILO8L
        assert info.is_emulated
        assert info.driver_version == "4.22.0"
        assert info.firmware_version == info.core_firmware_version == "4.23.0"
        assert info.supported_features == hailoswift.Features.PCIE | hailoswift.Features.CURRENT_MONITORING
        assert info.boot_source is hailoswift.BootSource.PCIE
        assert len(info.soc_id) == 32
        assert info.cluster_layout != 0
        assert repr(device) == "<hailoswift.Device emulator:hailo8l,driver=4.22.0,firmware=4.23.0>"


def test_sensors():
    with hailoswift.Device("emulator") as device:
        assert device.temperature() == hailoswift.Temperature(45.5, 46.25, 7)
        assert device.power() == 1.625


def test_emulated_devices_are_listed_on_request_only():
    assert not any(entry.is_emulated for entry in hailoswift.scan())
    emulated = [entry.id for entry in hailoswift.scan(emulated=True) if entry.is_emulated]
    assert emulated == ["emulator:hailo8", "emulator:hailo8l"]


def test_the_environment_names_the_standard_device(monkeypatch):
    monkeypatch.setenv("HAILOSWIFT_DEVICE", "emulator:hailo8l")
    with hailoswift.Device() as device:
        assert device.info.id == "emulator:hailo8l"
    monkeypatch.setenv("HAILOSWIFT_DEVICE", "nonsense")
    with pytest.raises(hailoswift.UnknownIdError, match="nonsense"):
        hailoswift.Device()


@pytest.mark.parametrize(
    "id, kind, builtin, status, text",
    [
        ("nonsense", hailoswift.UnknownIdError, ValueError, Status.UNKNOWN_ID, "is not a device id"),
        ("/dev/hailo-none", hailoswift.NotFoundError, LookupError, Status.NOT_FOUND, "no such file"),
        ("emulator,fault=open:EACCES", hailoswift.PermissionDeniedError, PermissionError, -4, "udev rule"),
        ("emulator,fault=open:EBUSY", hailoswift.BusyError, Exception, Status.BUSY, "another program"),
        ("emulator,driver=4.17.0", hailoswift.UnsupportedError, Exception, -6, "4.17.0 is too old"),
        ("emulator,fault=IDENTIFY:0x4003000f", hailoswift.FirmwareError, Exception, -9, "refused IDENTIFY"),
        ("emulator,fault=IDENTIFY:garbled", hailoswift.FirmwareError, Exception, -10, "damaged"),
        ("emulator,fault=IDENTIFY:ETIMEDOUT", hailoswift.TimeoutExpiredError, TimeoutError, -12, "in time"),
        ("emulator,fault=IDENTIFY:ENODEV", hailoswift.DeviceLostError, Exception, -13, "gone"),
        ("emulator,fault=FW_CONTROL:ENOMEM", hailoswift.OutOfMemoryError, MemoryError, -14, "memory"),
        ("emulator,fault=FW_CONTROL:EINVAL", hailoswift.DriverError, OSError, -8, "EINVAL"),
        ("emulator,tea=please", hailoswift.InvalidArgumentError, ValueError, -1, "no emulator setting"),
    ],
)
def test_what_can_go_wrong_when_opening(id, kind, builtin, status, text):
    with pytest.raises(kind, match=text) as caught:
        hailoswift.Device(id)
    assert isinstance(caught.value, builtin)
    assert isinstance(caught.value, hailoswift.HailoError)
    assert caught.value.status == status


@pytest.mark.parametrize(
    "id, system_error, firmware_status",
    [
        ("/dev/hailo77", errno.ENOENT, None),
        ("emulator,fault=IDENTIFY:EIO", errno.EIO, None),
        ("emulator,fault=IDENTIFY:0x4003000f", None, 0x4003000F),
        ("nonsense", None, None),
    ],
)
def test_errors_have_a_cause(id, system_error, firmware_status):
    with pytest.raises(hailoswift.HailoError) as caught:
        hailoswift.Device(id)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.system_error, error.firmware_status) == (system_error, firmware_status)
    if isinstance(error, OSError):
        assert error.errno == system_error


def test_a_closed_device_is_refused():
    device = hailoswift.Device("emulator")
    device.close()
    device.close()
    assert device.closed
    assert repr(device) == "<hailoswift.Device closed>"
    with pytest.raises(hailoswift.InvalidHandleError, match="the device was closed"):
        device.temperature()


def test_a_forgotten_device_is_closed():
    device = hailoswift.Device("emulator,page=128", exclusive=True)
    with pytest.raises(hailoswift.BusyError):
        hailoswift.Device("emulator,page=128", exclusive=True)
    del device
    gc.collect()
    hailoswift.Device("emulator,page=128", exclusive=True).close()


def test_a_device_that_goes_away():
    with hailoswift.Device("emulator,fault=GET_CHIP_TEMPERATURE#2:removed") as device:
        device.temperature()
        with pytest.raises(hailoswift.DeviceLostError):
            device.temperature()


def test_arguments_of_the_wrong_type_are_refused():
    with pytest.raises(TypeError, match="id must be a str, not int"):
        hailoswift.Device(7)
    with pytest.raises(TypeError, match="control_timeout_ms must be a whole number, not str"):
        hailoswift.Device("emulator", control_timeout_ms="soon")


def test_errors_belong_to_their_thread():
    texts = {}

    def fail(name):
        for _ in range(100):
            try:
                hailoswift.Device(name)
            except hailoswift.UnknownIdError as error:
                texts.setdefault(name, set()).add(str(error))

    threads = [threading.Thread(target=fail, args=(f"device-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(found) == 1 and name in next(iter(found)) for name, found in texts.items())
    assert len(texts) == 4


def test_log_messages_reach_their_handler():
    received = []
    hailoswift.set_log_handler(lambda level, text: received.append((level, text)))
    try:
        hailoswift.Device("emulator,driver=4.24.0").close()
    finally:
        hailoswift.set_log_handler(None)
    hailoswift.Device("emulator,driver=4.24.0").close()
    assert len(received) == 1
    assert received[0][0] is hailoswift.LogLevel.WARNING
    assert "4.24.0 is newer" in received[0][1]
