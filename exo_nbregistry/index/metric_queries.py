"""Queries of one metric over many versions, without reading records."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from exo_nbregistry.index.queries import count_versions
from exo_nbregistry.index.sql_condition import Condition
from exo_nbregistry.records.metric_series import Measurement, Measurements
from exo_nbregistry.values.metric import most_frequent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GROUP = "metrics."
# Text sorts after all numbers; a metric that is text is excluded.
_COUNTS = """
    SELECT substr(fields.name, ?), count(*) FROM fields CROSS JOIN facts ON field = fields.id
        CROSS JOIN versions v ON v.id = owner
    WHERE substr(fields.name, 1, ?) = ? AND value < '' AND {where} GROUP BY fields.name
"""
_VALUES = """
    SELECT v.id, v.model, v.number, value, v.created_at FROM facts
        CROSS JOIN versions v ON v.id = owner
    WHERE field = (SELECT id FROM fields WHERE name = ?) AND value < '' AND {where}
    ORDER BY v.model, v.number
"""
_ALIASES = """
    SELECT v.id, value FROM facts CROSS JOIN versions v ON v.id = owner
    WHERE field = (SELECT id FROM fields WHERE name = 'aliases') AND {where} ORDER BY value
"""


def measured(index: sqlite3.Connection, where: Condition, metric: str | None) -> Measurements:
    """Return a metric of the matching versions.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    where : Condition
        The filter.
    metric : str or None
        Name of the metric; the default is the most frequent one.
    """
    counts = {} if metric else _counts(index, where)
    chosen = metric or most_frequent(counts)
    rows = index.execute(
        _VALUES.format(where=where.sql), (f"{_GROUP}{chosen}", *where.params)
    ).fetchall()
    aliases: dict[int, tuple[str, ...]] = {}
    for version, alias in index.execute(_ALIASES.format(where=where.sql), where.params):
        aliases[version] = (*aliases.get(version, ()), alias)
    items = [
        Measurement(
            model, number, value, _EPOCH + timedelta(microseconds=at), aliases.get(version, ())
        )
        for version, model, number, value, at in rows
    ]
    known = () if items else tuple(counts or _counts(index, where))
    return Measurements(chosen, items, count_versions(index, where), known)


def _counts(index: sqlite3.Connection, where: Condition) -> dict[str, int]:
    query = _COUNTS.format(where=where.sql)
    params = (len(_GROUP) + 1, len(_GROUP), _GROUP, *where.params)
    return dict(index.execute(query, params).fetchall())
