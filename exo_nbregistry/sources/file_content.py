"""The content of a model file: a model, data or something else, found without unpickling it."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import mmap
import pickletools
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from exo_nbregistry.fs.file import open_file
from exo_nbregistry.restricted.compressed import MAX_LZMA_BYTES
from exo_nbregistry.restricted.limits import Budget

# The class of a model is nearly always named in its first bytes.
_HEAD_BYTES = 1 << 20
_MAX_SCHEMA_BYTES = 64 << 20

# Libraries whose objects are data, or parts of any object.
_DATA_MODULES = """
    PIL _codecs array astropy builtins collections copy_reg copyreg dateutil datetime decimal
    functools geopandas itertools joblib numpy operator pandas pathlib polars pyarrow pytz re
    shapely types uuid xarray zoneinfo
    """
_DATA = frozenset(_DATA_MODULES.split())
_DATA_CLASSES = ("scipy.sparse.", "sklearn.utils.")
# They create a class from its parts, whose names come next.
_BY_VALUE = frozenset({"cloudpickle", "dill"})

MODEL, DATA, OTHER = "model", "data", "other"


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of a file.

    Attributes
    ----------
    holds : {'model', 'data', 'other'}
        'data' is a pickle of a table, an array or plain values; 'other' is not a complete pickle
        or skops file.
    algorithm : str or None
        Name of the first class that can be an estimator.
    compression : str
        Name of the compression, such as ``gzip``; empty if the file is not compressed.
    """

    holds: str
    algorithm: str | None = None
    compression: str = ""


def read_content(path: Path) -> FileContent:
    """Return the content of a file; its pickle is scanned and never loaded.

    Parameters
    ----------
    path : Path
        A regular file. Links are not followed.

    Returns
    -------
    FileContent
        The content.

    Raises
    ------
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pickle
    >>> _ = Path("rows.pkl").write_bytes(pickle.dumps([1.0, 2.0]))
    >>> read_content(Path("rows.pkl")).holds
    'data'
    """
    with open(open_file(path), "rb") as file:
        head = file.read(_HEAD_BYTES)
        if head.startswith(b"PK"):
            return _skops_content(file)
        compression, unpack = _compression_of(head)
        if unpack is None and compression:
            # The standard library cannot read it.
            return FileContent(MODEL, None, compression)
        if unpack is None:
            return _pickle_content(head, file)
        try:
            names, is_pickle, is_whole = _scan(unpack(head))
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
            return FileContent(OTHER)
        found = _judge(names, is_whole=is_whole or bool(names))
        return FileContent(found.holds if is_pickle else OTHER, found.algorithm, compression)


def _pickle_content(head: bytes, file: BinaryIO) -> FileContent:
    """Return the content of a file without compression."""
    names, is_pickle, is_whole = _scan(head)
    if not is_pickle or not _is_complete(file):
        return FileContent(OTHER)
    if is_whole or any(not _is_data(name) for name in names):
        return _judge(names, is_whole)
    # The beginning has only data, such as the training rows that were stored with a model.
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        names, _, is_whole = _scan(memory)
    return _judge(names, is_whole)


def _is_complete(file: BinaryIO) -> bool:
    """Return whether a file ends with the last instruction of a pickle."""
    file.seek(-1, io.SEEK_END)
    return file.read(1) == b"."


def _judge(names: Iterable[str], is_whole: bool) -> FileContent:
    """Return the content of a pickle with these names, which can be the first ones only."""
    outside = [name for name in names if not _is_data(name)]
    if not outside:
        return FileContent(DATA if is_whole else MODEL)
    if outside[0].partition(".")[0] in _BY_VALUE:
        return FileContent(MODEL)
    classes = (name.rpartition(".")[2] for name in outside if _is_class(name))
    return FileContent(MODEL, next(classes, None))


def _is_data(name: str) -> bool:
    return name.partition(".")[0] in _DATA or name.startswith(_DATA_CLASSES)


# Pickles.


def _scan(data: bytes | mmap.mmap) -> tuple[list[str], bool, bool]:
    """Return the names in a stream, whether it is a pickle, and whether its end was reached."""
    from exo_nbregistry.restricted.stubs import NameReader

    if data[:1] != b"\x80":
        return _scan_older(data[:_HEAD_BYTES])
    if len(data) < 2 or not 2 <= data[1] <= 5:
        return [], False, False
    found = _Names()
    is_whole = False
    # The names before a class, or before a damaged or an unusual part, are complete.
    with suppress(Exception):
        NameReader(data, 0, Budget(len(data)), found).run()
        is_whole = True
    return list(found), True, is_whole


class _EnoughError(Exception):
    """Raised to end a scan."""


class _Names(dict[str, None]):
    """The names of a stream up to the first one that decides what the stream holds."""

    def __setitem__(self, name: str, value: None) -> None:
        super().__setitem__(name, value)
        if not _is_data(name) and (_is_class(name) or name.partition(".")[0] in _BY_VALUE):
            raise _EnoughError


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()


def _scan_older(data: bytes) -> tuple[list[str], bool, bool]:
    """Scan a stream of protocol 0 or 1, which has no header."""
    names: list[str] = []
    end = 0
    try:
        for opcode, argument, position in pickletools.genops(io.BytesIO(data)):
            end = position or 0
            if opcode.name in ("GLOBAL", "INST"):
                names.append(str(argument).replace(" ", ".", 1).replace("__builtin__", "builtins"))
    except Exception:  # noqa: BLE001 - the bytes can be anything
        # Only the end of a long stream may be missing.
        return names, len(data) == _HEAD_BYTES and bool(names), False
    is_pickle = 0 < end == len(data) - 1
    return names, is_pickle, is_pickle


# Compression.


def _compression_of(head: bytes) -> tuple[str, Callable[[bytes], bytes] | None]:
    """Return the name of a compression, and the function that unpacks the beginning of a file.

    Source: ``joblib.compressor``, and the magic numbers of the formats.
    """
    if head[:2] == b"\x1f\x8b":
        return "gzip", _inflate
    if head[:1] == b"\x78" and int.from_bytes(head[:2], "big") % 31 == 0:
        return "zlib", _inflate
    if head[:3] == b"BZh":
        return "bz2", lambda data: bz2.BZ2Decompressor().decompress(data, _HEAD_BYTES)
    if head[:6] == b"\xfd7zXZ\0":
        return "xz", _unpack_lzma
    if head[:3] == b"\x5d\0\0":
        return "lzma", _unpack_lzma
    if head[:4] == b"\x04\x22\x4d\x18":
        return "lz4", None
    return "", None


def _inflate(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=47).decompress(data, _HEAD_BYTES)


def _unpack_lzma(data: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor(memlimit=MAX_LZMA_BYTES)
    return unpacker.decompress(data, _HEAD_BYTES)


# Skops.


def _skops_content(file: BinaryIO) -> FileContent:
    """Return the content of an archive, if it is a skops file."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open("schema.json") as part:
            data = part.read(_MAX_SCHEMA_BYTES + 1)
        if len(data) > _MAX_SCHEMA_BYTES:
            return FileContent(MODEL)
        schema = json.loads(data)
        names = list(_schema_names(schema))
    except (OSError, KeyError, ValueError, RecursionError, NotImplementedError, RuntimeError):
        return FileContent(OTHER)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return FileContent(OTHER)
    return _judge(names, is_whole=True)


def _schema_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        module, name = node.get("__module__"), node.get("__class__")
        if isinstance(module, str) and isinstance(name, str):
            yield f"{module}.{name}"
    for part in node.values() if isinstance(node, dict) else node:
        if isinstance(part, dict | list):
            yield from _schema_names(part)
