"""Limits of what one file may create in memory."""

from __future__ import annotations

from exo_nbregistry.restricted.rejection import Rejection

MAX_NESTING = 1_000
"""Maximum number of groups inside each other; pickle itself cannot write more."""

FREE_CONTAINERS = 100_000
BYTES_PER_CONTAINER = 4

TABLE_COST = 4
"""A dict with an item, or an empty set, is this many times as large as a tuple or a list."""

CALL_COST = 4
"""So is an instance of a class."""

NATIVE_COST = 40
"""So are the state of a random generator and an empty search tree."""

MAX_LINKS = 1_000
"""Arrays of objects, and defaultdicts, in others: Python ends if it frees a long chain of them."""


class Budget:
    """The number of containers that a file may still create.

    A byte of a stream can create an empty set of 216 bytes, so a small file could fill the memory.

    Parameters
    ----------
    size_bytes : int, bytes
        Size of the file.

    Examples
    --------
    >>> Budget(4_000_000).left
    1100000
    """

    def __init__(self, size_bytes: int) -> None:
        self.left = FREE_CONTAINERS + size_bytes // BYTES_PER_CONTAINER
        self.links = MAX_LINKS

    def spend(self, cost: int = 1) -> None:
        """Count one container.

        Parameters
        ----------
        cost : int, default=1
            Its size, as a multiple of the size of a list.

        Raises
        ------
        Rejection
            If the file has too many containers for its size.
        """
        self.left -= cost
        if self.left < 0:
            raise Rejection("The file has too many containers for its size.")

    def link(self, count: int) -> None:
        """Count arrays of objects and defaultdicts that are put into others.

        Parameters
        ----------
        count : int
            Their number.

        Raises
        ------
        Rejection
            If there could be a long chain of them.
        """
        self.links -= count
        if self.links < 0:
            raise Rejection("The file has too many arrays of objects inside each other.")
