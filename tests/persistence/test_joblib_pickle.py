"""The list of globals is exact, and large arrays are not copied."""

from __future__ import annotations

import copyreg
import io
import mmap
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib.numpy_pickle import NumpyUnpickler

from exo_nbregistry.persistence.joblib_format import JOBLIB
from tests.persistence.samples import MODELS, Holder, dumped, objects


class Witness(NumpyUnpickler):
    """An unpickler that records each name that loading looks up."""

    def __init__(self, data: bytes) -> None:
        super().__init__("", io.BytesIO(data), True)
        self.seen: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        """Record the name, then look it up."""
        self.seen.add(f"{module}.{name}")
        return super().find_class(module, name)


@pytest.mark.parametrize("name", MODELS)
def test_globals_are_exact(name: str) -> None:
    """The recorded names are exactly the names that loading looks up."""
    data, names = dumped(MODELS[name]())
    witness = Witness(data)
    witness.load()
    assert names == tuple(sorted(witness.seen))


@pytest.fixture
def _extension() -> Iterator[None]:
    copyreg.add_extension("collections", "Counter", 240)
    yield
    copyreg.remove_extension("collections", "Counter", 240)


@pytest.mark.usefixtures("_extension")
@pytest.mark.parametrize("wrap", [list, objects], ids=["plain", "in an object array"])
def test_extension_codes_are_named(wrap: Callable[..., Any]) -> None:
    """A class that pickle writes as a registered number is recorded by its name."""
    part = Counter("ab")
    _, names = dumped(wrap([part]) if wrap is list else wrap(part))
    assert "collections.Counter" in names


_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.fractions()
    | st.sampled_from([len, Holder, np.float32(3)])
)
_nested = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


@given(_nested)
def test_nested_data_round_trips(value: Any) -> None:
    """Nested plain values are loaded unchanged, and their list of names is exact."""
    data, names = dumped({"plain": value, "boxed": objects(value, 1)})
    loaded = JOBLIB.load(io.BytesIO(data))
    witness = Witness(data)
    witness.load()
    assert loaded["plain"] == value
    assert loaded["boxed"].tolist() == [value, 1]
    assert names == tuple(sorted(witness.seen))


@pytest.mark.parametrize("order", ["C", "F"])
def test_large_arrays_are_views_of_mapped_memory(order: Any) -> None:
    """From mapped memory, a large array is a writable view and a small one a copy."""
    large = np.asarray(np.random.default_rng(0).random((300, 400)), order=order)
    data, _ = dumped({"large": large, "small": large[:2, :2].copy()})
    memory = mmap.mmap(-1, len(data))
    memory.write(data)
    memory.seek(0)
    loaded = JOBLIB.load(memory)  # type: ignore[arg-type]
    assert np.array_equal(loaded["large"], large)
    assert loaded["large"].flags[f"{order}_CONTIGUOUS"]
    assert not loaded["large"].flags.owndata
    assert np.array_equal(loaded["small"], large[:2, :2])
    assert loaded["small"].base is None or loaded["small"].base.base is None
    loaded["large"][0, 0] = -1
    assert loaded["large"][0, 0] == -1
