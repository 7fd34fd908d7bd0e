"""Files and folders that appear complete and survive a power loss.

A file is written under a temporary name, flushed, and then linked or renamed to its final name:
readers see the old content or the new content, never a part of it. The folder is flushed last.

Source: "Files are hard", https://danluu.com/file-consistency/.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from exo_nbregistry.fs.file import (
    StrPath,
    discard_file,
    file_exists,
    link_file,
    staged_path,
    sync_folder,
    write_file,
)

TEMPORARY_PREFIX = ".tmp-"


@contextlib.contextmanager
def staged_file(target: StrPath) -> Iterator[Path]:
    """Yield a new path beside `target`; remove the file if it still exists at the end."""
    staged = _beside(target)
    try:
        yield staged
    finally:
        discard_file(staged)


@contextlib.contextmanager
def staged_folder(target: StrPath) -> Iterator[Path]:
    """Create a new folder beside `target`; remove it if it still exists at the end."""
    staged = _beside(target)
    os.mkdir(staged)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def replace_file(path: StrPath, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file atomically and durably, replacing an existing one."""
    with staged_file(path) as staged:
        write_file(staged, data, mode=mode)
        publish_file(staged, path)


def create_once(path: StrPath, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file atomically and durably unless it exists.

    Without hard links the file is written in place, so a reader may briefly see a part of it.
    """
    with staged_file(path) as staged, contextlib.suppress(FileExistsError):
        write_file(staged, data, mode=mode)
        try:
            link_file(staged, path)
        except FileExistsError:
            raise
        except OSError:
            write_file(path, data, mode=mode)
        _sync_parent(path)


def publish_file(staged: StrPath, target: StrPath) -> None:
    """Rename a flushed file to its final name, replacing an existing one."""
    os.replace(staged, target)
    _sync_parent(target)


def publish_once(staged: StrPath, target: StrPath) -> bool:
    """Link a flushed file to its final name, and return False if the name is in use."""
    try:
        link_file(staged, target)
    except FileExistsError:
        return False
    except OSError:
        if os.path.lexists(target):
            return False
        os.rename(staged, target)
    _sync_parent(target)
    return True


def publish_folder(staged: StrPath, target: StrPath) -> None:
    """Rename a folder, whose files are flushed, to its final name.

    Raises
    ------
    FileExistsError
        If the name is in use by anything other than an empty folder.
    """
    sync_folder(staged)
    if os.path.exists(target):
        with contextlib.suppress(OSError):
            os.rmdir(target)
    try:
        os.rename(staged, target)
    except OSError:
        if os.path.lexists(target):
            raise file_exists(target) from None
        raise
    _sync_parent(target)


def make_folder(folder: StrPath, mode: int = 0o777, *, durable: bool = True) -> None:
    """Create a folder and its missing parents; `mode` applies to the last one.

    Raises
    ------
    FileExistsError
        If a part of the path is a file.
    """
    folder = os.path.abspath(folder)
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(folder)
    if parent != folder:
        make_folder(parent, durable=durable)
    try:
        os.mkdir(folder, mode)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
    if durable:
        _sync_parent(folder)


def _beside(target: StrPath) -> Path:
    return Path(staged_path(os.path.dirname(os.path.abspath(target)), TEMPORARY_PREFIX))


def _sync_parent(path: StrPath) -> None:
    # A folder may allow new files but no listing; then its names cannot be flushed.
    with contextlib.suppress(PermissionError):
        sync_folder(os.path.dirname(os.path.abspath(path)))
