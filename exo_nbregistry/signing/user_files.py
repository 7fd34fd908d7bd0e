"""The private files of the user: their folders, and safe reading and writing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.atomic import create_once, make_folder, replace_file
from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.fs.user_folders import CACHE_VARIABLE as CACHE_VARIABLE
from exo_nbregistry.fs.user_folders import CONFIG_VARIABLE as CONFIG_VARIABLE
from exo_nbregistry.fs.user_folders import cache_folder as cache_folder
from exo_nbregistry.fs.user_folders import config_folder as config_folder
from exo_nbregistry.signing.file_access import Use, require_safe_file

MAX_FILE_BYTES = 1 << 20
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_Parsed = TypeVar("_Parsed")


class WatchedFile(Generic[_Parsed]):
    """A file that is parsed again after each change.

    Parameters
    ----------
    path : Path
        The file; it may be missing.
    parse : callable
        Function that parses the text. Bytes that are not UTF-8 are lone surrogates in it.
    use : {"private", "shared"}, default="private"
        Who may change it, as in `read_private`.
    """

    def __init__(
        self, path: Path, parse: Callable[[str], _Parsed], *, use: Use = "private"
    ) -> None:
        self.path = path
        self._parse = parse
        self._use = use
        self._seen: tuple[tuple[int, ...], _Parsed | None] = (), None

    def value(self) -> _Parsed | None:
        """Return the parsed content, or None if the file does not exist.

        Raises
        ------
        StoreError
            If the file cannot be read, or other users can change it.
        """
        stamp, seen = self._stamp(), self._seen
        if stamp != seen[0]:
            data = read_private(self.path, self._use)
            text = None if data is None else data.decode("utf-8", "surrogateescape")
            # Another thread may replace the attribute before it is read again.
            self._seen = seen = stamp, None if text is None else self._parse(text)
        return seen[1]

    def _stamp(self) -> tuple[int, ...]:
        try:
            status = os.stat(self.path)
        except OSError:
            return ()
        # The change time too, because chmod does not change the modification time.
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def read_private(path: Path, use: Use = "private") -> bytes | None:
    """Return the content of a key or a list of signers, or None without the file.

    Parameters
    ----------
    path : Path
        The file.
    use : {"secret", "private", "shared"}, default="private"
        A key, which other users must not be able to read; another file of the config folder; or
        a file of the team. See `require_safe_file`.

    Returns
    -------
    bytes or None
        The content.

    Raises
    ------
    StoreError
        If the file cannot be read or is larger than 1 MiB, or other users can change it; the
        message contains the command that corrects its permissions.
    """
    try:
        file = open_regular(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(f"Cannot read {path}: {error.strerror}.", key=path.name) from error
    with file:
        require_safe_file(path, os.fstat(file.fileno()), use)
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise StoreError(f"Cannot read {path}: it is larger than 1 MiB.", key=path.name)
    return data


def create_private(path: Path, data: bytes) -> None:
    """Write a file that only its user can read, atomically, unless it exists.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    make_private_folder(path.parent)
    create_once(path, data, mode=_PRIVATE_FILE)


def replace_private(path: Path, data: bytes) -> None:
    """Write a file that only its user can read, atomically, replacing an existing one.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # A link remains a link: users keep such files under version control elsewhere.
    target = Path(os.path.realpath(path))
    make_private_folder(target.parent)
    replace_file(target, data, mode=_PRIVATE_FILE)


def make_private_folder(folder: Path) -> None:
    """Create a folder that only its user can enter; its missing parents get the usual mode."""
    make_folder(folder, _PRIVATE_FOLDER)


def unwritable(
    folder: Path, task: str, error: OSError, *, variable: str = CONFIG_VARIABLE, instead: str = ""
) -> StoreError:
    """Return the error for a config or cache folder that cannot be written."""
    return StoreError(
        f"Cannot {task} in {folder} ({error.strerror}); {f'{instead}, or ' if instead else ''}set "
        f"{variable} to a folder that you can write to, then start again.",
        key=str(folder),
    )
