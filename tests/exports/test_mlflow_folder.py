"""Folders for MLflow, which MLflow itself loads."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from exo_nbregistry import bundle
from exo_nbregistry.errors import KeyExistsError, SerializationError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.persistence.other_machine import run_elsewhere

mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed")
pyfunc = pytest.importorskip("mlflow.pyfunc")

N = 40
Y = np.array(["dust", "planet"] * (N // 2))
FRAME = pd.DataFrame({"depth": np.linspace(0.0, 9.0, N), "period": np.arange(N) ** 2})
MIXED = FRAME.assign(site=list("abcd") * (N // 4), seen=[True, False] * (N // 2))
KINDS = FRAME.assign(
    site=pd.Categorical(list("abcd") * (N // 4)),
    hits=pd.Series([*range(N - 1), None], dtype="Int64"),
    seen=pd.date_range("2026-01-01", periods=N, tz="UTC"),
)
TEXTS = ["deep transit", "noise, spike", 'flat "line"', "box dip"] * (N // 4)

Export = Callable[..., tuple[Path, Any]]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


@pytest.fixture
def export(registry: ModelRegistry, tmp_path: Path) -> Export:
    """Return a function that registers a model, exports it and loads it with MLflow."""

    def run(model: Any, **data: Any) -> tuple[Path, Any]:
        ref = registry.register_model(model, "kepler", **data)
        folder = registry.export_model(ref, tmp_path / "out", format="mlflow")
        return folder, pyfunc.load_model(str(folder))

    return run


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep MLflow's logger as it was."""
    level = logging.getLogger("mlflow").level
    yield
    logging.getLogger("mlflow").setLevel(level)


def columns(*names: str) -> Any:
    """Return a transformer that encodes some columns and passes on the other ones."""
    encoder = OneHotEncoder(handle_unknown="ignore")
    return ColumnTransformer([("site", encoder, list(names))], remainder="passthrough")


PLAIN = {
    "frame": (RandomForestClassifier(3, random_state=0), FRAME),
    "mixed frame": (make_pipeline(columns("site"), LogisticRegression()), MIXED),
    "array": (RandomForestClassifier(3, random_state=0), FRAME.to_numpy()),
    "float32 array": (LogisticRegression(), FRAME.to_numpy(np.float32)),
}


@pytest.mark.parametrize(("model", "X"), PLAIN.values(), ids=PLAIN)
def test_an_estimator_is_loaded_by_mlflows_own_code(export: Export, model: Any, X: Any) -> None:
    """An estimator of plain columns has MLflow's flavors, and predicts the same with both."""
    model.fit(X, Y)
    folder, loaded = export(model, X=X, y=Y)
    assert loaded.loader_module == "mlflow.sklearn"
    assert not (folder / "code").exists()
    assert loaded.predict(X).tolist() == model.predict(X).tolist()
    again = mlflow.sklearn.load_model(str(folder))
    assert again.predict_proba(X).tolist() == model.predict_proba(X).tolist()


OTHERS = {
    "categories, zones and nullable": (
        make_pipeline(
            ColumnTransformer(
                [("site", OrdinalEncoder(), ["site"]), ("n", "passthrough", ["depth"])]
            ),
            LogisticRegression(),
        ),
        KINDS,
    ),
    "texts": (make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS),
    "array of texts": (
        make_pipeline(OneHotEncoder(), LogisticRegression()),
        MIXED[["site"]].to_numpy(),
    ),
}


@pytest.mark.parametrize(("model", "X"), OTHERS.values(), ids=OTHERS)
def test_other_columns_are_predicted_as_the_registry_does(
    export: Export, model: Any, X: Any
) -> None:
    """Columns whose dtypes MLflow does not have are brought to their dtypes by exported code."""
    model.fit(X, Y)
    folder, loaded = export(model, X=X, y=Y)
    assert loaded.loader_module.startswith("nbregistry_")
    example = loaded.input_example
    assert loaded.predict(example).tolist() == model.predict(X[:5]).tolist()
    if isinstance(X, pd.DataFrame):
        assert loaded.predict(X.iloc[:-1]).tolist() == model.predict(X.iloc[:-1]).tolist()
    else:
        frame = pd.DataFrame(X, columns=example.columns)
        assert loaded.predict(frame).tolist() == model.predict(X).tolist()


def test_the_threshold_decides(export: Export) -> None:
    """The predictions of a version with a threshold are those at its threshold."""
    model = LogisticRegression().fit(FRAME, Y)
    shares = model.predict_proba(FRAME)[:, 1]
    cut = float(np.sort(shares)[5])
    test = {"X_test": FRAME, "y_test": Y, "pos_label": "planet", "threshold": cut}
    _, loaded = export(model, X=FRAME, y=Y, **test)
    wanted = np.where(shares >= cut, "planet", "dust")
    assert loaded.predict(FRAME).tolist() == wanted.tolist() != model.predict(FRAME).tolist()
