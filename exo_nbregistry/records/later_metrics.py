"""Metrics of a version that were measured after its registration."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exo_nbregistry.records.field_types import require_kinds
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode, encode


@immutable
@dataclass(frozen=True, slots=True)
class LaterMetrics:
    """Metrics that were measured together after the registration, such as in production.

    Attributes
    ----------
    metrics : dict of str to float
        The values.
    at : datetime
        Time of the measurement, in UTC.
    on : str
        The data, such as ``2026-11 production``; may be empty.
    author : str
        Name of the user who added them.
    """

    metrics: dict[str, float]
    at: datetime
    on: str
    author: str


def encode_event(metrics: dict[str, float], at: datetime | None, on: str) -> dict[str, Any]:
    """Return the fields of the event that adds metrics; None is the time of the event.

    Examples
    --------
    >>> encode_event({"f1_score": 0.87}, None, "production")
    {'action': 'metrics', 'metrics': {'f1_score': 0.87}, 'on': 'production'}
    """
    fields = {"action": "metrics", "metrics": encode(metrics), "on": on}
    return fields if at is None else fields | {"measured_at": encode(at)}


def decode_event(event: dict[str, Any]) -> LaterMetrics:
    """Return the metrics of an event.

    Raises
    ------
    LookupError, TypeError, ValueError
        If a field that the action requires is missing or invalid.
    """
    later = LaterMetrics(
        decode(event["metrics"]),
        decode(event.get("measured_at", event["at"])),
        event.get("on", ""),
        event["actor"],
    )
    require_kinds(later, "metrics.")
    if later.at.utcoffset() != timedelta(0):
        raise ValueError("measured_at must be in UTC")
    return later


def add_in_order(series: list[LaterMetrics], later: LaterMetrics) -> None:
    """Add metrics to a series that is sorted by the time of measurement."""
    insort(series, later, key=lambda one: one.at)


def newest(series: Iterable[LaterMetrics]) -> dict[str, float]:
    """Return the newest value of each metric of a series, which is sorted.

    Examples
    --------
    >>> from datetime import UTC
    >>> first, second = (
    ...     LaterMetrics({"f1_score": value}, datetime(2026, n, 1, tzinfo=UTC), "", "ada")
    ...     for n, value in ((1, 0.9), (2, 0.8))
    ... )
    >>> newest([first, second])
    {'f1_score': 0.8}
    """
    return {name: value for later in series for name, value in later.metrics.items()}
