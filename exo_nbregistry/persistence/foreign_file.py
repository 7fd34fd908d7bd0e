"""Model files of other tools: their format, digest and names, without loading them."""

from __future__ import annotations

import contextlib
import io
import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS
from exo_nbregistry.values.digest import stream_digest

# Smaller files are read faster than they are mapped.
_MAPPED_FROM_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A model file that was inspected.

    Attributes
    ----------
    format : str
        Name of the format that reads it.
    size_bytes : int, bytes
        Size of the file.
    names : tuple of str
        Every module-level name that loading imports, sorted.
    problem : str
        Why the restricted loader cannot read the file; empty if it can.
    sha256 : str
        Digest of the content, or an empty text if it was not computed.
    stamp : tuple of int
        Device, inode, size and time of the file, which change with its content.
    """

    format: str
    size_bytes: int
    names: tuple[str, ...]
    problem: str
    sha256: str
    stamp: tuple[int, ...]


def inspect_file(path: Path, *, digest: bool = False) -> ForeignFile:
    """Read the names in a model file. Nothing is unpickled, imported or called.

    Parameters
    ----------
    path : Path
        A pickle, joblib or skops file.
    digest : bool, default=False
        Whether to compute the digest, for which the whole file is read.

    Returns
    -------
    ForeignFile
        What was found.

    Raises
    ------
    OSError
        If the file cannot be read or is not a regular file.

    Examples
    --------
    >>> import pickle
    >>> _ = Path("rule.pkl").write_bytes(pickle.dumps(print))
    >>> inspect_file(Path("rule.pkl")).names
    ('builtins.print',)
    """
    format = format_of(path)
    with open_regular(path) as file:
        stamp = stamp_of(os.fstat(file.fileno()))
        with _mapped(file, stamp[2]) as data:
            names, problem = _names(data, format)
        sha256 = ""
        if digest:
            file.seek(0)
            sha256 = stream_digest(file)
    return ForeignFile(format, stamp[2], names, problem, sha256, stamp)


def format_of(path: Path) -> str:
    """Return the name of the format that reads a model file."""
    return SKOPS.name if path.suffix.lower() == f".{SKOPS.extension}" else JOBLIB.name


def stamp_of(status: os.stat_result) -> tuple[int, ...]:
    """Return numbers that change with the content of a file.

    Parameters
    ----------
    status : stat_result
        The status of the file.
    """
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _names(data: Any, format: str) -> tuple[tuple[str, ...], str]:
    from exo_nbregistry.restricted.load import names_in

    if format == SKOPS.name:
        return SKOPS.names_in(data if isinstance(data, bytes) else data[:])
    return names_in(cast(BinaryIO, data if isinstance(data, mmap.mmap) else io.BytesIO(data)))


@contextlib.contextmanager
def _mapped(file: BinaryIO, size_bytes: int) -> Iterator[bytes | mmap.mmap]:
    """Yield the content of a file, mapped if it is large, so that arrays are not read."""
    if size_bytes < _MAPPED_FROM_BYTES:
        yield file.read()
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data
