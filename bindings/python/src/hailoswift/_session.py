"""Sessions: network groups that are set up on a device."""

from __future__ import annotations

import contextlib
import ctypes
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Optional, Union

from . import _structs as structs
from ._device import Device
from ._handle import Handle
from ._library import check, library, text
from ._model import Model


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
    dma_bytes: int


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
            dma_bytes=raw.dma_bytes,
        )

    def __repr__(self) -> str:
        return "<hailoswift.Session closed>" if self.closed else f"<hailoswift.Session {self.info.group}>"


def _batch(size: int) -> int:
    """ctypes would cut a number that does not fit instead of refusing it."""
    if not 0 <= size <= 0xFFFFFFFF:
        raise ValueError(f"batch size {size} is out of range")
    return size
