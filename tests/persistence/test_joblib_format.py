"""Models are written as joblib writes them, and errors name the object."""

from __future__ import annotations

import importlib
import io
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence import local_code
from exo_nbregistry.persistence.joblib_format import JOBLIB, portability_issues
from tests.persistence.samples import MODELS, Holder, dumped, forest, objects


@pytest.mark.parametrize("name", MODELS)
def test_bytes_are_joblibs_own(name: str) -> None:
    """A model is written with the same bytes as by joblib.dump."""
    model = MODELS[name]()
    expected = io.BytesIO()
    joblib.dump(model, expected)
    assert dumped(model)[0] == expected.getvalue()


RNG = np.random.default_rng(0)
SQUARE = RNG.random((300, 400))
LARGE_ARRAYS = {
    "rows": SQUARE,
    "columns": np.asfortranarray(SQUARE),
    "other byte order": SQUARE.astype(">f8"),
    "complex": SQUARE + 1j,
    "dates": (SQUARE * 1e6).astype("datetime64[s]"),
    "records": np.zeros(50_000, dtype=[("a", "i4"), ("b", "f8", (2,))]),
    "text": np.array(["abc", "d"] * 50_000),
    "every other row": RNG.random((600, 400))[::2],
    "backwards": RNG.random(100_000)[::-1],
    "one number many times": np.broadcast_to(np.float64(1), (300, 400)),
    "matrix": SQUARE.view(np.matrix),
    "objects": np.array([1, "a", None] * 40_000, dtype=object),
    "twice": [SQUARE, {"again": SQUARE}],
}


@pytest.mark.parametrize("name", sorted({*MODELS} - {"classes and functions", "nested objects"}))
def test_bytes_without_own_code_are_joblibs_own(name: str) -> None:
    """A model whose classes are installed has the same bytes as by joblib.dump, by value too."""
    model = MODELS[name]()
    expected = io.BytesIO()
    joblib.dump(model, expected)
    assert dumped(model, by_value=True)[0] == expected.getvalue()


@pytest.mark.parametrize("name", LARGE_ARRAYS)
def test_large_arrays_are_written_as_joblib_does(name: str) -> None:
    """A large array of any layout and type is written with the same bytes as by joblib."""
    expected = io.BytesIO()
    joblib.dump(LARGE_ARRAYS[name], expected)
    assert dumped(LARGE_ARRAYS[name])[0] == expected.getvalue()


@pytest.mark.parametrize("name", ["rows", "columns", "dates"])
def test_large_arrays_are_not_copied(name: str) -> None:
    """The target receives the memory of the array."""
    array = LARGE_ARRAYS[name]
    shared = []

    class Target(io.BytesIO):
        def write(self, data: Any, /) -> int:
            # The data itself is not kept: pickle closes the buffers that it writes from.
            if len(data) == array.nbytes:
                shared.append(np.shares_memory(np.frombuffer(data, np.uint8), array))
            return super().write(data)

    JOBLIB.dump({"weights": array}, Target())
    assert shared == [True]


def test_joblib_reads_what_was_written(tmp_path: Path) -> None:
    """joblib.load reads the file, and the model predicts the same."""
    model, path = forest(), tmp_path / "m.joblib"
    with path.open("wb") as file:
        JOBLIB.dump(model, file)
    X = np.random.default_rng(0).random((9, 2)) * 40
    assert joblib.load(path).predict_proba(X).tolist() == model.predict_proba(X).tolist()


def test_a_compressed_file_is_read() -> None:
    """A compressed file of joblib.dump is loaded."""
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
        (_local(), "in model.part", "from the function that defines it"),
        (objects(i for i in range(2)), "a generator in model.part.flat[0]", "__getstate__"),
        ((1, sys.stdout), "in model.part[1]", "__getstate__"),
    ],
    ids=["lambda", "local class", "generator in an object array", "open file"],
)
def test_an_unpicklable_object_is_named(part: Any, place: str, fix: str) -> None:
    """By name, the error has the type of the model, the unpicklable attribute and what to do."""
    with pytest.raises(SerializationError) as caught:
        dumped(Holder(part))
    assert caught.value.model_type.endswith("Holder")
    assert place in str(caught.value)
    assert fix in str(caught.value)


def test_a_redefined_class_is_fitted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name, if the cell of a class was run again after the fit, the remedy is to fit again."""
    first, second = (type("Shifted", (), {"__module__": "__main__"}) for _ in range(2))
    monkeypatch.setattr(sys.modules["__main__"], "Shifted", second, raising=False)
    with pytest.raises(SerializationError, match="Fit again with the new definition") as caught:
        dumped({"steps": [first()]})
    assert "model['steps'][0]" in str(caught.value)
    assert "Set it to None" not in str(caught.value)


def test_a_class_of_a_reloaded_module_is_fitted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, if a local module was reloaded after the fit, the remedy is to fit again."""
    (tmp_path / "scaling_xyz.py").write_text("class Scaler: pass\ndef double(x): return x\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("scaling_xyz")
    model = [module.Scaler(), module.double]
    importlib.reload(module)
    for part in model:
        with pytest.raises(SerializationError, match=r"a module was reloaded\. Fit again"):
            dumped([part])


def test_a_class_that_was_removed_is_defined_again() -> None:
    """By name, if a class does not exist any more, the remedy is to define it again."""
    removed = type("Removed", (), {"__module__": "__main__"})
    with pytest.raises(SerializationError, match="Define it again and fit again"):
        dumped([removed()])


def test_an_object_that_answers_everything_is_named() -> None:
    """The error names an unpicklable object even if each of its attributes exists or raises."""

    class Everything:
        __qualname__ = "Everything"

        def __getattr__(self, name: str) -> Any:
            return 1

        def __reduce__(self) -> str:
            raise TypeError("no pickle")

    class Nothing(Everything):
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    for part in (Everything(), Nothing()):
        with pytest.raises(SerializationError, match=r"in model\.part cannot be pickled"):
            dumped(Holder(part))


def test_a_full_disk_is_not_a_serialization_error() -> None:
    """An error of the disk is raised unchanged."""

    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        JOBLIB.dump([1], Full())


def test_names_from_main_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of the notebook that is written by name is reported with a remedy."""
    scaler = type("Scaler", (), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], "Scaler", scaler, raising=False)
    _, names = dumped(scaler())
    (issue,) = portability_issues(names)
    assert issue.startswith("__main__.Scaler ")
    assert "by_value=True, or move it to a module" in issue


def test_installed_packages_are_portable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed packages and the standard library are portable; a local file is not."""
    (tmp_path / "my_features_xyz.py").write_text("class Ratio: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    import my_features_xyz  # type: ignore[import-not-found]

    monkeypatch.delitem(sys.modules, "my_features_xyz")
    monkeypatch.setitem(sys.modules, "my_features_xyz", my_features_xyz)
    installed = ["sklearn.svm._classes.SVC", "numpy.ndarray", "collections.OrderedDict"]
    assert portability_issues(installed) == ()
    (issue,) = portability_issues([*installed, "my_features_xyz.Ratio"])
    assert "local file my_features_xyz.py" in issue


def test_the_package_itself_is_not_a_local_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of this package is portable: loading it requires the package anyway."""
    monkeypatch.setattr(local_code, "distribution_of", lambda _module: None)
    local_code._outside.cache_clear()
    name = "exo_nbregistry.exoplanet.models.classifiers.SVMClassifier"
    assert portability_issues([name]) == ()
