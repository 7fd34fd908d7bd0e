"""A sequence that creates its items on first access."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar, overload

Item = TypeVar("Item")


class LazySequence(Sequence[Item]):
    """A sequence that creates its items on first access and then caches them.

    Most items of a long listing are never accessed, and creating them is expensive.

    Parameters
    ----------
    make : callable
        Creates an item from its row.
    rows : iterable
        One row for each item.

    Examples
    --------
    >>> squares = LazySequence(lambda n: n * n, [1, 2, 3])
    >>> squares[-1], list(squares[:2])
    (9, [1, 4])
    """

    __slots__ = ("_cells",)

    def __init__(self, make: Callable[[Any], Item], rows: Iterable[Any]) -> None:
        self._cells: Sequence[_Cell[Item]] = [_Cell(make, row) for row in rows]

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> LazySequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | LazySequence[Item]:
        """Return an item, or a lazy sequence for a slice."""
        if isinstance(index, int):
            return self._cells[index].item()
        part: LazySequence[Item] = LazySequence.__new__(LazySequence)
        part._cells = self._cells[index]
        return part

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the sequence as a tuple of its items."""
        return tuple, (tuple(self),)

    def __len__(self) -> int:
        return len(self._cells)


class _Cell(Generic[Item]):
    __slots__ = ("_item", "_make", "_row")

    def __init__(self, make: Callable[[Any], Item], row: Any) -> None:
        self._make: Callable[[Any], Item] | None = make
        self._row = row

    def item(self) -> Item:
        # Read in the reverse order of writing, so that a thread that finds `make` has its row.
        row, make = self._row, self._make
        if make is not None:
            self._item = make(row)
            self._make = None
            self._row = None
        return self._item
