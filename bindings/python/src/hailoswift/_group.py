"""Groups of devices."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _structs as structs
from ._arguments import text, unsigned
from ._device import Device, Sharing, _device_options
from ._handle import Handle
from ._library import check, library
from ._model import Model

if TYPE_CHECKING:
    from ._session import Session


class DeviceGroup(Handle):
    """Several devices, or one, that run the frames of several models without activation.

        with DeviceGroup() as group:
            detector, classifier = group.session("detector.hef"), group.session("classifier.hef")

    `ids` names the devices: one id or several. By default the group has all devices of the machine that nobody else has
    reserved, or `count` of them; if the environment variable HAILOSWIFT_DEVICE names a device, that one, and if it is an
    emulated one, all of its kind. With a `name`, other parts of the program that open a group with that name get the same one.

    Frames run on whichever device is free, and results come in the order in which the frames were submitted. A device that is
    lost is left out, and the others run its frames. The devices are reserved until the group is closed, or, with `sharing`,
    while they run frames. `sharing` and `ageing` are those of Device.
    """

    _release = "hailoswift_device_group_release"

    def __init__(
        self,
        ids: Union[str, Iterable[str], None] = None,
        *,
        count: int = 0,
        name: Optional[str] = None,
        control_timeout_ms: int = 1000,
        sharing: Optional[Sharing] = None,
        ageing: Optional[float] = None,
    ) -> None:
        options = structs.DeviceGroupOptionsStruct()
        options.device_count = unsigned(count, "count")
        if ids is not None:
            names = [text(id, "ids") for id in ([ids] if isinstance(ids, str) else ids)]
            if not names:
                raise ValueError("ids must name a device; None means any")
            if count not in (0, len(names)):
                raise ValueError("ids and count exclude each other")
            options.ids = (ctypes.c_char_p * len(names))(*names)
            options.device_count = len(names)
        options.name = None if name is None else text(name, "name")
        options.device_options = ctypes.pointer(_device_options(control_timeout_ms, sharing, ageing))
        handle = ctypes.c_void_p()
        check(library().hailoswift_device_group_open(ctypes.byref(options), ctypes.byref(handle)))
        self._open_handle = handle

    def __len__(self) -> int:
        return int(library().hailoswift_device_group_count(self._handle))

    def __bool__(self) -> bool:
        return not self.closed

    @property
    def devices(self) -> list[Device]:
        """The devices, for their information, sensors and statistics. Each is to be closed too."""
        devices = []
        for index in range(len(self)):
            handle = ctypes.c_void_p()
            check(library().hailoswift_device_group_get_device(self._handle, index, ctypes.byref(handle)))
            devices.append(Device._of(handle))
        return devices

    def session(self, model: Union[Model, str, Path], **options: Any) -> Session:
        """A session on the devices of the group, of a model or the file of one. `options` are those of Session."""
        # A session needs this class.
        from ._session import Session

        if isinstance(model, Model):
            return Session(self, model, **options)
        with Model(model) as loaded:
            return Session(self, loaded, **options)

    def close(self) -> None:
        """Closes the group; its sessions keep the devices open. Closing twice is allowed."""
        super().close()

    def __repr__(self) -> str:
        return "<hailoswift.DeviceGroup closed>" if self.closed else f"<hailoswift.DeviceGroup of {len(self)}>"
