"""How each metric of a version was measured, in words and as a filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.metric_series import Measurements
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.values.metric import is_of_class
from exo_nbregistry.values.metric_table import METRICS

# Their value depends on the positive class, or on the average over the classes.
_OF_A_CLASS = ("f1_score", "precision", "recall", "average_precision")
# With two classes, it is equal for both of them.
_OF_A_CLASS_OF_MANY = "roc_auc"
_OF_TWO = ("binary", "outlier")
_OF_LABELS = (
    *(name for name, metric in METRICS.items() if metric.needs == "labels"),
    *("precision_macro", "recall_macro", "f1_macro", "f1_weighted"),
)


SEARCH_SCORE = "cv_score"
"""Metric with the best score of a hyperparameter search, measured on its folds."""


def search_scorer(item: ModelMetadata) -> str | None:
    """Return the name of the scorer of a version's search, or None if it is not recorded."""
    for name, key in (("search", "scorer"), ("tuning", "metric")):
        search = item.additional_metrics.get(name)
        if isinstance(search, Mapping) and isinstance(search.get(key), str):
            return str(search[key])
    return None


def measured_as(scoring: Scoring | None, metric: str) -> Scoring | None:
    """Return the part of a scoring that a metric depends on; None if it is not recorded.

    Parameters
    ----------
    scoring : Scoring or None
        How the metrics of a version were measured.
    metric : str
        Name of a metric.

    Returns
    -------
    Scoring or None
        Equal for two versions if their values of the metric can be compared.

    Examples
    --------
    >>> of_planet = Scoring("binary", "binary", "planet", threshold=0.3)
    >>> measured_as(of_planet, "recall").label, measured_as(of_planet, "accuracy").label
    ('of planet at 0.3', 'at 0.3')
    >>> measured_as(of_planet, "log_loss").label, measured_as(None, "recall")
    ('', None)
    """
    if scoring is None or metric == SEARCH_SCORE:
        return None
    of_many = metric == _OF_A_CLASS_OF_MANY and scoring.task not in _OF_TWO
    of_class = metric in _OF_A_CLASS or of_many
    of_labels = metric in _OF_LABELS or is_of_class(metric)
    return replace(
        scoring,
        task="",
        average=scoring.average if of_class else None,
        pos_label=scoring.pos_label if of_class else None,
        threshold=scoring.threshold if of_labels else None,
    )


def is_comparable(one: ModelMetadata, other: ModelMetadata, metric: str) -> bool:
    """Return whether a metric was measured alike in two versions, as far as it is recorded."""
    found: list[Any] = [measured_as(item.scoring, metric) for item in (one, other)]
    if metric == SEARCH_SCORE:
        found = [search_scorer(item) for item in (one, other)]
    return None in found or found[0] == found[1]


def label_of(item: ModelMetadata, metric: str) -> str:
    """Return the class, average and threshold of a version's metric; empty without them.

    The score of a search, ``cv_score``, has the name of its scorer.
    """
    if metric == SEARCH_SCORE:
        return search_scorer(item) or ""
    found = measured_as(item.scoring, metric)
    return found.label if found else ""


def titled(metric: str, labels: Collection[str]) -> str:
    """Return a metric with the label of its values if all have the same one.

    Examples
    --------
    >>> titled("recall", ["of 1"]), titled("recall", ["of 1", "of 0"]), titled("recall", [""])
    ('recall (of 1)', 'recall', 'recall')
    """
    label = next(iter(labels)) if len(labels) == 1 else ""
    return f"{metric} ({label})" if label else metric


def metric_title(metric: str, items: Iterable[ModelMetadata]) -> str:
    """Return the name of a metric, with how it was measured if that is equal in all versions.

    Parameters
    ----------
    metric : str
        Name of the metric.
    items : iterable of ModelMetadata
        The versions; those without the metric are ignored.

    Returns
    -------
    str
        Such as ``f1_score (of CONFIRMED)``, or only the name.

    Examples
    --------
    >>> metric_title("f1_score", [registry["kepler_rf"]])
    'f1_score'
    """
    return titled(metric, {label_of(item, metric) for item in items if metric in item.metrics})


def series_title(measured: Measurements) -> str:
    """Return the name of the metric of a series, with how it was measured if that is equal."""
    metric = measured.metric or ""
    labels = {part.label for one in measured.scorings if (part := measured_as(one, metric))}
    recorded = sum(measured.scorings.values()) == len(measured.items)
    return titled(metric, labels if recorded else ())


def describe_difference(metric: str, counts: Mapping[Scoring, int]) -> str | None:
    """Return a sentence on versions whose metric was measured differently.

    Parameters
    ----------
    metric : str
        Name of the metric.
    counts : mapping of Scoring to int
        Number of versions with each scoring.

    Returns
    -------
    str or None
        The differences, and a filter that selects the most frequent one. None if all versions
        were measured alike.

    Examples
    --------
    >>> of_planet = Scoring("binary", "binary", "planet")
    >>> print(describe_difference("f1_score", {of_planet: 2, Scoring("binary", "macro"): 1}))
    f1_score was measured differently: of planet (2), macro average (1). Use one of them with \
where="scoring.pos_label == 'planet'".
    """
    parts: dict[Scoring, int] = {}
    for scoring, n in counts.items():
        part = measured_as(scoring, metric)
        if part is not None:
            parts[part] = parts.get(part, 0) + n
    if len(parts) < 2:
        return None
    by_count = sorted(parts, key=lambda part: -parts[part])
    listed = ", ".join(f"{part.label or 'by default'} ({parts[part]})" for part in by_count)
    where = _filter(by_count[0], by_count[1:])
    return f'{metric} was measured differently: {listed}. Use one of them with where="{where}".'


def _filter(chosen: Scoring, others: Iterable[Scoring]) -> str:
    """Return a filter for the versions with a scoring, with only the fields that differ."""
    rest = list(others)
    conditions = [
        f"scoring.{name} == {getattr(chosen, name)!r}"
        for name in ("average", "pos_label", "threshold", "sample_weight")
        if any(getattr(chosen, name) != getattr(other, name) for other in rest)
    ]
    if "scoring.pos_label == None" not in conditions:
        # The positive class implies the average.
        positive = any(text.startswith("scoring.pos_label") for text in conditions)
        conditions = [c for c in conditions if not (positive and c.startswith("scoring.average"))]
    else:
        conditions.remove("scoring.pos_label == None")
    return " and ".join(conditions)
