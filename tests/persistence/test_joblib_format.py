"""What is written is what joblib writes, and the list of globals is exact."""

from __future__ import annotations

import copyreg
import io
import mmap
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib.numpy_pickle import NumpyUnpickler
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.joblib_format import JOBLIB, portability_issues


class _Witness(NumpyUnpickler):
    """Note every name that loading really looks up."""

    def __init__(self, data: bytes) -> None:
        super().__init__("", io.BytesIO(data), True)
        self.seen: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.seen.add(f"{module}.{name}")
        return super().find_class(module, name)


class Holder:
    """A model with one attribute."""

    class Inner:
        """A class inside a class."""

    def __init__(self, part: Any) -> None:
        self.part = part


def _forest() -> Any:
    X = np.arange(40.0).reshape(20, 2)
    y = np.array(["planet", "none"] * 10, dtype=object)
    return RandomForestClassifier(3, random_state=0).fit(X, y)


def _pipeline() -> Any:
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "x"]})
    steps = ColumnTransformer([("b", OneHotEncoder(), ["b"])], remainder="passthrough")
    return make_pipeline(steps, FunctionTransformer(np.log1p)).fit(table)


def _objects(*values: Any) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


MODELS: dict[str, Callable[[], Any]] = {
    "forest with object classes": _forest,
    "pipeline with a ufunc": _pipeline,
    "plain": lambda: {"a": [1, 2.5, None, "é"], "b": (b"x", {3})},
    "classes and functions": lambda: [Holder, Holder.Inner, joblib.dump, len, np.sin, type(None)],
    "fortran": lambda: np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "empty": lambda: [np.empty((0, 3)), np.float64(2), np.array(7)],
    "nested objects": lambda: _objects(Fraction(1, 2), _objects(Holder(np.ones(3)), np.cos), len),
    "types in objects": lambda: _objects(OrderedDict, type(None), type(...), date(2026, 1, 1)),
    "frame": lambda: pd.DataFrame({"a": [1.0], "b": ["x"], "c": pd.Categorical(["u"])}),
}


def dumped(model: Any) -> tuple[bytes, tuple[str, ...]]:
    """Write a model to memory."""
    target = io.BytesIO()
    names = JOBLIB.dump(model, target)
    return target.getvalue(), names


@pytest.mark.parametrize("name", MODELS)
def test_bytes_are_joblibs_own(name: str) -> None:
    """A model is written byte for byte as joblib.dump writes it."""
    model = MODELS[name]()
    expected = io.BytesIO()
    joblib.dump(model, expected)
    assert dumped(model)[0] == expected.getvalue()


@pytest.mark.parametrize("name", MODELS)
def test_globals_are_exact(name: str) -> None:
    """The recorded names are those that loading looks up, none missing and none too many."""
    data, names = dumped(MODELS[name]())
    witness = _Witness(data)
    witness.load()
    assert names == tuple(sorted(witness.seen))


def test_joblib_reads_what_was_written(tmp_path: Path) -> None:
    """joblib.load on its own reads the file, and the model predicts the same."""
    model, path = _forest(), tmp_path / "m.joblib"
    with path.open("wb") as file:
        JOBLIB.dump(model, file)
    X = np.random.default_rng(0).random((9, 2)) * 40
    assert joblib.load(path).predict_proba(X).tolist() == model.predict_proba(X).tolist()


@pytest.fixture
def _extension() -> Iterator[None]:
    copyreg.add_extension("collections", "Counter", 240)
    yield
    copyreg.remove_extension("collections", "Counter", 240)


@pytest.mark.usefixtures("_extension")
@pytest.mark.parametrize("wrap", [list, _objects], ids=["plain", "in an object array"])
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
    """Any nesting of plain values loads equal, and its list of globals is exact."""
    data, names = dumped({"plain": value, "boxed": _objects(value, 1)})
    loaded = JOBLIB.load(io.BytesIO(data))
    witness = _Witness(data)
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


def test_a_compressed_file_is_read() -> None:
    """What joblib.dump wrote with compression loads too."""
    target = io.BytesIO()
    joblib.dump({"w": np.arange(5)}, target, compress=3)
    target.seek(0)
    assert JOBLIB.load(target)["w"].tolist() == [0, 1, 2, 3, 4]


def _local() -> Any:
    class Local:
        pass

    return Local()


@pytest.mark.parametrize(
    ("part", "place", "fix"),
    [
        ({"f": [0, lambda x: x]}, "in model.part['f'][1]", "named function in a module"),
        (_local(), "in model.part", "out of the function that defines it"),
        (_objects(i for i in range(2)), "a generator in model.part.flat[0]", "__getstate__"),
        ((1, sys.stdout), "in model.part[1]", "__getstate__"),
    ],
    ids=["lambda", "local class", "generator in an object array", "open file"],
)
def test_what_cannot_be_written_is_named(part: Any, place: str, fix: str) -> None:
    """A refusal names the model's type, the attribute at fault and the fix."""
    with pytest.raises(SerializationError) as caught:
        dumped(Holder(part))
    assert caught.value.model_type.endswith("Holder")
    assert place in str(caught.value)
    assert fix in str(caught.value)


def test_a_full_disk_is_no_serialization_error() -> None:
    """An error of the disk passes through as what it is."""

    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        JOBLIB.dump([1], Full())


def test_names_from_main_are_reported_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of the notebook is written, and reported with the fix."""
    scaler = type("Scaler", (), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], "Scaler", scaler, raising=False)
    _, names = dumped(scaler())
    (issue,) = portability_issues(names)
    assert issue.startswith("__main__.Scaler ")
    assert "put it in a module" in issue


def test_installed_packages_are_no_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of installed packages and the standard library pass; a file beside the notebook not."""
    (tmp_path / "my_features_xyz.py").write_text("class Ratio: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    import my_features_xyz  # type: ignore[import-not-found]

    monkeypatch.delitem(sys.modules, "my_features_xyz")
    monkeypatch.setitem(sys.modules, "my_features_xyz", my_features_xyz)
    installed = ["sklearn.svm._classes.SVC", "numpy.ndarray", "collections.OrderedDict"]
    assert portability_issues(installed) == ()
    (issue,) = portability_issues([*installed, "my_features_xyz.Ratio"])
    assert "local file my_features_xyz.py" in issue
