"""The configuration of a native booster of XGBoost."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from exo_nbregistry.introspection.xgboost_config import read_learner


@pytest.mark.parametrize("booster", ["gbtree", "gblinear"])
def test_the_objective_is_read_without_a_warning(booster: str) -> None:
    """The learner names its objective; a deprecated booster gives no warning."""
    library = pytest.importorskip("xgboost", reason="xgboost is not installed")
    data = library.DMatrix(np.array([[0.0], [1.0]]), label=[0.0, 1.0])
    with library.config_context(verbosity=0):
        model = library.train({"booster": booster, "objective": "binary:logistic"}, data, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_learner(model)["objective"]["name"] == "binary:logistic"
