"""The one place where stored bytes become a model: judged, then verified, then read."""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from exo_nbregistry.errors import IntegrityError, SerializationError, UntrustedModelError
from exo_nbregistry.persistence.formats import recorded_format
from exo_nbregistry.signing.keyring import SignerStatus

# Below this, a thread and a memory map cost more than they save.
MAPPED_FROM_BYTES = 32 << 20
# Small enough to be in the cache still when it is hashed.
_CHUNK_BYTES = 1 << 20

# What import name and package name do not share.
_PACKAGES = {"sklearn": "scikit-learn", "skimage": "scikit-image", "imblearn": "imbalanced-learn"}

# Files that this process hashed and found right: (device, inode, size, mtime, ctime, sha256).
_verified_files: set[tuple[int | str, ...]] = set()


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a record says of the bytes, and what the user calls them."""

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
    unsafe: bool = False,
    mmap_path: str | None = None,
    hint: str = "",
) -> Any:
    """Turn stored bytes into a model, if their signer is trusted and they are what was signed.

    Nothing is unpickled, imported or called before both are known. What is read then are the
    very bytes that were hashed: they stay in memory in between.

    Parameters
    ----------
    stream : BinaryIO
        The stored bytes, opened at their beginning.
    key : str
        Where they are stored, for errors.
    name : str, default=""
        What the user calls the model; errors begin with it. By default the key.
    sha256 : str
        The digest in the record.
    size_bytes : int
        The size in the record.
    format : str
        Name of the format, such as ``joblib``.
    verdict : SignerStatus
        Who signed the record.
    globals : sequence of str, default=()
        What the record says that loading will import.
    unsafe : bool, default=False
        Load a model of an unknown signer, or of none: its author can run any code here. A record
        that was changed after it was signed is refused all the same.
    mmap_path : str or None, default=None
        The file that `stream` reads, to map large arrays from, read-only. It is hashed once in a
        process, and again whenever its inode, size or times change. This gives up what holds
        otherwise: somebody who can write to the file can change mapped arrays after they were
        verified, or restore the times of a file that they changed.
    hint : str, default=""
        The exact calls that would allow a refused model, for the error message.

    Returns
    -------
    object
        The model.

    Raises
    ------
    UntrustedModelError
        If the signer is unknown or there is none, unless `unsafe`.
    IntegrityError
        If the signature is wrong, or the bytes are not those of the record.
    SerializationError
        If sound bytes cannot be read here, such as where a package is missing.
    """
    stored = _Stored(key, name or key, sha256, size_bytes)
    _require_trust(stored, verdict, globals, unsafe, hint)
    reader = recorded_format(format, stored.name)
    source: Any = stream
    if mmap_path is None:
        source = _read_into_memory(stream, stored)
    else:
        _verify_file(stream, mmap_path, stored)
    try:
        return reader.load(source, mmap_path=mmap_path)
    except (SerializationError, MemoryError):
        raise
    except Exception as error:
        raise _failure(stored.name, error) from error


def _require_trust(
    stored: _Stored, verdict: SignerStatus, globals: Sequence[str], unsafe: bool, hint: str
) -> None:
    if verdict.status == "invalid":
        raise IntegrityError(
            f"{stored.name} has a record that was changed after it was signed: its signature does "
            "not match. Nothing was loaded; restore the record from a copy.",
            key=stored.key,
            expected="a valid signature",
            actual="an invalid one",
        )
    if verdict.trusted or unsafe:
        return
    signer = f"by {verdict.signer}, whom you do not trust yet" if verdict.signer else "by nobody"
    types = f" Loading would import {', '.join(globals)}." if globals else ""
    raise UntrustedModelError(
        f"{stored.name} is signed {signer}, and loading a model can run any code of its author: "
        f"nothing was loaded.{types}{' ' + hint if hint else ''}",
        signer=verdict.signer,
        types=globals,
    )


def _read_into_memory(stream: BinaryIO, stored: _Stored) -> Any:
    if stored.size_bytes < MAPPED_FROM_BYTES:
        data = stream.read(stored.size_bytes + 1)
        _compare(stored, hashlib.sha256(data).hexdigest(), len(data))
        return io.BytesIO(data)
    memory = _memory(stored.size_bytes)
    actual, size = _fill(memory, cast(io.BufferedIOBase, stream))
    _compare(stored, actual, size)
    return memory


def _memory(size_bytes: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size_bytes)
    # Private: what a forked worker does to a model stays its own affair. It also fills faster.
    memory = mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return memory


def _fill(memory: mmap.mmap, stream: io.BufferedIOBase) -> tuple[str, int]:
    digest, filled = hashlib.sha256(), 0
    # hashlib lets go of the interpreter lock: one chunk is hashed while the next is read.
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
            f"{stored.name} was replaced while it was being read; load it again.",
            key=stored.key,
            expected=opened,
            actual=named,
        )


def _compare(stored: _Stored, actual: str, size: int) -> None:
    if size != stored.size_bytes:
        # One byte beyond the end is read, to learn that there are more.
        found = f"{size:,}" if size < stored.size_bytes else "more"
        raise IntegrityError(
            f"{stored.name} should have {stored.size_bytes:,} bytes and has {found}: it is damaged "
            f"and was not loaded. Restore {stored.key} from a copy.",
            key=stored.key,
            expected=stored.size_bytes,
            actual=size,
        )
    if actual != stored.sha256:
        raise IntegrityError(
            f"{stored.name} is not the file that was saved: its sha256 is {actual}, recorded is "
            f"{stored.sha256}. It was not loaded; restore {stored.key} from a copy.",
            key=stored.key,
            expected=stored.sha256,
            actual=actual,
        )


def _failure(name: str, error: Exception) -> SerializationError:
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        package = _PACKAGES.get(package, package)
        return SerializationError(
            f"{name} needs the module {error.name}, which is not installed: run "
            f"pip install {package}, or put the module's file on the import path."
        )
    if isinstance(error, AttributeError) and "__main__" in str(error):
        return SerializationError(
            f"{name} needs something that was defined in a notebook or script ({error}): define it "
            "here under the same name and load again, then put it in a module and register anew."
        )
    return SerializationError(
        f"{name} is intact but cannot be read here: {type(error).__name__}: {error}. Install the "
        "package releases that the model was made with and load again."
    )
