"""Packages that a user trusts."""

from __future__ import annotations

import pickle
import sys
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lightgbm import LGBMClassifier
from xgboost import XGBClassifier

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.restricted.trusted import can_be_trusted, check_trust
from tests.restricted.opcode_stream import START, STOP, call, load, name, plain, reason, text

PACKAGE = """
import os
import subprocess
from enum import Enum
from importlib import import_module

import numpy

class Thing:
    def __init__(self, n=0):
        self.n = n

class Inner:
    class Deep:
        pass

class Kind(Enum):
    A = 1

class Process(subprocess.Popen):
    pass

class Own:
    def __setstate__(self, state):
        self.restored = state

class Fails:
    def __setstate__(self, state):
        raise OSError("no such booster")

INSTANCE = Thing(3)

def make(n):
    return Thing(n)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a package of the author of the file."""
    (tmp_path / "mypkg").mkdir()
    (tmp_path / "mypkg" / "__init__.py").write_text("from mypkg.things import *\n")
    (tmp_path / "mypkg" / "things.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("mypkg.things")
    for module in ("mypkg", "mypkg.things"):
        del sys.modules[module]


@pytest.mark.parametrize(
    "value",
    [
        "os",
        "builtins.eval",
        "numpy",
        "numpy.load",
        "sklearn.svm",
        "joblib",
        "subprocess.Popen",
        "scipy.stats",
        "pandas",
        "cloudpickle",
        "torch",
        "exo_nbregistry",
        "__main__",
        "",
        "a b",
        "x; import os",
        ".x",
        3,
    ],
)
def test_names_that_can_run_any_code_are_rejected(value: Any) -> None:
    """Python itself, libraries that run code they are given, and texts that are not names."""
    with pytest.raises(InvalidInputError, match="trust="):
        check_trust([value])
    assert not isinstance(value, str) or not can_be_trusted(value)


def test_trust_is_a_list() -> None:
    """A text alone would be a list of letters."""
    with pytest.raises(InvalidInputError, match=r"pass \['xgboost'\]"):
        check_trust("xgboost")


@pytest.mark.parametrize("model", [XGBClassifier(n_estimators=2), LGBMClassifier(n_estimators=2)])
def test_boosted_models_load_with_their_package(model: Any) -> None:
    """A model of a trusted package predicts as before; without trust, its types are named."""
    X, y = [[float(n)] for n in range(60)], [0, 1] * 30
    model = model.fit(X, y)
    package = type(model).__module__.partition(".")[0]
    data = pickle.dumps(model, 5)
    assert package in reason(data)
    loaded = load(data, trust=[package])
    assert list(loaded.predict(X)) == list(model.predict(X))


def test_trust_opens_classes_and_functions_of_the_package(package: Any) -> None:
    """Instances, calls, states, nested classes and enumerations of a trusted package are made."""
    things = [package.Thing(3), package.Inner.Deep(), package.Own(), package.Kind.A]
    things[2].x = 1
    thing, deep, own, kind = load(pickle.dumps(things, 5), trust=["mypkg"])
    assert (thing.n, kind) == (3, package.Kind.A)
    assert type(deep) is package.Inner.Deep
    assert own.restored == {"x": 1}
    made = load(START + call("mypkg.things.make", plain(4)) + STOP, trust=["mypkg"])
    assert made.n == 4
    assert isinstance(package.Kind, type(Enum))


def attribute_of_kind(attribute: str) -> bytes:
    """Return a stream of ``getattr(Kind, attribute)``, as Python 3.11.2 pickles a member."""
    arguments = name("mypkg.things.Kind") + plain(attribute)
    return START + call("builtins.getattr", arguments) + STOP


def test_a_member_of_an_enumeration_can_be_an_attribute(package: Any) -> None:
    """A member that the first releases of Python 3.11 have pickled is found by its name."""
    assert load(attribute_of_kind("A"), trust=["mypkg"]) is package.Kind.A


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("attribute", ["mro", "B", "_member_map_"])
def test_another_attribute_of_an_enumeration_is_refused(attribute: str) -> None:
    """Methods, unknown names and the internals of an enumeration are not members."""
    assert "getattr" in reason(attribute_of_kind(attribute), trust=["mypkg"])


def test_one_trusted_name_opens_that_name_only(package: Any) -> None:
    """Another class of the package is still refused."""
    data = pickle.dumps(package.Thing(3), 5)
    assert load(data, trust=["mypkg.things.Thing"]).n == 3
    assert "mypkg.things.Thing" in reason(data, trust=["mypkg.things.Own"])
    assert "mypkg.things.Thing" in reason(data, trust=["mypkg.things.Th"])
    assert "mypkg.things.Thing" in reason(data, trust=["my"])


@pytest.mark.parametrize(
    "full",
    ["mypkg.things.os", "mypkg.things.subprocess", "mypkg.things.INSTANCE", "mypkg.things.absent"],
)
@pytest.mark.usefixtures("package")
def test_what_a_package_imported_is_not_its_own(full: str) -> None:
    """A module, an instance or a missing name of a trusted package is refused."""
    assert "that its package defines" in reason(START + name(full) + STOP, trust=["mypkg"])


@pytest.mark.usefixtures("package")
def test_the_command_of_a_package_is_not_imported(tmp_path: Path) -> None:
    """The import of ``__main__`` would run the command with the arguments of this process."""
    (tmp_path / "mypkg" / "__main__.py").write_text("raise SystemExit('it ran')\n")
    refused = reason(START + name("mypkg.__main__.Thing") + STOP, trust=["mypkg"])
    assert "that its package defines" in refused


@pytest.mark.parametrize("path", ["os.system", "subprocess.Popen", "Thing.__init__.__globals__"])
@pytest.mark.usefixtures("package")
def test_a_dotted_name_leads_through_classes_only(path: str) -> None:
    """Modules and functions on the way to a name are refused."""
    stream = START + text("mypkg.things") + text(path) + pickle.STACK_GLOBAL + STOP
    assert "that its package defines" in reason(stream, trust=["mypkg"])


@pytest.mark.usefixtures("package")
def test_an_inherited_constructor_is_not_of_the_package(tmp_path: Path) -> None:
    """A trusted class that inherits the constructor of a process does not start one."""
    marker = tmp_path / "marker"
    stream = START + call("mypkg.things.Process", plain(["touch", str(marker)])) + STOP
    assert "not allowed" in reason(stream, trust=["mypkg"])
    assert not marker.exists()


def test_an_error_of_trusted_code_is_not_hidden(package: Any) -> None:
    """The error of the package itself is raised, so that it can be reported."""
    value = package.Fails()
    value.x = 1
    with pytest.raises(OSError, match="no such booster"):
        load(pickle.dumps(value, 5), trust=["mypkg"])


def test_a_missing_package_is_an_import_error() -> None:
    """A trusted package that is not installed is named by the import."""
    with pytest.raises(ModuleNotFoundError, match="absentpkg"):
        load(START + name("absentpkg.Thing") + STOP, trust=["absentpkg"])


def test_classes_of_the_notebook_are_trusted_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of this process's ``__main__`` can be trusted, but not all of ``__main__``."""
    main = ModuleType("__main__")
    kind = type("Local", (), {"__module__": "__main__"})
    main.Local = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "__main__", main)
    stream = START + name("__main__.Local") + b")\x81" + STOP
    assert "__main__.Local" in reason(stream)
    assert type(load(stream, trust=["__main__.Local"])) is kind
