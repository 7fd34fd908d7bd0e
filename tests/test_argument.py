"""What a user passes when a model is registered, taken or refused in one sentence."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.argument import (
    read_columns_told,
    read_mapping,
    read_training_info,
    require_model,
    require_pair,
    row_count,
)
from exo_nbregistry.errors import RecordError, SerializationError


@pytest.mark.parametrize("model", [LogisticRegression, "a.joblib", Path("a.joblib")], ids=repr)
def test_what_stands_for_a_model_is_refused(model: Any) -> None:
    """A class learns nothing, and the path of a model is not the model."""
    with pytest.raises(SerializationError, match="not a model: "):
        require_model(model)


@pytest.mark.parametrize("model", [LogisticRegression(), {"a": 1}, b"onnx", len], ids=str)
def test_any_object_may_be_a_model(model: Any) -> None:
    """Estimators, weights, bytes of another library and functions are taken."""
    require_model(model)


@pytest.mark.parametrize("data", ["train.csv", Path("train.csv"), b"1,2", 3, iter([1])])
def test_what_stands_for_data_is_refused(data: Any) -> None:
    """A file's name is not counted as rows, and what cannot be counted is told."""
    for pair in ((data, None), ([1], data)):
        with pytest.raises(RecordError, match="is the data itself"):
            require_pair(*pair, "X", "y")


@pytest.mark.parametrize(
    "data", [[[1.0], [2.0]], np.ones((2, 3)), pd.DataFrame({"a": [1, 2]}), csr_matrix(np.eye(2))]
)
def test_data_of_any_kind_has_rows(data: Any) -> None:
    """Lists, arrays, frames and sparse matrices are counted alike."""
    require_pair(data, [0, 1], "X", "y")
    assert row_count(data) == 2


def test_a_pair_belongs_together() -> None:
    """A target needs its data, as many rows of it; data needs no target."""
    require_pair([1], None, "X", "y")
    with pytest.raises(RecordError, match="y needs X"):
        require_pair(None, [1], "X", "y")
    with pytest.raises(RecordError, match="X has 1 rows and y has 2"):
        require_pair([1], [1, 2], "X", "y")


def test_what_is_no_mapping_says_how_it_becomes_one() -> None:
    """A series names its method, and a long value stays on one short line."""
    with pytest.raises(RecordError, match=r"a Series: pass its \.to_dict\(\)"):
        read_mapping(pd.Series({"a": 1}), "metrics")  # type: ignore[arg-type]
    with pytest.raises(RecordError) as refused:
        read_mapping(np.ones((99, 99)), "metrics")  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 130
    assert read_mapping(None, "metrics") == {}


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"training_samples": -3}, "training_samples is a number of rows"),
        ({"test_samples": -1}, "test_samples is a number of rows"),
        ({"class_distribution": [1, 2]}, "class_distribution is a dict"),
        ([3], "training_info is a dict"),
    ],
    ids=str,
)
def test_what_no_training_was_is_refused(info: Any, message: str) -> None:
    """Rows below zero and classes without names are slips of the hand."""
    with pytest.raises(RecordError, match=message):
        read_training_info(info)


def test_a_misspelt_fact_is_told_and_kept(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is lost in silence; a name that is like no other says nothing."""
    info = {"train_samples": 3, "epochs": 4, "training_date": "2026", "dataset": "kepler"}
    assert read_training_info(info) == info
    assert [record.getMessage() for record in caplog.records] == [
        "training_info.train_samples goes to additional_metrics; did you mean training_samples?"
    ]


@pytest.mark.parametrize("columns", ["depth", b"ab", {"a", "b"}, {"a": 1}, 3, ["a", None], [None]])
def test_columns_are_names_in_order(columns: Any) -> None:
    """A text is not cut into letters, a set has no order, and None is no name."""
    with pytest.raises(RecordError, match="list of column names in their order"):
        read_columns_told(columns, None)


@pytest.mark.parametrize(
    "columns", [["a", "b"], ("a", "b"), pd.Index(["a", "b"]), np.array(["a", "b"]), iter("ab")]
)
def test_columns_come_in_any_ordered_kind(columns: Any, caplog: pytest.LogCaptureFixture) -> None:
    """They become a tuple of text."""
    assert read_columns_told(columns, SimpleNamespace(n_features_in_=2)) == ("a", "b")
    assert caplog.records == []


def test_columns_that_a_model_contradicts_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """They may be the columns before a step that the model has not seen, so they are kept."""
    with caplog.at_level(logging.WARNING):
        assert read_columns_told(["a"], SimpleNamespace(n_features_in_=2)) == ("a",)
    assert "1 names, and the model was fitted on 2 columns" in caplog.text
