"""Structure of models: what they contain and what they need."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.introspection.structure import required_imports

TABLE = pd.DataFrame({"koi_period": [1.0, 2.0, 3.0, 4.0], "koi_depth": [4.0, 3.0, 2.0, 1.0]})
LABELS = [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("model", "X"),
    [
        (DecisionTreeClassifier().fit(TABLE, LABELS), None),
        (make_pipeline(StandardScaler(), SVC()).fit(TABLE, LABELS), None),
        (make_pipeline(FunctionTransformer(), SVC()).fit(TABLE.to_numpy(), LABELS), TABLE),
        (make_pipeline(ColumnTransformer([("a", "passthrough", ["koi_depth"])])).fit(TABLE), None),
        (LGBMClassifier(verbose=-1).fit(TABLE, LABELS), None),
    ],
    ids=["tree", "pipeline", "given table", "column transformer", "lightgbm"],
)
def test_named_columns_require_pandas(model: Any, X: Any) -> None:
    """A model whose columns are chosen by name needs pandas."""
    assert required_imports(model, X) == ("pandas.DataFrame",)


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier().fit(TABLE.to_numpy(), LABELS),
        LGBMClassifier(verbose=-1).fit(TABLE.to_numpy(), LABELS),
        {"a": 1},
    ],
    ids=["tree", "lightgbm", "dict"],
)
def test_columns_of_an_array_do_not_require_pandas(model: Any) -> None:
    """A model that was fitted on an array does not need pandas."""
    assert required_imports(model, TABLE.to_numpy()) == ()
