"""Memory that a device reaches by itself."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

from ._device import Device
from ._handle import Handle
from ._library import check, library


class Buffer(Handle):
    """Memory that a device reaches by itself: frames in it that need no conversion are not copied.

    `data` is the memory; NumPy makes an array of it with numpy.frombuffer(buffer.data, dtype). A frame begins at a multiple
    of 4096 bytes, or it is copied. The buffer cannot be closed while such views exist.
    """

    _release = "hailoswift_buffer_release"

    def __init__(self, device: Device, size: int) -> None:
        if size < 0:
            raise ValueError(f"a buffer of {size} bytes cannot be")
        self._open(lambda handle: library().hailoswift_buffer_allocate(device._handle, size, handle))

    @classmethod
    def register(cls, device: Device, memory: Any) -> Buffer:
        """A buffer of memory that exists: a writable object of whole pages, such as mmap.mmap(-1, size)."""
        view = memoryview(memory).cast("B")
        kept = (ctypes.c_char * view.nbytes).from_buffer(view)
        self = cls.__new__(cls)
        self._kept = kept
        self._open(
            lambda handle: library().hailoswift_buffer_register(
                device._handle, ctypes.addressof(kept), view.nbytes, handle
            )
        )
        return self

    @classmethod
    def import_dmabuf(cls, device: Device, fd: int, size: int) -> Buffer:
        """A buffer of another driver's memory, by the file descriptor of its dma-buf, which stays the caller's."""
        self = cls.__new__(cls)
        self._open(lambda handle: library().hailoswift_buffer_import(device._handle, fd, size, handle))
        return self

    def _open(self, make: Any) -> None:
        handle = ctypes.c_void_p()
        check(make(ctypes.byref(handle)))
        self._handle = handle
        address, size = ctypes.c_void_p(), ctypes.c_size_t()
        check(library().hailoswift_buffer_get_data(handle, ctypes.byref(address), ctypes.byref(size)))
        self._address, self.size = address.value or 0, size.value
        self._views: list[weakref.ref[Any]] = []

    @property
    def data(self) -> Any:
        """The memory, as something with a buffer."""
        if self.closed:
            raise ValueError("the buffer is closed")
        view = (ctypes.c_ubyte * self.size).from_address(self._address)
        view._owner = self  # Keeps the memory as long as somebody looks at it.
        self._views = [*(known for known in self._views if known() is not None), weakref.ref(view)]
        return view

    def close(self) -> None:
        """Gives the memory back. Closing twice is fine."""
        if self._handle is not None and any(view() is not None for view in self._views):
            raise BufferError("the buffer cannot be closed: arrays or views of its memory exist")
        super().close()

    def __repr__(self) -> str:
        return "<hailoswift.Buffer closed>" if self.closed else f"<hailoswift.Buffer of {self.size} bytes>"
