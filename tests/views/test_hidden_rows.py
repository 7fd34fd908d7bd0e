"""Rows that a comparison omits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.views.comparison import Comparison


def version(number: int, info: dict[str, Any]) -> ModelMetadata:
    """Return a version with training info."""
    return ModelMetadata(
        model_id=f"rf:{number}",
        model_name="rf",
        version=number,
        created_at=datetime(2026, 1, number, tzinfo=UTC),
        additional_metrics={"training_info": info},
    )


def compared(values: int) -> Comparison:
    """Return the comparison of two versions whose cross-validation differs in some values."""
    infos = [
        {"mission": f"K{i}", "cv": {f"m{k}": k + i for k in range(values)}} for i in range(1, 3)
    ]
    versions = [version(i + 1, info) for i, info in enumerate(infos)]
    return Comparison(versions, {})


def test_a_large_mapping_of_the_training_info_is_counted() -> None:
    """More than five different values of one mapping are a number, so that others are seen."""
    comparison = compared(6)
    text = repr(comparison)
    assert "6 facts are in cv; all() shows them." in text
    assert "mission" in text
    assert "cv.m0" not in text
    assert "cv.m0" in repr(comparison.all())


@pytest.mark.parametrize("values", [1, 5])
def test_a_small_mapping_of_the_training_info_is_shown(values: int) -> None:
    """Up to five different values of one mapping are rows."""
    assert f"cv.m{values - 1}" in repr(compared(values))
