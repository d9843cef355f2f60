"""Sessions: network groups that are set up on a device."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import enum
import functools
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Optional, Union

from . import _structs as structs
from ._detections import DetectionSettings
from ._device import Device
from ._emulator import DataOrigin
from ._frames import Frames
from ._handle import Handle
from ._job import Job, milliseconds
from ._library import check, library, text
from ._model import Model, Order, Type
from ._port import Port


class PowerMode(enum.IntEnum):
    """How the chip spends power."""

    PERFORMANCE = 0
    ULTRA_PERFORMANCE = 1


@dataclass(frozen=True)
class SessionInfo:
    """What a session is. `batch_size` is the smallest of its networks; `queue_depth` is how many frames may be under way, `dma_bytes`
    is what the device may reach, and `data_origin` tells where the frames come from.
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
    """How full a session is: how many frames may be under way, how many are, and in how many jobs and runs."""

    depth: int
    frames_under_way: int
    jobs_under_way: int


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
                entry.batch_size = _unsigned(size, "batch size")
            options.network_batches = batches
            options.network_batch_count = len(batches)
        else:
            options.batch_size = _unsigned(batch_size, "batch size")
        handle = ctypes.c_void_p()
        check(
            library().hailoswift_session_create(
                device._handle, model._handle, ctypes.byref(options), ctypes.byref(handle)
            )
        )
        self._handle = handle
        self._known_ports: Optional[tuple[tuple[Port, ...], tuple[Port, ...]]] = None
        # Shapes by name, for arrays.
        name = self.info.group
        chosen = next((found for found in model.groups if found.name == name), None)
        self._shapes = {tensor.name: tensor.shape for tensor in chosen.outputs} if chosen else {}

    def activate(self, batch_size: int = 0) -> None:
        """Lets the group run, with a batch size up to the session's own, for which 0 stands."""
        check(library().hailoswift_session_activate(self._handle, _unsigned(batch_size, "batch size")))

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
            ports.append(Port._of(raw))
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
        self._known_ports = None

    def detection_settings(self, output: str) -> DetectionSettings:
        """What counts as a detection in an output whose boxes the host finds."""
        raw = structs.DetectionSettingsStruct()
        check(library().hailoswift_session_get_detection_settings(self._handle, output.encode(), ctypes.byref(raw)))
        return DetectionSettings(
            raw.score_threshold, raw.iou_threshold, raw.max_per_class, raw.max_total, raw.max_mask_size
        )

    def set_detection_settings(self, output: str, settings: DetectionSettings) -> None:
        """Chooses what counts as a detection in runs and jobs that begin from now on.

            settings = session.detection_settings("nms")
            session.set_detection_settings("nms", settings.replace(score_threshold=0.5))
        """
        raw = structs.DetectionSettingsStruct()
        raw.score_threshold, raw.iou_threshold = settings.score_threshold, settings.iou_threshold
        raw.max_per_class = _unsigned(settings.max_per_class, "max_per_class")
        raw.max_total = _unsigned(settings.max_total, "max_total")
        raw.max_mask_size = _unsigned(settings.max_mask_size, "max_mask_size")
        check(library().hailoswift_session_set_detection_settings(self._handle, output.encode(), ctypes.byref(raw)))
        self._known_ports = None

    def run(self, inputs: Any, *, out: Any = None, timeout: Optional[float] = None) -> dict[str, Any]:
        """Passes frames through the active session and returns the outputs by name.

        `inputs` maps the names of the inputs to their frames, one behind the other in a contiguous buffer: a NumPy array,
        bytes, or anything else with a buffer; with a single input the buffer alone will do. Outputs are NumPy arrays where
        NumPy is installed, with one frame per element of the first axis, else bytearrays; those of boxes are lists of
        Detections, one for each frame. `out` maps the names of the outputs to writable buffers to be used instead, whose
        boxes Port.detections() reads. `timeout` is in seconds. The interpreter goes on with other threads meanwhile.
        """
        frames = self._frames(inputs, out)
        check(
            library().hailoswift_session_run(
                self._handle, frames.count, frames.sources, len(frames.sources), frames.targets, len(frames.targets),
                milliseconds(timeout),
            )
        )  # fmt: skip
        return frames.results

    def submit(self, inputs: Any, *, out: Any = None, timeout: Optional[float] = None) -> Job:
        """Sends frames on their way; Job.result() waits for the outputs. Arguments are those of run().

        While as many frames are under way as `info.queue_depth` says, this waits for room, at most `timeout` seconds. The
        inputs must not change before the job is over.
        """
        frames = self._frames(inputs, out)
        options = structs.SubmitOptionsStruct()
        options.timeout_ms = milliseconds(timeout)
        handle = ctypes.c_void_p()
        check(
            library().hailoswift_session_submit(
                self._handle, frames.count, frames.sources, len(frames.sources), frames.targets, len(frames.targets),
                ctypes.byref(options), ctypes.byref(handle),
            )
        )  # fmt: skip
        return Job(handle, frames)

    def stream(
        self, frames: Iterable[Any], *, depth: Optional[int] = None, timeout: Optional[float] = None
    ) -> Iterator[dict[str, Any]]:
        """Passes the frames of an iterable through, several of them under way at a time, and yields the outputs in order.

        Each element is what run() takes. `depth` is how many are under way, as many as fit if not given; `timeout`, in
        seconds, is how long each may take.
        """
        jobs: deque[Job] = deque()
        try:
            most = self._depth(depth)
            for frame in frames:
                if len(jobs) >= most:
                    with jobs.popleft() as job:
                        yield job.result(timeout)
                jobs.append(self.submit(frame, timeout=timeout))
            while jobs:
                with jobs.popleft() as job:
                    yield job.result(timeout)
        finally:
            for job in jobs:
                job.close()

    async def run_async(self, inputs: Any, *, out: Any = None, timeout: Optional[float] = None) -> dict[str, Any]:
        """run() for asyncio: other tasks go on meanwhile, several of these at a time if they are awaited together."""
        loop = asyncio.get_running_loop()
        job = await loop.run_in_executor(None, lambda: self.submit(inputs, out=out, timeout=timeout))
        with job:
            return await loop.run_in_executor(None, lambda: job.result(timeout))

    async def stream_async(
        self,
        frames: Union[Iterable[Any], AsyncIterable[Any]],
        *,
        depth: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """stream() for asyncio; the frames may come from an asynchronous iterable."""
        loop = asyncio.get_running_loop()
        jobs: deque[Job] = deque()
        try:
            most = self._depth(depth)
            async for frame in _asynchronous(frames):
                if len(jobs) >= most:
                    with jobs.popleft() as job:
                        yield await loop.run_in_executor(None, job.result, timeout)
                submit = functools.partial(self.submit, frame, timeout=timeout)
                jobs.append(await loop.run_in_executor(None, submit))
            while jobs:
                with jobs.popleft() as job:
                    yield await loop.run_in_executor(None, job.result, timeout)
        finally:
            for job in jobs:
                job.close()

    def drain(self, timeout: Optional[float] = None) -> None:
        """Waits until all jobs are over."""
        check(library().hailoswift_session_drain(self._handle, milliseconds(timeout)))

    @property
    def queue(self) -> Queue:
        """How full the session is at the moment."""
        raw = structs.QueueInfoStruct()
        check(library().hailoswift_session_get_queue(self._handle, ctypes.byref(raw)))
        return Queue(raw.depth, raw.frames_under_way, raw.jobs_under_way)

    def _depth(self, depth: Optional[int]) -> int:
        if depth is not None and depth < 1:
            raise ValueError(f"depth is {depth}; it takes a number from 1")
        return depth or self.info.queue_depth

    def _frames(self, inputs: Any, out: Any) -> Frames:
        if self._known_ports is None:
            self._known_ports = (self.inputs, self.outputs)
        return Frames(*self._known_ports, self._shapes, inputs, out)

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
            queue_depth=raw.queue_depth,
            dma_bytes=raw.dma_bytes,
            data_origin=DataOrigin(raw.data_origin),
        )

    def __repr__(self) -> str:
        return "<hailoswift.Session closed>" if self.closed else f"<hailoswift.Session {self.info.group}>"


def _unsigned(number: int, what: str) -> int:
    """ctypes would cut a number that does not fit instead of refusing it."""
    if not 0 <= number <= 0xFFFFFFFF:
        raise ValueError(f"{what} {number} is out of range")
    return number


async def _asynchronous(frames: Union[Iterable[Any], AsyncIterable[Any]]) -> AsyncIterator[Any]:
    if isinstance(frames, AsyncIterable):
        async for frame in frames:
            yield frame
    else:
        for frame in frames:
            yield frame
