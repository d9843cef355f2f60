"""Compiled neural networks on Hailo-8 and Hailo-8L accelerators.

Importing the package has no effects: the shared library is loaded at the first call.
"""

from ._buffer import Buffer
from ._detections import Detection, Detections, DetectionSettings
from ._device import (
    Architecture,
    BootSource,
    Device,
    DeviceEntry,
    DeviceInfo,
    DeviceStatistics,
    Features,
    Sharing,
    Temperature,
    scan,
)
from ._emulator import DataOrigin, Finding, FindingKind, configure_emulator
from ._errors import (
    BusyError,
    CanceledError,
    DeviceLostError,
    DriverError,
    FileError,
    FirmwareError,
    HailoError,
    HefError,
    InvalidArgumentError,
    InvalidHandleError,
    InvalidOperationError,
    MissingFileError,
    NotFoundError,
    OutOfMemoryError,
    PermissionDeniedError,
    Status,
    TimeoutExpiredError,
    UnknownIdError,
    UnsupportedError,
)
from ._group import DeviceGroup
from ._job import Job
from ._library import LibraryNotFoundError, library_path, version
from ._log import LogLevel, set_log_handler
from ._model import Boxes, Format, Group, Model, Order, Quantization, Stream, Tensor, Type
from ._port import Port
from ._session import Output, PowerMode, Queue, Scheduling, Session, SessionInfo, SessionStatistics
from ._version import __version__

__all__ = [
    "Architecture",
    "BootSource",
    "Boxes",
    "Buffer",
    "BusyError",
    "CanceledError",
    "DataOrigin",
    "Detection",
    "DetectionSettings",
    "Detections",
    "Device",
    "DeviceEntry",
    "DeviceGroup",
    "DeviceInfo",
    "DeviceLostError",
    "DeviceStatistics",
    "DriverError",
    "FileError",
    "Features",
    "Finding",
    "FindingKind",
    "FirmwareError",
    "Format",
    "Group",
    "HailoError",
    "HefError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "InvalidOperationError",
    "Job",
    "LibraryNotFoundError",
    "LogLevel",
    "MissingFileError",
    "Model",
    "NotFoundError",
    "Order",
    "OutOfMemoryError",
    "Output",
    "PermissionDeniedError",
    "Port",
    "PowerMode",
    "Quantization",
    "Queue",
    "Scheduling",
    "Session",
    "SessionInfo",
    "SessionStatistics",
    "Sharing",
    "Status",
    "Stream",
    "Temperature",
    "Tensor",
    "TimeoutExpiredError",
    "Type",
    "UnknownIdError",
    "UnsupportedError",
    "__version__",
    "configure_emulator",
    "library_path",
    "scan",
    "set_log_handler",
    "version",
]
