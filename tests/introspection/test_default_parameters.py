"""Hyperparameters that equal the defaults of their estimators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.base import BaseEstimator
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from xgboost import XGBClassifier

from exo_nbregistry.introspection.default_parameters import default_parameters
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.mark.parametrize(
    ("model", "name", "is_default"),
    [
        (SVC(), "C", True),
        (SVC(C=2.0), "C", False),
        (SVC(C=1), "C", False),
        (SimpleImputer(), "missing_values", True),
        (RandomForestClassifier(max_depth=None), "max_depth", True),
        (XGBClassifier(), "max_depth", True),
        (XGBClassifier(max_depth=3), "max_depth", False),
        (LGBMClassifier(), "num_leaves", True),
        (make_pipeline(SVC()), "svc__C", True),
        (make_pipeline(SVC(C=3.0)), "svc__C", False),
        (FixedThresholdClassifier(SVC()), "estimator__C", True),
        (FixedThresholdClassifier(SVC()), "estimator", False),
        (FixedThresholdClassifier(SVC()), "threshold", True),
        (FixedThresholdClassifier(SVC(), threshold=0.3), "threshold", False),
        (BaggingClassifier(make_pipeline(SVC())), "estimator__svc__gamma", True),
    ],
)
def test_a_default_is_found(model: Any, name: str, is_default: bool) -> None:
    """A parameter is a default if value and type equal that of the signature."""
    assert (name in default_parameters(model)) is is_default


def test_an_array_has_no_default() -> None:
    """A parameter that cannot be compared does not stop the others."""

    class Holder(BaseEstimator):
        def __init__(self, weights: Any = None, depth: int = 2) -> None:
            self.weights, self.depth = weights, depth

    assert default_parameters(Holder(np.ones(3))) == ("depth",)
    assert default_parameters({"a": 1}) == ()


def test_the_record_has_the_names(tmp_path: Path) -> None:
    """The defaults of a version are in its metadata, and do not distinguish versions."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression(C=2.0), "m")
    metadata = registry["m"]
    assert "fit_intercept" in metadata.default_hyperparameters
    assert "C" not in metadata.default_hyperparameters
    assert ModelMetadata.from_dict(metadata.to_dict()) == metadata
    assert registry.register_model(LogisticRegression(C=2.0), "m") == "m:1"
    registry.register_model(LogisticRegression(), "given", hyperparameters={"C": 1.0})
    assert registry["given"].default_hyperparameters == ()
    assert "default_hyperparameters" not in registry["given"].to_dict()
