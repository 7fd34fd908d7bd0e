"""The three classifiers on raw archive columns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils import Bunch

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.exoplanet.koi import load_koi
from exo_nbregistry.exoplanet.pipeline import PIPELINES, build_pipeline

SMALL: dict[str, dict[str, Any]] = {
    "RandomForest": {"n_estimators": 10},
    "NeuralNetwork": {"hidden_layer_sizes": (16,)},
    "SVM": {},
}


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table; tests train on every eighth row and score on the row after."""
    return load_koi()


@pytest.fixture(scope="module")
def fitted(koi: Bunch) -> dict[str, Any]:
    """Fit each pipeline, small, on a part of the raw table."""
    X, y = koi.data[::8], koi.target[::8]
    assert X.isna().any(axis=None)
    return {name: build_pipeline(name, **SMALL[name]).fit(X, y) for name in PIPELINES}


@pytest.mark.parametrize("name", PIPELINES)
def test_raw_columns_are_enough(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """A pipeline takes the table as it is, missing values included, and ranks unseen rows well."""
    X, y = koi.data[1::8], koi.target[1::8]
    probability = fitted[name].predict_proba(X)[:, 1]
    assert np.all((probability >= 0) & (probability <= 1))
    assert roc_auc_score(y, probability) > 0.9


@pytest.mark.parametrize("name", PIPELINES)
def test_columns_are_remembered(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """A fitted pipeline knows its columns, and refuses a table that lacks one."""
    assert list(fitted[name].feature_names_in_) == koi.feature_names
    with pytest.raises(ValueError, match="koi_depth"):
        fitted[name].predict(koi.data[:5].drop(columns="koi_depth"))


@pytest.mark.parametrize("name", PIPELINES)
def test_the_seed_makes_it_repeatable(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """Two fits with one seed predict the same."""
    again = clone(fitted[name]).fit(koi.data[::8], koi.target[::8])
    X = koi.data[:50]
    assert np.array_equal(again.predict_proba(X), fitted[name].predict_proba(X))


def test_a_model_needs_only_scikit_learn(
    fitted: dict[str, Any], koi: Bunch, tmp_path: Path
) -> None:
    """Saved models load and predict where this package cannot be imported."""
    joblib.dump((fitted, koi.data[:20]), tmp_path / "models.joblib")
    code = (
        "import sys, joblib; sys.modules['exo_nbregistry'] = None\n"
        "models, X = joblib.load('models.joblib')\n"
        "for model in models.values(): print(*model.predict(X), sep='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    expected = ["".join(map(str, model.predict(koi.data[:20]))) for model in fitted.values()]
    assert done.stdout.split() == expected


def test_hyperparameters_reach_the_classifier() -> None:
    """What is passed replaces the default, and the rest stays."""
    machine = build_pipeline("SVM", C=2.5)["classify"].estimator
    assert machine.C == 2.5
    assert machine.gamma == "scale"
    assert build_pipeline("NeuralNetwork", alpha=0.5)["classify"].early_stopping


def test_an_unknown_model_is_refused() -> None:
    """A model that does not exist is refused with the name that was meant."""
    with pytest.raises(NotFoundError, match="Did you mean RandomForest"):
        build_pipeline("RandomForrest")
