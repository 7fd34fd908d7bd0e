"""A folder that is opened without following links, and used by its descriptor."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from typing import Any, Self

from exo_nbregistry.fs.beneath import open_beneath
from exo_nbregistry.fs.file import (
    WINDOWS,
    First,
    create_file,
    discard_file,
    fill_file,
    link_file,
    open_file,
    staged_path,
    sync_names,
)
from exo_nbregistry.fs.group_mode import GroupMode

_FOLDER = 0 if WINDOWS else os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_PATH is enough to walk through a folder, and does not ask a file server for its content.
_WALK = 0 if WINDOWS else getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
_NO_LINK = 0 if WINDOWS else os.O_NOFOLLOW
_READ_FILE = 0 if WINDOWS else os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# No process has so many descriptors. None would mean the path, and -1 the current folder.
_CLOSED = 2**31 - 1


class OpenFolder:
    """An open folder whose files and folders are used by name.

    Each call refers to the descriptor, so it stays in this folder if another process replaces the
    path by a link. Windows has no such descriptors; there, each call uses the path.

    Parameters
    ----------
    path : str
        Absolute path, for messages and Windows.
    fd : int or None
        Descriptor; None on Windows.
    mode : GroupMode, optional
        Permissions of what is made below it; the default is the umask.
    """

    __slots__ = ("fd", "mode", "path")

    def __init__(self, path: str, fd: int | None, mode: GroupMode | None = None) -> None:
        self.path = path
        self.fd = fd
        self.mode = mode

    @classmethod
    def open(cls, path: str, *, walk: bool = False) -> Self:
        """Open a folder by its path; links are followed. For `walk`, see `folder`."""
        if WINDOWS:
            _require_folder(path, os.stat(path).st_mode)
            return cls(path, None)
        return cls(path, os.open(path, _WALK if walk else _FOLDER))

    def folder(self, name: str, *, walk: bool = False) -> OpenFolder:
        """Open a folder in this one.

        Parameters
        ----------
        name : str
            Its name.
        walk : bool, default=False
            If True, the folder is not listed or flushed.

        Raises
        ------
        OSError
            With ELOOP if the name is a link, and FileNotFoundError or NotADirectoryError if it is
            not a folder.
        """
        path = f"{self.path}{os.sep}{name}"
        if WINDOWS:
            _require_folder(path, self.status(name).st_mode)
            return OpenFolder(path, None, self.mode)
        try:
            fd = os.open(name, (_WALK if walk else _FOLDER) | _NO_LINK, dir_fd=self.fd)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                _require_folder(path, self.status(name).st_mode)
            raise
        return OpenFolder(path, fd, self.mode)

    def folder_below(self, names: Sequence[str], *, walk: bool = False) -> OpenFolder:
        """Open a folder below this one, as `folder` does in one call for each name."""
        if self.fd is not None:
            flags = (_WALK if walk else _FOLDER) | _NO_LINK
            fd = open_beneath(self.fd, "/".join(names), flags)
            if fd is not None:
                return OpenFolder(os.path.join(self.path, *names), fd, self.mode)
        here: OpenFolder = self
        for number, name in enumerate(names, start=1):
            try:
                there = here.folder(name, walk=walk or number < len(names))
            finally:
                if here is not self:
                    here.close()
            here = there
        return here

    def make_folder(self, name: str) -> OpenFolder:
        """Create a folder with the permissions of this tree, and open it."""
        os.mkdir(self._at(name), dir_fd=self.fd)
        made = self.folder(name)
        if made.fd is not None and self.mode is not None:
            self.mode.apply_to_folder(made.fd)
        return made

    def create(self, name: str) -> int:
        """Create a file with the permissions of this tree; return its descriptor for writing."""
        fd = create_file(self._at(name), dir_fd=self.fd)
        if self.mode is not None:
            self.mode.apply_to_file(fd)
        return fd

    def write(self, name: str, data: bytes, *, durable: bool, first: First | None = None) -> None:
        """Create a file with `data`; for `first`, see `fill_file`."""
        fill_file(self.create(name), data, durable=durable, first=first)

    def open_file(self, name: str) -> int:
        """Open a file for reading without following links and return its descriptor."""
        if WINDOWS and stat.S_ISLNK(self.status(name).st_mode):
            raise OSError(errno.ELOOP, f"{self._at(name)} is a link")
        return open_file(self._at(name), dir_fd=self.fd)

    def open_file_below(self, names: Sequence[str]) -> int:
        """Open a file in a folder below this one, as `folder` and `open_file` do in more calls."""
        if WINDOWS:
            here: OpenFolder = self
            for name in names[:-1]:
                here = here.folder(name, walk=True)
            return here.open_file(names[-1])
        if (
            self.fd is not None
            and (file := open_beneath(self.fd, "/".join(names), _READ_FILE)) is not None
        ):
            return file
        opened: list[int] = []
        fd = self.fd
        try:
            for name in names[:-1]:
                try:
                    fd = os.open(name, _WALK | os.O_NOFOLLOW, dir_fd=fd)
                except NotADirectoryError:
                    _require_folder(name, os.lstat(name, dir_fd=fd).st_mode)
                    raise
                opened.append(fd)
            return open_file(names[-1], dir_fd=fd)
        finally:
            for fd in opened:
                os.close(fd)

    def link(self, name: str, target: OpenFolder, new_name: str) -> None:
        """Link a file to a name that is not in use; for the errors, see `link_file`."""
        link_file(self._at(name), target._at(new_name), src_dir_fd=self.fd, dst_dir_fd=target.fd)

    def rename(self, name: str, target: OpenFolder, new_name: str) -> None:
        """Rename a file or folder; only Windows raises FileExistsError for an existing file."""
        self._move(os.rename, name, target, new_name)

    def replace(self, name: str, target: OpenFolder, new_name: str) -> None:
        """Rename a file, replacing an existing one."""
        self._move(os.replace, name, target, new_name)

    def _move(
        self, move: Callable[..., None], name: str, target: OpenFolder, new_name: str
    ) -> None:
        move(self._at(name), target._at(new_name), src_dir_fd=self.fd, dst_dir_fd=target.fd)

    def status(self, name: str) -> os.stat_result:
        """Return the status of a file, folder or link."""
        return os.lstat(self._at(name), dir_fd=self.fd)

    def names(self) -> list[str]:
        """Return the names in the folder, unordered."""
        return os.listdir(self._listed)

    def scan(self) -> Any:
        """Return an iterator of ``os.DirEntry``, which is a context manager."""
        return os.scandir(self._listed)

    def lists(self, name: str) -> bool:
        """Return whether a name is listed.

        A network client may cache that a name does not exist, and the content of a folder that
        was opened earlier; a new listing asks the server.
        """
        if self.fd is None:
            return name in os.listdir(self.path)
        fd = os.open(".", _FOLDER, dir_fd=self.fd)
        try:
            return name in os.listdir(fd)
        finally:
            os.close(fd)

    def unlink(self, name: str) -> None:
        """Remove a file or link."""
        os.unlink(self._at(name), dir_fd=self.fd)

    def discard(self, name: str) -> None:
        """Remove temporary data if possible; `collect_garbage` finds the rest."""
        discard_file(self._at(name), dir_fd=self.fd)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder."""
        os.rmdir(self._at(name), dir_fd=self.fd)

    def sync(self) -> None:
        """Flush the names in the folder to disk; Windows does this itself."""
        if self.fd is not None:
            sync_names(self.fd)

    def close(self) -> None:
        """Close the descriptor."""
        if self.fd is not None and self.fd != _CLOSED:
            fd, self.fd = self.fd, _CLOSED
            os.close(fd)

    @property
    def _listed(self) -> Any:
        return self.path if self.fd is None else self.fd

    def _at(self, name: str) -> str:
        return name if self.fd is not None else f"{self.path}{os.sep}{name}"

    def __enter__(self) -> Self:
        """Return the folder."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the descriptor."""
        self.close()


def _require_folder(path: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, f"{path} is a link")
    if not stat.S_ISDIR(mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)


def staged_name() -> str:
    """Return a new name for temporary data, for the host and process that write it."""
    return staged_path("")
