"""Curves in the registry: passed, or read from the model, and plotted over versions."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import RecordError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry

CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(120, 3))
Y = (X[:, 0] + CHANCE.normal(size=120) > 0).astype(int)
PLAIN = Ridge().fit(X, Y)


def curves_of(registry: ModelRegistry, ref: str) -> dict[str, list[float]]:
    """Return the stored curves."""
    found: dict[str, list[float]] = registry.load_attachment(ref, "curves")["curves"]
    return found


@pytest.mark.parametrize(
    "curves",
    [
        {"valid auc": [0.5, 0.75], "train auc": [0.5]},
        {"valid auc": np.array([0.5, 0.75]), "train auc": pd.Series([0.5], index=[7])},
        {"valid": {"auc": [0.5, 0.75]}, "train": {"auc": (0.5,)}},
    ],
    ids=["lists", "arrays", "nested"],
)
def test_curves_are_taken_in_each_form(registry: ModelRegistry, curves: Any) -> None:
    """Lists, arrays, Series and the nested dict of boosters give the same curves."""
    ref = registry.register_model(PLAIN, "m", curves=curves)
    assert curves_of(registry, ref) == {"valid auc": [0.5, 0.75], "train auc": [0.5]}


def test_a_gap_in_a_curve_is_kept(registry: ModelRegistry) -> None:
    """NaN and None are gaps."""
    ref = registry.register_model(PLAIN, "m", curves={"valid auc": [math.nan, 0.7, None]})
    found = curves_of(registry, ref)["valid auc"]
    assert [math.isnan(value) for value in found] == [True, False, True]
    assert registry.plot("curve", ref).rows[0][1:3] == [0.7, 2]


def test_the_history_of_keras_is_taken(registry: ModelRegistry) -> None:
    """A History, which has the dict of curves as an attribute, is measured by epoch."""
    history = SimpleNamespace(history={"loss": [0.5, 0.3], "val_loss": [0.6, 0.7]})
    ref = registry.register_model(PLAIN, "net", curves=history)
    plot = registry.plot("curve", ref)
    assert plot.figure.axes[0].get_xlabel() == "epoch"
    assert {row[0]: row[2] for row in plot.rows} == {
        "net:1, loss": 2,
        "net:1, val_loss": 1,
    }


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ([0.1, 0.2], r"curves must be a dict of names to lists of numbers, .* got \[0.1, 0.2\]"),
        ({}, "curves must be a dict of names to lists"),
        (
            {"auc": 0.9},
            r"curves\['auc'\] must be a list of numbers, one for each iteration, got 0.9",
        ),
        ({"auc": ["high"]}, r"curves\['auc'\]\[0\] must be a number, got 'high'"),
        ({"auc": []}, r"curves\['auc'\] must be a list of numbers"),
    ],
)
def test_wrong_curves_are_explained(registry: ModelRegistry, curves: Any, message: str) -> None:
    """The error names the curve and what to pass; no version is added."""
    with pytest.raises(RecordError, match=message):
        registry.register_model(PLAIN, "m", curves=curves)
    assert "m" not in registry


def _boosters() -> dict[str, Any]:
    booster = xgboost.XGBClassifier(n_estimators=4, eval_metric="auc")
    leaves = lightgbm.LGBMClassifier(n_estimators=4, verbose=-1)
    table = X.copy()
    return {
        "xgboost": booster.fit(X, Y, eval_set=[(X, Y)], verbose=False),
        "lightgbm": leaves.fit(table, Y, eval_set=[(table[:60], Y[:60])]),
        "gradient": GradientBoostingClassifier(n_estimators=4).fit(X, Y),
        "hist": HistGradientBoostingClassifier(max_iter=4, early_stopping=True).fit(X, Y),
        "net": MLPClassifier(max_iter=4, solver="lbfgs").fit(X, Y),
        "pipeline": make_pipeline(
            StandardScaler(), MLPClassifier(max_iter=400, random_state=0)
        ).fit(X, Y),
        "search": GridSearchCV(
            GradientBoostingClassifier(n_estimators=4), {"max_depth": [1, 2]}, cv=2
        ).fit(X, Y),
        "without": xgboost.XGBClassifier(n_estimators=4).fit(X, Y),
    }


@pytest.mark.filterwarnings("ignore")
def test_curves_are_read_from_the_model(registry: ModelRegistry) -> None:
    """Boosters with an eval_set and networks keep their curves, also inside a pipeline."""
    names = {}
    for name, model in _boosters().items():
        ref = registry.register_model(model, name)
        has_curves = "curves" in registry[ref].attachments
        names[name] = list(curves_of(registry, ref)) if has_curves else []
    assert names == {
        "xgboost": ["validation_0 auc"],
        "lightgbm": ["valid_0 binary_logloss"],
        "gradient": ["train loss"],
        "hist": ["train score", "valid score"],
        "net": [],
        "pipeline": ["train loss"],
        "search": ["train loss"],
        "without": [],
    }


def test_passed_curves_take_precedence(registry: ModelRegistry) -> None:
    """Passed curves replace those of the model."""
    model = GradientBoostingClassifier(n_estimators=4).fit(X, Y)
    ref = registry.register_model(model, "m", curves={"valid auc": [0.5]})
    assert list(curves_of(registry, ref)) == ["valid auc"]


def test_versions_have_one_color_and_the_best_iteration(registry: ModelRegistry) -> None:
    """Curves of a version have one color; training is dashed, and the best valid point marked."""
    for best in (0.8, 0.9):
        curves = {"train auc": [0.7, 0.8, 0.99], "valid auc": [0.6, best, 0.7]}
        registry.register_model(PLAIN, "m", description=str(best), curves=curves)
    plot = registry.plot("curve", ["m:1", "m:2"])
    lines = plot.figure.axes[0].lines
    assert [line.get_linestyle() for line in lines] == ["--", "-", "None"] * 2
    colors = [line.get_color() for line in lines]
    assert (len(set(colors[:3])), len(set(colors[3:])), len(set(colors))) == (1, 1, 2)
    assert [lines[i].get_xdata().tolist() for i in (2, 5)] == [[2.0], [2.0]]
    assert [row[:3] for row in plot.rows[::2]] == [
        ["m:1, valid auc", 0.8, 2],
        ["m:2, valid auc", 0.9, 2],
    ]


def test_the_metric_of_the_curves_is_chosen(registry: ModelRegistry) -> None:
    """metric= chooses among several metrics, and an unknown one is explained."""
    curves = {"valid auc": [0.6, 0.7], "valid logloss": [0.7, 0.6], "train logloss": [0.5, 0.4]}
    registry.register_model(PLAIN, "m", curves=curves)
    assert registry.plot("curve", "m", metric="logloss").rows[0][1:3] == [0.6, 2]
    assert registry.plot("curve", "m", metric="valid auc").rows[0][1:3] == [0.7, 2]
    with pytest.raises(RegistryError, match="Available metrics: auc, logloss"):
        registry.plot("curve", "m", metric="f1")


def test_a_version_without_curves_is_named(registry: ModelRegistry) -> None:
    """The error describes how to store curves."""
    with pytest.raises(
        RegistryError, match=r"no curves of the training in kepler_rf:1. Register w"
    ):
        registry.plot("curve", "kepler_rf")


def test_long_curves_are_thinned_in_the_table(registry: ModelRegistry) -> None:
    """The frame of a long curve has evenly chosen points with both ends."""
    ref = registry.register_model(PLAIN, "m", curves={"valid auc": np.linspace(0, 1, 20_000)})
    frame = registry.plot("curve", ref).to_frame()
    assert len(frame) == 1000
    assert frame["iteration"].iloc[[0, -1]].tolist() == [1, 20_000]


def test_very_long_curves_keep_their_iterations(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """Of curves that do not fit, every n-th value is stored at its iteration."""
    ref = registry.register_model(PLAIN, "m", curves={"valid auc": np.linspace(0, 1, 200_000)})
    assert "one of every 7 is stored" in caplog.text
    assert registry.plot("curve", ref).rows[0][2] == 199_997


def test_a_cell_that_is_run_again_adds_no_version(registry: ModelRegistry) -> None:
    """Equal curves are equal facts."""
    curves = {"valid auc": [0.5, math.nan]}
    first = registry.register_model(PLAIN, "m", curves=curves)
    assert registry.register_model(PLAIN, "m", curves=curves) == first


def test_hostile_names_of_curves_are_text(registry: ModelRegistry) -> None:
    """A name that looks like a formula is drawn unchanged."""
    ref = registry.register_model(PLAIN, "m", curves={r"$\frac{1}{$ <b>": [1.0, 2.0]})
    plot = registry.plot("curve", ref)
    assert plot.to_png().startswith(b"\x89PNG")
    assert r"$\frac{1}{$" in repr(plot)


@pytest.mark.parametrize("name", ["trials", "curves"])
def test_trials_and_curves_are_passed_once(registry: ModelRegistry, name: str) -> None:
    """An attachment of the same name would replace what was passed."""
    given: dict[str, Any] = {
        "trials": [{"params": {"C": 1}, "score": 0.5}],
        "curves": {"loss": [0.5]},
    }
    with pytest.raises(RecordError, match=f"{name} is passed twice: as {name}= and in attach"):
        registry.register_model({}, "toy", attachments={name: {"a": 1}}, **{name: given[name]})
