"""The restricted loader on whole files."""

from __future__ import annotations

import io
import mmap
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from exo_nbregistry.restricted import names as names_module
from exo_nbregistry.restricted.load import load_restricted, unknown_names
from exo_nbregistry.restricted.rejection import Rejection
from tests.restricted.opcode_stream import START, STOP, load, name, names, reason, text

X, Y = np.arange(40.0).reshape(-1, 2), [0, 1] * 10


def dumped(value: Any, protocol: int | None = None) -> bytes:
    """Return the bytes of ``joblib.dump``, or those of pickle."""
    target = io.BytesIO()
    joblib.dump(value, target) if protocol is None else pickle.dump(value, target, protocol)
    return target.getvalue()


@pytest.mark.parametrize("protocol", [None, 2, 3, 4, 5])
@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        RandomForestClassifier(3, random_state=0),
        make_pipeline(StandardScaler(), FunctionTransformer(np.abs), LogisticRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_fitted_models_predict_as_before(model: Any, protocol: int | None) -> None:
    """A fitted model of scikit-learn loads from joblib and from each protocol of pickle."""
    model = model.fit(X, Y)
    loaded = load(dumped(model, protocol))
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_a_model_is_read_from_memory_a_file_or_a_map(tmp_path: Path) -> None:
    """Each source of the bytes gives the same model."""
    data = dumped({"weights": X})
    (tmp_path / "m").write_bytes(data)
    memory = mmap.mmap(-1, len(data))
    memory[:] = data
    with (tmp_path / "m").open("rb") as file:
        for source in (io.BytesIO(data), memory, file):
            loaded = load_restricted(source)  # type: ignore[arg-type]
            np.testing.assert_array_equal(loaded["weights"], X)


def test_an_unknown_name_is_refused_before_it_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that only the file names is not imported, neither to load nor to list names."""
    (tmp_path / "wicked.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.syspath_prepend(tmp_path)
    stream = START + name("wicked.Thing") + b")\x81" + STOP
    assert "wicked.Thing is not on the list" in reason(stream)
    assert names(stream) == ("wicked.Thing",)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("sklearn", "svm._classes.SVC"),
        ("sklearn.utils._testing", "os.system"),
        ("sklearn.svm", "SVC.__init__"),
        ("numpy", "f2py.crackfortran.myeval"),
        ("sklearn.svm._classes", "SVC.fit"),
        ("", "sklearn.svm._classes.SVC"),
    ],
)
def test_a_name_with_a_path_is_refused(module: str, path: str) -> None:
    """A listed name is an attribute of its module, never a path through other objects."""
    stream = START + text(module) + text(path) + pickle.STACK_GLOBAL + STOP
    assert "not on the list" in reason(stream)


def test_names_of_older_numpy_and_python_are_read() -> None:
    """numpy.core of NumPy 1 and __builtin__ of protocol 2 mean the modules of today."""
    data = dumped(np.array(["a", 1], dtype=object), 5)
    older = data.replace(b"\x15numpy._core.multiarray", b"\x14numpy.core.multiarray")
    # The frame is a byte shorter.
    older = (
        older[:3] + (int.from_bytes(older[3:11], "little") - 1).to_bytes(8, "little") + older[11:]
    )
    assert older != data
    assert list(load(older)) == ["a", 1]
    assert load(dumped({1, 2}, 2)) == {1, 2}


def test_all_unknown_names_are_listed() -> None:
    """Names in containers, states, calls and arrays are listed once, in the order of the file."""
    value = {
        "call": Fraction(1, 3),
        "array": np.array([print, Fraction], dtype=object),
        "plain": X,
        "records": np.zeros(3, [("a", "f8")]),
        "set": {1, 2},
        "model": LogisticRegression().fit(X, Y),
        "last": eval,
    }
    expected = ("fractions.Fraction", "builtins.print", "builtins.eval")
    for protocol in (None, 2, 5):
        assert names(dumped(value, protocol)) == expected
    assert unknown_names(io.BytesIO(dumped(value)), trust=["mypkg"]) == expected


def test_listed_names_are_not_unknown() -> None:
    """A model that loads has no unknown names."""
    assert names(dumped(RandomForestClassifier(2).fit(X, Y))) == ()


@pytest.mark.parametrize("data", [b"", b"x", START, START + b"i\n", b"\x80\x05t.", b"PK\x03\x04"])
def test_names_of_broken_files_are_rejected(data: bytes) -> None:
    """A file that cannot be read has no names."""
    with pytest.raises(Rejection):
        names(data)


def test_a_version_without_a_list_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a scikit-learn that has no list, nothing is loaded without trust."""
    monkeypatch.setattr(names_module, "allow_list", allow_missing)
    names_module.installed_list.cache_clear()
    assert reason(dumped([1])) == "No allow list for scikit-learn 9.9."
    monkeypatch.undo()
    names_module.installed_list.cache_clear()
    assert load(dumped([1])) == [1]


def allow_missing() -> Any:
    """Raise the error of a missing list."""
    raise Rejection("No allow list for scikit-learn 9.9.")


def test_a_name_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listed name that the installed packages do not have is named."""
    full = "sklearn.dummy.DummyClassifier"
    monkeypatch.delattr("sklearn.dummy.DummyClassifier")
    names_module.listed_value.cache_clear()
    names_module.listed_class.cache_clear()
    assert f"{full} does not exist" in reason(START + name(full) + STOP)


def test_a_class_must_have_its_listed_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another object under the name of a listed class is refused."""
    monkeypatch.setattr("sklearn.dummy.DummyClassifier", dict)
    names_module.listed_value.cache_clear()
    names_module.listed_class.cache_clear()
    assert "is not a class" in reason(START + name("sklearn.dummy.DummyClassifier") + STOP)


@pytest.fixture(autouse=True)
def _forget_changed_names() -> Any:
    """Clear the caches of names after a test that changed one."""
    yield
    names_module.listed_value.cache_clear()
    names_module.listed_class.cache_clear()
