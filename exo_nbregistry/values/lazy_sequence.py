"""A sequence that creates its items on first access."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, overload

Item = TypeVar("Item")
# A table in a notebook shows 20 rows.
PAGE = 32


class LazySequence(Sequence[Item]):
    """A sequence that creates its items on first access and then caches them.

    Most items of a long listing are never accessed, and creating them is expensive.

    Parameters
    ----------
    make : callable
        Creates an item from its row.
    rows : iterable
        One row for each item.
    prepare : callable, optional
        Called with the rows of a page before the first item of the page is created, for example
        to read what they need at once.

    Examples
    --------
    >>> squares = LazySequence(lambda n: n * n, [1, 2, 3])
    >>> squares[-1], list(squares[:2])
    (9, [1, 4])
    """

    __slots__ = ("_cells",)

    def __init__(
        self,
        make: Callable[[Any], Item],
        rows: Iterable[Any],
        prepare: Callable[[Sequence[Any]], object] | None = None,
    ) -> None:
        self._cells: Sequence[_Cell[Item]] = [
            _Cell(make, row, page) for page in _pages(rows, prepare) for row in page.rows
        ]

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


class _Page:
    """Rows that are prepared together."""

    __slots__ = ("_prepare", "rows")

    def __init__(
        self, rows: Sequence[Any], prepare: Callable[[Sequence[Any]], object] | None
    ) -> None:
        self.rows = rows
        self._prepare = prepare

    def prepare(self) -> None:
        """Prepare the rows, unless this was done before."""
        prepare, rows = self._prepare, self.rows
        self._prepare, self.rows = None, ()
        if prepare is not None:
            prepare(rows)


def _pages(
    rows: Iterable[Any], prepare: Callable[[Sequence[Any]], object] | None
) -> Iterator[_Page]:
    remaining = iter(rows)
    while page := list(islice(remaining, PAGE)):
        yield _Page(page, prepare)


class _Cell(Generic[Item]):
    __slots__ = ("_item", "_make", "_page", "_row")

    def __init__(self, make: Callable[[Any], Item], row: Any, page: _Page) -> None:
        self._make: Callable[[Any], Item] | None = make
        self._row = row
        self._page: _Page | None = page

    def item(self) -> Item:
        # Read in the reverse order of writing, so that a thread that finds `make` has its row.
        row, page, make = self._row, self._page, self._make
        if make is not None:
            if page is not None:
                page.prepare()
            self._item = make(row)
            self._make = None
            self._page = None
            self._row = None
        return self._item
