"""Devices: finding, opening and querying them."""

from __future__ import annotations

import ctypes
import enum
from dataclasses import dataclass
from typing import Optional

from . import _structs as structs
from ._arguments import text as encoded
from ._arguments import instance, positive_milliseconds, unsigned
from ._handle import Handle
from ._emulator import DataOrigin, Finding, FindingKind
from ._errors import NotFoundError
from ._library import check, library, text


class Architecture(enum.IntEnum):
    """The chips that the library supports."""

    HAILO8 = 1
    HAILO8L = 2


class BootSource(enum.IntEnum):
    """Where a device got its firmware from."""

    UNKNOWN = 0
    PCIE = 1
    FLASH = 2


class Features(enum.IntFlag):
    """What a board can do besides running networks."""

    ETHERNET = 1
    MIPI = 2
    PCIE = 4
    CURRENT_MONITORING = 8
    MDIO = 16


@dataclass(frozen=True)
class DeviceEntry:
    """A device that scan() found."""

    id: str
    path: str
    is_emulated: bool
    is_supported: bool


@dataclass(frozen=True)
class Temperature:
    """Readings of the two sensors, in degrees Celsius, and how many samples they average."""

    sensor0: float
    sensor1: float
    sample_count: int


@dataclass(frozen=True)
class DeviceInfo:
    """General information about a device."""

    id: str
    path: str
    is_emulated: bool
    architecture: Architecture
    board_name: str
    serial_number: str
    part_number: str
    product_name: str
    driver_version: str
    firmware_version: str
    core_firmware_version: str
    firmware_is_release: bool
    control_protocol_version: int
    logger_version: int
    core_clock_hz: int
    supported_features: Features
    boot_source: BootSource
    life_cycle_state: int
    cluster_layout: int
    soc_id: bytes
    ethernet_address: bytes
    unit_tracking_id: bytes
    process_monitor: bytes
    dma_page_size: int
    dma_engines: int
    #: The origin of the frames of the network group that was activated last.
    data_origin: DataOrigin


@dataclass(frozen=True)
class Sharing:
    """How a program uses a device in turn with others that do so too.

    `turn` is how many seconds it keeps the device while others wait; after `wait` seconds of waiting for it, frames and the
    creation of sessions fail with BusyError. Sessions on a shared device take turns (Session(scheduling=...)).
    """

    turn: float = 0.2
    wait: float = 10.0


@dataclass(frozen=True)
class DeviceStatistics:
    """What this program has done with a device since it was opened.

    `turns` counts how often the device was switched to another session, `busy` are the seconds during which it had frames,
    and `elapsed` those since it was opened.
    """

    frames: int
    turns: int
    busy: float
    elapsed: float
    sessions: int


def _version(number: structs.VersionNumber) -> str:
    return f"{number.major_version}.{number.minor_version}.{number.revision}"


def scan(emulated: bool = False) -> list[DeviceEntry]:
    """Lists the devices of this machine without opening them; with `emulated`, also the emulated ones, at the end."""
    handle = ctypes.c_void_p()
    check(library().hailoswift_scan(1 if emulated else 0, ctypes.byref(handle)))
    try:
        entries = []
        for index in range(library().hailoswift_device_list_count(handle)):
            entry = structs.DeviceEntryStruct()
            check(library().hailoswift_device_list_get(handle, index, ctypes.byref(entry)))
            entries.append(
                DeviceEntry(text(entry.id), text(entry.path), bool(entry.is_emulated), bool(entry.is_supported))
            )
        return entries
    finally:
        library().hailoswift_device_list_release(handle)


def _device_options(
    control_timeout_ms: int, sharing: Optional[Sharing], ageing: Optional[float]
) -> structs.DeviceOptionsStruct:
    options = structs.DeviceOptionsStruct()
    options.control_timeout_ms = unsigned(control_timeout_ms, "control_timeout_ms")
    if sharing is not None:
        instance(sharing, Sharing, "sharing")
        options.shared = 1
        options.turn_ms = positive_milliseconds(sharing.turn, "turn")
        options.wait_ms = positive_milliseconds(sharing.wait, "wait")
    if ageing is not None:
        options.ageing_ms = positive_milliseconds(ageing, "ageing")
    return options


class Device(Handle):
    """An open device. Use it in a `with` statement, or close() it.

    `id` is a PCI address ("0000:01:00.0"), a device file ("/dev/hailo0"), "emulator:hailo8" or "emulator:hailo8l".
    By default, the environment variable HAILOSWIFT_DEVICE names the device; if it is unset, the only device of the
    machine is opened. An emulated device must be selected explicitly. With `exclusive` the device is reserved until it
    is closed; with `sharing`, such as `Sharing()`, only while it runs frames. So many seconds of waiting as `ageing` raise the
    priority of a scheduled session by 1 until it gets a turn; by default priorities stay as they are.
    """

    _release = "hailoswift_device_release"

    def __init__(
        self,
        id: Optional[str] = None,
        *,
        exclusive: bool = False,
        control_timeout_ms: int = 1000,
        sharing: Optional[Sharing] = None,
        ageing: Optional[float] = None,
    ) -> None:
        options = _device_options(control_timeout_ms, sharing, ageing)
        options.exclusive = int(exclusive)
        handle = ctypes.c_void_p()
        name = None if id is None else encoded(id, "id")
        check(library().hailoswift_device_open(name, ctypes.byref(options), ctypes.byref(handle)))
        self._open_handle = handle

    @classmethod
    def _of(cls, handle: ctypes.c_void_p) -> Device:
        device = cls.__new__(cls)
        device._open_handle = handle
        return device

    @property
    def info(self) -> DeviceInfo:
        """General information about the device."""
        raw = structs.DeviceInfoStruct()
        check(library().hailoswift_device_get_info(self._handle, ctypes.byref(raw)))
        return DeviceInfo(
            id=text(raw.id),
            path=text(raw.path),
            is_emulated=bool(raw.is_emulated),
            architecture=Architecture(raw.architecture),
            board_name=text(raw.board_name),
            serial_number=text(raw.serial_number),
            part_number=text(raw.part_number),
            product_name=text(raw.product_name),
            driver_version=_version(raw.driver_version),
            firmware_version=_version(raw.firmware_version),
            core_firmware_version=_version(raw.core_firmware_version),
            firmware_is_release=bool(raw.firmware_is_release),
            control_protocol_version=raw.control_protocol_version,
            logger_version=raw.logger_version,
            core_clock_hz=raw.core_clock_hz,
            supported_features=Features(raw.supported_features),
            boot_source=BootSource(raw.boot_source),
            life_cycle_state=raw.life_cycle_state,
            cluster_layout=raw.cluster_layout,
            soc_id=bytes(raw.soc_id),
            ethernet_address=bytes(raw.ethernet_address),
            unit_tracking_id=bytes(raw.unit_tracking_id),
            process_monitor=bytes(raw.process_monitor),
            dma_page_size=raw.dma_page_size,
            dma_engines=raw.dma_engines,
            data_origin=DataOrigin(raw.data_origin),
        )

    def temperature(self) -> Temperature:
        """Reads the temperature of the chip."""
        raw = structs.TemperatureStruct()
        check(library().hailoswift_device_get_temperature(self._handle, ctypes.byref(raw)))
        return Temperature(raw.sensor0, raw.sensor1, raw.sample_count)

    def power(self) -> float:
        """Measures the power that the device draws, in watts. Only boards with current monitoring support this."""
        watts = ctypes.c_float()
        check(library().hailoswift_device_get_power(self._handle, ctypes.byref(watts)))
        return watts.value

    @property
    def statistics(self) -> DeviceStatistics:
        """What this program has done with the device. Asks neither the driver nor the firmware."""
        raw = structs.DeviceStatisticsStruct()
        check(library().hailoswift_device_get_statistics(self._handle, ctypes.byref(raw)))
        return DeviceStatistics(raw.frames, raw.turns, raw.busy_ns / 1e9, raw.elapsed_ns / 1e9, raw.session_count)

    @property
    def findings(self) -> list[Finding]:
        """What an emulated device noticed about this program since it was opened; empty for a real one."""
        found: list[Finding] = []
        raw = structs.FindingStruct()
        while True:
            try:
                check(library().hailoswift_device_get_finding(self._handle, len(found), ctypes.byref(raw)))
            except NotFoundError:
                return found
            found.append(Finding(FindingKind(raw.kind), text(raw.text)))

    def close(self) -> None:
        """Closes the device. Closing twice is allowed; using it afterwards raises an error."""
        super().close()

    def __repr__(self) -> str:
        return "<hailoswift.Device closed>" if self.closed else f"<hailoswift.Device {self.info.id}>"
