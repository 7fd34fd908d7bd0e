"""Models that name modules of this package by an earlier address are loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry import ModelPersistence, ModelRegistry
from exo_nbregistry.errors import SerializationError
from exo_nbregistry.exoplanet import (
    EnsembleClassifier,
    NeuralNetworkClassifier,
    RandomForestClassifier,
    SVMClassifier,
)
from exo_nbregistry.persistence.moved_modules import MOVED_MODULES, provide_moved_modules

CLASSES = (EnsembleClassifier, NeuralNetworkClassifier, RandomForestClassifier, SVMClassifier)
X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.fixture(autouse=True)
def _forget_earlier_addresses() -> Iterator[None]:
    """Make the earlier addresses unknown before and after each test."""
    for module in MOVED_MODULES:
        sys.modules.pop(module, None)
    yield
    for module in MOVED_MODULES:
        sys.modules.pop(module, None)


@pytest.fixture
def earlier() -> Iterator[pytest.MonkeyPatch]:
    """Set the earlier addresses of the classes, as in the release that saved the models."""
    with pytest.MonkeyPatch.context() as patch:
        for old, new in MOVED_MODULES.items():
            patch.setitem(sys.modules, old, import_module(new))
            for cls in (cls for cls in CLASSES if cls.__module__ == new):
                patch.setattr(cls, "__module__", old)
        yield patch


def ensemble() -> Any:
    """Return a fitted ensemble of two classifiers."""
    members = {
        "a": RandomForestClassifier(n_estimators=2, random_state=0),
        "b": RandomForestClassifier(n_estimators=3, random_state=0),
    }
    return EnsembleClassifier(members).fit(X, Y)


@pytest.mark.parametrize("format", ["joblib", "skops"])
def test_a_registered_model_is_loaded(
    tmp_path: Path, earlier: pytest.MonkeyPatch, format: str
) -> None:
    """A registered model of moved classes is loaded, in each format."""
    if format == "skops":
        pytest.importorskip("skops", reason="the skops extra is not installed")
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    model = RandomForestClassifier(n_estimators=2, random_state=0).fit(X, Y)
    expected = model.predict_proba(X)
    registry.register_model(model, "m", format=format)
    earlier.undo()
    loaded, metadata = registry.load_model("m")
    assert metadata.artifact is not None
    assert any(name.rpartition(".")[0] in MOVED_MODULES for name in metadata.artifact.globals)
    assert type(loaded) is RandomForestClassifier
    assert np.array_equal(loaded.predict_proba(X), expected)


def test_a_model_file_is_loaded(tmp_path: Path, earlier: pytest.MonkeyPatch) -> None:
    """A model file with moved classes is loaded."""
    ModelPersistence.save_model(ensemble(), tmp_path / "m.joblib", {})
    earlier.undo()
    loaded, _ = ModelPersistence.load_model(tmp_path / "m.joblib")
    assert type(loaded) is EnsembleClassifier


def test_a_model_of_an_unknown_signer_is_loaded_from_the_new_modules(
    tmp_path: Path, earlier: pytest.MonkeyPatch
) -> None:
    """A model of moved classes whose signer is unknown imports no module of the old names."""
    path = tmp_path / "m.joblib"
    ModelPersistence.save_model(ensemble(), path, {})
    earlier.undo()
    earlier.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "another user"))
    loaded, _ = ModelPersistence.load_model(path)
    assert type(loaded) is EnsembleClassifier
    assert not MOVED_MODULES.keys() & sys.modules.keys()


def test_other_names_import_nothing() -> None:
    """Names outside the table import nothing, even if they resemble it."""
    provide_moved_modules(["antigravity.fly", "exo_nbregistry.exoplanet.classifiers", "x", ""])
    assert "antigravity" not in sys.modules
    assert not MOVED_MODULES.keys() & sys.modules.keys()


def test_a_module_of_another_release_is_named(
    tmp_path: Path, earlier: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this release lacks a module of its own, the error names the remedy, not pip install."""
    path = tmp_path / "m.joblib"
    ModelPersistence.save_model(ensemble(), path, {})
    earlier.undo()
    for module in tuple(MOVED_MODULES):
        monkeypatch.delitem(MOVED_MODULES, module)
    with pytest.raises(SerializationError, match="Install the release that saved") as caught:
        ModelPersistence.load_model(path)
    assert "pip install" not in str(caught.value)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_table_names_the_module_of_each_class(cls: type) -> None:
    """The table names the module in which each moved class is defined now."""
    assert cls.__module__ in MOVED_MODULES.values()
