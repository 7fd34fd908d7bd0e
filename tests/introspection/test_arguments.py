"""Checks of the arguments of `register_model`."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import RecordError, SerializationError
from exo_nbregistry.introspection.arguments import (
    read_feature_columns,
    read_mapping,
    read_tags,
    read_training_info,
    require_model,
    require_pair,
    row_count,
)
from exo_nbregistry.records.metadata import ModelMetadata


@pytest.mark.parametrize("model", [LogisticRegression, "a.joblib", Path("a.joblib")], ids=repr)
def test_classes_and_paths_are_rejected(model: Any) -> None:
    """Classes and paths of models are rejected."""
    with pytest.raises(SerializationError, match="not a model; "):
        require_model(model)


def test_the_result_of_load_model_is_rejected() -> None:
    """A model with its metadata is a pair, of which the first item is the model."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    metadata = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=now)
    with pytest.raises(SerializationError, match="pass the first item"):
        require_model((LogisticRegression(), metadata))
    require_model((LogisticRegression(), LogisticRegression()))


@pytest.mark.parametrize("model", [LogisticRegression(), {"a": 1}, b"onnx", len], ids=str)
def test_any_object_may_be_a_model(model: Any) -> None:
    """Estimators, weights, bytes of another library and functions are accepted."""
    require_model(model)


@pytest.mark.parametrize("data", ["train.csv", Path("train.csv"), b"1,2", 3, iter([1])])
def test_paths_and_scalars_are_rejected(data: Any) -> None:
    """File names and values without a length are rejected."""
    for pair in ((data, None), ([1], data)):
        with pytest.raises(RecordError, match="must be array-like"):
            require_pair(*pair, "X", "y")


@pytest.mark.parametrize(
    "data", [[[1.0], [2.0]], np.ones((2, 3)), pd.DataFrame({"a": [1, 2]}), csr_matrix(np.eye(2))]
)
def test_data_of_any_kind_has_rows(data: Any) -> None:
    """Lists, arrays, frames and sparse matrices are counted alike."""
    require_pair(data, [0, 1], "X", "y")
    assert row_count(data) == 2


def test_a_pair_belongs_together() -> None:
    """A target requires data with as many rows; data does not require a target."""
    require_pair([1], None, "X", "y")
    with pytest.raises(RecordError, match="X is required with y"):
        require_pair(None, [1], "X", "y")
    with pytest.raises(RecordError, match="X has 1 rows and y has 2"):
        require_pair([1], [1, 2], "X", "y")


def test_other_values_than_mappings_are_rejected() -> None:
    """The error for a series names `to_dict`, and a long value is cut."""
    with pytest.raises(RecordError, match=r"a Series; pass its \.to_dict\(\)"):
        read_mapping(pd.Series({"a": 1}), "metrics")  # type: ignore[arg-type]
    with pytest.raises(RecordError) as refused:
        read_mapping(np.ones((99, 99)), "metrics")  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 130
    assert read_mapping(None, "metrics") == {}


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"training_samples": -3}, "training_samples must be at least 0"),
        ({"test_samples": -1}, "test_samples must be at least 0"),
        ({"class_distribution": [1, 2]}, "class_distribution must be a dict"),
        ([3], "training_info must be a dict"),
    ],
    ids=str,
)
def test_what_no_training_was_is_refused(info: Any, message: str) -> None:
    """Negative numbers of rows and classes without names are rejected."""
    with pytest.raises(RecordError, match=message):
        read_training_info(info)


def test_a_misspelled_name_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A misspelled name is logged and stored; other unknown names are stored."""
    info = {"train_samples": 3, "epochs": 4, "training_date": "2026", "dataset": "kepler"}
    assert read_training_info(info) == info
    assert [record.getMessage() for record in caplog.records] == [
        "training_info.train_samples is stored in additional_metrics; did you mean "
        "training_samples?"
    ]


@pytest.mark.parametrize("columns", ["depth", b"ab", {"a", "b"}, {"a": 1}, 3, ["a", None], [None]])
def test_columns_are_names_in_order(columns: Any) -> None:
    """Text, sets and names of None are rejected."""
    with pytest.raises(RecordError, match="must be a list of column names"):
        read_feature_columns(columns, None)


@pytest.mark.parametrize(
    "columns", [["a", "b"], ("a", "b"), pd.Index(["a", "b"]), np.array(["a", "b"]), iter("ab")]
)
def test_columns_come_in_any_ordered_kind(columns: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Any ordered iterable becomes a tuple of text."""
    assert read_feature_columns(columns, SimpleNamespace(n_features_in_=2)) == ("a", "b")
    assert caplog.records == []


def test_a_mismatch_with_the_model_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A mismatch with the model is logged, and the names are stored."""
    with caplog.at_level(logging.WARNING):
        assert read_feature_columns(["a"], SimpleNamespace(n_features_in_=2)) == ("a",)
    assert "1 names, but the model was fitted on 2 columns" in caplog.text


@pytest.mark.parametrize("name", [["a"], {"a": 1}, 1, None], ids=str)
def test_names_of_tags_in_a_list_are_text(name: Any) -> None:
    """A nested list of names is rejected with the name."""
    with pytest.raises(RecordError, match="A tag name must be non-empty text, got "):
        read_tags([name])
