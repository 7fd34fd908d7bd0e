"""A native booster of XGBoost with the curve of its evaluation."""

from __future__ import annotations

from typing import Any

import xgboost

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestNativeBooster(Workflow):
    """``xgboost.train`` with ``evals_result``."""

    NOTEBOOK = """
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from exo_nbregistry import ModelRegistry

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
train, valid = xgb.DMatrix(X_train, y_train), xgb.DMatrix(X_test, y_test)
params = {"objective": "binary:logistic", "eval_metric": "auc", "max_depth": 3, "eta": 0.2}
history = {}
booster = xgb.train(
    params, train, 25, evals=[(valid, "valid")], evals_result=history, verbose_eval=False
)

registry = ModelRegistry("registry")
ref = registry.register_model(
    booster,
    "tumour",
    hyperparameters=params,
    X=X_train,
    y=y_train,
    X_test=X_test,
    y_test=y_test,
    curves={"valid auc": history["valid"]["auc"]},
)
rows = X_test.head(20)
expected = (booster.predict(xgb.DMatrix(rows)) >= 0.5).astype(int)
"""
    SHOWN = ("Booster", "roc_auc", "max_depth", "mean radius", "curves")
    BAD = ("mean radius", "large")

    def predict(self, model: Any, rows: Any) -> Any:
        """Return the classes of a native booster."""
        return (model.predict(xgboost.DMatrix(rows)) >= 0.5).astype(int)

    def test_it_is_recorded(self, done: Executed) -> None:
        """One call measures the booster and records its parameters, columns and curve."""
        version = done.version
        assert version.metrics["accuracy"] > 0.85
        assert version.metrics["roc_auc"] > 0.9
        assert version.hyperparameters["max_depth"] == 3
        assert version.feature_columns is not None
        assert version.feature_columns[0] == "mean radius"
        curves = done.registry.load_attachment(done.ref, "curves")["curves"]
        assert len(curves["valid auc"]) == 25

    def test_the_curve_is_plotted(self, done: Executed) -> None:
        """The curve has a point for each iteration."""
        assert "valid auc" in repr(done.registry.plot("curve", done.ref))
