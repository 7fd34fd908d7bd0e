"""Versions of what a model's classes come from."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from exo_nbregistry.values.environment import read_environment

NAMES = ["sklearn.svm._classes.SVC", "numpy.ndarray", "joblib.x", "collections.OrderedDict"]


def test_a_module_is_named_by_its_distribution() -> None:
    """A class of sklearn is recorded as scikit-learn, in the version installed."""
    packages = read_environment(["sklearn.svm._classes.SVC", "sklearn.tree._tree.Tree"])["packages"]
    assert packages == {"scikit-learn": metadata.version("scikit-learn")}


def test_python_and_platform_are_returned_without_the_host() -> None:
    """Python's version and the platform are there, the name of the machine is not."""
    read = read_environment([])
    assert read["python"] == platform.python_version()
    assert platform.system() in read["platform"]
    assert platform.node() not in read["platform"].split()
    assert read["packages"] == {}


@settings(deadline=None)  # the first example loads libraries
@given(st.lists(st.sampled_from(NAMES)))
def test_order_and_repetition_do_not_matter(names: list[str]) -> None:
    """The same set of names gives the same packages, in the same order."""
    packages = read_environment(names)["packages"]
    assert list(packages.items()) == list(read_environment(sorted({*names}))["packages"].items())


@settings(deadline=None)  # the first example loads libraries
@given(st.lists(st.sampled_from(sorted(sys.stdlib_module_names)) | st.just("__main__")))
def test_the_standard_library_is_left_out(modules: list[str]) -> None:
    """The standard library and the notebook itself add no packages."""
    assert read_environment(f"{module}.Thing" for module in modules)["packages"] == {}


@settings(deadline=None)  # the first example loads libraries
@given(st.text())
def test_a_module_of_no_distribution_is_left_out(text: str) -> None:
    """A name without a distribution, or an invalid name, is ignored."""
    assert read_environment([f"of_nobody_{text}"])["packages"] == {}


def test_base_classes_count() -> None:
    """A class of one package that is derived from another one needs both."""
    name = f"{XGBClassifier.__module__}.{XGBClassifier.__name__}"
    packages = read_environment([name])["packages"]
    assert packages["scikit-learn"] == metadata.version("scikit-learn")
    assert any(name.startswith("xgboost") for name in packages)


def test_base_classes_of_a_local_class_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of a notebook or a local file needs the packages of its base classes."""
    module = ModuleType("local_xyz")
    module.Child = type("Child", (LogisticRegression,), {"__module__": "local_xyz"})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "local_xyz", module)
    assert read_environment(["local_xyz.Child"])["packages"] == {
        "scikit-learn": metadata.version("scikit-learn")
    }
    assert read_environment(["local_xyz.Other", "local_xyz"])["packages"] == {}


def test_a_name_that_raises_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module whose attributes cannot be read adds no packages."""
    module = ModuleType("lazy_xyz")
    module.__getattr__ = lambda name: 1 / 0  # type: ignore[method-assign, assignment]
    monkeypatch.setitem(sys.modules, "lazy_xyz", module)
    assert read_environment(["lazy_xyz.Thing"])["packages"] == {}
