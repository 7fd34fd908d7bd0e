"""Models get the container that they were trained on: served, over HTTP, and in predict.py."""

from __future__ import annotations

import functools
import json
import logging
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
import xgboost
from scipy import sparse
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService
from exo_nbregistry.serve.live_service import LiveService
from tests.persistence.other_machine import predict_elsewhere
from tests.serve.live_server import Client, running
from tests.serve.own_steps import Cleaner, Naive, Ratios

os.environ.setdefault("KERAS_BACKEND", "jax")
# Of Keras, when it is pickled.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

N = 40
DEPTH, PERIOD = np.linspace(1.0, 9.0, N), np.linspace(50.0, 3.0, N)
Y = (DEPTH + np.sin(np.arange(N)) > 5).astype(int)
NAMES = np.where(Y == 1, "planet", "dust")
TEXTS = [f"{'deep transit' if y else 'noise spike'} star-{i % 7}" for i, y in enumerate(Y)]
TABLE = pd.DataFrame(
    {"depth": DEPTH, "period": PERIOD, "mission": ["Kepler", "K2", "TESS", "Kepler"] * 10}
)
KINDS = TABLE.assign(mission=pd.Categorical(TABLE["mission"], ["TESS", "Kepler", "K2"]))
GAPS = TABLE.assign(mission=pd.Series(["Kepler", None, "TESS", "K2"] * 10, dtype="str"))
OBJECTS = TABLE.assign(mission=pd.Series(["Kepler", np.nan, "TESS", "K2"] * 10, dtype=object))
NONES = TABLE.assign(mission=pd.Series(["Kepler", None, "TESS", "K2"] * 10, dtype=object))
FLAGS = TABLE.assign(mission=DEPTH > 4, count=np.arange(N) % 5)
WHOLE = TABLE.assign(mission=pd.Series([1, None, 2, 3] * 10, dtype="Int64"))
DATES = TABLE.assign(mission=pd.date_range("2026-01-01", periods=N))
PAIRS = enumerate(zip(DEPTH.tolist(), TABLE["mission"].tolist(), strict=True))
DICTS = [{"depth": d, "mission": m} if i % 3 else {"depth": d} for i, (d, m) in PAIRS]
SERIES = pd.Series(
    10 + np.arange(N) + np.tile([1.0, 3.0, 2.0, 5.0], N // 4),
    index=pd.date_range("2020-01-01", periods=N, freq="MS"),
)
COUNTS = sparse.random_array((N, 6), density=0.4, format="csr", rng=np.random.default_rng(0))


class Case(NamedTuple):
    """A fitted model, its training data, and its predictions for them."""

    model: Any
    X: Any
    y: Any
    expected: Any


def estimator(model: Any, X: Any, y: Any = NAMES) -> Case:
    """Return a case of a model with fit and predict."""
    model.fit(X, y)
    return Case(model, X, y, model.predict(X))


def encoded(**options: Any) -> Any:
    """Return a classifier that encodes the column of texts."""
    encode = make_column_transformer(
        (OneHotEncoder(**options), ["mission"]), ("passthrough", ["depth", "period"])
    )
    return make_pipeline(encode, LogisticRegression())


def days_of(X: Any) -> Any:
    """Return the day of the month, which only times have."""
    return X.apply(lambda column: column.dt.day.astype(float))


def text_column() -> Case:
    """Return a case of texts in a named column of a table."""
    X = TABLE.assign(note=TEXTS)
    encode = ColumnTransformer([("t", TfidfVectorizer(), "note")], remainder="drop")
    return estimator(make_pipeline(encode, LogisticRegression()), X)


def xgboost_table() -> Case:
    """Return a case of a native booster of XGBoost with categories."""
    table = xgboost.DMatrix(KINDS, Y, enable_categorical=True)
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 2}, table, 5)
    return Case(model, KINDS, Y, (model.predict(table) >= 0.5).astype(int))


def xgboost_array() -> Case:
    """Return a case of a native booster of XGBoost of three classes on an array."""
    X, y = TABLE[["depth", "period"]].to_numpy(), np.arange(N) * 3 // N
    table = xgboost.DMatrix(X, y, feature_names=["depth", "period"])
    model = xgboost.train({"objective": "multi:softprob", "num_class": 3}, table, 5)
    return Case(model, X, y, model.predict(table).argmax(axis=1))


def lightgbm_native() -> Case:
    """Return a case of a native booster of LightGBM with categories."""
    data = lightgbm.Dataset(KINDS, Y)
    params = {"objective": "binary", "verbose": -1, "min_data_in_leaf": 2}
    model = lightgbm.train(params, data, 5)
    return Case(model, KINDS, Y, (model.predict(KINDS) >= 0.5).astype(int))


def linear_formula() -> Case:
    """Return a case of a regression by a formula with a text column."""
    table = TABLE.assign(y=DEPTH * 2 + np.cos(np.arange(N)))
    model = smf.ols("y ~ depth + C(mission) + np.log(period)", table).fit()
    return Case(model, TABLE, table["y"], model.predict(TABLE))


def logit_formula() -> Case:
    """Return a case of a logistic regression by a formula."""
    table = TABLE.assign(y=(np.arange(N) % 3 == 0).astype(int))
    model = smf.glm("y ~ depth + C(mission)", table, family=sm.families.Binomial()).fit()
    return Case(model, TABLE, table["y"], (model.predict(TABLE) >= 0.5).astype(int))


def logit_table() -> Case:
    """Return a case of a logistic regression of statsmodels on a table."""
    # The period itself is a linear function of the depth.
    X = sm.add_constant(TABLE[["depth"]].assign(period=np.sqrt(PERIOD)))
    y = (np.arange(N) % 3 == 0).astype(int)
    model = sm.Logit(y, X).fit(disp=0)
    return Case(model, X, y, (model.predict(X) >= 0.5).astype(int))


def keras_net() -> Case:
    """Return a case of a small net of Keras."""
    keras = pytest.importorskip("keras", reason="keras is not installed")
    keras.utils.set_random_seed(0)
    X = np.column_stack([DEPTH / 9, PERIOD / 50]).astype("float32")
    layers = [keras.layers.Input((2,)), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential(layers)
    model.compile(loss="binary_crossentropy", optimizer="sgd")
    model.fit(X, Y, epochs=2, verbose=0)
    return Case(model, X, Y, (model.predict(X, verbose=0)[:, 0] >= 0.5).astype(int))


def polars_frame() -> Case:
    """Return a case of a frame of polars."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    X = polars.DataFrame({name: TABLE[name].tolist() for name in TABLE.columns})
    return estimator(encoded(), X)


def holt_winters() -> Case:
    """Return a case of exponential smoothing with a season."""
    options: dict[str, Any] = {"trend": "add", "seasonal": "add", "seasonal_periods": 4}
    return forecast(ExponentialSmoothing(SERIES, **options).fit())


def arima() -> Case:
    """Return a case of an autoregression."""
    return forecast(ARIMA(SERIES, order=(1, 1, 0)).fit())


def forecast(model: Any) -> Case:
    """Return a case of 12 steps after the end of a series."""
    return Case(model, SERIES, None, np.asarray(model.forecast(12)))


CASES: dict[str, Callable[[], Case]] = {
    "own first step": lambda: estimator(make_pipeline(Ratios(), RandomForestClassifier(5)), TABLE),
    "own cleaner of a series": lambda: estimator(
        make_pipeline(Cleaner(), TfidfVectorizer(), LogisticRegression()), pd.Series(TEXTS)
    ),
    "list of texts": lambda: estimator(
        make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS
    ),
    "array of texts": lambda: estimator(
        make_pipeline(TfidfVectorizer(), LogisticRegression()), np.array(TEXTS)
    ),
    "text column": text_column,
    "one-hot of texts": lambda: estimator(encoded(), TABLE),
    "one-hot of texts with gaps": lambda: estimator(encoded(), GAPS),
    "one-hot of objects with NaN": lambda: estimator(encoded(), OBJECTS),
    "one-hot of objects with None": lambda: estimator(encoded(), NONES),
    "LightGBM with categories": lambda: estimator(
        lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=2, verbose=-1), KINDS
    ),
    "gradient boosting with categories": lambda: estimator(
        HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype"), KINDS
    ),
    "native LightGBM": lightgbm_native,
    "native XGBoost with categories": xgboost_table,
    "native XGBoost on an array": xgboost_array,
    "linear regression by formula": linear_formula,
    "logistic regression by formula": logit_formula,
    "logistic regression on a table": logit_table,
    "Keras net": keras_net,
    "sparse matrix": lambda: estimator(LogisticRegression(), COUNTS),
    "booleans and counts": lambda: estimator(HistGradientBoostingClassifier(max_iter=5), FLAGS),
    "nullable integers": lambda: estimator(HistGradientBoostingClassifier(max_iter=5), WHOLE),
    "times": lambda: estimator(
        make_pipeline(
            make_column_transformer(
                (FunctionTransformer(days_of), ["mission"]), ("passthrough", ["depth"])
            ),
            LogisticRegression(max_iter=1000),
        ),
        DATES,
    ),
    "mappings": lambda: estimator(make_pipeline(DictVectorizer(), LogisticRegression()), DICTS),
    "Holt-Winters": holt_winters,
    "ARIMA": arima,
    "own forecast": lambda: forecast(Naive(SERIES.to_numpy())),
    "numbers as names": lambda: estimator(
        LogisticRegression(max_iter=1000), TABLE[["depth", "period"]].set_axis([0, 1], axis=1)
    ),
    "frame of polars": polars_frame,
}


def as_rows(X: Any, columns: list[str]) -> list[dict[str, Any]]:
    """Return rows as they arrive in JSON."""
    if columns == ["step"]:
        rows = [{"step": step} for step in range(1, 13)]
    elif isinstance(X, list) and isinstance(X[0], dict):
        rows = X
    else:
        dense = X.toarray() if hasattr(X, "toarray") else X
        if hasattr(dense, "to_pandas"):
            dense = pd.DataFrame({name: dense[name].to_list() for name in dense.columns})
        rows = pd.DataFrame(dense).set_axis(columns, axis=1).to_dict("records")
    return [json.loads(json.dumps({k: _plain(v) for k, v in row.items()})) for row in rows]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """Return each case."""
    return _made(request.param)


@functools.cache
def _made(name: str) -> Case:
    """Return a case, whose model is fitted once for all tests."""
    return CASES[name]()


def register(registry: ModelRegistry, case: Case) -> str:
    """Register a case, which logs nothing about its rows."""
    return registry.register_model(case.model, "m", X=case.X, y=case.y)


def same(found: Any, expected: Any) -> None:
    """Check that labels are equal, and numbers up to rounding."""
    expected = np.asarray(expected).tolist()
    assert list(found) == (pytest.approx(expected) if isinstance(expected[0], float) else expected)


def test_the_service_predicts(
    registry: ModelRegistry, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows of JSON are predicted as the rows of the training data, and nothing is logged."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        service = InferenceService(registry, register(registry, case))
    assert [line for line in caplog.messages if "first rows" in line or "example" in line] == []
    rows = as_rows(case.X, [column.name for column in service.columns])
    same([answer.label for answer in service.predict_rows(rows)], case.expected)


def test_the_rest_service_predicts(registry: ModelRegistry, case: Case) -> None:
    """A batch over HTTP is predicted as the rows of the training data."""
    live = LiveService(registry, register(registry, case))
    rows = as_rows(case.X, [column.name for column in live.current.columns])
    with running(live) as port, Client(port) as client:
        answer = client.post("/predict/batch", json.dumps(rows).encode())
        assert answer.status == 200, answer.content
        same([item["prediction"] for item in answer.json["answers"]], case.expected)
        assert client.get("/openapi.json").status == 200


def test_predict_script_predicts(
    registry: ModelRegistry, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exported predict.py predicts a CSV of the training data and its own example."""
    folder = registry.export_model(register(registry, case), tmp_path / "out")
    info = json.loads((folder / "model_info.json").read_text())
    rows = pd.DataFrame(as_rows(case.X, info["input"]["columns"]))
    rows.to_csv(tmp_path / "in.csv", index=False)
    monkeypatch.syspath_prepend(folder)
    for path in folder.glob("*.py"):
        monkeypatch.delitem(sys.modules, path.stem, raising=False)
    import predict  # type: ignore[import-not-found]

    assert predict.main([str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]) == 0
    same(pd.read_csv(tmp_path / "out.csv")["prediction"], case.expected)
    assert predict.main([str(folder / "example.csv"), str(tmp_path / "out.csv")]) == 0
    same(pd.read_csv(tmp_path / "out.csv")["prediction"], np.asarray(case.expected)[:5])


NOT_FRAMES = {
    "own cleaner of a series",
    "list of texts",
    "array of texts",
    "native XGBoost on an array",
    "Keras net",
    "sparse matrix",
    "mappings",
    "Holt-Winters",
    "ARIMA",
    "own forecast",
    "frame of polars",
}
FRAMES = [name for name in CASES if name not in NOT_FRAMES]


@pytest.mark.parametrize("name", FRAMES)
def test_the_training_table_is_predicted(registry: ModelRegistry, name: str) -> None:
    """The table of the training itself, with all its dtypes, is predicted."""
    case = CASES[name]()
    service = InferenceService(registry, register(registry, case))
    table = case.X.set_axis(list(map(str, case.X.columns)), axis=1)
    found = service.predict(table)
    assert found["status"].tolist() == ["ok"] * N
    same(found["prediction"], case.expected)


@pytest.mark.parametrize("name", ["LightGBM with categories", "gradient boosting with categories"])
def test_an_unseen_category_is_predicted(registry: ModelRegistry, name: str) -> None:
    """A category that the training data do not have is outside, and missing to the model."""
    case = CASES[name]()
    service = InferenceService(registry, register(registry, case))
    answer = service.predict({"depth": 4.0, "period": 9.0, "mission": "JWST"})
    row = KINDS.iloc[[0]].assign(depth=4.0, period=9.0)
    row["mission"] = pd.Categorical([None], KINDS["mission"].cat.categories)
    assert (answer.status, answer.label) == ("outside", case.model.predict(row)[0])


def test_a_whole_number_may_be_missing(registry: ModelRegistry) -> None:
    """A column of whole numbers can have a missing value, if the model takes one."""
    case = CASES["booleans and counts"]()
    service = InferenceService(registry, register(registry, case))
    row = {"depth": 4.0, "period": 9.0, "mission": True, "count": None}
    table = FLAGS.iloc[[0]].assign(depth=4.0, period=9.0, mission=True, count=np.nan)
    expected = case.model.predict(table)
    answer = service.predict(row)
    assert (answer.status, answer.label) == ("missing", expected[0])


@pytest.mark.parametrize("kind", [RandomForestClassifier, RandomForestRegressor])
def test_several_outputs_are_served(registry: ModelRegistry, kind: Any, tmp_path: Path) -> None:
    """Each output of a model with several has a prediction, in the service and in predict.py."""
    X = TABLE[["depth", "period"]]
    y = np.column_stack([Y, 1 - Y])
    model = kind(3, random_state=0).fit(X, y)
    ref = registry.register_model(model, "m", X=X, y=y)
    rows = X.head(3).to_dict("records")
    found = [answer.label for answer in InferenceService(registry, ref).predict_rows(rows)]
    assert found == model.predict(X.head(3)).tolist()
    folder = registry.export_model(ref, tmp_path / "out")
    assert predict_elsewhere(folder, "example.csv", "out.csv").returncode == 0
    written = pd.read_csv(folder / "out.csv")[["prediction_0", "prediction_1"]]
    assert written.to_numpy().tolist() == model.predict(X.head(5)).tolist()
