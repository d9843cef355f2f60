"""Memory that a device can access directly."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

from ._arguments import instance, size as checked_size
from ._device import Device
from ._handle import Handle
from ._library import check, library


class Buffer(Handle):
    """Memory that a device can access directly: frames in it that need no conversion are not copied.

    `data` is the memory; numpy.frombuffer(buffer.data, dtype) makes an array of it. A frame that does not begin at a
    multiple of 4096 bytes is copied. The buffer cannot be closed while such arrays or other views exist.
    """

    _release = "hailoswift_buffer_release"

    def __init__(self, device: Device, size: int) -> None:
        length = checked_size(size, "size")
        owner = instance(device, Device, "device")._handle
        self._open(lambda handle: library().hailoswift_buffer_allocate(owner, length, handle))

    @classmethod
    def register(cls, device: Device, memory: Any) -> Buffer:
        """A buffer of existing memory: a writable object of whole pages, such as mmap.mmap(-1, size)."""
        owner = instance(device, Device, "device")._handle
        view = memoryview(memory).cast("B")
        kept = (ctypes.c_char * view.nbytes).from_buffer(view)
        self = cls.__new__(cls)
        self._kept = kept
        self._open(
            lambda handle: library().hailoswift_buffer_register(
                owner, ctypes.addressof(kept), view.nbytes, handle
            )
        )
        return self

    @classmethod
    def import_dmabuf(cls, device: Device, fd: int, size: int) -> Buffer:
        """A buffer of another driver's memory, by the file descriptor of its dma-buf, which the caller still owns."""
        length = checked_size(size, "size")
        owner = instance(device, Device, "device")._handle
        self = cls.__new__(cls)
        self._open(lambda handle: library().hailoswift_buffer_import(owner, instance(fd, int, "fd"), length, handle))
        return self

    def _open(self, make: Any) -> None:
        handle = ctypes.c_void_p()
        check(make(ctypes.byref(handle)))
        self._open_handle = handle
        address, length = ctypes.c_void_p(), ctypes.c_size_t()
        check(library().hailoswift_buffer_get_data(handle, ctypes.byref(address), ctypes.byref(length)))
        self._address: int = address.value or 0
        self.size: int = length.value
        self._views: list[weakref.ref[Any]] = []

    @property
    def data(self) -> Any:
        """The memory, as an object that supports the buffer protocol."""
        self._handle  # noqa: B018 - raises if the buffer was closed
        view = (ctypes.c_ubyte * self.size).from_address(self._address)
        view._owner = self  # Keeps the memory while the view exists.
        self._views = [*(known for known in self._views if known() is not None), weakref.ref(view)]
        return view

    def close(self) -> None:
        """Releases the memory. Closing twice is allowed."""
        if not self.closed and any(view() is not None for view in self._views):
            raise BufferError("the buffer cannot be closed: arrays or views of its memory exist")
        super().close()

    def __repr__(self) -> str:
        return "<hailoswift.Buffer closed>" if self.closed else f"<hailoswift.Buffer of {self.size} byte{'' if self.size == 1 else 's'}>"
