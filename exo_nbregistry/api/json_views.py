"""Versions, models, facts and events as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.json_codec import encode, to_plain
from exo_nbregistry.views.attachment_rows import ATTACHMENTS, attachment_rows
from exo_nbregistry.views.columns import COLUMNS
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.facts import RESULTS, TRAINING, facts_of, format_value
from exo_nbregistry.views.later_metrics import TITLE, series_rows
from exo_nbregistry.views.metric_columns import own_metric
from exo_nbregistry.views.metric_rows import cell_text, row_title
from exo_nbregistry.views.model_table import ModelSummary
from exo_nbregistry.views.version_card import limited
from exo_nbregistry.views.version_column import JSON

_UNKNOWN = "changed by unknown signers"
# Conventional alias of the version in use.
_FIRST_ALIAS = "champion"


def item_of(version: ModelMetadata) -> dict[str, Any]:
    """Return a version as an item of a list."""
    return {
        "name": version.model_name,
        "version": version.version,
        "metrics": {name: finite(value) for name, value in version.metrics.items()},
        "default_metric": own_metric(version),
        **{c.name: c.to_json(version) for c in COLUMNS.values() if JSON in c.shown_in},
    }


def sections_of(version: ModelMetadata) -> list[dict[str, Any]]:
    """Return later metrics, results, training info, attachments and unknown signers as texts."""
    facts = facts_of(version)
    rows = {
        TITLE: series_rows(version.later_metrics),
        **{
            section: [[name, format_value(section, name, v)] for name, v in facts[section].items()]
            for section in (RESULTS, TRAINING)
        },
        ATTACHMENTS: attachment_rows(version),
        _UNKNOWN: [list(change.partition(": ")[::2]) for change in version.unknown_signers],
    }
    return [
        {"title": title.capitalize(), "rows": limited(items)}
        for title, items in rows.items()
        if items
    ]


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


def rows_of(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the displayed rows of a comparison, with values as text."""
    return [
        {
            "section": section,
            "field": str(row_title(section, field, comparison.items)),
            "values": [
                cell_text(section, field, item, comparison.items, values[item.model_id])
                if item.model_id in values
                else None
                for item in comparison.items
            ],
        }
        for section, fields in comparison.shown.items()
        for field, values in fields.items()
    ]


def event_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event; values beyond JSON are encoded as in `ModelMetadata.to_dict`."""
    return {
        name: value.isoformat() if isinstance(value, date) else encode(to_plain(value, name))
        for name, value in event.items()
    }


def reference_of(version: ModelMetadata) -> str:
    """Return the reference to load a version with: an alias if it has one."""
    if not version.aliases:
        return version.model_id
    aliases = version.aliases
    alias = _FIRST_ALIAS if _FIRST_ALIAS in aliases else aliases[0]
    return f"{version.model_id.partition(':')[0]}@{alias}"


def finite(value: float | None) -> float | None:
    """Return a number, or None if it is NaN or infinite."""
    return value if value is not None and math.isfinite(value) else None
