"""Models: compiled networks in HEF files."""

from __future__ import annotations

import ctypes
import enum
import os
from dataclasses import dataclass
from typing import Optional, Union

from . import _structs as structs
from ._errors import FileError
from ._handle import Handle
from ._library import check, library, text


class Type(enum.IntEnum):
    """The type of a tensor's numbers."""

    AUTO = 0
    UINT8 = 1
    UINT16 = 2
    FLOAT32 = 3


class Order(enum.IntEnum):
    """The order of a tensor's numbers."""

    AUTO = 0
    NHWC = 1
    NHCW = 2
    FCR = 3
    F8CR = 4
    NHW = 5
    NC = 6
    BAYER_RGB = 7
    BAYER_RGB_12_BIT = 8
    RGB888 = 10
    NCHW = 11
    YUY2 = 12
    NV12 = 13
    NV21 = 14
    YYUV = 15
    YYVU = 16
    RGB4 = 17
    I420 = 18
    YYYYUV = 19
    NMS_WITH_BYTE_MASK = 20
    NMS_ON_CHIP = 21
    NMS_BY_CLASS = 22
    NMS_BY_SCORE = 23

    @classmethod
    def _missing_(cls, value: object) -> Order:
        # A file may specify an unknown order for a host output.
        return cls.AUTO


@dataclass(frozen=True)
class Format:
    """How the numbers of a tensor are stored."""

    type: Type
    order: Order
    is_transposed: bool


@dataclass(frozen=True)
class Quantization:
    """real = (stored - zero_point) * scale; the limits are those of the real values."""

    zero_point: float
    scale: float
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Boxes:
    """The size of an output that consists of boxes."""

    classes: int
    max_per_class: int
    max_total: int
    max_mask_size: int


@dataclass(frozen=True)
class Tensor:
    """An input or output as the caller sees it. Either `shape` or `boxes` is None."""

    name: str
    network_name: str
    is_output: bool
    format: Format
    shape: Optional[tuple[int, int, int]]
    boxes: Optional[Boxes]
    quantization: Quantization
    frame_size: int
    frame_size_float32: int


@dataclass(frozen=True)
class Stream:
    """A stream of data into the chip or out of it, as the chip sees it."""

    name: str
    network_name: str
    is_output: bool
    index: int
    format: Format
    shape: tuple[int, int, int]
    hardware_shape: tuple[int, int, int]
    quantization: Quantization
    is_mux: bool
    hardware_data_bytes: int
    hardware_frame_size: int


@dataclass(frozen=True)
class Group:
    """A network, or several that are loaded together."""

    name: str
    networks: tuple[str, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    input_streams: tuple[Stream, ...]
    output_streams: tuple[Stream, ...]
    context_count: int
    bottleneck_fps: float


def _format(raw: structs.FormatStruct) -> Format:
    return Format(Type(raw.type), Order(raw.order), bool(raw.is_transposed))


def _shape(raw: structs.ShapeStruct) -> tuple[int, int, int]:
    return (raw.height, raw.width, raw.features)


def _quantization(raw: structs.QuantizationStruct) -> Quantization:
    return Quantization(raw.zero_point, raw.scale, raw.minimum, raw.maximum)


class Model(Handle):
    """A compiled model, from the path of a HEF file or from its bytes. It needs no device.

    A file stays mapped into memory as long as the model exists, and must not change during that time.
    """

    _release = "hailoswift_model_release"

    def __init__(self, source: Union[str, os.PathLike[str], bytes, bytearray, memoryview]) -> None:
        # The memory that the library reads must outlive the model.
        self._memory: Optional[bytes] = None
        handle = ctypes.c_void_p()
        if isinstance(source, (bytes, bytearray, memoryview)):
            self._memory = bytes(source)
            check(library().hailoswift_model_load_memory(self._memory, len(self._memory), ctypes.byref(handle)))
        elif isinstance(source, (str, os.PathLike)):
            self._load(source, handle)
        else:
            raise TypeError(f"source must be a path or the bytes of a HEF file, not {type(source).__qualname__}")
        self._open_handle = handle
        info = structs.ModelInfoStruct()
        check(library().hailoswift_model_get_info(handle, ctypes.byref(info)))
        self.architecture: str = text(info.architecture)
        self.compiler_version: str = text(info.compiler_version)
        self.hash: str = text(info.hash)
        self.header_version: int = info.header_version
        self.runs_on_hailo8: bool = bool(info.runs_on_hailo8)
        self.runs_on_hailo8l: bool = bool(info.runs_on_hailo8l)
        self.groups: tuple[Group, ...] = tuple(self._group(index) for index in range(info.group_count))

    @staticmethod
    def _load(path: Union[str, os.PathLike[str]], handle: ctypes.c_void_p) -> None:
        encoded = os.fsencode(path)
        if b"\0" in encoded:
            raise ValueError("source contains a null character")
        try:
            check(library().hailoswift_model_load(encoded, ctypes.byref(handle)))
        except FileError as error:
            error.filename = os.fspath(path)
            raise

    def _group(self, group: int) -> Group:
        info = structs.GroupInfoStruct()
        check(library().hailoswift_model_get_group(self._handle, group, ctypes.byref(info)))
        return Group(
            name=text(info.name),
            networks=tuple(self._network(group, index) for index in range(info.network_count)),
            inputs=tuple(self._tensor(group, 0, index) for index in range(info.input_count)),
            outputs=tuple(self._tensor(group, 1, index) for index in range(info.output_count)),
            input_streams=tuple(self._stream(group, 0, index) for index in range(info.input_stream_count)),
            output_streams=tuple(self._stream(group, 1, index) for index in range(info.output_stream_count)),
            context_count=info.context_count,
            bottleneck_fps=info.bottleneck_fps,
        )

    def _network(self, group: int, index: int) -> str:
        info = structs.NetworkInfoStruct()
        check(library().hailoswift_model_get_network(self._handle, group, index, ctypes.byref(info)))
        return text(info.name)

    def _tensor(self, group: int, direction: int, index: int) -> Tensor:
        info = structs.TensorInfoStruct()
        check(library().hailoswift_model_get_tensor(self._handle, group, direction, index, ctypes.byref(info)))
        boxes = info.boxes
        return Tensor(
            name=text(info.name),
            network_name=text(info.network_name),
            is_output=direction == 1,
            format=_format(info.format),
            shape=None if info.is_boxes else _shape(info.shape),
            boxes=Boxes(boxes.classes, boxes.max_per_class, boxes.max_total, boxes.max_mask_size)
            if info.is_boxes
            else None,
            quantization=_quantization(info.quantization),
            frame_size=info.frame_size,
            frame_size_float32=info.frame_size_float32,
        )

    def _stream(self, group: int, direction: int, index: int) -> Stream:
        info = structs.StreamInfoStruct()
        check(library().hailoswift_model_get_stream(self._handle, group, direction, index, ctypes.byref(info)))
        return Stream(
            name=text(info.name),
            network_name=text(info.network_name),
            is_output=direction == 1,
            index=info.index,
            format=_format(info.format),
            shape=_shape(info.shape),
            hardware_shape=_shape(info.hardware_shape),
            quantization=_quantization(info.quantization),
            is_mux=bool(info.is_mux),
            hardware_data_bytes=info.hardware_data_bytes,
            hardware_frame_size=info.hardware_frame_size,
        )

    @property
    def group(self) -> Group:
        """The first group, which is the default if none is named."""
        if not self.groups:
            raise LookupError("the model holds no network")
        return self.groups[0]

    def close(self) -> None:
        """Releases the model; its attributes stay valid. Closing twice is allowed."""
        super().close()

    def __repr__(self) -> str:
        names = ", ".join(group.name for group in self.groups)
        return f"<hailoswift.Model {names or 'without networks'} for {self.architecture}>"
