"""The path to an unpicklable object."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.persistence.unpicklable import NullSink, find_unpicklable


class Holder:
    """A model with one attribute."""

    def __init__(self, part: Any) -> None:
        self.part = part


def _boxed(value: Any) -> Any:
    array = np.empty((2, 2), dtype=object)
    array[1, 0] = value
    return array


LOCK = threading.Lock()


@pytest.mark.parametrize(
    ("model", "place"),
    [
        (LOCK, ""),
        (Holder(LOCK), ".part"),
        (Holder([1, {"a": (2, LOCK)}]), ".part[1]['a'][1]"),
        (_boxed(LOCK), ".flat[2]"),
        ({("a", 1): Holder(_boxed(LOCK))}, "[('a', 1)].part.flat[2]"),
    ],
    ids=["itself", "attribute", "nested", "array", "deep"],
)
def test_the_innermost_holder_is_found(model: Any, place: str) -> None:
    """The result is the unpicklable object and the code that reaches it."""
    found, value, *_ = find_unpicklable(model)
    assert (found, value) == (place, LOCK)
    assert eval(f"model{found}", {"model": model}) is LOCK


def test_a_circle_ends() -> None:
    """A model that contains itself ends the search."""
    ring: list[Any] = [LOCK]
    ring.insert(0, ring)
    assert find_unpicklable(ring)[:2] == ("[1]", LOCK)


def test_an_object_without_visible_parts_ends_the_search() -> None:
    """If no part of an object explains the error, the object itself is returned."""

    class Hidden:
        def __reduce__(self) -> Any:
            raise RuntimeError("no")

    hidden = Hidden()
    assert find_unpicklable([hidden])[:2] == ("[0]", hidden)


def test_a_sink_counts_its_bytes() -> None:
    """A sink accepts bytes and returns their number."""
    assert NullSink().write(b"abc") == 3
