"""Sessions: network groups that are set up on a device."""

from __future__ import annotations

import contextlib
import ctypes
import enum
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar, Union, overload

from . import _structs as structs
from ._arguments import instance, seconds, text, unsigned
from ._detections import Detections, DetectionSettings
from ._device import Device
from ._emulator import DataOrigin
from ._frames import Frames
from ._group import DeviceGroup
from ._handle import Handle
from ._job import Job
from ._library import check, library
from ._library import text as decoded
from ._model import Model, Order, Type
from ._port import Port
from ._waiting import wait

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: An output of a run: an array if NumPy is installed, otherwise a bytearray; for boxes, a list with an item per frame.
Output = Union["NDArray[Any]", bytearray, list[Detections]]
_Memory = TypeVar("_Memory")
_Result = TypeVar("_Result")


class PowerMode(enum.IntEnum):
    """The power mode of the chip."""

    PERFORMANCE = 0
    ULTRA_PERFORMANCE = 1


@dataclass(frozen=True)
class Scheduling:
    """How a session takes turns with others of the same device.

    `priority` goes from 0 to 31, the highest goes first. So many frames as `threshold` should wait before the session gets
    a turn from a busy device; after `timeout` seconds without a turn that does not count, and with 0 it never does.
    """

    priority: int = 16
    threshold: int = 0
    timeout: float = 0.0


@dataclass(frozen=True)
class SessionStatistics:
    """What a session has done since it was created, on all its devices.

    `turns` counts how often a device was switched to the session; `busy` are the seconds during which a device had frames of
    it, added up over the devices, `waiting` those during which frames waited for a turn, and `elapsed` those since it was
    created.
    """

    frames: int
    turns: int
    busy: float
    waiting: float
    elapsed: float
    frames_in_flight: int


@dataclass(frozen=True)
class SessionInfo:
    """General information about a session.

    `batch_size` is the smallest batch size of its networks, `queue_depth` the maximum number of frames in flight,
    `dma_bytes` the size of the memory that the device can access, and `data_origin` the origin of the frames.
    """

    group: str
    batch_size: int
    is_active: bool
    input_channel_count: int
    output_channel_count: int
    context_count: int
    input_count: int
    output_count: int
    queue_depth: int
    dma_bytes: int
    data_origin: DataOrigin


@dataclass(frozen=True)
class Queue:
    """How many frames may be in flight, how many are, and how many jobs and runs are not over."""

    depth: int
    frames_under_way: int
    jobs_under_way: int


def _scheduling_struct(scheduling: Scheduling) -> structs.SchedulingStruct:
    instance(scheduling, Scheduling, "scheduling")
    chosen = structs.SchedulingStruct()
    chosen.priority = unsigned(scheduling.priority, "priority")
    chosen.threshold = unsigned(scheduling.threshold, "threshold")
    timeout = seconds(scheduling.timeout)
    if timeout is None:
        raise ValueError("timeout must be a number of seconds; a threshold that should always count needs a long one")
    chosen.timeout_ms = unsigned(round(timeout * 1000), "timeout")
    return chosen


class Session(Handle):
    """A network group of a model, set up on a device or on a group of devices. Use it in a `with` statement, or close() it.

    `group` names the group; the default is the model's first. `batch_size` is the number of frames that the chip
    processes before it switches to the next context, up to 63: one number for all networks, or a mapping from their
    names. The session keeps the device open; the model may be closed.

    With `scheduling`, such as `Scheduling()`, the session takes turns with other scheduled sessions of the device, and frames
    run without activation. Otherwise it is activated by hand, one session at a time. Sessions on a DeviceGroup always take
    turns.
    """

    _release = "hailoswift_session_release"

    def __init__(
        self,
        device: Union[Device, DeviceGroup],
        model: Model,
        *,
        group: Optional[str] = None,
        batch_size: Union[int, Mapping[str, int]] = 0,
        power_mode: PowerMode = PowerMode.PERFORMANCE,
        scheduling: Optional[Scheduling] = None,
    ) -> None:
        if not isinstance(device, DeviceGroup):
            instance(device, Device, "device")
        instance(model, Model, "model")
        options = structs.SessionOptionsStruct()
        options.group = None if group is None else text(group, "group")
        options.power_mode = unsigned(power_mode, "power_mode")
        if isinstance(batch_size, Mapping):
            batches = (structs.NetworkBatchStruct * len(batch_size))()
            for entry, (network, size) in zip(batches, batch_size.items()):
                entry.network = text(network, "batch_size")
                entry.batch_size = unsigned(size, "batch_size")
            options.network_batches = batches
            options.network_batch_count = len(batches)
        else:
            options.batch_size = unsigned(batch_size, "batch_size")
        if scheduling is not None:
            options.scheduling = ctypes.pointer(_scheduling_struct(scheduling))
        handle = ctypes.c_void_p()
        create = library().hailoswift_session_create
        if isinstance(device, DeviceGroup):
            create = library().hailoswift_device_group_create_session
        check(create(device._handle, model._handle, ctypes.byref(options), ctypes.byref(handle)))
        self._open_handle = handle
        self._known_ports: Optional[tuple[tuple[Port, ...], tuple[Port, ...]]] = None
        # Shapes by name, for arrays.
        name = self.info.group
        chosen = next((found for found in model.groups if found.name == name), None)
        tensors = (*chosen.inputs, *chosen.outputs) if chosen else ()
        self._shapes = {(tensor.is_output, tensor.name): tensor.shape for tensor in tensors}

    def activate(self, batch_size: int = 0) -> None:
        """Starts the group, with a batch size up to that of the session, which is the default."""
        check(library().hailoswift_session_activate(self._handle, unsigned(batch_size, "batch_size")))

    def deactivate(self) -> None:
        """Stops the group. Has no effect if it is not active."""
        check(library().hailoswift_session_deactivate(self._handle))

    @property
    def scheduling(self) -> Scheduling:
        """How a scheduled session takes turns. May be set; that counts from the next turn on."""
        chosen = structs.SchedulingStruct()
        check(library().hailoswift_session_get_scheduling(self._handle, ctypes.byref(chosen)))
        return Scheduling(chosen.priority, chosen.threshold, chosen.timeout_ms / 1000)

    @scheduling.setter
    def scheduling(self, scheduling: Scheduling) -> None:
        chosen = _scheduling_struct(scheduling)
        check(library().hailoswift_session_set_scheduling(self._handle, ctypes.byref(chosen)))

    @property
    def statistics(self) -> SessionStatistics:
        """What the session has done since it was created."""
        raw = structs.SessionStatisticsStruct()
        check(library().hailoswift_session_get_statistics(self._handle, ctypes.byref(raw)))
        return SessionStatistics(
            raw.frames, raw.turns, raw.busy_ns / 1e9, raw.waiting_ns / 1e9, raw.elapsed_ns / 1e9, raw.frames_in_flight
        )

    @contextlib.contextmanager
    def active(self, batch_size: int = 0) -> Iterator[Session]:
        """Runs the group for the duration of a `with` statement."""
        self.activate(batch_size)
        try:
            yield self
        finally:
            self.deactivate()

    @property
    def inputs(self) -> tuple[Port, ...]:
        """The inputs that each frame needs."""
        return self._ports(0)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """The outputs of each frame."""
        return self._ports(1)

    def _ports(self, direction: int) -> tuple[Port, ...]:
        info = self.info
        ports = []
        # If the ports of a session cannot be described, the query of the first one fails.
        for index in range(max(info.output_count if direction else info.input_count, 1)):
            raw = structs.PortInfoStruct()
            check(library().hailoswift_session_get_port(self._handle, direction, index, ctypes.byref(raw)))
            ports.append(Port._of(raw))
        return tuple(ports)

    def set_format(self, name: str, type: Type = Type.AUTO, order: Order = Order.AUTO) -> None:
        """Sets the format in which an input or output is exchanged; AUTO means the default of the model.

        With Type.FLOAT32, inputs are quantized and outputs are dequantized.
        """
        encoded = text(name, "name")
        is_input = any(port.name == name for port in self.inputs)
        check(
            library().hailoswift_session_set_format(
                self._handle,
                0 if is_input else 1,
                encoded,
                instance(type, Type, "type"),
                instance(order, Order, "order"),
            )
        )
        self._known_ports = None

    def detection_settings(self, output: str) -> DetectionSettings:
        """What counts as a detection in an output whose boxes the host finds."""
        raw = structs.DetectionSettingsStruct()
        name = text(output, "output")
        check(library().hailoswift_session_get_detection_settings(self._handle, name, ctypes.byref(raw)))
        return DetectionSettings(
            raw.score_threshold, raw.iou_threshold, raw.max_per_class, raw.max_total, raw.max_mask_size
        )

    def set_detection_settings(self, output: str, settings: DetectionSettings) -> None:
        """Sets what counts as a detection in later runs and jobs.

            settings = session.detection_settings("nms")
            session.set_detection_settings("nms", settings.replace(score_threshold=0.5))
        """
        name = text(output, "output")
        instance(settings, DetectionSettings, "settings")
        raw = structs.DetectionSettingsStruct()
        raw.score_threshold, raw.iou_threshold = settings.score_threshold, settings.iou_threshold
        raw.max_per_class = unsigned(settings.max_per_class, "max_per_class")
        raw.max_total = unsigned(settings.max_total, "max_total")
        raw.max_mask_size = unsigned(settings.max_mask_size, "max_mask_size")
        check(library().hailoswift_session_set_detection_settings(self._handle, name, ctypes.byref(raw)))
        self._known_ports = None

    @overload
    def run(self, inputs: Any, *, out: None = None, timeout: Optional[float] = None) -> dict[str, Output]: ...
    @overload
    def run(
        self, inputs: Any, *, out: Mapping[str, _Memory], timeout: Optional[float] = None
    ) -> dict[str, _Memory]: ...
    @overload
    def run(self, inputs: Any, *, out: _Memory, timeout: Optional[float] = None) -> dict[str, _Memory]: ...
    def run(self, inputs: Any, *, out: Any = None, timeout: Optional[float] = None) -> dict[str, Any]:
        """Passes frames through the active session and returns the outputs by name.

        `inputs` maps the names of the inputs to their frames; for a single input, its frames alone are enough. Frames
        are arrays, whose elements and shape are checked (a leading axis counts the frames), or bytes or other
        contiguous buffers that contain consecutive frames. Outputs are NumPy arrays if NumPy is installed, with one
        frame per element of the first axis, otherwise bytearrays; outputs of boxes are lists of Detections, one for
        each frame. `out` maps the names of the outputs to writable arrays or buffers to be used instead;
        Port.detections() reads boxes in them. `timeout` is in seconds; by default there is no limit, and 0 does not
        block. Other threads continue to run.
        """
        length = seconds(timeout)
        job = self._prepare(inputs, out)
        job._submit(length)
        return job._finish(length)

    @overload
    def submit(self, inputs: Any, *, out: None = None, timeout: Optional[float] = None) -> Job[Output]: ...
    @overload
    def submit(self, inputs: Any, *, out: Mapping[str, _Memory], timeout: Optional[float] = None) -> Job[_Memory]: ...
    @overload
    def submit(self, inputs: Any, *, out: _Memory, timeout: Optional[float] = None) -> Job[_Memory]: ...
    def submit(self, inputs: Any, *, out: Any = None, timeout: Optional[float] = None) -> Job[Any]:
        """Sends frames; Job.result() waits for the outputs. Arguments are those of run().

        While `info.queue_depth` frames are in flight, the call blocks, at most `timeout` seconds. The inputs must not
        change before the job is over.
        """
        length = seconds(timeout)
        job = self._prepare(inputs, out)
        job._submit(length)
        return job

    def _prepare(self, inputs: Any, out: Any) -> Job[Any]:
        if self._known_ports is None:
            self._known_ports = (self.inputs, self.outputs)
        frames: Frames[Any] = Frames(*self._known_ports, self._shapes, inputs, out)
        handle = ctypes.c_void_p()
        check(
            library().hailoswift_session_prepare(
                self._handle, frames.count, frames.sources, len(frames.sources), frames.targets, len(frames.targets),
                None, None, ctypes.byref(handle),
            )
        )  # fmt: skip
        return Job(handle, frames)

    def stream(
        self, frames: Iterable[Any], *, depth: Optional[int] = None, timeout: Optional[float] = None
    ) -> Iterator[dict[str, Output]]:
        """Runs the frames of an iterable, several of them in flight at a time, and yields the outputs in order.

        Each element is what run() takes. `depth` is the maximum number in flight, by default as many as fit; `timeout`
        is the time limit for each, in seconds.
        """
        length, limit = seconds(timeout), self._depth(depth)
        return self._stream(iter(frames), limit, length)

    def _stream(self, frames: Iterator[Any], limit: int, timeout: Optional[float]) -> Iterator[dict[str, Output]]:
        jobs: deque[Job[Output]] = deque()
        try:
            for frame in frames:
                if len(jobs) >= limit:
                    yield jobs.popleft()._finish(timeout)
                jobs.append(self.submit(frame, timeout=timeout))
            while jobs:
                yield jobs.popleft()._finish(timeout)
        finally:
            for job in jobs:
                job.close()

    async def run_async(
        self, inputs: Any, *, out: Any = None, timeout: Optional[float] = None
    ) -> dict[str, Any]:
        """run() for asyncio: other tasks continue to run. Several calls that are awaited together run concurrently.

        Canceling the task cancels its frames.
        """
        length = seconds(timeout)
        with self._prepare(inputs, out) as job:
            await _in_thread(job._submit, length)
            return await _in_thread(job._finish, length)

    async def stream_async(
        self,
        frames: Union[Iterable[Any], AsyncIterable[Any]],
        *,
        depth: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> AsyncIterator[dict[str, Output]]:
        """stream() for asyncio; the frames may come from an asynchronous iterable."""
        length, limit = seconds(timeout), self._depth(depth)
        jobs: deque[Job[Output]] = deque()
        try:
            async for frame in _asynchronous(frames):
                if len(jobs) >= limit:
                    yield await _in_thread(jobs[0]._finish, length)
                    jobs.popleft()
                jobs.append(self._prepare(frame, None))
                await _in_thread(jobs[-1]._submit, length)
            while jobs:
                yield await _in_thread(jobs[0]._finish, length)
                jobs.popleft()
        finally:
            for job in jobs:
                job.close()

    def drain(self, timeout: Optional[float] = None) -> None:
        """Waits until all jobs are over."""
        call, handle = library().hailoswift_session_drain, self._handle
        check(wait(lambda length: call(handle, length), seconds(timeout)))

    @property
    def queue(self) -> Queue:
        """The current state of the session's queue."""
        raw = structs.QueueInfoStruct()
        check(library().hailoswift_session_get_queue(self._handle, ctypes.byref(raw)))
        return Queue(raw.depth, raw.frames_under_way, raw.jobs_under_way)

    def _depth(self, depth: Optional[int]) -> int:
        if depth is not None and unsigned(depth, "depth") < 1:
            raise ValueError(f"depth is {depth}; it takes a number from 1")
        return depth or self.info.queue_depth

    @property
    def info(self) -> SessionInfo:
        """General information about the session."""
        raw = structs.SessionInfoStruct()
        check(library().hailoswift_session_get_info(self._handle, ctypes.byref(raw)))
        return SessionInfo(
            group=decoded(raw.group),
            batch_size=raw.batch_size,
            is_active=bool(raw.is_active),
            input_channel_count=raw.input_channel_count,
            output_channel_count=raw.output_channel_count,
            context_count=raw.context_count,
            input_count=raw.input_count,
            output_count=raw.output_count,
            queue_depth=raw.queue_depth,
            dma_bytes=raw.dma_bytes,
            data_origin=DataOrigin(raw.data_origin),
        )

    def __repr__(self) -> str:
        return "<hailoswift.Session closed>" if self.closed else f"<hailoswift.Session {self.info.group}>"


async def _in_thread(call: Callable[[Optional[float]], _Result], timeout: Optional[float]) -> _Result:
    # Half of the time that importing the package would take otherwise.
    import asyncio

    return await asyncio.get_running_loop().run_in_executor(None, call, timeout)


async def _asynchronous(frames: Union[Iterable[Any], AsyncIterable[Any]]) -> AsyncIterator[Any]:
    if isinstance(frames, AsyncIterable):
        async for frame in frames:
            yield frame
    else:
        for frame in frames:
            yield frame
