"""The line of a card about trust in the signer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sklearn.linear_model import LogisticRegression

from exo_nbregistry.records.code import Code
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.views.trust_needed import trust_needed
from exo_nbregistry.views.version_card import render_metadata_html, render_metadata_text


def version(tmp_path: Path) -> ModelMetadata:
    """Return a version of a model of scikit-learn."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "toy")
    return registry.get_metadata("toy")


def with_names(item: ModelMetadata, *names: str) -> ModelMetadata:
    """Return a version whose model has these names."""
    assert item.artifact is not None
    return replace(item, artifact=replace(item.artifact, globals=names))


def test_a_card_of_scikit_learn_has_no_line(tmp_path: Path) -> None:
    """A model that can be loaded without trust has no line about trust."""
    item = version(tmp_path)
    assert trust_needed(item) is None
    assert "required for" not in render_metadata_text(item)


def test_a_card_names_what_requires_trust(tmp_path: Path) -> None:
    """Text and page have the names from the record, escaped; no model is loaded."""
    item = with_names(version(tmp_path), "xgboost.sklearn.XGB", "evil.<script>")
    assert trust_needed(item) == "required for evil.<script>, xgboost.sklearn.XGB"
    assert "required for evil.<script>, xgboost.sklearn.XGB" in render_metadata_text(item)
    assert "<script>" not in render_metadata_html(item)


def test_a_card_names_carried_code(tmp_path: Path) -> None:
    """Code that the model carries requires trust in the signer."""
    item = replace(version(tmp_path), code=Code(("__main__.Scaler",), "3.11", "3.1.3"))
    assert trust_needed(item) == "required for the code that it carries"


def test_a_purged_version_says_nothing(tmp_path: Path) -> None:
    """Without a model file there is nothing to load."""
    assert trust_needed(replace(version(tmp_path), artifact=None)) is None
