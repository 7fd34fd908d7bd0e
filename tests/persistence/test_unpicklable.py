"""The path to what cannot be pickled."""

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
    """The way to the part at fault is given as the code that reaches it, and the part with it."""
    found, value = find_unpicklable(model)
    assert (found, value) == (place, LOCK)
    assert eval(f"model{found}", {"model": model}) is LOCK


def test_a_circle_ends() -> None:
    """A model that holds itself does not keep the search going."""
    ring: list[Any] = [LOCK]
    ring.insert(0, ring)
    assert find_unpicklable(ring) == ("[1]", LOCK)


def test_a_part_that_hides_itself_stops_the_search() -> None:
    """What is refused for no visible part is itself named."""

    class Hidden:
        def __reduce__(self) -> Any:
            raise RuntimeError("no")

    hidden = Hidden()
    assert find_unpicklable([hidden]) == ("[0]", hidden)


def test_a_sink_counts_what_it_forgets() -> None:
    """A sink takes bytes as any writer does."""
    assert NullSink().write(b"abc") == 3
