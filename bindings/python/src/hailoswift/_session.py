"""Sessions: network groups that are set up on a device."""

from __future__ import annotations

import contextlib
import ctypes
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Optional, Union

from . import _structs as structs
from ._device import Device
from ._handle import Handle
from ._library import check, library, text
from ._errors import InvalidArgumentError, Status
from ._model import Format, Model, Order, Type


class PowerMode(enum.IntEnum):
    """How the chip spends power."""

    PERFORMANCE = 0
    ULTRA_PERFORMANCE = 1


@dataclass(frozen=True)
class SessionInfo:
    """What a session is. `batch_size` is the smallest of its networks; `dma_bytes` is what the device may reach."""

    group: str
    batch_size: int
    is_active: bool
    input_channel_count: int
    output_channel_count: int
    context_count: int
    input_count: int
    output_count: int
    dma_bytes: int


@dataclass(frozen=True)
class Port:
    """An input or output as a session exchanges it. `frame_size` is in bytes."""

    name: str
    is_output: bool
    format: Format
    frame_size: int


class Session(Handle):
    """A network group of a model, set up on a device. Use it in a `with` statement, or close() it.

    `group` names the group; the model's first is meant without it. `batch_size` is how many frames the chip works on before
    it switches to the next context, up to 63: one number for all networks, or a mapping from their names. The session keeps
    the device open; the model may be closed.
    """

    _release = "hailoswift_session_release"

    def __init__(
        self,
        device: Device,
        model: Model,
        *,
        group: Optional[str] = None,
        batch_size: Union[int, Mapping[str, int]] = 0,
        power_mode: PowerMode = PowerMode.PERFORMANCE,
    ) -> None:
        options = structs.SessionOptionsStruct()
        options.group = None if group is None else group.encode()
        options.power_mode = int(power_mode)
        if isinstance(batch_size, Mapping):
            batches = (structs.NetworkBatchStruct * len(batch_size))()
            for entry, (network, size) in zip(batches, batch_size.items()):
                entry.network = network.encode()
                entry.batch_size = _batch(size)
            options.network_batches = batches
            options.network_batch_count = len(batches)
        else:
            options.batch_size = _batch(batch_size)
        handle = ctypes.c_void_p()
        check(
            library().hailoswift_session_create(
                device._handle, model._handle, ctypes.byref(options), ctypes.byref(handle)
            )
        )
        self._handle = handle
        # Shapes by name, for arrays.
        name = self.info.group
        chosen = next((found for found in model.groups if found.name == name), None)
        self._shapes = {tensor.name: tensor.shape for tensor in chosen.outputs} if chosen else {}

    def activate(self, batch_size: int = 0) -> None:
        """Lets the group run, with a batch size up to the session's own, for which 0 stands."""
        check(library().hailoswift_session_activate(self._handle, _batch(batch_size)))

    def deactivate(self) -> None:
        """Stops the group. Nothing happens if it is not active."""
        check(library().hailoswift_session_deactivate(self._handle))

    @contextlib.contextmanager
    def active(self, batch_size: int = 0) -> Iterator[Session]:
        """Lets the group run for the length of a `with` statement."""
        self.activate(batch_size)
        try:
            yield self
        finally:
            self.deactivate()

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What has to be given for each frame."""
        return self._ports(0)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What each frame becomes."""
        return self._ports(1)

    def _ports(self, direction: int) -> tuple[Port, ...]:
        info = self.info
        ports = []
        # A session whose frames cannot be exchanged says so when it is asked for the first one.
        for index in range(max(info.output_count if direction else info.input_count, 1)):
            raw = structs.PortInfoStruct()
            check(library().hailoswift_session_get_port(self._handle, direction, index, ctypes.byref(raw)))
            form = Format(Type(raw.format.type), Order(raw.format.order), bool(raw.format.is_transposed))
            ports.append(Port(text(raw.name), direction == 1, form, raw.frame_size))
        return tuple(ports)

    def set_format(self, name: str, type: Type = Type.AUTO, order: Order = Order.AUTO) -> None:
        """Chooses how an input or output is exchanged; AUTO leaves it to the model.

        With Type.FLOAT32 inputs are quantized, and outputs are brought back to real values.
        """
        is_input = any(port.name == name for port in self.inputs)
        check(
            library().hailoswift_session_set_format(
                self._handle, 0 if is_input else 1, name.encode(), int(type), int(order)
            )
        )

    def run(self, inputs: Any, *, timeout: Optional[float] = None) -> dict[str, Any]:
        """Passes frames through the active session and returns the outputs by name.

        `inputs` maps the names of the inputs to their frames, one behind the other in a contiguous buffer: a NumPy array,
        bytes, or anything else with a buffer; with a single input the buffer alone will do. Outputs are NumPy arrays where
        NumPy is installed, with one frame per element of the first axis, else bytearrays. `timeout` is in seconds. The
        interpreter goes on with other threads meanwhile.
        """
        given = inputs if isinstance(inputs, Mapping) else {port.name: inputs for port in self.inputs[:1]}
        ports = self.inputs
        unknown = set(given) - {port.name for port in ports}
        missing = [port.name for port in ports if port.name not in given]
        if unknown or missing:
            what = f"there is no input {sorted(unknown)[0]!r}" if unknown else f"input {missing[0]!r} is missing"
            raise InvalidArgumentError(Status.INVALID_ARGUMENT, what)
        views = [memoryview(given[port.name]).cast("B") for port in ports]
        frames = views[0].nbytes // ports[0].frame_size if ports[0].frame_size else 0
        keep = [_pointer(view) for view in views]
        sources = (structs.SourceStruct * len(views))(*[(address, view.nbytes) for (address, _), view in zip(keep, views)])
        results = [bytearray(frames * port.frame_size) for port in self.outputs]
        buffers = [(ctypes.c_char * len(result)).from_buffer(result) if result else None for result in results]
        targets = (structs.TargetStruct * len(results))(
            *[(ctypes.addressof(buffer) if buffer else None, len(result)) for buffer, result in zip(buffers, results)]
        )
        limit = 0 if timeout is None else max(int(timeout * 1000), 1)
        check(
            library().hailoswift_session_run(
                self._handle, frames, sources, len(sources), targets, len(targets), limit
            )
        )
        del keep, buffers
        return {port.name: self._array(port, result, frames) for port, result in zip(self.outputs, results)}

    def _array(self, port: Port, data: bytearray, frames: int) -> Any:
        try:
            import numpy
        except ImportError:
            return data
        kinds = {Type.UINT8: numpy.uint8, Type.UINT16: numpy.uint16, Type.FLOAT32: numpy.float32}
        array = numpy.frombuffer(data, kinds[port.format.type])
        shape = self._shapes.get(port.name)
        if shape and port.format.order is Order.NCHW:
            shape = (shape[2], shape[0], shape[1])
        if shape and port.format.order not in (Order.NHWC, Order.NCHW, Order.FCR, Order.F8CR):
            shape = None
        return array.reshape(frames, *shape) if shape else array.reshape(frames, -1 if frames else 0)

    @property
    def info(self) -> SessionInfo:
        """What the session is."""
        raw = structs.SessionInfoStruct()
        check(library().hailoswift_session_get_info(self._handle, ctypes.byref(raw)))
        return SessionInfo(
            group=text(raw.group),
            batch_size=raw.batch_size,
            is_active=bool(raw.is_active),
            input_channel_count=raw.input_channel_count,
            output_channel_count=raw.output_channel_count,
            context_count=raw.context_count,
            input_count=raw.input_count,
            output_count=raw.output_count,
            dma_bytes=raw.dma_bytes,
        )

    def __repr__(self) -> str:
        return "<hailoswift.Session closed>" if self.closed else f"<hailoswift.Session {self.info.group}>"


def _batch(size: int) -> int:
    """ctypes would cut a number that does not fit instead of refusing it."""
    if not 0 <= size <= 0xFFFFFFFF:
        raise ValueError(f"batch size {size} is out of range")
    return size


def _pointer(view: memoryview) -> tuple[Optional[int], object]:
    """The address of a buffer, and what keeps it there."""
    if not view.nbytes:
        return None, view
    if not view.readonly:
        buffer = (ctypes.c_char * view.nbytes).from_buffer(view)
        return ctypes.addressof(buffer), buffer
    # ctypes gives the address of bytes objects only; other read-only buffers are copied.
    data = view.obj if isinstance(view.obj, bytes) and len(view.obj) == view.nbytes else view.tobytes()
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value, data
