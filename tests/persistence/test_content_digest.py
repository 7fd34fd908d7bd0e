"""The digest of a model's content."""

from __future__ import annotations

import collections
import copy
import functools
import io
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from exo_nbregistry.persistence.content_digest import content_digest
from exo_nbregistry.persistence.joblib_format import JOBLIB

ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.frozensets(ATOMS)
    ),
    max_leaves=20,
)


class Node:
    """An object with attributes."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Slotted:
    """An object with slots."""

    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


def table(rows: int = 30, seed: int = 0) -> tuple[Any, Any]:
    """Return features and labels."""
    X = np.random.default_rng(seed).normal(size=(rows, 3))
    return X, (X[:, 0] > 0).astype(int)


def typed(value: Any) -> Any:
    """Return a value that is equal only to a value with the same types and zeros."""
    if isinstance(value, list | tuple):
        return type(value).__name__, [typed(item) for item in value]
    if isinstance(value, dict):
        return "dict", [(key, typed(item)) for key, item in value.items()]
    if isinstance(value, frozenset):
        return "set", sorted(map(repr, map(typed, value)))
    return type(value).__name__, repr(value)


@given(VALUES, VALUES)
def test_equal_digests_mean_equal_values(one: Any, other: Any) -> None:
    """Plain values have the same digest if and only if they and their types are equal."""
    assert (content_digest(one) == content_digest(other)) == (typed(one) == typed(other))


@given(VALUES)
def test_a_round_trip_keeps_the_digest(value: Any) -> None:
    """A value that was pickled, or copied without shared parts, has the same digest."""
    assert content_digest(value) == content_digest(pickle.loads(pickle.dumps(value)))
    assert content_digest([value, value]) == content_digest([value, copy.deepcopy(value)])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2), st.integers(0, 2))
def test_fits_of_other_data_or_seeds_differ(
    seed: int, other_seed: int, data: int, other_data: int
) -> None:
    """Two forests have the same digest exactly if their data and their seeds are equal."""
    X, y = table(seed=data)
    one = RandomForestClassifier(2, random_state=seed).fit(X, y)
    X, y = table(seed=other_data)
    other = RandomForestClassifier(2, random_state=other_seed).fit(X, y)
    same = (seed, data) == (other_seed, other_data)
    assert (content_digest(one) == content_digest(other)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Node(a=1, b=2), Node(b=2, a=1)),
        (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3))),
        (np.arange(3, dtype=">i4"), np.arange(3, dtype="<i4")),
        (np.arange(10)[::2], np.arange(0, 10, 2)),
        ({"x", "y", "z"}, {"z", "y", "x"}),
        ([float("nan")], [-float("nan")]),
    ],
    ids=["attributes", "order", "bytes", "stride", "set", "nan"],
)
def test_memory_does_not_matter(one: Any, other: Any) -> None:
    """Order of attributes, memory layout and byte order do not change the digest."""
    assert content_digest(one) == content_digest(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        ("1", b"1"),
        ([1, 2], (1, 2)),
        ([[1], 2], [1, [2]]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, frozenset({1, 2})),
        (0.0, -0.0),
        (np.arange(6), np.arange(6).reshape(2, 3)),
        (np.zeros(2, "f4"), np.zeros(2, "f8")),
        (np.float64(1), 1.0),
        (np.float64(1), np.array(1.0)),
        (np.array(["2001-01-01"], "M8[D]"), np.array(["2001-01-01"], "M8[s]")),
        (np.array([1, "1"], object), np.array(["1", 1], object)),
        (np.zeros(1, [("a", "i4")]), np.zeros(1, [("b", "i4")])),
        (Node(a=1), Slotted(1, None)),
        (Slotted(1, 2), Slotted(2, 1)),
        (len, max),
        (Node, Slotted),
        (functools.partial(max, 1), functools.partial(max, 2)),
        (collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1)),
        (np.random.RandomState(0), np.random.RandomState(1)),
        (np.random.default_rng(0), np.random.default_rng(1)),
        (np.ma.masked_array([1, 2], [0, 1]), np.ma.masked_array([1, 2], [1, 0])),
        (pd.Series([1, 2]), pd.Series([1, 2], index=[1, 2])),
    ],
)
def test_content_matters(one: Any, other: Any) -> None:
    """Values that differ in type, shape or content have different digests."""
    found = content_digest(one), content_digest(other)
    assert None not in found
    assert found[0] != found[1]


def test_padding_of_records_does_not_matter() -> None:
    """Unused bytes between the fields of an array are ignored."""
    dtype = np.dtype([("a", "u1"), ("b", "i8")], align=True)
    one, other = np.zeros(3, dtype), np.frombuffer(bytearray(b"\xff" * 48), dtype)
    other["a"], other["b"] = 0, 0
    assert one.tobytes() != other.tobytes()
    assert content_digest(one) == content_digest(other)


def test_cycles_are_encoded() -> None:
    """Equal cycles have equal digests, and cycles of another length have another one."""

    def ring(*names: str) -> Node:
        nodes = [Node(name=name) for name in names]
        for node, following in zip(nodes, nodes[1:] + nodes[:1], strict=True):
            node.next = following
        return nodes[0]

    assert content_digest(ring("a", "b")) == content_digest(ring("a", "b")) is not None
    assert content_digest(ring("a", "b")) != content_digest(ring("a", "c"))
    assert content_digest(ring("a", "a")) != content_digest(ring("a"))


def test_a_dense_graph_has_no_digest() -> None:
    """A graph that would be walked too often is compared by its bytes."""
    nodes = [Node(name=i) for i in range(12)]
    for node in nodes:
        node.others = nodes
        node.pairs = [[other, node] for other in nodes]
    assert content_digest(nodes[0]) is None


@pytest.mark.parametrize("value", [threading.Lock(), np.zeros(2, np.longdouble), (i for i in "a")])
def test_a_part_without_canonical_form_has_no_digest(value: Any) -> None:
    """An object that cannot be reduced, or an array with padding, gives no digest."""
    assert content_digest([1, value]) is None


def test_a_reduction_that_raises_gives_no_digest() -> None:
    """An error of an object's own code is not raised."""

    class Faulty:
        def __reduce__(self) -> Any:
            raise ZeroDivisionError

    assert content_digest(Faulty()) is None


def test_a_deep_list_gives_no_digest() -> None:
    """A list that is nested too deeply for a recursion gives no digest."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert content_digest(deep) is None


def test_shared_parts_take_linear_time() -> None:
    """A list that is contained twice on each of 60 levels is encoded once per level."""
    value: Any = [1]
    for _ in range(60):
        value = [value, value]
    assert content_digest(value) is not None


def test_predictions_do_not_change_the_digest() -> None:
    """A nearest-neighbor model counts its queries, which are ignored."""
    X, y = table()
    model = KNeighborsClassifier(algorithm="kd_tree").fit(X, y)
    before = content_digest(model)
    model.predict(X)
    assert content_digest(model) == before is not None


def test_a_memory_map_has_the_digest_of_its_array(tmp_path: Path) -> None:
    """A model that is loaded with memory-mapped arrays has the same digest."""
    X, y = table(rows=20_000)
    model = KNeighborsClassifier(algorithm="brute").fit(X, y)
    path = tmp_path / "model.joblib"
    joblib.dump(model, path)
    mapped = joblib.load(path, mmap_mode="r")
    assert isinstance(mapped._fit_X, np.memmap)
    assert content_digest(mapped) == content_digest(model)


def test_a_stored_model_has_the_same_digest() -> None:
    """A model that was dumped and loaded has the same digest."""
    X, y = table()
    model = RandomForestClassifier(3, random_state=0).fit(X, y)
    file = io.BytesIO()
    JOBLIB.dump(model, file)
    file.seek(0)
    assert content_digest(JOBLIB.load(file)) == content_digest(model) is not None


def test_the_digest_does_not_depend_on_the_process() -> None:
    """Two processes with different hash seeds compute the same digest."""
    code = (
        "from exo_nbregistry.persistence.content_digest import content_digest\n"
        "print(content_digest({'words': {'a', 'b', 'c', 'd'}, 'kind': len}))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert len(found) == 1
    assert "None" not in found


def test_the_model_is_not_changed() -> None:
    """Computing the digest does not change a model."""
    X, y = table()
    model = LogisticRegression().fit(X, y)
    before = pickle.dumps(model)
    content_digest(model)
    assert pickle.dumps(model) == before
