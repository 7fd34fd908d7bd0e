"""The stored input example is reproduced by its model."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from exo_nbregistry.introspection.example_rows import rebuild
from exo_nbregistry.introspection.input_example import differing_rows, make_example, reproduces
from exo_nbregistry.payloads.attachment import pack_json, placed, read_json
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore

FRAME = pd.DataFrame({"b": [1.0, 2.0, 3.0], "a": [0.5, 0.25, 0.125]})
WORDS = ["planet", "dust", "planet"]
TEXTS = ["deep transit", "noise spike", "flat line", "box dip"] * 5
Y = [0, 1] * 10
N = np.arange(20.0)


def stored(example: Any) -> Any:
    """Return an example as it is read from a registry."""
    assert example is not None
    packed, store = pack_json(example, "example"), MemoryStore()
    with placed(store, "m", packed):
        pass
    return read_json(store, "m", packed.artifact)


def one_hot(*columns: str) -> Any:
    """Return a classifier that encodes these columns and keeps the column n."""
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), list(columns)), ("passthrough", ["n"])
    )
    return make_pipeline(encode, LogisticRegression())


def numbers_of(column: str) -> Any:
    """Return a classifier that uses a column of times or durations as numbers."""
    encode = ColumnTransformer([("n", FunctionTransformer(as_seconds), [column])])
    return make_pipeline(encode, StandardScaler(), LogisticRegression())


def as_seconds(X: Any) -> Any:
    """Return times or durations as numbers; their dtype must be the one of the training."""
    (kind,) = {dtype.kind for dtype in X.dtypes}
    assert kind in "mM"
    return X.astype("int64") / 1e9


def series_lengths(texts: Any) -> Any:
    """Return the lengths of texts, which must be a series."""
    return texts.str.len().to_numpy().reshape(-1, 1)


@pytest.mark.parametrize("X", [FRAME, FRAME.to_numpy(), FRAME.to_numpy().tolist()], ids=type)
@pytest.mark.parametrize(
    ("model", "y"),
    [
        (LogisticRegression(), WORDS),
        (LogisticRegression(), [0, 1, 0]),
        (LinearRegression(), [0.1, 1 / 3, 1e-9]),
        (LinearRegression(), [[0.5, 1.0], [1.0, 2.0], [3.0, 0.25]]),
    ],
    ids=["words", "numbers", "regression", "two outputs"],
)
def test_the_same_model_reproduces_its_example(X: Any, model: Any, y: Any) -> None:
    """Labels, numbers and several outputs are compared, with columns or without."""
    example = make_example(model.fit(X, y), X)
    assert example is not None
    assert example["named"] is hasattr(X, "columns")
    assert reproduces(model, stored(example))


CASES: dict[str, tuple[Any, Any]] = {
    "texts": (make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS),
    "series": (
        make_pipeline(FunctionTransformer(series_lengths), LogisticRegression()),
        pd.Series(TEXTS),
    ),
    "dicts": (
        make_pipeline(DictVectorizer(), LogisticRegression()),
        [{"depth": 1.0}, {"period": 2.0, "kind": "a"}] * 10,
    ),
    "duration": (numbers_of("d"), pd.DataFrame({"d": pd.to_timedelta(N + 1, unit="h")})),
    "datetime": (numbers_of("d"), pd.DataFrame({"d": pd.Timestamp(0) + pd.to_timedelta(N, "D")})),
    "zone": (
        numbers_of("d"),
        pd.DataFrame({"d": pd.Timestamp(0, tz="Europe/Berlin") + pd.to_timedelta(N, "D")}),
    ),
    "NaN beside None": (
        one_hot("s"),
        pd.DataFrame({"s": pd.Series(["a", "b", np.nan, None] * 5, dtype=object), "n": N}),
    ),
    "text": (
        one_hot("s"),
        pd.DataFrame({"s": pd.Series(["a", None, "b", "c"] * 5, dtype="str"), "n": N}),
    ),
    "nullable": (
        HistGradientBoostingClassifier(max_iter=2),
        pd.DataFrame(
            {
                "i": pd.Series([1, None, 3, 4] * 5, dtype="Int64"),
                "f": pd.Series([0.5, 1.5, None, 2] * 5, dtype="Float32"),
                "b": pd.Series([True, None, False, True] * 5, dtype="boolean"),
            }
        ),
    ),
    "empty columns": (
        HistGradientBoostingClassifier(max_iter=2),
        pd.DataFrame({"late": [np.nan] * 15 + [1.0] * 5, "n": N}),
    ),
    "categories": (
        HistGradientBoostingClassifier(max_iter=2, categorical_features="from_dtype"),
        pd.DataFrame({"c": pd.Categorical(["z", "a", None, "k"] * 5, ["k", "z", "a"]), "n": N}),
    ),
    "numeric categories": (
        HistGradientBoostingClassifier(max_iter=2, categorical_features="from_dtype"),
        pd.DataFrame({"c": pd.Categorical([3, 1, None, 2] * 5), "n": N}),
    ),
    "single precision": (LogisticRegression(), (N / 7).astype("f4").reshape(-1, 1)),
    "missing numbers": (
        HistGradientBoostingClassifier(max_iter=2),
        np.where(N % 3 == 0, np.nan, N).reshape(-1, 1),
    ),
    "sparse": (LogisticRegression(), sparse.coo_array(np.diag(N))),
    "sparse frame": (
        LogisticRegression(),
        pd.DataFrame.sparse.from_spmatrix(sparse.csr_array(np.diag(N))),
    ),
    "images": (
        make_pipeline(
            FunctionTransformer(lambda X: np.asarray(X).reshape(len(X), -1)), LogisticRegression()
        ),
        np.arange(240.0).reshape(20, 3, 4),
    ),
    "wide": (
        DummyClassifier(),
        pd.DataFrame(np.zeros((20, 3000)), columns=[f"spectral_band_{i:040}" for i in range(3000)]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_data_of_each_kind_are_restored(name: str) -> None:
    """The example of texts, times, gaps, categories and wide tables is reproduced from its file."""
    model, X = CASES[name]
    model.fit(X, Y)
    assert reproduces(model, stored(make_example(model, X)))


POLARS_CASES = {
    "mixed": ["s", "n", "i", "b"],
    "categories": ["c", "n"],
    "enumeration": ["e", "n"],
}


@pytest.mark.parametrize("name", POLARS_CASES)
def test_frames_of_polars_are_restored(name: str) -> None:
    """A frame of polars with mixed columns is restored with its dtypes."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    data = {
        "s": polars.Series(["a", None, "b", "c"] * 5),
        "n": polars.Series(N),
        "i": polars.Series([1, None, 2, 3] * 5, dtype=polars.Int32),
        "b": polars.Series([True, False, None, True] * 5),
        "c": polars.Series(["x", "y"] * 10, dtype=polars.Categorical),
        "e": polars.Series(["x", "y"] * 10, dtype=polars.Enum(["y", "x"])),
    }
    X = polars.DataFrame({column: data[column] for column in POLARS_CASES[name]})
    model = one_hot(*[column for column in POLARS_CASES[name] if column != "n"])
    model.set_output(transform="default").fit(X, Y)
    example = make_example(model, X)
    assert example is not None
    assert example["form"] == "polars"
    assert reproduces(model, stored(example))


def test_times_of_polars_are_restored() -> None:
    """Times and durations of polars keep their unit."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    when = polars.Series(["2026-01-02T03:04:05.000006", None]).str.to_datetime(time_unit="us")
    X = polars.DataFrame({"at": when, "day": when.dt.date(), "for": when - when.dt.truncate("1d")})
    seen: list[Any] = []
    model = SimpleNamespace(predict=lambda data: seen.append(data) or [0])  # type: ignore[func-returns-value]
    make_example(model, X)
    assert seen[1].equals(X)


def test_set_output_of_polars_is_restored() -> None:
    """A pipeline that returns frames of polars reproduces its example."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    X = polars.DataFrame({"a": N, "b": N[::-1]})
    model = make_pipeline(StandardScaler(), LogisticRegression()).set_output(transform="polars")
    model.fit(X, Y)
    assert reproduces(model, stored(make_example(model, X)))


@pytest.mark.parametrize(
    ("X", "container"),
    [(TEXTS, "list"), (pd.Series(TEXTS), "series"), (np.array(TEXTS, object), "vector")],
    ids=["list", "series", "array"],
)
def test_texts_keep_their_container(X: Any, container: str) -> None:
    """A list, a series and an array of texts are restored as such."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, Y)
    example = stored(make_example(model, X))
    assert example["container"] == container
    assert type(rebuild(example)) is type(X)


class Random(ClassifierMixin, BaseEstimator):
    """A classifier with random predictions."""

    def fit(self, X: Any, y: Any) -> Random:
        """Use no data."""
        self.classes_ = np.unique(y)
        self.calls_ = 0
        return self

    def predict(self, X: Any) -> Any:
        """Return another prediction in each call."""
        self.calls_ += 1
        return [self.calls_] * len(X)


def test_an_example_that_is_not_reproduced_is_not_stored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line reports that no example is stored, and the model is registered."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        ref = registry.register_model(Random().fit(FRAME, WORDS), "m", X=FRAME, y=WORDS)
    assert "input_example" not in registry.get_metadata(ref).attachments
    assert len([line for line in caplog.messages if "input example" in line]) == 1
    assert "does not reproduce" in caplog.text


def test_columns_keep_their_order_through_the_disk() -> None:
    """An example of a dozen unnamed columns is predicted again with each in its place."""
    X = np.arange(36.0).reshape(3, 12) ** 2
    example = stored(make_example(LinearRegression().fit(X, [1, 2, 4]), X))
    seen: list[Any] = []
    reproduces(SimpleNamespace(predict=lambda data: seen.append(data) or [0]), example)  # type: ignore[func-returns-value]
    np.testing.assert_array_equal(seen[0], X)


@pytest.mark.parametrize("named", [True, False])
def test_an_example_of_an_older_release_is_read(named: bool) -> None:
    """An example without form and dtypes is a frame or an array of its columns."""
    X = FRAME if named else FRAME.to_numpy()
    model = LogisticRegression().fit(X, WORDS)
    example = make_example(model, X)
    assert example is not None
    older = {k: v for k, v in example.items() if k not in ("form", "dtypes")}
    assert reproduces(model, stored(older))


@pytest.mark.parametrize(
    ("other", "recorded"),
    [
        (DummyRegressor(strategy="constant", constant=2.0), [1.0, 1.0, 1.0]),
        (DummyRegressor(strategy="constant", constant=1.0), [1.0, 1.0]),
        (DummyRegressor(strategy="constant", constant=1.0), ["a", "b", "c"]),
        (DummyRegressor(strategy="constant", constant=2e-12), [1e-12, 1e-12, 1e-12]),
        (DummyClassifier(strategy="constant", constant=2), [1.5, 1.5, 1.5]),
    ],
    ids=["values", "number", "kind", "tiny values", "labels"],
)
def test_other_predictions_do_not_reproduce_it(other: Any, recorded: list[Any]) -> None:
    """Other values, another number of them, and another kind are all different."""
    example = make_example(other.fit(FRAME, [1, 2, 3]), FRAME)
    assert example is not None
    assert not reproduces(other, example | {"predictions": recorded})


@pytest.mark.parametrize(
    ("apart", "same"), [(1e-11, True), (1e-10, True), (1e-8, False), (1e-4, False)]
)
def test_predictions_differ_by_less_than_rounding(apart: float, same: bool) -> None:
    """A value near zero may move by a billionth of the largest prediction, and by no more."""
    model = SimpleNamespace(predict=lambda data: [1e6, 1e6 * apart])
    example = {"named": True, "columns": ["a"], "rows": {"a": [1.0, 2.0]}}
    assert reproduces(model, example | {"predictions": [1e6, 0.0]}) is same


def test_the_rows_with_other_predictions_are_found() -> None:
    """Only the rows whose predictions differ are named, counted from 0."""
    model = LogisticRegression().fit(FRAME, WORDS)
    example = stored(make_example(model, FRAME))
    example["predictions"][1] = "star"
    assert differing_rows(model, example) == (1,)
    assert differing_rows(LogisticRegression(), example) == (0, 1, 2)


def test_a_booster_of_an_older_release_is_compared() -> None:
    """The example of an older release has the probabilities of a booster as its predictions."""
    X = N.reshape(-1, 1)
    table = xgboost.DMatrix(X, Y)
    model = xgboost.train({"objective": "binary:logistic"}, table, 2)
    new = stored(make_example(model, X, Y))
    assert new["outputs"] == "probabilities"
    older = {k: v for k, v in new.items() if k in ("named", "columns", "rows", "dtypes", "form")}
    raw = model.predict(table)[:5].tolist()
    assert reproduces(model, older | {"predictions": raw})
    assert not reproduces(model, older | {"predictions": new["predictions"]})


def test_a_model_that_fails_does_not_reproduce_it(caplog: pytest.LogCaptureFixture) -> None:
    """A model whose prediction fails is logged and loaded."""
    model = LogisticRegression().fit(FRAME, WORDS)
    example = make_example(model, FRAME)
    assert example is not None
    with caplog.at_level(logging.WARNING):
        assert not reproduces(LogisticRegression(), example)
    assert "NotFittedError" in caplog.text


def test_an_object_without_predict_has_no_example() -> None:
    """A transformer or a plain object is registered without an example."""
    assert make_example(object(), [[1]]) is None
