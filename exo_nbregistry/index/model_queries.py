"""Queries of models: their latest versions, counts and metric series."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from exo_nbregistry.index.filter_language import Order, compile_order
from exo_nbregistry.index.queries import IS_ACTIVE, count_versions, has, select
from exo_nbregistry.index.sql_condition import Condition
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.views.model_table import ModelSummary, Summaries

SERIES_LENGTH = 50
N_VERSIONS = "n_versions"
_CHUNK = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Each name is found by one search in the tree, regardless of its number of versions.
# Source: sqlite.org/lang_with.html#recursive_query_examples
_LATEST = """
    v.id IN (
        WITH RECURSIVE names(model) AS (
            SELECT min(model) FROM versions UNION ALL
            SELECT (SELECT min(model) FROM versions WHERE model > names.model)
            FROM names WHERE names.model IS NOT NULL)
        SELECT n.id FROM names CROSS JOIN versions n ON n.id = (
            SELECT v.id FROM versions v WHERE v.model = names.model AND {there}
            ORDER BY v.number DESC LIMIT 1))
"""
# The facts of a field are one range of the tree, which is read once for all models of a page.
_SERIES = """
    WITH last AS (
        SELECT v.id, row_number() OVER (PARTITION BY v.model ORDER BY v.number DESC) AS place
        FROM versions v WHERE v.model IN ({models}) AND {there})
    SELECT v.model, v.number, fields.name, value FROM fields
        CROSS JOIN facts ON field = fields.id CROSS JOIN versions v ON v.id = owner
    WHERE fields.name IN ({fields}) AND value < ''
        AND owner IN (SELECT id FROM last WHERE place <= {length})
    ORDER BY v.model, v.number
"""


def names(
    index: sqlite3.Connection,
    where: Condition,
    order_by: Sequence[str],
    limit: int,
    offset: int,
    *,
    include_deleted: bool,
) -> tuple[Summaries, tuple[str, ...]]:
    """Return the models with a matching version, without metrics, and unknown sort fields.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    where : Condition
        The filter.
    order_by : sequence of str
        Fields of the latest version, or ``n_versions``. If empty, models are sorted by name.
    limit, offset : int
        Maximum number of models (-1 for no limit), and number of models to skip.
    include_deleted : bool
        Whether to include deleted versions.
    """
    there = Condition("1") if include_deleted else IS_ACTIVE
    condition = _latest(where, there)
    orders = [_order(text) for text in order_by]
    found = select(index, condition, orders, limit, offset)
    total = len(found) + offset
    if len(found) == limit or (offset > 0 and not found):
        total = count_versions(index, condition)
    unknown = (
        text
        for text, order in zip(order_by, orders, strict=True)
        if order.field != N_VERSIONS and not has(index, order)
    )
    return Summaries(_describe(index, found, there), total=total), tuple(unknown)


def _latest(where: Condition, there: Condition) -> Condition:
    """Return the condition for the latest version of a model with a matching version."""
    is_latest = Condition(_LATEST.format(there=there.sql), there.params)
    if where == there:
        return is_latest
    fits = f"v.model IN (SELECT v.model FROM versions v WHERE {where.sql})"
    return Condition(f"{is_latest.sql} AND {fits}", (*is_latest.params, *where.params))


def _order(text: str) -> Order:
    if text.strip().removeprefix("-").strip() != N_VERSIONS:
        return compile_order(text)
    count = f"(SELECT count(*) FROM versions n WHERE n.model = v.model AND n.status = '{ACTIVE}')"
    return Order(N_VERSIONS, text.strip().startswith("-"), count)


def _describe(
    index: sqlite3.Connection, versions: Sequence[int], there: Condition
) -> Iterator[ModelSummary]:
    for start in range(0, len(versions), _CHUNK):
        page = versions[start : start + _CHUNK]
        query = f"""
            SELECT id, model, number, created_at, algorithm, display_name FROM versions
            WHERE id IN ({_marks(page)})
        """
        rows = {row[0]: row[1:] for row in index.execute(query, page)}
        models = [rows[version][0] for version in page]
        counts, aliases = _counts(index, models, there), _aliases(index, models, there)
        for model, number, created_at, algorithm, name in (rows[version] for version in page):
            at = _EPOCH + timedelta(microseconds=created_at)
            active, deleted = counts[model]
            yield ModelSummary(
                model,
                number,
                active,
                at,
                algorithm,
                aliases[model],
                n_deleted=deleted,
                display_name=name or "",
            )


def _counts(
    index: sqlite3.Connection, models: Sequence[str], there: Condition
) -> dict[str, tuple[int, int]]:
    """Return the numbers of active and of other versions by model."""
    query = f"""
        SELECT v.model, sum(v.status = ?), sum(v.status != ?) FROM versions v
        WHERE v.model IN ({_marks(models)}) AND {there.sql} GROUP BY v.model
    """
    found = index.execute(query, (ACTIVE, ACTIVE, *models, *there.params))
    return {model: (active, deleted) for model, active, deleted in found}


def _aliases(
    index: sqlite3.Connection, models: Sequence[str], there: Condition
) -> dict[str, dict[str, int]]:
    query = f"""
        SELECT v.model, value, v.number FROM facts CROSS JOIN versions v ON v.id = owner
        WHERE field = (SELECT id FROM fields WHERE name = 'aliases')
            AND v.model IN ({_marks(models)}) AND {there.sql} ORDER BY value
    """
    found: dict[str, dict[str, int]] = {model: {} for model in models}
    for model, alias, number in index.execute(query, (*models, *there.params)):
        found[model][alias] = number
    return found


def series(
    index: sqlite3.Connection, metrics: Mapping[str, str], include_deleted: bool
) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return a metric of the last versions of each model, oldest first.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    metrics : mapping of str to str
        Name of the metric of each model.
    include_deleted : bool
        Whether to include deleted versions.
    """
    there = Condition("1") if include_deleted else IS_ACTIVE
    found: dict[str, list[tuple[int, float]]] = {model: [] for model in metrics}
    models = list(metrics)
    for start in range(0, len(models), _CHUNK):
        page = models[start : start + _CHUNK]
        fields = sorted({f"metrics.{metrics[model]}" for model in page})
        query = _SERIES.format(
            models=_marks(page), there=there.sql, length=SERIES_LENGTH, fields=_marks(fields)
        )
        for model, number, field, value in index.execute(query, (*page, *there.params, *fields)):
            if field == f"metrics.{metrics[model]}":
                found[model].append((number, value))
    return {model: tuple(points) for model, points in found.items()}


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))
