"""The structures of hailoswift.h. A test compares their layout with the compiler's."""

from __future__ import annotations

import ctypes


class _Growing(ctypes.Structure):
    """A structure that begins with its own size."""

    def __init__(self) -> None:
        super().__init__(ctypes.sizeof(type(self)))


class VersionNumber(ctypes.Structure):
    _fields_ = [
        ("major_version", ctypes.c_uint32),
        ("minor_version", ctypes.c_uint32),
        ("revision", ctypes.c_uint32),
    ]


class DeviceEntryStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("id", ctypes.c_char * 64),
        ("path", ctypes.c_char * 64),
        ("is_emulated", ctypes.c_int32),
        ("is_supported", ctypes.c_int32),
    ]


class DeviceOptionsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("exclusive", ctypes.c_int32),
        ("control_timeout_ms", ctypes.c_uint32),
    ]


class DeviceInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("id", ctypes.c_char * 64),
        ("path", ctypes.c_char * 64),
        ("is_emulated", ctypes.c_int32),
        ("architecture", ctypes.c_int32),
        ("board_name", ctypes.c_char * 33),
        ("serial_number", ctypes.c_char * 17),
        ("part_number", ctypes.c_char * 17),
        ("product_name", ctypes.c_char * 43),
        ("reserved", ctypes.c_uint8 * 2),
        ("driver_version", VersionNumber),
        ("firmware_version", VersionNumber),
        ("core_firmware_version", VersionNumber),
        ("firmware_is_release", ctypes.c_int32),
        ("control_protocol_version", ctypes.c_uint32),
        ("logger_version", ctypes.c_uint32),
        ("core_clock_hz", ctypes.c_uint32),
        ("supported_features", ctypes.c_uint32),
        ("boot_source", ctypes.c_int32),
        ("life_cycle_state", ctypes.c_uint32),
        ("cluster_layout", ctypes.c_uint32),
        ("soc_id", ctypes.c_uint8 * 32),
        ("ethernet_address", ctypes.c_uint8 * 6),
        ("unit_tracking_id", ctypes.c_uint8 * 12),
        ("process_monitor", ctypes.c_uint8 * 24),
        ("reserved_end", ctypes.c_uint8 * 6),
        ("dma_page_size", ctypes.c_uint32),
        ("dma_engines", ctypes.c_uint32),
    ]


class TemperatureStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("sensor0", ctypes.c_float),
        ("sensor1", ctypes.c_float),
        ("sample_count", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]
