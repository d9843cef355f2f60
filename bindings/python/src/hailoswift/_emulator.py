"""Emulated devices: their settings and findings."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ._arguments import text
from ._library import check, library


class DataOrigin(enum.IntEnum):
    """The origin of the frames that a device returns."""

    #: A real chip.
    CHIP = 0
    #: The emulated core computes them: the model contains a program for it.
    COMPUTED = 1
    #: An emulated device generates them, because only the chip can run the model.
    SYNTHETIC = 2


class FindingKind(enum.IntEnum):
    """The kind of a finding."""

    #: A real driver or card would have crashed, or would have done the wrong thing silently.
    VIOLATION = 1
    #: The emulated driver or firmware refused it, as a real one does.
    REFUSAL = 2


@dataclass(frozen=True)
class Finding:
    """Something that an emulated device noticed about the program that uses it."""

    kind: FindingKind
    text: str


def configure_emulator(settings: str = "") -> None:
    """Sets defaults for emulated devices that are opened later, such as "hailo8l,fps=30".

    Settings in an id take precedence. Without settings, those of the environment variable HAILOSWIFT_EMULATOR are
    restored.
    """
    check(library().hailoswift_emulator_configure(text(settings, "settings")))
