"""Files and folders that appear whole or not at all, and stay after power is lost.

Source: POSIX ``rename`` replaces atomically; the folder needs its own fsync before the new name
is safe (see "Files are hard", https://danluu.com/file-consistency/).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from exo_nbregistry.errors import StoreError
from exo_nbregistry.text.os_errors import os_error_hint

_TMP_PREFIX = ".tmp-"


@contextlib.contextmanager
def raising_store_errors(path: Path, verb: str) -> Iterator[None]:
    """Turn the system's errors inside into ones that name the path and say what to do.

    Parameters
    ----------
    path : Path
        What the user asked for.
    verb : str
        What was to be done to it, as a past participle: ``written``.
    """
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        reason = os_error_hint(error, "choose a place of your own")
        named = StoreError(f"{path} could not be {verb}: {reason}", key=str(path))
        named.errno = error.errno
        raise named from error


@contextlib.contextmanager
def staged_file(target: Path) -> Iterator[Path]:
    """Give the name of a new file beside `target`, and remove it if it is still there after."""
    staged = _staged_name(target)
    try:
        yield staged
    finally:
        with contextlib.suppress(FileNotFoundError):
            staged.unlink()


@contextlib.contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """Make a new folder beside `target`, and remove it if it is still there after."""
    staged = _staged_name(target)
    staged.mkdir()
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _staged_name(target: Path) -> Path:
    return target.with_name(f"{_TMP_PREFIX}{os.getpid()}-{secrets.token_hex(6)}")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing.

    Raises
    ------
    StoreError
        If something that is no folder stands in the way.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise StoreError(
            f"The folder {folder} cannot be made, for a file stands in the way: choose another.",
            key=str(folder),
        ) from None
    for made in missing:
        sync_folder(made.parent)


def write_file(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in place of a small file: readers see the old content or the new, whole."""
    with staged_file(path) as staged:
        write_file(staged, data)
        staged.replace(path)
    sync_folder(path.parent)


def publish_folder(staged: Path, target: Path) -> None:
    """Give a complete folder its name.

    Parameters
    ----------
    staged : Path
        The folder; its files are flushed already.
    target : Path
        Its name, on the same file system.

    Raises
    ------
    FileExistsError
        If something other than an empty folder has that name.
    """
    sync_folder(staged)
    if target.exists():
        with contextlib.suppress(OSError):
            target.rmdir()
    try:
        os.rename(staged, target)
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(f"{target} exists already.") from None
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the system can."""
    with contextlib.suppress(OSError):  # Windows opens no folders; some network mounts refuse
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Keep other writers of this package out of a folder, where the system can.

    The lock is on the folder itself: it leaves no file behind and ends with its process.

    Source: flock(2).
    """
    handle = None
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)
