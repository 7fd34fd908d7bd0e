"""Columns of the metrics of listed versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.metric import DEFAULT_METRICS, main_metric, ordered
from exo_nbregistry.views.metric_rows import is_alike
from exo_nbregistry.views.version_column import JSON, PANEL, VersionColumn

MAX_METRICS = 4


def own_metric(version: ModelMetadata) -> str | None:
    """Return the default metric of a version, or its first metric if no direction is known.

    Examples
    --------
    >>> own_metric(registry["kepler_rf"]), own_value(registry["kepler_rf"])
    ('f1_score', 0.8)
    """
    return main_metric(version.metrics)


def own_value(version: ModelMetadata) -> Any:
    """Return the value of the default metric of a version."""
    return version.metrics.get(own_metric(version) or "")


def titled_metric(version: ModelMetadata) -> str | None:
    """Return the default metric of a version with how it was measured, as ``recall (of 1)``."""
    metric = own_metric(version)
    return metric and metric_title(metric, [version])


def scoring_label(version: ModelMetadata) -> str | None:
    """Return how the metrics of a version were measured, or None."""
    return (version.scoring.label if version.scoring else "") or None


METRIC = VersionColumn("metric", "metric", value=titled_metric, shown_in=(PANEL,))
VALUE = VersionColumn("value", "value", value=own_value, shown_in=(PANEL,), align="r")
SCORING = VersionColumn("scoring", "measured", value=scoring_label, shown_in=(PANEL, JSON))


def metric_columns(versions: Sequence[ModelMetadata]) -> list[VersionColumn]:
    """Return the columns of the main metrics, or of each version's own if their tasks differ.

    A heading names the class or average if it is equal in all versions. Otherwise a column
    `SCORING` has it.
    """
    if has_different_tasks(versions):
        return [METRIC, VALUE]
    names = main_metrics(versions)
    columns = [metric_column(name, metric_title(name, versions)) for name in names]
    return [*columns, SCORING] if needs_scoring(versions, names) else columns


def needs_scoring(versions: Sequence[ModelMetadata], metrics: Iterable[str]) -> bool:
    """Return whether metrics were not measured alike in all versions that have them."""
    return not all(is_alike(name, versions) for name in metrics)


def metric_column(name: str, title: str = "") -> VersionColumn:
    """Return the column of a metric."""
    return VersionColumn(
        f"metrics.{name}", title or name, value=lambda version: version.metrics.get(name), align="r"
    )


def has_different_tasks(versions: Iterable[ModelMetadata]) -> bool:
    """Return whether versions have different default metrics, as classifiers and regressors.

    Such a list shows the default metric of each version with its name, because no metric is
    common to all of them.
    """
    return len(set(map(own_metric, versions)) & set(DEFAULT_METRICS)) > 1


def main_metrics(versions: Iterable[ModelMetadata]) -> list[str]:
    """Return the most frequent metrics, at most four, in reading order.

    Examples
    --------
    >>> main_metrics([])
    []
    """
    counts = Counter(name for version in versions for name in version.metrics)
    frequent = sorted(ordered(counts), key=lambda name: -counts[name])
    return ordered(frequent[:MAX_METRICS])
