"""Items are created on first access, once."""

from __future__ import annotations

import copy
import pickle

import pytest

from exo_nbregistry.values.lazy_sequence import PAGE, LazySequence

made: list[int] = []


def square(number: int) -> int:
    """Make an item, and remember that it was made."""
    made.append(number)
    return number * number


@pytest.fixture(autouse=True)
def _nothing_made() -> None:
    made.clear()


def test_only_accessed_items_are_created() -> None:
    """Counting makes nothing; an item, also of a slice, is made at the first look and kept."""
    items = LazySequence(square, range(5))
    part = items[3:]
    assert (len(items), len(part), made) == (5, 2, [])
    assert (items[-1], part[1], items[4]) == (16, 16, 16)
    assert made == [4]
    assert list(items) == [0, 1, 4, 9, 16]
    assert made == [4, 0, 1, 2, 3]


def test_it_is_a_sequence() -> None:
    """Iteration, membership and bounds work as for a list."""
    items = LazySequence(square, (3, 4))
    assert 16 in items
    assert list(reversed(items)) == [16, 9]
    assert list(items[::-1][5:]) == []
    with pytest.raises(IndexError):
        items[2]


def test_an_item_that_cannot_be_made_is_tried_again() -> None:
    """An error is raised at each look until the item can be made."""
    parts = [0]
    items = LazySequence(lambda row: 1 // parts[row], [0])
    with pytest.raises(ZeroDivisionError):
        items[0]
    parts[0] = 1
    assert items[0] == 1


def test_a_copy_holds_the_items() -> None:
    """A pickle or a copy has the items, not their rows."""
    items = LazySequence(lambda row: row + 1, [1, 2])
    assert pickle.loads(pickle.dumps(items)) == (2, 3)
    assert copy.deepcopy(items) == (2, 3)


def test_the_rows_of_a_page_are_prepared_once() -> None:
    """The first item of a page prepares all its rows, also through a slice."""
    pages: list[list[int]] = []
    items = LazySequence(square, range(2 * PAGE + 1), pages.append)
    assert items[1:][0] == 1
    assert pages == [list(range(PAGE))]
    assert items[0] == 0
    assert items[-1] == (2 * PAGE) ** 2
    assert pages[1:] == [[2 * PAGE]]
    assert len(list(items)) == 2 * PAGE + 1
    assert [len(page) for page in pages] == [PAGE, 1, PAGE]


def test_an_item_is_created_although_its_page_was_not_prepared() -> None:
    """An error of the preparation is raised once; the items are then created one by one."""

    def fail(rows: object) -> None:
        raise OSError("no network")

    items = LazySequence(square, [2, 3], fail)
    with pytest.raises(OSError, match="no network"):
        items[0]
    assert list(items) == [4, 9]
