"""Rows on which a model and its ONNX file are compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.exports.onnx_rows import compared_rows
from exo_nbregistry.exports.version import ExportedVersion
from exo_nbregistry.persistence.base import Written
from exo_nbregistry.records.metadata import ModelMetadata

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEPTH = {"name": "depth", "dtype": "float64", "minimum": -2.0, "maximum": 3.0}
COUNT = {"name": "count", "dtype": "int64", "minimum": 1, "maximum": 4}


def version(rows: dict[str, list[Any]] | None = None) -> ExportedVersion:
    """Return a version with a stored example."""
    metadata = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=NOW)
    example = {} if rows is None else {"rows": rows, "columns": list(rows)}
    return ExportedVersion(DummyClassifier(), metadata, lambda _: Written(()), example)


def facts(*columns: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of an export with some columns."""
    return {"columns": list(columns), "n_features": len(columns)}


def test_rows_are_drawn_from_the_ranges() -> None:
    """Numbers are in the range of the training data, and whole numbers have each value of it."""
    rows = compared_rows(version(), facts(DEPTH, COUNT))
    depth = np.array(rows.columns["depth"])
    assert len(depth) == 1000
    assert depth.min() >= -2.0
    assert depth.max() <= 3.0
    assert set(rows.columns["count"]) == {1, 2, 3, 4}
    assert rows.n_stored == 0


def test_stored_rows_come_first() -> None:
    """The rows of the example are compared too, also those with a missing number."""
    stored = {"depth": [1.5, None], "site": ["a", "b"]}
    rows = compared_rows(version(stored), facts(DEPTH, {"name": "site", "dtype": "str"}))
    assert rows.columns["depth"][:2] == [1.5, None]
    assert set(rows.columns["site"]) == {"a", "b"}
    assert (rows.n_stored, len(rows.columns["site"])) == (2, 1002)
    assert rows.kinds == {"depth": "number", "site": "text"}


def test_a_row_without_a_text_is_left_out() -> None:
    """ONNX does not have a missing text."""
    stored = {"site": ["a", None]}
    rows = compared_rows(version(stored), facts({"name": "site", "dtype": "object"}))
    assert rows.n_stored == 1
    assert None not in rows.columns["site"]


def test_a_column_without_known_values_has_the_stored_rows_only() -> None:
    """If the range of a column is unknown, no rows are drawn."""
    unknown = {"name": "depth", "dtype": "int64"}
    rows = compared_rows(version({"depth": [1, 2, 3]}), facts(unknown))
    assert rows.columns == {"depth": [1, 2, 3]}


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ({"name": "depth", "dtype": "int64"}, "Register the model with X"),
        ({"name": "seen", "dtype": "datetime64[ns]"}, "the column 'seen'"),
        ({"name": "n", "dtype": "complex128"}, "the column 'n'"),
        ({"name": "k", "dtype": "category", "categories": [1, 2]}, "'k' are not text"),
    ],
)
def test_columns_that_onnx_does_not_have_are_refused(column: dict[str, Any], reason: str) -> None:
    """The error has the name of the column."""
    with pytest.raises(SerializationError, match=reason):
        compared_rows(version(), facts(column))
