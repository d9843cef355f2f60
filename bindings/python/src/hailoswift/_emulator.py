"""Emulated devices: their settings, and what they notice."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ._arguments import text
from ._library import check, library


class DataOrigin(enum.IntEnum):
    """Where the frames come from that a device gives out."""

    #: A real chip.
    CHIP = 0
    #: The emulated core computes them: the model carries a program for it.
    COMPUTED = 1
    #: An emulated device makes them up, since nobody but the chip can run the model.
    SYNTHETIC = 2


class FindingKind(enum.IntEnum):
    """What a finding is about."""

    #: A real driver or card would not have survived it, or would have done the wrong thing in silence.
    VIOLATION = 1
    #: Driver or firmware refused it, as real ones do.
    REFUSAL = 2


@dataclass(frozen=True)
class Finding:
    """Something that an emulated device noticed about the program that uses it."""

    kind: FindingKind
    text: str


def configure_emulator(settings: str = "") -> None:
    """Sets what emulated devices are like that are opened afterwards, where their ids leave it open: "hailo8l,fps=30".

    Without settings those of the environment variable HAILOSWIFT_EMULATOR count again.
    """
    check(library().hailoswift_emulator_configure(text(settings, "settings")))
