"""The interface of a store: keys, bytes, and creation of a key that does not exist.

A folder store is a tree. A bucket has no folders, so an empty folder does not exist there, and
temporary data may be elsewhere: callers must not rely on a folder that has no files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Literal, Protocol, Self

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.file import First
from exo_nbregistry.fs.parallel import Wait

Check = Callable[[bytes | None], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of a store.

    Attributes
    ----------
    name : str
        Last part of the key.
    kind : {'file', 'folder', 'other'}
        ``other`` for links, devices and sockets: they are listed and never followed.
    size_bytes : int
        Number of bytes; 0 for a folder.
    modified_ns : int, nanoseconds
        Time since 1970 of the last change, by the clock of the store. For a folder on disk, of the
        last name added or removed; 0 for a folder in a bucket.
    """

    name: str
    kind: Literal["file", "folder", "other"]
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a small file.

    Attributes
    ----------
    data : bytes
        The content.
    tag : str or None
        A text of the store that differs for other content; None if the store has none.
    """

    data: bytes
    tag: str | None


class Stamps(dict[str, tuple[int, ...]]):
    """The stamps of folders, and the names that the store has listed to compute them.

    Attributes
    ----------
    names : dict of str to tuple of list of str, or None
        For each folder, the names below it, in the order of the stamps; None if the store did not
        list them.
    """

    names: dict[str, tuple[list[str], ...]] | None = None


class Staged(Protocol):
    """Interface of a payload that is being written and is not published yet."""

    def write(self, data: Any, /) -> int:
        """Write all of `data` and return its size in bytes."""
        ...

    def tell(self) -> int:  # prose: ok, the name in the file protocol
        """Return the number of bytes written."""
        ...

    def publish(self, key: str) -> None:
        """Store the bytes durably under `key`, replacing existing ones.

        Only for payloads: their key contains their digest, so replacing one changes nothing.
        """
        ...

    def place(self, key: str) -> list[Wait]:
        """Store the bytes under `key` as `publish` does, and return functions that wait.

        The bytes are durable after all of these functions were called. Call them before the
        staged payload is closed.
        """
        ...

    def __enter__(self) -> Self:
        """Return the staged payload."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Discard the bytes unless they were published."""
        ...


class Store(Protocol):
    """Interface of a store: keys with ``/``, each created once.

    Every method raises a StoreError that names the key if the storage itself fails, and a
    MissingKeyError if it requires a key that does not exist.
    """

    @property
    def location(self) -> str:
        """Location of the store, for display; it never contains credentials."""
        ...

    @property
    def settles(self) -> bool:
        """Whether a stamp that is younger than two seconds may hide a later change."""
        ...

    @property
    def durable_reads(self) -> bool:
        """Whether a file that can be read is durable, so that readers need not flush it."""
        ...

    def guard(self, key: str, check: Check) -> None:
        """Check in later calls that the store is still the expected one.

        A folder can be replaced while it is open: a share is unmounted and leaves an empty folder,
        or another one is mounted. The check is made before each write, before each listing, and
        before a key is reported as missing. It is not made before a key is read that exists:
        records name their registry. A bucket, where a check is a request, repeats it only if the
        last one is half a minute old, and before a key is reported as missing.

        Parameters
        ----------
        key : str
            A file in the root of the store, without ``/``.
        check : callable
            Raises an error if its argument, the content of that file, is not the expected one;
            None if the file does not exist. The call raises this error and changes nothing. An
            unchanged file is not read again.
        """
        ...

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a small file.

        Raises
        ------
        MissingKeyError
            If the key does not exist.
        StoreError
            If the file is larger than `max_bytes` or is not a regular file.
        """
        ...

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Yield the content of several small files, in the order of `keys`.

        Parameters
        ----------
        keys : iterable of str
            Keys of the files. A bucket reads several of them at the same time.
        max_bytes : int
            Size limit of each file.

        Yields
        ------
        bytes or StoreError
            The content, or the error that `read` raises for this key.
        """
        ...

    def open(self, key: str, *, cached: bool = False) -> BinaryIO:
        """Open a file for reading and seeking, without following links.

        Parameters
        ----------
        key : str
            Key of the file.
        cached : bool, default=False
            Whether a copy in the cache of the user may be opened in place of a payload in a bucket.
            The caller compares its digest. A folder has no such copies.
        """
        ...

    def create(self, key: str, data: bytes, *, staging: str, first: First | None = None) -> None:
        """Write a small file durably, only if its key does not exist. This is the one commit.

        Parameters
        ----------
        key : str
            Key of the file.
        data : bytes
            Its content. A reader sees all of it or nothing, also after a crash.
        staging : str
            Folder on the same file system for temporary data; a bucket does not use it.
        first : callable, optional
            Called before the key exists, for example to place the payloads that `data` names.
            It may be called more than once, or never if the key exists. The functions that it
            returns are called before the key exists. If any of them raises, nothing is created.

        Raises
        ------
        KeyExistsError
            If the key exists; its content is unchanged and durable.
        """
        ...

    def stage(self, staging: str) -> Staged:
        """Start writing a payload."""
        ...

    def names(self, folder: str, *, after: str | None = None) -> list[str]:
        """Return the names in a folder, unordered; empty if the folder does not exist.

        Parameters
        ----------
        folder : str
            Key of the folder; empty for the root.
        after : str, optional
            Return only the names greater than this one; they need not be listed before it.
        """
        ...

    def entries(self, folder: str) -> list[Entry]:
        """Return the entries of a folder, sorted by name; empty if it does not exist."""
        ...

    def stamps(
        self, folder: str, below: Sequence[str], name: str | None = None
    ) -> dict[str, tuple[int, ...]]:
        """Return numbers below each folder in `folder` that differ after every change.

        Parameters
        ----------
        folder : str
            The folder whose folders are examined; links among them are skipped.
        below : sequence of str
            Names to look up in each of these.
        name : str, optional
            Examine only the folder of this name, which need not exist.

        Returns
        -------
        dict of str to tuple of int
            For each folder, one number per name in `below`: another number after each change of
            the names in it, and 0 if it does not exist. On disk, the number is the modification
            time in nanoseconds; in a bucket, a digest of the names, and the result is a `Stamps`
            with these names. See `settles`.
        """
        ...

    def info(self, key: str) -> Entry | None:
        """Return the entry of a file, or None if it does not exist; on disk, also of a folder."""
        ...

    def infos(self, keys: Iterable[str]) -> list[Entry | None]:
        """Return the result of `info` for several keys; a bucket asks for them together."""
        ...

    def remove(self, key: str) -> None:
        """Remove a payload, temporary data or an empty folder."""
        ...

    def rename(self, key: str, new_key: str) -> None:
        """Move a payload to another key, replacing an existing payload."""
        ...

    def clock_ns(self, staging: str) -> int:
        """Return the time of the store in nanoseconds since 1970; ages are measured with it."""
        ...

    def local_path(self, key: str) -> str | None:
        """Return a path for memory mapping, or None if there is none.

        A bucket returns the path of a verified copy of a payload in the cache of the user.
        """
        ...
