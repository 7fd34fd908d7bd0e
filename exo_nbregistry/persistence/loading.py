"""The one place where stored bytes become a model: judged, then verified, then read."""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

from exo_nbregistry.errors import IntegrityError, SerializationError, UntrustedModelError
from exo_nbregistry.persistence.formats import get_format
from exo_nbregistry.signing import Verdict

# Below this, a thread and a memory map cost more than they save.
MAPPED_FROM_BYTES = 32 << 20
_CHUNK_BYTES = 4 << 20

# What import name and package name do not share.
_PACKAGES = {"sklearn": "scikit-learn", "skimage": "scikit-image", "imblearn": "imbalanced-learn"}

# Files that this process hashed and found right: (device, inode, size, mtime, ctime, sha256).
_verified_files: set[tuple[int | str, ...]] = set()


def load_verified(
    stream: BinaryIO,
    *,
    key: str,
    sha256: str,
    size_bytes: int,
    format: str,
    verdict: Verdict,
    globals: Sequence[str] = (),
    unsafe: bool = False,
    mmap_path: str | None = None,
    remedy: str = "",
) -> Any:
    """Turn stored bytes into a model, if their signer is trusted and they are what was signed.

    Nothing is unpickled, imported or called before both are known. What is read then are the
    very bytes that were hashed: they stay in memory in between.

    Parameters
    ----------
    stream : BinaryIO
        The stored bytes, opened at their beginning.
    key : str
        Where they are stored, for error messages.
    sha256 : str
        The digest in the record.
    size_bytes : int
        The size in the record.
    format : str
        Name of the format, such as ``joblib``.
    verdict : Verdict
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
    remedy : str, default=""
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
    _judge(key, verdict, globals, unsafe, remedy)
    reader = get_format(format)
    source: Any = stream
    if mmap_path is None:
        source = _read_into_memory(stream, key, sha256, size_bytes)
    else:
        _verify_file(stream, mmap_path, key, sha256, size_bytes)
    try:
        return reader.load(source, mmap_path=mmap_path)
    except (SerializationError, MemoryError):
        raise
    except Exception as error:
        raise _failure(key, error) from error


def _judge(key: str, verdict: Verdict, globals: Sequence[str], unsafe: bool, remedy: str) -> None:
    if verdict.status == "invalid":
        raise IntegrityError(
            f"The record of {key} was changed after it was signed: its signature does not match. "
            "Nothing was loaded; restore the record from a copy.",
            key=key,
            expected="a valid signature",
            actual="an invalid one",
        )
    if verdict.trusted or unsafe:
        return
    signer = f"by {verdict.signer}, whom you do not trust yet" if verdict.signer else "by nobody"
    types = f" Loading would import {', '.join(globals)}." if globals else ""
    raise UntrustedModelError(
        f"{key} is signed {signer}, and loading a model can run any code of its author: nothing "
        f"was loaded.{types}{' ' + remedy if remedy else ''}",
        signer=verdict.signer,
        types=globals,
    )


def _read_into_memory(stream: BinaryIO, key: str, sha256: str, size_bytes: int) -> Any:
    if size_bytes < MAPPED_FROM_BYTES:
        data = stream.read(size_bytes + 1)
        _compare(key, sha256, size_bytes, hashlib.sha256(data).hexdigest(), len(data))
        return io.BytesIO(data)
    memory = _memory(size_bytes)
    actual, size = _fill(memory, cast(io.BufferedIOBase, stream))
    _compare(key, sha256, size_bytes, actual, size)
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


def _verify_file(stream: BinaryIO, mmap_path: str, key: str, sha256: str, size_bytes: int) -> None:
    identity = _identity(os.fstat(stream.fileno()), sha256)
    _same(key, identity, _identity(os.stat(mmap_path), sha256))
    if identity in _verified_files:
        return
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    _compare(key, sha256, size_bytes, digest.hexdigest(), size)
    _same(key, identity, _identity(os.stat(mmap_path), sha256))
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


def _same(key: str, opened: tuple[int | str, ...], named: tuple[int | str, ...]) -> None:
    if opened != named:
        raise IntegrityError(
            f"{key} was replaced while it was being read; load it again.",
            key=key,
            expected=opened,
            actual=named,
        )


def _compare(key: str, sha256: str, size_bytes: int, actual: str, size: int) -> None:
    if size != size_bytes:
        # One byte beyond the end is read, to learn that there are more.
        found = f"{size:,}" if size < size_bytes else "more"
        raise IntegrityError(
            f"{key} should have {size_bytes:,} bytes and has {found}: it is damaged and was not "
            "loaded. Restore it from a copy.",
            key=key,
            expected=size_bytes,
            actual=size,
        )
    if actual != sha256:
        raise IntegrityError(
            f"{key} is not the file that was saved: its sha256 is {actual}, recorded is {sha256}. "
            "It was not loaded; restore it from a copy.",
            key=key,
            expected=sha256,
            actual=actual,
        )


def _failure(key: str, error: Exception) -> SerializationError:
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        package = _PACKAGES.get(package, package)
        return SerializationError(
            f"{key} needs the module {error.name}, which is not installed: run "
            f"pip install {package}, or put the module's file on the import path."
        )
    if isinstance(error, AttributeError) and "__main__" in str(error):
        return SerializationError(
            f"{key} needs something that was defined in a notebook or script ({error}): define it "
            "here under the same name and load again, then put it in a module and register anew."
        )
    return SerializationError(
        f"{key} is intact but cannot be read here: {type(error).__name__}: {error}. Install the "
        "package releases that the model was made with and load again."
    )
