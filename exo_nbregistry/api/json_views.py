"""Versions, models, facts and events as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.json_codec import encode, to_plain
from exo_nbregistry.views.columns import COLUMNS
from exo_nbregistry.views.metric_columns import own_metric
from exo_nbregistry.views.model_table import ModelSummary
from exo_nbregistry.views.version_column import JSON


def item_of(version: ModelMetadata) -> dict[str, Any]:
    """Return a version as an item of a list."""
    return {
        "name": version.model_name,
        "version": version.version,
        "metrics": {name: finite(value) for name, value in version.metrics.items()},
        "default_metric": own_metric(version),
        **{c.name: c.to_json(version) for c in COLUMNS.values() if JSON in c.shown_in},
    }


def summary_of(model: ModelSummary) -> dict[str, Any]:
    """Return a model as an item of a list."""
    return {
        "name": model.model_name,
        "latest": model.latest_version,
        "versions": model.n_versions,
        "aliases": dict(model.aliases),
        "metric": model.metric
        and {
            "name": model.metric,
            "scoring": model.scoring,
            "value": finite(model.value),
            "series": [[version, finite(value)] for version, value in model.series],
        },
        "registered_at": model.registered_at.isoformat(),
    }


def event_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event; values beyond JSON are encoded as in `ModelMetadata.to_dict`."""
    return {
        name: value.isoformat() if isinstance(value, date) else encode(to_plain(value, name))
        for name, value in event.items()
    }


def finite(value: float | None) -> float | None:
    """Return a number, or None if it is NaN or infinite."""
    return value if value is not None and math.isfinite(value) else None
