"""Classes and functions of a notebook are stored in the model, and load in a fresh process."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence import by_value
from exo_nbregistry.persistence.by_value import Definitions, imports_of
from exo_nbregistry.persistence.joblib_format import portability_issues
from tests.persistence.cells import results_elsewhere, run_cell, written

NOTEBOOK = '''
import functools
from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

T = TypeVar("T")
OFFSET = 3.0
Point = namedtuple("Point", "x y")


class Mode(Enum):
    SUM = "sum"
    MEAN = "mean"


@dataclass
class Config:
    """Settings."""

    factor: float = 2.0
    names: list = field(default_factory=lambda: ["a"])


class Base(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.n_features_in_ = np.asarray(X).shape[1]
        return self


class Scaler(Base):
    class Limits:
        low = 1

    def __init__(self, config=None, mode=Mode.SUM):
        self.config = config
        self.mode = mode

    def fit(self, X, y=None):
        super().fit(X, y)
        return self

    @property
    def factor(self):
        return (self.config or Config()).factor

    @functools.cached_property
    def double(self):
        return 2 * self.factor

    @staticmethod
    def one():
        return 1

    @classmethod
    def name(cls):
        return cls.__name__

    def transform(self, X):
        added = shifted(self.one()) if self.mode is Mode.SUM else 0
        return np.asarray(X) * self.factor + added + self.Limits.low


class Box(Generic[T]):
    def __init__(self, item):
        self.item = item


class Slots:
    __slots__ = ("value",)


def decorated(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args) + 1

    return inner


@decorated
def shifted(x):
    return x + OFFSET


@functools.lru_cache(maxsize=8)
def cached(x):
    return shifted(x) * 2


def counter(step):
    def count(x):
        return x + step

    return count


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def root(x):
    from scipy import special

    return float(special.cbrt(x))


vector = np.vectorize(lambda x: x + 1.0, otypes=[float])
vector([1, 2])
X = pd.DataFrame({"a": np.arange(10.0), "b": np.arange(10.0) % 3})
y = np.arange(10) % 2
slots = Slots()
slots.value = 5
objects = np.empty(2, dtype=object)
objects[0], objects[1] = lambda x: x * 2, Scaler
'''
# Each expression is evaluated here and in a fresh process.
CASES = {
    "class": ("Scaler(Config(3.0)).fit(X)", "model.transform([[1.0, 2.0]]).tolist()"),
    "properties": ("Scaler()", "[model.factor, model.double, model.name()]"),
    "enum": ("Scaler(mode=Mode.MEAN)", "model.mode.value + model.transform([[1.0]]).__repr__()"),
    "enum member": ("Mode.MEAN", "[model.value, type(model).__name__]"),
    "dataclass": ("Config(4.0)", "[repr(model), model == type(model)(4.0), model.names]"),
    "named tuple": ("Point(1, 2)", "[repr(model), model._replace(x=3).x]"),
    "generic": ("Box(2)", "model.item"),
    "slots": ("slots", "model.value"),
    "class itself": ("Scaler", "model.name()"),
    "function": ("shifted", "model(2)"),
    "closure": ("counter(5)", "model(2)"),
    "cache": ("cached", "[model(2), model(2), model.cache_info().hits]"),
    "recursion": ("even", "model(10)"),
    "import inside": ("root", "model(9)"),
    "lambda": ("lambda x: x + OFFSET", "model(1)"),
    "partial": ("functools.partial(shifted, 4)", "model()"),
    "vectorize": ("vector", "model([1, 2]).tolist()"),
    "method": ("Scaler(Config(5.0)).transform", "model([[1.0]]).tolist()"),
    "dict": ("{'f': [lambda x: x + 1, shifted]}", "[f(1) for f in model['f']]"),
    "object array": (
        "{'o': objects, 's': Scaler()}",
        "[model['o'][0](4), model['o'][1] is type(model['s'])]",
    ),
    "function transformer": (
        "FunctionTransformer(lambda X: X.to_numpy() * OFFSET).fit(X)",
        "model.transform(__import__('pandas').DataFrame({'a': [1.0], 'b': [2.0]})).tolist()",
    ),
    "pipeline": (
        "make_pipeline(Scaler(), FunctionTransformer(np.log1p), LogisticRegression()).fit(X, y)",
        "model.predict_proba([[1.0, 2.0]]).tolist()",
    ),
    "columns": (
        "ColumnTransformer([('own', FunctionTransformer(shifted), ['a'])]).fit(X)",
        "model.transform(__import__('pandas').DataFrame({'a': [1.0], 'b': [2.0]})).tolist()",
    ),
}


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """Return the variables of a notebook with definitions of many kinds."""
    return run_cell(NOTEBOOK)


@pytest.fixture(scope="module")
def elsewhere(notebook: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the results of all models in one fresh process."""
    models = {name: (eval(model, notebook), use) for name, (model, use) in CASES.items()}
    return results_elsewhere(models, tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("name", CASES)
def test_a_definition_works_in_a_fresh_process(
    name: str, notebook: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    """A class, function or lambda of the notebook has the same results in a fresh process."""
    made, use = CASES[name]
    here = eval(use, {"model": eval(made, notebook)})
    assert elsewhere[name] == json.loads(json.dumps(here))


def test_the_code_is_named(notebook: dict[str, Any]) -> None:
    """The names of the outermost definitions and the versions are kept."""
    _, details = written(eval("Scaler(Config(3.0))", notebook))
    assert details.code is not None
    assert details.code.by_value == (
        "__main__.Base",
        "__main__.Config",
        "__main__.Mode",
        "__main__.Scaler",
        "__main__.shifted",
    )
    assert details.code.python == ".".join(map(str, sys.version_info[:2]))
    assert details.code.label.startswith("carries its own code (5 definitions, Python 3.")


def test_several_lambdas_have_several_names() -> None:
    """Definitions with the same name are numbered."""
    model = run_cell("model = [lambda x: x, lambda x: x + 1]")["model"]
    code = written(model)[1].code
    assert code is not None
    assert code.by_value == ("__main__.<lambda>", "__main__.<lambda> (2)")


def test_packages_of_the_code_are_recorded(notebook: dict[str, Any]) -> None:
    """Modules that functions use, or import when they are called, are kept."""
    assert "numpy" in written(notebook["Scaler"])[1].imports
    assert written(notebook["root"])[1].imports == ("scipy",)


@pytest.mark.parametrize(
    ("source", "package", "modules"),
    [
        ("import scipy.stats", "", {"scipy.stats"}),
        ("from scipy import stats, linalg", "", {"scipy"}),
        ("from .near import f", "pack.inner", {"pack.inner.near"}),
        ("from .. import g", "pack.inner", {"pack"}),
        ("def h():\n        import json", "", {"json"}),
    ],
)
def test_imports_inside_functions_are_found(source: str, package: str, modules: set[str]) -> None:
    """Absolute, relative and nested imports of a function are found without a call."""
    scope: dict[str, Any] = {}
    exec(f"def f():\n    {source}\n", scope)
    assert imports_of(scope["f"].__code__, package) == modules


@pytest.fixture
def features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a module in a local file."""
    (tmp_path / "features_xyz.py").write_text(
        "import numpy as np\nLIMIT = 1e-9\n\n\n"
        "def safe(x):\n    return np.maximum(x, LIMIT)\n\n\n"
        "def ratio(a, b):\n    return a / safe(b)\n\n\n"
        "class Ratio:\n    def predict(self, X):\n        return [ratio(a, b) for a, b in X]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("features_xyz")
    monkeypatch.delitem(sys.modules, "features_xyz")
    monkeypatch.setitem(sys.modules, "features_xyz", module)
    return module


def test_a_local_file_is_not_needed_elsewhere(features: ModuleType, tmp_path: Path) -> None:
    """A class of a local file, and a function that uses the module, work without the file."""
    own = run_cell("def own(a):\n    return features.ratio(a, 2.0)\n", features=features)["own"]
    (tmp_path / "elsewhere").mkdir()
    models = {"class": (features.Ratio(), "model.predict([(1, 2)])"), "use": (own, "model(3)")}
    assert results_elsewhere(models, tmp_path / "elsewhere") == {"class": [0.5], "use": 1.5}


def test_a_reloaded_module_works(features: ModuleType, tmp_path: Path) -> None:
    """A model of a module that was reloaded after the fit is stored with its old class."""
    model = features.Ratio()
    importlib.reload(features)
    (tmp_path / "elsewhere").mkdir()
    models = {"old": (model, "model.predict([(1, 2)])")}
    assert results_elsewhere(models, tmp_path / "elsewhere") == {"old": [0.5]}


def test_a_redefined_class_works(tmp_path: Path) -> None:
    """A model that was fitted before the cell of its class was run again keeps the old class."""
    first = run_cell("class Adder:\n    def predict(self, X):\n        return 1\nold = Adder()")
    second = run_cell(
        "class Adder:\n    def predict(self, X):\n        return 2\n", old=first["old"]
    )
    models = {
        "old": (second["old"], "model.predict(0)"),
        "new": (second["Adder"](), "model.predict(0)"),
    }
    assert results_elsewhere(models, tmp_path) == {"old": 1, "new": 2}


def test_by_name_is_as_before(features: ModuleType) -> None:
    """With by_value=False, a class of a local file is stored by its name."""
    data, details = written(features.Ratio(), by_value=False)
    assert details.code is None
    assert details.globals == ("features_xyz.Ratio",)
    assert len(data) < 100


def test_installed_code_is_never_stored_by_value() -> None:
    """Classes and functions of installed packages and of this package are stored by name."""
    from sklearn.svm import SVC

    from exo_nbregistry.exoplanet import SVMClassifier

    _, details = written([SVC, SVMClassifier, np.mean, json.dumps])
    assert details.code is None


def test_the_setting_of_cloudpickle_is_restored(features: ModuleType) -> None:
    """Writing a model does not change how cloudpickle writes the module elsewhere."""
    written(features.Ratio())
    assert by_value.cloudpickle.list_registry_pickle_by_value() == set()
    by_value.cloudpickle.register_pickle_by_value(features)
    try:
        written(features.Ratio())
        assert by_value.cloudpickle.list_registry_pickle_by_value() == {"features_xyz"}
    finally:
        by_value.cloudpickle.unregister_pickle_by_value(features)


def test_paths_of_this_machine_are_not_stored(features: ModuleType, tmp_path: Path) -> None:
    """The file does not contain the folder of the module."""
    own = run_cell("def own(a):\n    return features.ratio(a, 2.0)\n", features=features)["own"]
    for model in (features.Ratio(), own):
        assert str(tmp_path).encode() not in written(model)[0]


def test_an_open_file_in_a_function_is_named(tmp_path: Path) -> None:
    """A variable that cannot be stored is named with its function and what to do."""
    (tmp_path / "log.txt").write_text("")
    with (tmp_path / "log.txt").open() as log:
        cell = run_cell(
            "class Model:\n    def predict(self, X):\n        return note(X)\n\n\n"
            "def note(X):\n    return log.read()\n",
            log=log,
        )
        with pytest.raises(SerializationError) as caught:
            written({"model": cell["Model"]()})
    text = str(caught.value)
    assert "the variable log, which note uses, has a TextIOWrapper" in text
    assert "Create it inside note, or pass it as a parameter." in text
    assert "\n" not in text


def test_a_lock_in_the_model_is_named_by_its_place() -> None:
    """An object that cannot be stored has the same message as in a model without code."""
    import threading

    box = run_cell("class Box:\n    pass\n")["Box"]()
    box.parts = [threading.Lock()]
    with pytest.raises(SerializationError, match=r"a lock in model\.parts\[0\] cannot be pickled"):
        written(box)


def test_a_connection_that_a_method_uses_is_named() -> None:
    """A variable of a method is named with the method, also deep in a model."""
    import sqlite3

    cell = run_cell("class Model:\n    def predict(self, X):\n        return db\n", db=None)
    cell["db"] = sqlite3.connect(":memory:")
    with pytest.raises(SerializationError, match=r"variable db, which Model\.predict uses"):
        written({"steps": [cell["Model"]()]})
    cell["db"].close()


def test_a_ufunc_of_python_has_a_remedy() -> None:
    """A ufunc that numpy made from a function cannot be stored, and np.vectorize is named."""
    with pytest.raises(SerializationError, match=r"Use numpy\.vectorize\(function\) instead of"):
        written({"f": np.frompyfunc(lambda x: x, 1, 1)})


def test_a_lock_in_a_closure_is_named() -> None:
    """A lock that a closure keeps is named with the function."""
    source = (
        "import threading\n\n\ndef make():\n    guard = threading.Lock()\n\n"
        "    def use(x):\n        with guard:\n            return x\n\n    return use\n"
    )
    with pytest.raises(SerializationError, match=r"variable guard, which make\.<locals>\.use uses"):
        written([run_cell(source)["make"]()])


def test_an_import_of_a_local_file_inside_a_function_is_an_issue(features: ModuleType) -> None:
    """A local module that a function imports when it is called is not stored, and is named."""
    late = run_cell("def late(x):\n    import features_xyz\n    return features_xyz.safe(x)")[
        "late"
    ]
    _, details = written(late)
    (issue,) = portability_issues((*details.globals, *details.imports))
    assert "features_xyz is defined in the local file features_xyz.py" in issue


def test_a_reduction_keeps_the_definition() -> None:
    """Definitions return None for a name that a package has."""
    assert Definitions().reduce(np.mean) is None
