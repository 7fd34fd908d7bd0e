"""Queries of one metric over many versions, without reading records."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from exo_nbregistry.index.filter_language import Order
from exo_nbregistry.index.queries import count_versions, rank
from exo_nbregistry.index.sql_condition import Condition, join
from exo_nbregistry.records.metric_series import Measurement, Measurements
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.values.metric import DEFAULT_METRICS, default_metric, usual_metric

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
_DEFAULTS = f"""
    SELECT owner, fields.name FROM fields CROSS JOIN facts ON field = fields.id
        CROSS JOIN versions v ON v.id = owner
    WHERE fields.name IN ({", ".join("?" * len(DEFAULT_METRICS))}) AND value < '' AND {{where}}
"""
# Text sorts after all numbers; an infinite value does not win.
_FINITE = Condition("k0.value < '' AND abs(k0.value) < 9e999")
_SCORING = ("average", "pos_label", "threshold", "sample_weight")
# Without its own limit the inner query would be flattened, and the join would be quadratic.
# Source: sqlite.org/optoverview.html#flattening
_LOOKUP = """
    LEFT JOIN (SELECT owner, value FROM facts
        WHERE field = (SELECT id FROM fields WHERE name = ?) LIMIT -1) {name} ON {name}.owner = v.id
"""
_SCORINGS = f"""
    SELECT task.value, average.value, pos_label.value, threshold.value, sample_weight.value,
        count(*)
    FROM facts m CROSS JOIN versions v ON v.id = m.owner
        {"".join(_LOOKUP.format(name=name) for name in ("task", *_SCORING))}
    WHERE m.field = (SELECT id FROM fields WHERE name = ?) AND m.value < ''
        AND task.value IS NOT NULL AND {{where}}
    GROUP BY 1, 2, 3, 4, 5
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
        Name of the metric; by default the usual metric of the versions.
    """
    counts = {} if metric else metric_counts(index, where)
    chosen = metric or usual_metric(counts)
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
    known = () if items else tuple(counts or metric_counts(index, where))
    scorings = scoring_counts(index, where, chosen) if chosen else {}
    return Measurements(chosen, items, count_versions(index, where), known, scorings)


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """Number of matching versions by metric, by default metric and by scoring.

    Attributes
    ----------
    counts : mapping of str to int
        Number of versions that have each metric; empty if a metric was chosen.
    defaults : mapping of str to int
        Number of versions by their default metric; empty if a metric was chosen.
    scorings : mapping of Scoring to int
        Number of versions by how the chosen metric was measured, if it is recorded.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    defaults: Mapping[str, int] = field(default_factory=dict)
    scorings: Mapping[Scoring, int] = field(default_factory=dict)


def metric_facts(index: sqlite3.Connection, where: Condition, metric: str | None) -> MetricFacts:
    """Return which metrics the matching versions have, or how the chosen one was measured."""
    if metric is None:
        return MetricFacts(metric_counts(index, where), default_counts(index, where))
    return MetricFacts(scorings=scoring_counts(index, where, metric))


def metric_counts(index: sqlite3.Connection, where: Condition) -> dict[str, int]:
    """Return the number of matching versions that have each metric."""
    query = _COUNTS.format(where=where.sql)
    params = (len(_GROUP) + 1, len(_GROUP), _GROUP, *where.params)
    return dict(index.execute(query, params).fetchall())


def default_counts(index: sqlite3.Connection, where: Condition) -> dict[str, int]:
    """Return the number of matching versions that each default metric judges."""
    known: dict[int, list[str]] = {}
    params = [f"{_GROUP}{name}" for name in DEFAULT_METRICS]
    for version, name in index.execute(_DEFAULTS.format(where=where.sql), (*params, *where.params)):
        known.setdefault(version, []).append(name.removeprefix(_GROUP))
    found = Counter(default_metric(names) for names in known.values())
    return {name: found[name] for name in DEFAULT_METRICS if found[name]}


def best(
    index: sqlite3.Connection, where: Condition, metric: str, *, higher_is_better: bool
) -> tuple[str, int] | None:
    """Return model and number of the version with the best finite value of a metric."""
    order = Order(f"{_GROUP}{metric}", descending=higher_is_better)
    ranked = rank(index, join("AND", [where, _FINITE]), [order], 1, 0)
    query = "SELECT model, number FROM versions WHERE id = ?"
    found: tuple[str, int] | None = index.execute(query, ranked).fetchone() if ranked else None
    return found


def scoring_counts(index: sqlite3.Connection, where: Condition, metric: str) -> dict[Scoring, int]:
    """Return how a metric was measured, with the number of matching versions that have it.

    Versions without a recorded scoring are omitted. A Boolean positive class is a number, because
    the index has no Boolean values.
    """
    fields = [f"scoring.{name}" for name in ("task", *_SCORING)]
    rows = index.execute(
        _SCORINGS.format(where=where.sql), (*fields, f"{_GROUP}{metric}", *where.params)
    )
    return {
        Scoring(task, average, _label(pos_label), threshold, bool(weight)): number
        for task, average, pos_label, threshold, weight, number in rows
    }


def _label(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
