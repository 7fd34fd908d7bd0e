"""The only module that loads a stored model: check the signer, verify the bytes, then read."""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidInputError,
    SerializationError,
    UntrustedModelError,
)
from exo_nbregistry.persistence.formats import recorded_format
from exo_nbregistry.persistence.load_errors import load_error
from exo_nbregistry.persistence.moved_modules import provide_moved_modules
from exo_nbregistry.persistence.python_check import require_same_python
from exo_nbregistry.persistence.unknown_signer import Alternatives, load_of_unknown_signer
from exo_nbregistry.records.code import Code
from exo_nbregistry.signing.keyring import SignerStatus

# Below this size, a thread and a memory map cost more than they save.
MAPPED_FROM_BYTES = 32 << 20
# Small enough to be in the processor cache when it is hashed.
_CHUNK_BYTES = 1 << 20

# Files that this process verified: (device, inode, size, mtime, ctime, sha256).
_verified_files: set[tuple[int | str, ...]] = set()


@dataclass(frozen=True, slots=True)
class _Stored:
    """The location, name, digest and size of the stored bytes."""

    key: str
    name: str
    sha256: str
    size_bytes: int


def load_verified(
    stream: BinaryIO,
    *,
    key: str,
    name: str = "",
    sha256: str,
    size_bytes: int,
    format: str,
    verdict: SignerStatus,
    globals: Sequence[str] = (),
    packages: Mapping[str, str] | None = None,
    code: Code | None = None,
    sources: str = "",
    trust: Sequence[str] = (),
    unsafe: bool = False,
    mmap_path: str | None = None,
    alternatives: Alternatives | None = None,
) -> Any:
    """Load a model if its bytes match the record, without its code if the signer is unknown.

    Nothing is unpickled, imported or called before both are checked. The bytes stay in memory, so
    the bytes that are read are the bytes that were hashed.

    Parameters
    ----------
    stream : BinaryIO
        The stored bytes, at their beginning.
    key : str
        Location of the bytes, for errors.
    name : str, default=""
        Name of the model at the start of each error. The default is the key.
    sha256 : str
        Digest in the record.
    size_bytes : int, bytes
        Size in the record.
    format : str
        Name of the format, such as ``joblib``.
    verdict : SignerStatus
        Status of the record's signature.
    globals : sequence of str, default=()
        Names that loading imports, from the record.
    packages : mapping of str to str or None, default=None
        Recorded version of each package, by name; None if they are unknown. Errors advise pip
        only for these.
    code : Code or None, default=None
        The code that the model carries with it, from the record. Another minor version of Python
        does not load it, regardless of `unsafe`.
    sources : str, default=""
        Where the sources of this code are, for the error.
    trust : sequence of str, default=()
        Packages, such as ``xgboost``, and classes whose own code may run when the signer is
        unknown.
    unsafe : bool, default=False
        If True, load any model that is unsigned or has an unknown signer. Its author can run any
        code on this machine. A record that was changed after it was signed is still an error.
    mmap_path : str or None, default=None
        Path of the file that `stream` reads. Large arrays are memory-mapped from it, read-only.
        The file is hashed once per process, and again if its inode, size or times change. This is
        less strict: a user who can write to the file can change mapped arrays after they were
        verified, or restore the times of a changed file.
        A model of an unknown signer is read into memory instead.
    alternatives : Alternatives or None, default=None
        The calls that would allow a rejected model, for the error message.

    Returns
    -------
    object
        The model.

    Raises
    ------
    UntrustedModelError
        If the record is unsigned or its signer is unknown, and the model has anything that the
        restricted loader does not allow, unless `unsafe` is True.
    InvalidInputError
        If `trust` has a name that cannot be trusted.
    IntegrityError
        If the signature is invalid or the bytes do not match the record.
    VersionMismatchError
        If the model carries code of another minor version of Python.
    SerializationError
        If intact bytes cannot be read, for example because a package is missing.
    """
    stored = _Stored(key, name or key, sha256, size_bytes)
    _require_valid_signature(stored, verdict)
    if trust:
        _check_trust(trust)
    require_same_python(stored.name, code, sources)
    reader = recorded_format(format, stored.name)
    is_trusted = verdict.trusted or unsafe
    source: Any = stream
    if mmap_path is None or not is_trusted:
        source = _read_into_memory(stream, stored)
    else:
        _verify_file(stream, mmap_path, stored)
    try:
        if is_trusted:
            provide_moved_modules(globals)
            return reader.load(source, mmap_path=mmap_path)
        return load_of_unknown_signer(
            source,
            name=stored.name,
            format=format,
            verdict=verdict,
            trust=trust,
            alternatives=alternatives or Alternatives(),
            code=code,
            sources=sources,
        )
    except (SerializationError, UntrustedModelError, InvalidInputError, MemoryError):
        raise
    except Exception as error:
        is_recorded = verdict.status != "unsigned"
        raise load_error(stored.name, error, globals, packages, is_recorded=is_recorded) from error


def _check_trust(trust: Sequence[str]) -> None:
    from exo_nbregistry.restricted.trusted import check_trust

    check_trust(trust)


def _require_valid_signature(stored: _Stored, verdict: SignerStatus) -> None:
    if verdict.status == "invalid":
        raise IntegrityError(
            f"{stored.name} was not loaded: its record was changed after it was signed. Restore "
            "the record from a backup.",
            key=stored.key,
            expected="a valid signature",
            actual="an invalid signature",
        )


def _read_into_memory(stream: BinaryIO, stored: _Stored) -> Any:
    if stored.size_bytes < MAPPED_FROM_BYTES:
        data = stream.read(stored.size_bytes + 1)
        _compare(stored, hashlib.sha256(data).hexdigest(), len(data))
        return io.BytesIO(data)
    try:
        memory = _memory(stored.size_bytes)
    except (OSError, OverflowError, ValueError) as error:
        raise IntegrityError(
            f"{stored.name} has {stored.size_bytes:,} bytes according to its record, which do not "
            "fit into memory.",
            key=stored.key,
            expected=stored.size_bytes,
        ) from error
    actual, size = _fill(memory, cast(io.BufferedIOBase, stream))
    _compare(stored, actual, size)
    return memory


def _memory(size_bytes: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size_bytes)
    # Private: changes by a forked worker do not reach other processes. It is also faster to fill.
    memory = mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return memory


def _fill(memory: mmap.mmap, stream: io.BufferedIOBase) -> tuple[str, int]:
    digest, filled = hashlib.sha256(), 0
    # hashlib releases the interpreter lock, so one chunk is hashed while the next is read.
    with memoryview(memory) as view, ThreadPoolExecutor(1) as hasher:
        while filled < len(view):
            count = stream.readinto(view[filled : filled + _CHUNK_BYTES])
            if not count:
                break
            hasher.submit(digest.update, view[filled : filled + count])
            filled += count
        hasher.shutdown()
    return digest.hexdigest(), filled + len(stream.read(1))


def _verify_file(stream: BinaryIO, mmap_path: str, stored: _Stored) -> None:
    identity = _identity(os.fstat(stream.fileno()), stored.sha256)
    _same(stored, identity, _identity(os.stat(mmap_path), stored.sha256))
    if identity in _verified_files:
        return
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    _compare(stored, digest.hexdigest(), size)
    _same(stored, identity, _identity(os.stat(mmap_path), stored.sha256))
    stream.seek(0)
    _verified_files.add(identity)


def _identity(status: os.stat_result, sha256: str) -> tuple[int | str, ...]:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        sha256,
    )


def _same(stored: _Stored, opened: tuple[int | str, ...], named: tuple[int | str, ...]) -> None:
    if opened != named:
        raise IntegrityError(
            f"{stored.name} was replaced while it was read; load it again.",
            key=stored.key,
            expected=opened,
            actual=named,
        )


def _compare(stored: _Stored, actual: str, size: int) -> None:
    if size != stored.size_bytes:
        # Reading stops one byte after the expected end.
        found = f"{size:,}" if size < stored.size_bytes else f"more than {stored.size_bytes:,}"
        raise IntegrityError(
            f"{stored.name} is damaged: it has {found} bytes instead of {stored.size_bytes:,}. "
            f"Restore {stored.key} from a backup.",
            key=stored.key,
            expected=stored.size_bytes,
            actual=size,
        )
    if actual != stored.sha256:
        raise IntegrityError(
            f"{stored.name} was changed after it was saved: its sha256 is {actual} instead of "
            f"{stored.sha256}. Restore {stored.key} from a backup.",
            key=stored.key,
            expected=stored.sha256,
            actual=actual,
        )
