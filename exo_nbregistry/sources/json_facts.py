"""Facts of a version in a registry of this project's predecessor."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from exo_nbregistry.sources.yaml_text import flat, mapping, numbers

METRICS = ("accuracy", "precision", "recall", "f1_score")
PATHS = ("model_path", "model_file", "path", "file_path")
DAMAGED = "damaged metadata"

_ID = re.compile(r"(?P<name>.+)_v(?P<version>\d{1,9})_(?P<at>\d{8}_\d{6})")
_KNOWN = {
    *("model_id", "model_name", "algorithm", "version", "created_at", "training_date"),
    *("hyperparameters", "feature_columns", "training_dataset", "training_samples"),
    *("test_samples", "class_distribution", "additional_metrics", "metrics", "description", "tags"),
    *(*METRICS, *PATHS, DAMAGED),
}


def name_of(model_id: str, facts: Mapping[str, Any]) -> str:
    """Return the name of the model.

    Examples
    --------
    >>> name_of("kepler_rf_v3_20240301_101500", {})
    'kepler_rf'
    """
    match = _ID.fullmatch(model_id)
    return text(facts.get("model_name")) or (match["name"] if match else model_id)


def number_of(model_id: str, facts: Mapping[str, Any]) -> int | None:
    """Return the number of the version, or None.

    Examples
    --------
    >>> number_of("kepler_rf_v3_20240301_101500", {}), number_of("kepler_rf", {"version": 4})
    (3, 4)
    """
    number, match = facts.get("version"), _ID.fullmatch(model_id)
    if type(number) is int and number > 0:
        return number
    return int(match["version"]) or None if match else None


def time_of(model_id: str, facts: Mapping[str, Any]) -> datetime | None:
    """Return when the version was registered, or None.

    The predecessor wrote local times without their zone. The zone of this machine replaces it.

    Examples
    --------
    >>> time_of("kepler_rf", {"training_date": "2024-03-01T10:15:00+00:00"}).hour
    10
    """
    match = _ID.fullmatch(model_id)
    recorded = text(facts.get("created_at")), text(facts.get("training_date"))
    for value in (*recorded, match["at"] if match else ""):
        with contextlib.suppress(ValueError, OverflowError, OSError):
            return datetime.fromisoformat(value).astimezone(UTC)
    return None


def metrics_of(facts: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics. A nested additional metric has a dotted name.

    Examples
    --------
    >>> metrics_of({"accuracy": 0.9, "additional_metrics": {"class": {"a": 1}, "matrix": [[1]]}})
    {'class.a': 1.0, 'accuracy': 0.9}
    """
    own = {name: facts.get(name) for name in METRICS}
    additional = mapping(facts.get("additional_metrics"))
    numeric = {name: value for name, value in additional.items() if _is_numeric(value)}
    return numbers(numeric) | numbers(facts.get("metrics")) | numbers(own)


def tags_of(model_id: str, facts: Mapping[str, Any], created_at: datetime | None) -> dict[str, Any]:
    """Return the tags: the id, the time, own tags, and each fact that has no other place.

    Examples
    --------
    >>> tags_of("rf_v1", {"author": "Ada", "additional_metrics": {"matrix": [[1]]}}, None)
    {'json_index.author': 'Ada', 'json_index.additional_metrics.matrix': [[1]], \
'json_index.model_id': 'rf_v1'}
    """
    additional = mapping(facts.get("additional_metrics")).items()
    others = {name: value for name, value in facts.items() if name not in _KNOWN}
    others |= {
        f"additional_metrics.{n}": value for n, value in additional if not _is_numeric(value)
    }
    tags = {f"json_index.{name}": value for name, value in others.items() if value is not None}
    tags |= {name: value for name, value in flat(mapping(facts.get("tags"))) if name.strip()}
    tags["json_index.model_id"] = model_id
    if created_at:
        tags["json_index.created_at"] = created_at.isoformat()
    return tags


def doubts(facts: Mapping[str, Any], metrics: Mapping[str, float]) -> Iterator[str]:
    """Yield the facts that are missing or not certain.

    Examples
    --------
    >>> list(doubts({"accuracy": 0.9}, {"accuracy": 0.9, "recall": 0.0}))
    ['whether 0.0 was measured (recall)']
    """
    if not facts or DAMAGED in facts:
        yield "the facts (its file of metadata is missing or damaged)"
    # They stay, because a model can really have them.
    if zeros := [name for name in METRICS if metrics.get(name) == 0]:
        yield f"whether 0.0 was measured ({', '.join(zeros)})"


def distribution_of(value: Any) -> dict[str, int]:
    """Return the number of rows of each class.

    Examples
    --------
    >>> distribution_of({"CONFIRMED": 5, "FALSE POSITIVE": "many"})
    {'CONFIRMED': 5}
    """
    counts = {str(label): count_of(count) for label, count in mapping(value).items()}
    return {label: count for label, count in counts.items() if count is not None}


def count_of(value: Any) -> int | None:
    """Return a number of rows; None if it is 0, which was the default, or not a number of rows.

    Examples
    --------
    >>> count_of(7), count_of(0), count_of("7")
    (7, None, None)
    """
    return value if type(value) is int and 0 < value < 2**63 else None


def text(value: Any) -> str:
    """Return a text, or an empty text for anything else.

    Examples
    --------
    >>> text("rf"), text(None)
    ('rf', '')
    """
    return value if isinstance(value, str) else ""


def _is_numeric(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_numeric, value.values()))
    return bool(numbers({"value": value}))
