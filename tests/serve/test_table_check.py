"""Checks of rows and tables against the signature."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from exo_nbregistry.errors import (
    RegistryError,
    SignatureMismatchError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService


def test_all_problems_are_reported_at_once(service: InferenceService) -> None:
    """A row with several problems raises one error that lists them all."""
    with pytest.raises(SignatureMismatchError) as refusal:
        service.check_rows([{"koi_depht": 1.0, "koi_period": "long", "koi_num_transits": 2.5}])
    error = refusal.value
    assert error.missing == ("koi_depth",)
    assert error.unexpected == ("koi_depht",)
    assert error.wrong_dtype == ("koi_period", "koi_num_transits")
    assert (error.missing_values, error.out_of_range) == ((), ())
    assert pickle.loads(pickle.dumps(error)).args == error.args
    assert dict(error.problems)["koi_depht"].endswith("(did you mean koi_depth?)")
    for column, message in error.problems:
        assert f"{column} {message}" in str(error)
    assert str(error).startswith("The data does not match the signature of kepler:1: ")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("koi_depth", "100", "must be a number, not '100'"),
        ("koi_depth", True, "must be a number, not True"),
        ("koi_depth", [1.0], "must be a number"),
        ("koi_depth", math.inf, "must be a number, not inf"),
        ("koi_depth", 10**400, "must be a number, not 1000"),
        ("koi_depth", 1j, "must be a number"),
        ("koi_depth", None, "must have a value, because the training data has no missing values"),
        ("koi_depth", math.nan, "must have a value"),
        ("koi_num_transits", 2.5, "must be a whole number that fits int64, not 2.5"),
        ("koi_num_transits", 1e300, "must be a whole number that fits int64"),
        ("koi_depth", 1e9, r"is 1e\+09, outside the range of the training data"),
        ("koi_num_transits", 2, "is 2, outside the range of the training data, 3 to 89"),
    ],
)
def test_a_rejected_value(
    service: InferenceService, row: dict[str, Any], column: str, value: object, words: str
) -> None:
    """The error about a wrong kind, a new missing value or a wrong range names the column."""
    with pytest.raises(SignatureMismatchError, match=f"{column} {words}") as refusal:
        service.predict(row | {column: value}, strict=True)
    error = refusal.value
    assert [name for name, _ in error.problems] == [column]
    assert (*error.wrong_dtype, *error.missing_values, *error.out_of_range) == (column,)


def test_what_was_missing_in_training_may_be_missing(
    service: InferenceService, registry: ModelRegistry, row: dict[str, Any]
) -> None:
    """None and NaN reach the model as missing, never as zero; an absent field is an error."""
    model, _ = registry.load_model("kepler:1")
    expected = model.predict_proba(pd.DataFrame([row | {"koi_period": np.nan}]))[0, 0]
    for missing in (None, math.nan, pd.NA, np.float64("nan")):
        assert service.predict(row | {"koi_period": missing}).probability == expected
    del row["koi_period"]
    with pytest.raises(SignatureMismatchError, match="koi_period is missing"):
        service.predict(row, strict=True)


def test_whole_numbers_and_floats_are_equivalent(
    service: InferenceService, row: dict[str, Any]
) -> None:
    """JSON and CSV do not distinguish 20 from 20.0, and neither does the check."""
    assert service.predict(row | {"koi_num_transits": 20.0, "koi_depth": 100}) == service.predict(
        row
    )


def test_numpy_numbers(service: InferenceService, row: dict[str, Any]) -> None:
    """A row of numpy scalars is accepted."""
    typed = {name: np.float32(value) for name, value in row.items()}
    assert service.predict(typed) == service.predict(row)


def test_problems_of_a_table_name_the_row(service: InferenceService, table: pd.DataFrame) -> None:
    """Each problem of a table names its first row and counts the others."""
    bad = table.astype({"koi_num_transits": float})
    bad.loc[[4, 5, 6], "koi_num_transits"] = 0.5
    bad.loc[7, "koi_depth"] = np.nan
    with pytest.raises(SignatureMismatchError) as refusal:
        service.predict(bad, strict=True)
    problems = dict(refusal.value.problems)
    assert problems["koi_num_transits"].endswith("(row 5 and 2 more)")
    assert problems["koi_depth"].endswith("(row 8)")


def test_a_row_without_a_field(service: InferenceService, row: dict[str, Any]) -> None:
    """The error names the row that lacks a field."""
    with pytest.raises(SignatureMismatchError, match=r"koi_depth is missing \(row 2\)"):
        service.check_rows([row, {k: v for k, v in row.items() if k != "koi_depth"}])


def test_a_rounded_extreme_is_in_range(
    service: InferenceService, table: pd.DataFrame, row: dict[str, Any]
) -> None:
    """Values are compared with the training range to ten digits."""
    largest = table["koi_depth"].max()
    assert service.predict(row | {"koi_depth": largest + 1e-8}).outside == ()
    with pytest.raises(SignatureMismatchError, match="outside"):
        service.predict(row | {"koi_depth": largest + 1e-5}, strict=True)


def test_a_model_without_a_signature_is_not_served(registry: ModelRegistry) -> None:
    """A model whose columns are unknown is an error that explains what to do."""
    registry.register_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "bare")
    with pytest.raises(RegistryError, match=r"Register it with its training table"):
        InferenceService(registry, "bare")


def test_unsupported_columns(registry: ModelRegistry) -> None:
    """A column of periods is rejected at the start."""
    X = pd.DataFrame({"depth": [0.0, 1.0, 2.0, 3.0]})
    dated = X.assign(seen=pd.period_range("2026-01", periods=4, freq="M"))
    one = LogisticRegression().fit(X, [0, 0, 1, 1])
    registry.register_model(one, "dated", X=dated, y=[0, 0, 1, 1])
    with pytest.raises(RegistryError, match="its column seen has dtype period"):
        InferenceService(registry, "dated")


def test_several_outputs(registry: ModelRegistry) -> None:
    """A model with several outputs predicts a list for each row, and a column for each output."""
    X = pd.DataFrame({"depth": [0.0, 1.0, 2.0, 3.0]})
    y = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    both = MultiOutputClassifier(LogisticRegression()).fit(X, y)
    registry.register_model(both, "both", X=X, y=y)
    service = InferenceService(registry, "both")
    expected = both.predict(X).tolist()
    assert [answer.label for answer in service.predict_rows(X.to_dict("records"))] == expected
    frame = service.predict(X)
    assert frame[["prediction_0", "prediction_1"]].to_numpy().tolist() == expected


def test_a_model_of_text_and_booleans(registry: ModelRegistry) -> None:
    """Text and booleans are accepted, and no other values in their place."""
    X = pd.DataFrame({"band": ["kepler", "tess", "kepler", "tess"], "vetted": [True, False] * 2})
    model = make_pipeline(OrdinalEncoder(), LogisticRegression()).fit(X, [0, 1, 0, 1])
    registry.register_model(model, "mixed", X=X, y=[0, 1, 0, 1])
    service = InferenceService(registry, "mixed")
    assert service.predict({"band": "tess", "vetted": False}).label == 1
    assert service.predict(X)["prediction"].tolist() == [0, 1, 0, 1]
    with pytest.raises(SignatureMismatchError) as refusal:
        service.predict({"band": 7, "vetted": 1}, strict=True)
    assert dict(refusal.value.problems) == {
        "band": "must be text, not 7",
        "vetted": "must be a boolean, not 1",
    }


@pytest.mark.parametrize(
    ("dtype", "good", "bad"),
    [
        ("float32", 0.1, 1e39),
        ("uint8", 3, 256),
        ("int16", 3, -40_000),
        ("int64", 3, 2**63),
        ("Int64", None, 1.5),
        ("Float64", None, "1"),
    ],
)
def test_other_dtypes_of_numbers(
    registry: ModelRegistry, dtype: str, good: object, bad: object
) -> None:
    """Each dtype accepts values that fit it, a nullable one also a missing value."""
    values = [0, 1, 2, 3] if good is not None else [0, 1, 2, None]
    X = pd.DataFrame({"x": pd.Series(values, dtype=dtype)})
    model = HistGradientBoostingClassifier(min_samples_leaf=1).fit(X, [0, 0, 1, 1])
    registry.register_model(model, "typed", X=X, y=[0, 0, 1, 1])
    service = InferenceService(registry, "typed", extrapolate=True)
    assert service.predict({"x": good}).version == "typed:1"
    assert service.predict(X)["prediction"].tolist() == model.predict(X).tolist()
    with pytest.raises(SignatureMismatchError, match="x must be a"):
        service.predict({"x": bad}, strict=True)
