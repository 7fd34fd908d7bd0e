"""Reading files that a user or another program names, so that no read hangs or never ends.

A path from elsewhere can be a pipe without a writer, a link to a device that never ends, or a
file of any size. Links are followed, because users may link an export; what they lead to must be
a regular file.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

from exo_nbregistry.fs.file import StrPath

# Opening a pipe would otherwise wait for a writer.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY")
)
_CHUNK_BYTES = 64 << 10


def open_regular(path: StrPath) -> BinaryIO:
    """Open a regular file for reading; links are followed.

    Raises
    ------
    OSError
        If the file cannot be opened, or is a folder, a pipe, a socket or a device.
    """
    # A folder or a device can only be opened by some systems; the error is the same on all.
    descriptor = os.open(path, _FLAGS)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a regular file", os.fspath(path))
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: StrPath, max_bytes: int) -> bytes:
    """Return the content of a regular file of a limited size; links are followed.

    Parameters
    ----------
    path : str or Path
        The file.
    max_bytes : int, bytes
        The largest size. A larger file is not read.

    Raises
    ------
    OSError
        If the file cannot be read, is not a regular file, or is too large.
    """
    with open_regular(path) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        # Python allocates the buffer first; some file systems show a size of 0.
        wanted = min(max_bytes, max(size_bytes, _CHUNK_BYTES)) + 1
        data = file.read(wanted) if size_bytes <= max_bytes else b""
    if size_bytes > max_bytes or len(data) > max_bytes:
        raise OSError(errno.EFBIG, f"it has more than {max_bytes:,} bytes", os.fspath(path))
    return data
