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
    SELECT v.id, v.model, v.number, value, v.created_at, coalesce(display_name, v.model) FROM facts
        CROSS JOIN versions v ON v.id = owner
    WHERE field = (SELECT id FROM fields WHERE name = ?) AND value < '' AND {where}
    ORDER BY v.model, v.number
"""
_DEFAULTS = f"""
    SELECT owner, fields.name FROM fields CROSS JOIN facts ON field = fields.id
        CROSS JOIN versions v ON v.id = owner
    WHERE fields.name IN ({", ".join("?" * len(DEFAULT_METRICS))}) AND value < '' AND {{where}}
"""
_ANY = """
    SELECT 1 FROM facts WHERE field = (SELECT id FROM fields WHERE name = ?) AND value < '' LIMIT 1
"""
_NUMBER = """
    SELECT count(*) FROM facts CROSS JOIN versions v ON v.id = owner
    WHERE field = (SELECT id FROM fields WHERE name = ?) AND value < '' AND {where}
"""
# Text sorts after all numbers; an infinite value does not win.
_FINITE = Condition("k0.value < '' AND abs(k0.value) < 9e999")
_SCORING = ("average", "pos_label", "threshold", "sample_weight")
# The first and the last value are found in the tree without reading those between.
_EXTREMES = """
    SELECT (SELECT min(value) FROM facts WHERE field = fields.id),
        (SELECT max(value) FROM facts WHERE field = fields.id)
    FROM fields WHERE name = ?
"""
_OWNERS = """
    SELECT owner FROM facts CROSS JOIN versions v ON v.id = owner
    WHERE field = (SELECT id FROM fields WHERE name = ?) AND value < '' AND {where}
"""
_PAIRS = "SELECT owner, value FROM facts WHERE field = (SELECT id FROM fields WHERE name = ?)"
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
            model,
            number,
            value,
            _EPOCH + timedelta(microseconds=at),
            aliases.get(version, ()),
            name,
        )
        for version, model, number, value, at, name in rows
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
        Number of versions that have each metric; empty if a metric was chosen, or if default
        metrics judge at least half of the versions.
    defaults : mapping of str to int
        Number of versions by their default metric; empty if a metric was chosen.
    scorings : mapping of Scoring to int
        Number of versions by how the chosen metric was measured, if it is recorded. Empty if all
        versions of the index were measured alike.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    defaults: Mapping[str, int] = field(default_factory=dict)
    scorings: Mapping[Scoring, int] = field(default_factory=dict)


def metric_facts(index: sqlite3.Connection, where: Condition, metric: str | None) -> MetricFacts:
    """Return which metrics the matching versions have, or how the chosen one was measured."""
    if metric is None:
        defaults = default_counts(index, where)
        # Counting every metric reads most of the index.
        is_usual = 2 * sum(defaults.values()) >= count_versions(index, where)
        counts = {} if defaults and is_usual else metric_counts(index, where)
        return MetricFacts(counts, defaults)
    return MetricFacts(
        scorings={} if has_one_scoring(index) else scoring_counts(index, where, metric)
    )


def metric_counts(index: sqlite3.Connection, where: Condition) -> dict[str, int]:
    """Return the number of matching versions that have each metric."""
    query = _COUNTS.format(where=where.sql)
    params = (len(_GROUP) + 1, len(_GROUP), _GROUP, *where.params)
    return dict(index.execute(query, params).fetchall())


def default_counts(index: sqlite3.Connection, where: Condition) -> dict[str, int]:
    """Return the number of matching versions that each default metric judges."""
    fields = [f"{_GROUP}{name}" for name in DEFAULT_METRICS]
    present = [field for field in fields if index.execute(_ANY, (field,)).fetchone()]
    if len(present) == 1:
        query = _NUMBER.format(where=where.sql)
        number = int(index.execute(query, (*present, *where.params)).fetchone()[0])
        return {present[0].removeprefix(_GROUP): number} if number else {}
    known: dict[int, list[str]] = {}
    for version, name in index.execute(_DEFAULTS.format(where=where.sql), (*fields, *where.params)):
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
    if index.execute(_EXTREMES, ("scoring.task",)).fetchone() in (None, (None, None)):
        return {}
    owners = {
        row[0]
        for row in index.execute(
            _OWNERS.format(where=where.sql), (f"{_GROUP}{metric}", *where.params)
        )
    }
    # One pass over the facts of each field: a join would search all of them for each version.
    task, average, pos_label, threshold, weight = (
        {
            owner: value
            for owner, value in index.execute(_PAIRS, (f"scoring.{name}",))
            if owner in owners
        }
        for name in ("task", *_SCORING)
    )
    return Counter(
        Scoring(
            task[owner],
            average.get(owner),
            _label(pos_label.get(owner)),
            threshold.get(owner),
            bool(weight.get(owner)),
        )
        for owner in task
    )


def has_one_scoring(index: sqlite3.Connection) -> bool:
    """Return whether all metrics of the index are certainly measured alike, without a scan."""
    for name in _SCORING:
        low, high = index.execute(_EXTREMES, (f"scoring.{name}",)).fetchone() or (None, None)
        if low != high or (name == "threshold" and low is not None):
            return False
    return True


def _label(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
