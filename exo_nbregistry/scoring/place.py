"""A folder that a table is read from or results are written to, on disk or in a bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple, Protocol

# Names that begin with one of these are not tables or results.
HIDDEN = (".", "_")


class Place(Protocol):
    """A folder on disk or in a bucket, which can be sent to another process."""

    @property
    def label(self) -> str:
        """Path or URL of the folder, for messages."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading and seeking."""

    def for_arrow(self, name: str) -> Any:
        """Return a file in the form that pyarrow reads fastest: a path, or an open file."""

    def digest(self, name: str) -> str:
        """Return a digest that changes if the file is replaced; the file is not read as a whole."""

    def names(self) -> list[str]:
        """Return the names of files and folders in the folder, sorted, without hidden ones."""

    def create(self, name: str, write: Callable[[BinaryIO], None]) -> bool:
        """Write a file only if its name does not exist, and return whether it was written.

        Other processes see either no file or a complete one.
        """

    def remove(self, name: str) -> None:
        """Remove a file."""

    def clean_up(self) -> None:
        """Remove what killed processes have left."""


class FoundFiles(NamedTuple):
    """The files of a table.

    Attributes
    ----------
    place : Place
        The folder that they are named below.
    names : list of str
        Their names, in order.
    is_folder : bool
        Whether the table is the whole folder, with the files that are added later.
    """

    place: Place
    names: list[str]
    is_folder: bool
