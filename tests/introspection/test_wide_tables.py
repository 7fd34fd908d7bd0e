"""Tables with more column names than a record has room for."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry.introspection.wide_tables import separate_columns
from exo_nbregistry.records.metadata import Column, ModelMetadata, Signature
from exo_nbregistry.registry.facade import ModelRegistry

NAMES = [f"flux_of_the_star_in_one_pixel_of_one_quarter_{i:0200}" for i in range(3000)]


def minimal(**fields: Any) -> ModelMetadata:
    """Return metadata with the required fields and `fields`."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=at, **fields)


@pytest.fixture(scope="module")
def wide() -> pd.DataFrame:
    """Return a table whose column names alone fill a record."""
    return pd.DataFrame(np.zeros((6, len(NAMES))), columns=NAMES)


def test_a_wide_table_is_registered(
    wide: pd.DataFrame, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The columns become an attachment, and the log reports it."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    y = [0, 1] * 3
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        ref = registry.register_model(DummyClassifier().fit(wide, y), "m", X=wide, y=y)
    metadata = registry.get_metadata(ref)
    assert metadata.feature_columns == ()
    assert metadata.signature == Signature((), (0, 1), "frame")
    assert registry.load_attachment(ref, "columns")["name"].tolist() == NAMES
    assert "stored as the attachment 'columns'" in caplog.text
    assert "larger than 1 MiB" in caplog.text
    assert max(map(len, caplog.messages)) < 300


def test_an_attachment_of_the_user_is_kept(
    wide: pd.DataFrame, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If the user has an attachment with this name, the columns are omitted."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    given = {"columns": {"a": 1}}
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        ref = registry.register_model(DummyClassifier(), "m", X=wide, attachments=given)
    assert registry.load_attachment(ref, "columns") == {"a": 1}
    assert "omitted" in caplog.text


def test_ranges_are_kept() -> None:
    """The attachment has dtype, range and missing values of each column."""
    columns = (Column("a", "float64", 0.5, 1.5, 2), Column("s", "str"))
    small, packed = separate_columns(minimal(signature=Signature(columns), feature_columns=("a",)))
    assert small.signature == Signature()
    assert packed is not None
    assert packed.artifact.format == "npz"


def test_metadata_without_columns_are_unchanged() -> None:
    """A record that is too large for another reason has no columns to move."""
    metadata = minimal()
    assert separate_columns(metadata) == (metadata, None)
