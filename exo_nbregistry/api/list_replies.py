"""Lists of versions and models as JSON: columns, cells, hints and problems of queries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from exo_nbregistry.api.json_views import finite, item_of, summary_of
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_order, unknown_fields
from exo_nbregistry.index.unknown_field import named_error, unknown_field
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.spelling import either
from exo_nbregistry.text.numbers import MISSING, number
from exo_nbregistry.text.timestamps import time_text
from exo_nbregistry.values.metric import higher_is_better
from exo_nbregistry.views.field_names import field_expression, field_title, is_sortable
from exo_nbregistry.views.metric_columns import own_metric
from exo_nbregistry.views.model_table import ModelSummary
from exo_nbregistry.views.version_cells import (
    Cell,
    algorithm_cell,
    column_cells,
    column_direction,
    column_kind,
    column_side,
    column_title,
    number_cell,
    text_cell,
    time_cell,
)

_SUGGESTED = re.compile(r"\s*Did you mean (.+)\?$")
MODEL_COLUMNS = ("aliases", "algorithm", "metric", "created_at", "n_versions")
_MODEL_TITLES = {"n_versions": "versions", "metric": "metric"}


def sort_fields(orders: Sequence[str]) -> dict[str, bool]:
    """Return whether each sort field is descending, by its full name.

    Examples
    --------
    >>> sort_fields(["-metrics.f1_score"])
    {'metrics.f1_score': True}
    """
    found = [compile_order(text) for text in orders]
    return {order.field: order.descending for order in found}


def columns_json(
    names: Sequence[str], orders: Mapping[str, bool], versions: Sequence[ModelMetadata]
) -> list[dict[str, Any]]:
    """Return the columns of a list of versions."""
    return [
        {
            "name": name,
            "title": str(column_title(name, versions)),
            "kind": column_kind(name),
            "align": column_side(name),
            "higher_is_better": column_direction(name),
            "sorted": _sorted(orders, name),
            "expression": field_expression(name),
            "sortable": is_sortable(name),
        }
        for name in names
    ]


def model_columns_json(orders: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Return the columns of a list of models."""
    return [
        {
            "name": name,
            "title": _MODEL_TITLES.get(name) or field_title(name),
            "kind": "number" if name == "metric" else column_kind(name),
            "align": "right" if name == "metric" else column_side(name),
            "higher_is_better": None,
            "sorted": _sorted(orders, name),
            "expression": name,
            "sortable": name != "aliases",
        }
        for name in MODEL_COLUMNS
    ]


def version_items(
    versions: Sequence[ModelMetadata],
    columns: Sequence[str],
    now: datetime,
    children: Mapping[str, int],
    trends: Mapping[str, Sequence[tuple[int, float]]],
) -> list[dict[str, Any]]:
    """Return the versions as items of a list, with a cell for each column."""
    by_column = [column_cells(name, versions, now, children) for name in columns]
    return [
        item_of(version)
        | {
            "display_id": version.display_id,
            "cells": [cell_json(cells[place]) for cells in by_column],
            "main_metric": main_metric_json(version),
            "created": time_text(version.created_at, now),
            "n_children": children.get(version.model_id, 0),
            "trend": [
                [number, finite(value)] for number, value in trends.get(version.model_name, ())
            ],
            "is_deleted": version.status != "active",
        }
        for place, version in enumerate(versions)
    ]


def model_item(model: ModelSummary, now: datetime) -> dict[str, Any]:
    """Return a model as an item of a list, with a cell for each of `MODEL_COLUMNS`."""
    item = summary_of(model)
    if item["metric"]:
        item["metric"] |= {
            "title": model.metric_title,
            "text": MISSING if model.value is None else number(model.value),
            "higher_is_better": higher_is_better(str(model.metric)),
        }
    aliases = ", ".join(f"{alias} {version}" for alias, version in model.aliases.items())
    cells = {
        "aliases": text_cell(aliases),
        "algorithm": algorithm_cell(model.algorithm),
        "metric": number_cell(model.value, model.metric_title or ""),
        "created_at": time_cell(model.registered_at, now),
        "n_versions": number_cell(model.n_versions),
    }
    return item | {
        "display_name": model.display_name or model.model_name,
        "algorithm": model.algorithm,
        "registered": time_text(model.registered_at, now),
        "n_deleted": model.n_deleted,
        "cells": [cell_json(cells[name]) for name in MODEL_COLUMNS],
    }


def cell_json(cell: Cell | None) -> dict[str, Any] | None:
    """Return a cell; None for a missing value."""
    if cell is None:
        return None
    title = {"title": cell.title} if cell.title else {}
    return {"value": cell.value, "text": cell.text} | title


def main_metric_json(version: ModelMetadata) -> dict[str, Any] | None:
    """Return the metric by which a version is shown; None without metrics."""
    name = own_metric(version)
    if name is None:
        return None
    value = version.metrics[name]
    return {
        "name": name,
        "title": str(metric_title(name, [version])),
        "text": number(value),
        "value": finite(value),
    }


def field_hints(texts: Sequence[str], known: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return a hint for each field of filters or sort orders that no version has.

    Examples
    --------
    >>> [hint] = field_hints(["metrics.f1 > 0.9"], {"metrics": ["f1_score"]})
    >>> hint["text"]
    'No version has metrics.f1. Did you mean metrics.f1_score?'
    >>> hint["field"], hint["suggestions"]
    ('metrics.f1', ['metrics.f1_score'])
    """
    unknown: dict[str, list[str]] = {}
    for text in texts:
        unknown |= unknown_fields(text, known)
    return [
        {
            "text": f"No version has {field}."
            + (f" Did you mean {either(close)}?" if close else ""),
            "field": field_expression(field),
            "suggestions": [field_expression(name) for name in close],
        }
        for field, close in unknown.items()
    ]


def query_problem(error: QueryError, text: str, known: Mapping[str, Sequence[str]]) -> Problem:
    """Return the problem of an invalid filter, with the fields that were probably meant.

    Parameters
    ----------
    error : QueryError
        The error.
    text : str
        The filter as the user wrote it.
    known : mapping of str to sequence of str
        Names in each group of fields.
    """
    error = named_error(error, known)
    message, name = str(error).partition("\n")[0], unknown_field(error)
    if name is None:
        return _invalid(message, None, error, text, [])
    found = _SUGGESTED.search(message)
    suggested = re.split(", | or ", found[1]) if found else []
    hint = f"Did you mean {either(suggested)}?" if suggested else None
    short = f"Unknown field {name!r}." if suggested else message
    return _invalid(short, hint, error, text, suggested)


def _invalid(
    message: str, hint: str | None, error: QueryError, text: str, suggestions: list[str]
) -> Problem:
    same = len(error.text.strip()) and text.rstrip().endswith(error.text.strip())
    position = error.position + (text.rstrip().rfind(error.text.strip()) if same else 0)
    if same:
        position -= len(error.text) - len(error.text.lstrip())
    return Problem(
        400,
        "invalid_query",
        message,
        hint,
        text=text if same else error.text,
        position=min(position, len(text)) if same else error.position,
        suggestions=suggestions,
    )


def _sorted(orders: Mapping[str, bool], name: str) -> str | None:
    if name not in orders:
        return None
    return "descending" if orders[name] else "ascending"
