"""Columns of the results and the training info that users passed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.passed_facts import flatten, passed_results, passed_training_info


def passed_columns(versions: Iterable[ModelMetadata]) -> dict[str, list[Any]]:
    """Return the values of each passed result and training fact, by the name in filters.

    Lists are omitted, because a filter cannot test them. Missing values are NaN.

    Examples
    --------
    >>> passed_columns([registry["kepler_rf"]])
    {}
    """
    rows = [_values(version) for version in versions]
    names = sorted({name for row in rows for name in row})
    return {name: [row.get(name, math.nan) for row in rows] for name in names}


def _values(version: ModelMetadata) -> dict[str, Any]:
    groups = {
        "results": passed_results(version.additional_metrics, version.attachments),
        "training_info": passed_training_info(version.additional_metrics),
    }
    return {
        f"{group}.{name}": value
        for group, values in groups.items()
        for name, value in flatten(values).items()
        if isinstance(value, str | int | float | date)
    }
