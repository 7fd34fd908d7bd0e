"""One system call of Linux that opens a file below a folder without following links."""

from __future__ import annotations

import functools
import os
import struct
import sys
from collections.abc import Callable

# The same number on these machines; `openat2` is not in Python's `os`.
_OPENAT2 = 437
_MACHINES = ("x86_64", "aarch64")
_RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x04, 0x08
_HOW_BYTES = 24


def open_beneath(folder: int, path: str) -> int | None:
    """Open a file for reading, below an open folder.

    It replaces one call for each folder of `path`, which matters for a listing that reads
    thousands of records.

    Parameters
    ----------
    folder : int
        Descriptor of the folder.
    path : str
        Path of the file relative to it.

    Returns
    -------
    int or None
        The descriptor. None if the file cannot be opened, or if the system does not have the
        call; opening each folder then finds the reason.

    Source: openat2(2).
    """
    call = _system_call()
    fd = call(folder, os.fsencode(path)) if call else -1
    return fd if fd >= 0 else None


@functools.cache
def _system_call() -> Callable[[int, bytes], int] | None:
    if sys.platform != "linux" or os.uname().machine not in _MACHINES or sys.maxsize < 2**32:
        return None
    import ctypes

    try:
        function = ctypes.CDLL(None).syscall
    except (OSError, AttributeError):
        return None
    function.restype = ctypes.c_long
    function.argtypes = (
        *(ctypes.c_long, ctypes.c_int, ctypes.c_char_p),
        *(ctypes.c_char_p, ctypes.c_size_t),
    )
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    how = struct.pack("=QQQ", flags, 0, _RESOLVE_NO_SYMLINKS | _RESOLVE_BENEATH)

    def openat2(folder: int, path: bytes) -> int:
        return int(function(_OPENAT2, folder, path, how, _HOW_BYTES))

    return openat2
