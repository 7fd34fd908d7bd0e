"""Hooks: when they are placed, and that nothing of them stays."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from exo_nbregistry.autoregister.hooks import METHODS, Hook, estimator_classes, hooks
from exo_nbregistry.registry.facade import ModelRegistry
from tests.autoregister.conftest import Data, methods


def hooked() -> set[type]:
    """Return the classes that have a hook."""
    return {
        kind
        for kind in estimator_classes()
        if any(isinstance(value, Hook) for value in vars(kind).values())
    }


def test_classes_are_as_before() -> None:
    """While hooks are placed, only the hooked methods differ, and afterwards none does."""
    before = methods()
    hooks.install()
    hooks.install()
    changed = {
        name
        for kind, attributes in methods().items()
        for name in attributes
        if attributes[name] is not before[kind].get(name)
    }
    hooks.remove()
    assert hooked()
    hooks.remove()
    assert changed == {*METHODS, "__init_subclass__"}
    assert methods() == before


def test_a_method_that_another_library_replaces(registry: ModelRegistry, data: Data) -> None:
    """A method that was replaced on top of a hook keeps working, and registers no more."""
    original = vars(GaussianNB)["fit"]
    with registry.autoregister("*"):
        inner = vars(GaussianNB)["fit"]

        def fit(self: Any, X: Any, y: Any) -> Any:
            return inner.__get__(self, type(self))(X, y)

        GaussianNB.fit = fit
        GaussianNB().fit(data.X, data.y)
    try:
        assert vars(GaussianNB)["fit"] is fit
        assert GaussianNB().fit(data.X, data.y).classes_.size == 2
    finally:
        GaussianNB.fit = original
    assert [version.model_id for version in registry.list_models()] == ["gaussian_nb:1"]


def test_arguments_of_a_class_statement() -> None:
    """A class that is defined while hooks are placed gets its keywords of the class statement."""
    hooks.install()
    try:

        class Plain(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
            def fit(self, X: Any) -> Any:
                return self

        with pytest.raises(TypeError, match="no keyword"):
            type("Wrong", (BaseEstimator,), {}, unknown=1)
        assert Plain in hooked()
    finally:
        hooks.remove()
    assert Plain._sklearn_auto_wrap_output_keys == set()
    assert Plain not in hooked()


def test_the_own_hook_of_the_base_class() -> None:
    """A later scikit-learn can have its own __init_subclass__, which is called and put back."""
    seen: list[tuple[type, Mapping[str, Any]]] = []

    def own(cls: type, **kwargs: Any) -> None:
        seen.append((cls, kwargs))

    BaseEstimator.__init_subclass__ = classmethod(own)
    before = vars(BaseEstimator)["__init_subclass__"]
    try:
        hooks.install()
        new = type("New", (BaseEstimator,), {"fit": lambda self, X: self}, flag=True)
        hooks.remove()
        assert vars(BaseEstimator)["__init_subclass__"] is before
    finally:
        del BaseEstimator.__init_subclass__
    assert seen == [(new, {"flag": True})]


def test_classes_with_code_of_the_notebook_are_stored_without_hooks() -> None:
    """While a model is stored, the hooks of its own classes are away, but not those of others."""
    own = type("Own", (ClassifierMixin, BaseEstimator), {"fit": lambda self, X: self})
    own.__module__ = "__main__"
    original = vars(own)["fit"]
    hooks.install()
    with hooks.lifted():
        with hooks.lifted():
            assert vars(own)["fit"] is original
        assert vars(own)["fit"] is original
        assert SVC.__mro__[1] in hooked()
    assert own in hooked()
    with hooks.lifted():
        hooks.remove()
    assert vars(own)["fit"] is original


def test_threads_share_the_hooks(registry: ModelRegistry, data: Data) -> None:
    """Handles that start and stop in many threads remove all hooks and register all fits."""
    found: list[int] = []

    def work(number: int) -> None:
        for turn in range(3):
            with registry.autoregister(f"m{number}", report=found.append) as handle:
                SVC(C=1 + turn).fit(data.X, data.y)
            assert len(handle.registered) == 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(registry.list_models()) == 18
    assert hooked() == set()
