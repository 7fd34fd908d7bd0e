"""The metric of the rows and the columns of a page follow the task of the models."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry import ModelRegistry
from exo_nbregistry.panels.browser.page import PageQuery, load_page
from exo_nbregistry.panels.browser.state import default_columns

REGRESSION = {"mae": 3.0, "r2": 0.4, "rmse": 5.0}
CLASSIFICATION = {"accuracy": 0.9, "f1_score": 0.8}


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with a regressor and a classifier."""
    opened = ModelRegistry(tmp_path / "registry", durable=False)
    opened.register_model({"name": "price"}, "price", metrics=REGRESSION)
    opened.register_model({"name": "planet"}, "planet", metrics=CLASSIFICATION)
    return opened


@pytest.mark.parametrize("view", ["versions", "models"])
def test_each_model_is_shown_by_its_default_metric(registry: ModelRegistry, view: str) -> None:
    """A regressor is shown by r2, and a classifier by f1_score."""
    rows = load_page(registry, PageQuery(view=view, order_by="model_name")).rows
    shown = {row.ref: (row.metric, row.series) for row in rows}
    assert shown["price:1"] == ("r2", ((1, 0.4),))
    assert shown["planet:1"] == ("f1_score", ((1, 0.8),))


def test_columns_of_regressors_begin_with_r2(registry: ModelRegistry) -> None:
    """A list of regressors has no columns of classifiers."""
    columns = default_columns([registry["price"]])
    assert [name for name in columns if name.startswith("metrics.")] == [
        "metrics.r2",
        "metrics.rmse",
        "metrics.mae",
    ]


def test_a_mixed_list_has_one_column_of_values(registry: ModelRegistry) -> None:
    """Classifiers and regressors share the columns metric and value, without dashes."""
    columns = default_columns(registry.list_models())
    assert {"metric", "value"} <= set(columns)
    assert not [name for name in columns if name.startswith("metrics.")]
