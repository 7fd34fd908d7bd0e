"""The columns that suit a list of versions: few, so that they fit beside a name."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.metric import is_of_class, main_metric, ordered
from exo_nbregistry.views.field_names import is_column
from exo_nbregistry.views.metric_columns import has_different_tasks, main_metrics, needs_scoring
from exo_nbregistry.views.parameter_columns import varied_parameters

MAX_METRICS, MAX_PARAMETERS = 3, 1


def default_columns(versions: Sequence[ModelMetadata], sorted_by: str = "") -> tuple[str, ...]:
    """Return the columns that suit the listed versions; the sorted one is the first.

    Parameters
    ----------
    versions : sequence of ModelMetadata
        The versions.
    sorted_by : str
        Field that the versions are sorted by.

    Examples
    --------
    >>> default_columns([registry["kepler_rf"]])
    ('aliases', 'algorithm', 'metrics.f1_score', 'metrics.accuracy', 'created_at')
    >>> default_columns([registry["kepler_rf"]], "metrics.recall")[0]
    'metrics.recall'
    """
    if has_different_tasks(versions):
        names = ["aliases", "algorithm", "metric", "value", "created_at"]
    else:
        metrics = _metrics(versions)
        # A hyperparameter of a nested estimator has another name in filters and sort orders.
        plain = {name for item in versions for name in item.hyperparameters}
        varied = [name for name in varied_parameters(versions) if name in plain]
        names = [
            *("aliases", "algorithm"),
            *(f"metrics.{name}" for name in metrics),
            *(["scoring"] if needs_scoring(versions, metrics) else []),
            *(f"hyperparameters.{name}" for name in varied[:MAX_PARAMETERS]),
            "created_at",
        ]
    if any(item.status != "active" for item in versions):
        names.insert(1, "status")
    return sorted_first(names, sorted_by)


def sorted_first(names: Sequence[str], sorted_by: str) -> tuple[str, ...]:
    """Return columns with the sorted one first, so that it is beside the name.

    Examples
    --------
    >>> sorted_first(["aliases", "metrics.a"], "metrics.b")
    ('metrics.b', 'aliases', 'metrics.a')
    >>> sorted_first(["aliases", "metrics.a"], "model_name")
    ('aliases', 'metrics.a')
    """
    if not is_column(sorted_by):
        return tuple(names)
    return tuple(dict.fromkeys([sorted_by, *names]))


def _metrics(versions: Sequence[ModelMetadata]) -> list[str]:
    """Return the metrics of the columns: the main metric of most versions is always one."""
    frequent = main_metrics(versions)
    counts = {name: sum(name in item.metrics for item in versions) for name in frequent}
    main = main_metric([name for name in frequent if not is_of_class(name)] or frequent)
    rest = [name for name in frequent if name != main and counts[name]]
    return ordered(filter(None, [main, *rest[: MAX_METRICS - 1]]))
