"""What times are compared with: an empty call of the kernel, and copying bytes."""

import ctypes
import os
import time

EMPTY_CALLS = 100_000


def empty_call_seconds():
    """One ioctl that does nothing (on /dev/null, which refuses it), without the time that calling it from Python takes."""
    libc = ctypes.CDLL(None)
    null = os.open("/dev/null", os.O_RDWR)

    def measure(function, *arguments):
        start = time.perf_counter()
        for _ in range(EMPTY_CALLS):
            function(*arguments)
        return (time.perf_counter() - start) / EMPTY_CALLS

    calls = measure(libc.ioctl, null, 0, None) - measure(libc.abs, 0, 0, None)
    os.close(null)
    return max(calls, 1e-9)


def copy_seconds(size):
    """Copying that many bytes, the best of many times."""
    source, target = ctypes.create_string_buffer(max(size, 1)), ctypes.create_string_buffer(max(size, 1))
    best = float("inf")
    for _ in range(200):
        start = time.perf_counter()
        ctypes.memmove(target, source, size)
        best = min(best, time.perf_counter() - start)
    return best
