"""Items are created on first access, once."""

from __future__ import annotations

import copy
import pickle

import pytest

from exo_nbregistry.values.lazy_sequence import LazySequence

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
