"""The contract that every store keeps: keys, bytes, and create-if-absent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Literal, Protocol, Self


@dataclass(frozen=True, slots=True)
class Entry:
    """What a store knows of one name.

    Attributes
    ----------
    name : str
        The last part of the key.
    kind : {'file', 'folder', 'other'}
        Links, devices and sockets are ``other``: they are reported, never followed.
    size_bytes : int
        Number of bytes; 0 for a folder.
    modified_ns : int
        When it last changed, nanoseconds since 1970 by the store's own clock; for a folder, when
        a name in it was last added or removed.
    """

    name: str
    kind: Literal["file", "folder", "other"]
    size_bytes: int
    modified_ns: int


class Staged(Protocol):
    """Bytes in flight: written beside the store, then published whole or not at all."""

    def write(self, data: Any, /) -> int:
        """Take `data` whole and return its size in bytes."""
        ...

    def tell(self) -> int:
        """Return the number of bytes written."""
        ...

    def publish(self, key: str) -> None:
        """Make the bytes durable under `key`, in place of whatever is there.

        For payloads only, which are named by their digest: writing one again changes nothing.
        """
        ...

    def __enter__(self) -> Self:
        """Return the staged bytes."""
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
    """Keys with ``/``, each created once.

    Raises of every method: StoreError, naming the key, if the place itself fails.
    """

    @property
    def location(self) -> str:
        """Where the store is, for people to read."""
        ...

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return a whole small file.

        Raises
        ------
        MissingKeyError
            If there is none.
        StoreError
            If it is larger than `max_bytes`, or no regular file.
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """Open a file to read and seek in; links are not followed.

        Raises
        ------
        MissingKeyError
            If there is none.
        """
        ...

    def create(
        self, key: str, data: bytes, *, staging: str, first: Callable[[], object] | None = None
    ) -> None:
        """Write a small file, durably, if and only if nothing has its key: the one commit.

        Parameters
        ----------
        key : str
            Where.
        data : bytes
            The whole content. A reader sees all of it or nothing, whatever crashes.
        staging : str
            Folder on the same file system for bytes in flight.
        first : callable, optional
            Does what must be done before the key is there, such as publishing what `data` names.
            It is called at the moment that costs least, perhaps more than once, or not at all if
            the key is seen to be taken; what it raises is raised, and nothing is created.

        Raises
        ------
        KeyExistsError
            If the key is taken; what is there is untouched, and survives power loss by now.
        """
        ...

    def stage(self, staging: str) -> Staged:
        """Begin to write a payload."""
        ...

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, in no order; none if there is no such folder."""
        ...

    def entries(self, folder: str) -> list[Entry]:
        """Return what is in a folder, sorted by name; nothing if there is no such folder."""
        ...

    def changed_ns(self, folder: str, below: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return when the folders below each folder in `folder` last changed, in one sweep.

        Parameters
        ----------
        folder : str
            The folder whose folders are looked at; links among them are left out.
        below : sequence of str
            Names to look at in each of these.

        Returns
        -------
        dict of str to tuple of int
            By name, for each of `below`: nanoseconds since 1970 by the store's own clock; 0
            where there is nothing.
        """
        ...

    def info(self, key: str) -> Entry | None:
        """Return what is known of one file or folder, or None if there is none."""
        ...

    def remove(self, key: str) -> None:
        """Remove a payload or bytes in flight.

        Raises
        ------
        MissingKeyError
            If there is none.
        """
        ...

    def rename(self, key: str, new_key: str) -> None:
        """Move a payload to another key, in place of whatever is there.

        Raises
        ------
        MissingKeyError
            If there is none.
        """
        ...

    def clock_ns(self, staging: str) -> int:
        """Return the store's own time, nanoseconds since 1970: ages are told by one clock."""
        ...

    def local_path(self, key: str) -> str | None:
        """Return a path that can be memory-mapped, or None where there is no such thing."""
        ...
