"""Finds and loads libhailoswift.so and declares its functions."""

from __future__ import annotations

import ctypes
import functools
import os
from pathlib import Path

from . import _structs as structs
from ._errors import error_for

_ABI_VERSION = 0
_PACKAGE = Path(__file__).resolve().parent

LogCallback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
_Status = ctypes.c_int32
_Handle = ctypes.c_void_p

# The first arguments of functions that take frames: session, frame count, inputs, outputs.
_FRAMES = [
    _Handle,
    ctypes.c_size_t,
    ctypes.POINTER(structs.SourceStruct),
    ctypes.c_size_t,
    ctypes.POINTER(structs.TargetStruct),
    ctypes.c_size_t,
]

# name: (result, arguments)
_FUNCTIONS = {
    "hailoswift_abi_version": (ctypes.c_int32, []),
    "hailoswift_version": (ctypes.c_char_p, []),
    "hailoswift_status_name": (ctypes.c_char_p, [_Status]),
    "hailoswift_status_text": (ctypes.c_char_p, [_Status]),
    "hailoswift_last_error": (ctypes.c_char_p, []),
    "hailoswift_last_status": (_Status, []),
    "hailoswift_last_error_info": (_Status, [ctypes.POINTER(structs.ErrorInfoStruct)]),
    "hailoswift_set_log_callback": (_Status, [LogCallback, ctypes.c_void_p, ctypes.c_int32]),
    "hailoswift_scan": (_Status, [ctypes.c_uint32, ctypes.POINTER(_Handle)]),
    "hailoswift_device_list_count": (ctypes.c_size_t, [_Handle]),
    "hailoswift_device_list_get": (
        _Status,
        [_Handle, ctypes.c_size_t, ctypes.POINTER(structs.DeviceEntryStruct)],
    ),
    "hailoswift_device_list_release": (None, [_Handle]),
    "hailoswift_device_open": (
        _Status,
        [ctypes.c_char_p, ctypes.POINTER(structs.DeviceOptionsStruct), ctypes.POINTER(_Handle)],
    ),
    "hailoswift_device_get_info": (_Status, [_Handle, ctypes.POINTER(structs.DeviceInfoStruct)]),
    "hailoswift_device_get_temperature": (_Status, [_Handle, ctypes.POINTER(structs.TemperatureStruct)]),
    "hailoswift_emulator_configure": (_Status, [ctypes.c_char_p]),
    "hailoswift_device_get_finding": (_Status, [_Handle, ctypes.c_size_t, ctypes.POINTER(structs.FindingStruct)]),
    "hailoswift_device_get_power": (_Status, [_Handle, ctypes.POINTER(ctypes.c_float)]),
    "hailoswift_device_get_statistics": (_Status, [_Handle, ctypes.POINTER(structs.DeviceStatisticsStruct)]),
    "hailoswift_device_release": (None, [_Handle]),
    "hailoswift_device_group_open": (
        _Status,
        [ctypes.POINTER(structs.DeviceGroupOptionsStruct), ctypes.POINTER(_Handle)],
    ),
    "hailoswift_device_group_count": (ctypes.c_size_t, [_Handle]),
    "hailoswift_device_group_get_device": (_Status, [_Handle, ctypes.c_size_t, ctypes.POINTER(_Handle)]),
    "hailoswift_device_group_create_session": (
        _Status,
        [_Handle, _Handle, ctypes.POINTER(structs.SessionOptionsStruct), ctypes.POINTER(_Handle)],
    ),
    "hailoswift_device_group_release": (None, [_Handle]),
    "hailoswift_model_load": (_Status, [ctypes.c_char_p, ctypes.POINTER(_Handle)]),
    "hailoswift_model_load_memory": (_Status, [ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(_Handle)]),
    "hailoswift_model_get_info": (_Status, [_Handle, ctypes.POINTER(structs.ModelInfoStruct)]),
    "hailoswift_model_get_group": (_Status, [_Handle, ctypes.c_size_t, ctypes.POINTER(structs.GroupInfoStruct)]),
    "hailoswift_model_get_network": (
        _Status,
        [_Handle, ctypes.c_size_t, ctypes.c_size_t, ctypes.POINTER(structs.NetworkInfoStruct)],
    ),
    "hailoswift_model_get_tensor": (
        _Status,
        [_Handle, ctypes.c_size_t, ctypes.c_int32, ctypes.c_size_t, ctypes.POINTER(structs.TensorInfoStruct)],
    ),
    "hailoswift_model_get_stream": (
        _Status,
        [_Handle, ctypes.c_size_t, ctypes.c_int32, ctypes.c_size_t, ctypes.POINTER(structs.StreamInfoStruct)],
    ),
    "hailoswift_model_release": (None, [_Handle]),
    "hailoswift_session_create": (
        _Status,
        [_Handle, _Handle, ctypes.POINTER(structs.SessionOptionsStruct), ctypes.POINTER(_Handle)],
    ),
    "hailoswift_session_activate": (_Status, [_Handle, ctypes.c_uint32]),
    "hailoswift_session_deactivate": (_Status, [_Handle]),
    "hailoswift_session_set_scheduling": (_Status, [_Handle, ctypes.POINTER(structs.SchedulingStruct)]),
    "hailoswift_session_get_scheduling": (_Status, [_Handle, ctypes.POINTER(structs.SchedulingStruct)]),
    "hailoswift_session_get_statistics": (_Status, [_Handle, ctypes.POINTER(structs.SessionStatisticsStruct)]),
    "hailoswift_session_get_info": (_Status, [_Handle, ctypes.POINTER(structs.SessionInfoStruct)]),
    "hailoswift_session_get_port": (
        _Status,
        [_Handle, ctypes.c_int32, ctypes.c_size_t, ctypes.POINTER(structs.PortInfoStruct)],
    ),
    "hailoswift_session_set_format": (
        _Status,
        [_Handle, ctypes.c_int32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32],
    ),
    "hailoswift_session_get_detection_settings": (
        _Status,
        [_Handle, ctypes.c_char_p, ctypes.POINTER(structs.DetectionSettingsStruct)],
    ),
    "hailoswift_session_set_detection_settings": (
        _Status,
        [_Handle, ctypes.c_char_p, ctypes.POINTER(structs.DetectionSettingsStruct)],
    ),
    "hailoswift_detections_read": (
        _Status,
        [
            ctypes.POINTER(structs.PortInfoStruct),
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.POINTER(structs.DetectionStruct),
            ctypes.c_size_t,
            ctypes.POINTER(ctypes.c_size_t),
        ],
    ),
    "hailoswift_session_run": (
        _Status,
        [*_FRAMES, ctypes.c_uint32],
    ),
    "hailoswift_session_release": (None, [_Handle]),
    "hailoswift_session_submit": (
        _Status,
        [*_FRAMES, ctypes.POINTER(structs.SubmitOptionsStruct), ctypes.POINTER(_Handle)],
    ),
    "hailoswift_session_prepare": (
        _Status,
        [*_FRAMES, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_Handle)],
    ),
    "hailoswift_job_submit": (_Status, [_Handle, ctypes.c_uint32]),
    "hailoswift_session_drain": (_Status, [_Handle, ctypes.c_uint32]),
    "hailoswift_session_get_queue": (_Status, [_Handle, ctypes.POINTER(structs.QueueInfoStruct)]),
    "hailoswift_job_wait": (_Status, [_Handle, ctypes.c_uint32]),
    "hailoswift_job_is_finished": (ctypes.c_int32, [_Handle]),
    "hailoswift_job_cancel": (_Status, [_Handle]),
    "hailoswift_job_release": (None, [_Handle]),
    "hailoswift_buffer_allocate": (_Status, [_Handle, ctypes.c_size_t, ctypes.POINTER(_Handle)]),
    "hailoswift_buffer_register": (_Status, [_Handle, ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(_Handle)]),
    "hailoswift_buffer_import": (_Status, [_Handle, ctypes.c_int, ctypes.c_size_t, ctypes.POINTER(_Handle)]),
    "hailoswift_buffer_get_data": (_Status, [_Handle, ctypes.POINTER(_Handle), ctypes.POINTER(ctypes.c_size_t)]),
    "hailoswift_buffer_release": (None, [_Handle]),
}


class LibraryNotFoundError(ImportError):
    """libhailoswift.so was not found or does not match this package."""


def _candidates() -> list[str]:
    explicit = os.environ.get("HAILOSWIFT_LIBRARY")
    if explicit:
        return [explicit]
    # First its place in a wheel, then where scripts/build puts it in a checkout.
    inside = [_PACKAGE / "libhailoswift.so"]
    if len(_PACKAGE.parents) > 3:
        inside.append(_PACKAGE.parents[3] / "build/libhailoswift.so")
    return [str(path) for path in inside if path.exists()] + ["libhailoswift.so.0"]


@functools.lru_cache(maxsize=None)
def library() -> ctypes.CDLL:
    """The loaded library."""
    failures = []
    for path in _candidates():
        try:
            loaded = ctypes.CDLL(path)
        except OSError as error:
            failures.append(f"{path}: {error}")
            continue
        try:
            for name, (result, arguments) in _FUNCTIONS.items():
                function = getattr(loaded, name)
                function.restype = result
                function.argtypes = arguments
        except AttributeError as error:
            raise LibraryNotFoundError(f"{path} is not a libhailoswift that matches this package: {error}") from None
        found = loaded.hailoswift_abi_version()
        if found != _ABI_VERSION:
            raise LibraryNotFoundError(f"{path} has binary interface {found}; this package needs {_ABI_VERSION}")
        return loaded
    raise LibraryNotFoundError(
        "libhailoswift.so was not found. Install the wheel, or build the library (scripts/build) and set "
        "HAILOSWIFT_LIBRARY to its path. Tried: " + "; ".join(failures)
    )


def library_path() -> str:
    """The file that the library was loaded from. Loads the library if necessary."""
    return str(library()._name)


def version() -> str:
    """The version of the library."""
    return library().hailoswift_version().decode()


def text(raw: bytes) -> str:
    """A text of the library. Bytes that are not UTF-8, such as in names from a damaged file, are replaced."""
    return raw.decode(errors="replace")


def check(status: int) -> None:
    """Raises the exception for a failed call of this thread."""
    if status != 0:
        info = structs.ErrorInfoStruct()
        library().hailoswift_last_error_info(ctypes.byref(info))
        raise error_for(
            status, text(library().hailoswift_last_error()), info.system_error or None, info.firmware_status or None
        )
