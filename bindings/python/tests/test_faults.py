"""What the library makes of everything that can go wrong: the table in docs/emulator.md, row by row."""

import re
import sys
import time
from pathlib import Path

import hailoswift
import pytest

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "Tests/Fixtures/hef/min_v2.hef"
TABLE = (ROOT / "docs/emulator.md").read_text().split("| fault | status | what is told |")[1].split("\n\n")[0]
ROWS = re.findall(r"^\| `([^`]+)` \| `(\w+)` \| (.*) \|$", TABLE, flags=re.M)

#: What has to be in the message or in the log, fault by fault.
TOLD = {
    "open:EACCES": "51-hailo-udev.rules",
    "open:EBUSY": "another program uses the device",
    "open:ENXIO": "the card does not answer",
    "QUERY_DRIVER_INFO:ENOTTY": "Install hailort-drivers",
    "FW_CONTROL:ETIMEDOUT": "the firmware did not answer in time",
    "FW_CONTROL:ENODEV": "the device is gone",
    "IDENTIFY:removed": "the device is gone",
    "IDENTIFY:silent": "the firmware did not answer in time",
    "IDENTIFY:0x4003000f": "refused IDENTIFY: control: unsupported opcode",
    "IDENTIFY:garbled": "arrived damaged",
    "MARK_AS_IN_USE:EINVAL": "MARK_AS_IN_USE failed with EINVAL",
    "VDMA_BUFFER_MAP:ENOMEM": "mapping a buffer of 2048 bytes",
    "DESC_LIST_CREATE:ENOBUFS": "creating a list of",
    "DESC_LIST_PROGRAM:EFAULT": "programming a descriptor list",
    "VDMA_ENABLE_CHANNELS:EINVAL": "enabling channels 0x10004",
    "SET_CONTEXT_INFO:0x4013007a": "refused SET_CONTEXT_INFO: context switch task: sram memory full",
    "SET_CONTEXT_INFO#2+:0x4013007a": "sram memory full",
    "CHANGE_CONTEXT_SWITCH_STATUS#2:silent": "CHANGE_CONTEXT_SWITCH_STATUS",
    "VDMA_LAUNCH_TRANSFER#40:ECONNRESET": "starting a transfer of 512 bytes",
    "VDMA_LAUNCH_TRANSFER#40:EFAULT": "starting a transfer of 512 bytes",
    "VDMA_LAUNCH_TRANSFER#40:removed": "the device is gone",
    "transfer#9:stuck": "of 1 frame came back",
    "transfer#9:closed": "closed the channel",
    "transfer#9:error": "stopped with an error at network group 0, batch 2, context 1, action 5",
    "transfer#9:hot": "the chip is too hot",
    "transfer#9:removed": "the device is gone",
    "transfer#9:notify=streams-closed": "the chip is too hot",
    "transfer#9:notify=run-time-error": "stopped with an error at network group 0",
    "transfer#9:notify=cool": "the temperature is normal again",
    "transfer#9:notify=warm": "reached the orange zone",
    "transfer#9:notify=hot": "reached the red zone",
    "transfer#9:notify=overcurrent": "the clock is lowered",
    "transfer#9:notify=memory-corrected": "a memory error in clusters 0x2 was corrected",
    "transfer#9:notify=memory-damaged": "results are not reliable",
    "transfer#9:notify=clock-changed": "from 400000000 to 200000000 Hz",
    "transfer#9:notify=unknown": "event 99 is unknown",
}


def pass_frames(release, fault, count=60, is_told=lambda: True):
    """Passes frames, and closes the device when everything is told: nobody hears a device that is closed."""
    with hailoswift.Device(f"emulator,driver={release},firmware={release},fault={fault}") as device:
        device.temperature()
        with hailoswift.Session(device, hailoswift.Model(MODEL)) as session, session.active():
            frames = (bytes([number % 256]) * 512 for number in range(count))
            # The time is long for a busy machine, and not waited for but where a frame never comes.
            seconds = 0.5 if "stuck" in fault else 20
            try:
                return [result["min/conv1"] for result in session.stream(frames, depth=8, timeout=seconds)]
            finally:
                deadline = time.monotonic() + 20
                while not is_told() and time.monotonic() < deadline:
                    time.sleep(0.001)


@pytest.mark.parametrize("release", ["4.23.0", "4.20.1"])
@pytest.mark.parametrize("fault,status,told", ROWS, ids=[row[0] for row in ROWS])
def test_faults_end_as_documented(fault, status, told, release):
    messages = []

    def is_told():
        failure = sys.exc_info()[1]
        return any(TOLD.get(fault, "") in message for message in [*messages, str(failure), str(failure and failure.__context__)])

    hailoswift.set_log_handler(lambda level, message: messages.append(message), hailoswift.LogLevel.INFO)
    try:
        if status == "OK":
            assert len(pass_frames(release, fault, is_told=is_told)) == 60
            assert is_told(), messages
        else:
            try:
                # So many that some are in flight whenever the firmware is heard.
                pass_frames(release, fault, count=100_000, is_told=is_told)
                pytest.fail("all frames passed")
            except hailoswift.HailoError as failure:
                assert failure.status == hailoswift.Status[status]
                assert is_told(), messages
    finally:
        hailoswift.set_log_handler(None)
    # Whatever happened, the next one who opens a device finds it in order.
    assert len(pass_frames(release, "transfer#99999:lost")) == 60


def test_all_told_faults_are_in_the_table():
    assert set(TOLD) <= {row[0] for row in ROWS}
    assert len(ROWS) >= 40
