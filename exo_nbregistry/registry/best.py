"""The best version: which metric judges it, and which version has the best value."""

from __future__ import annotations

from dataclasses import dataclass

from exo_nbregistry.errors import InvalidReferenceError, NotFoundError, RegistryError
from exo_nbregistry.records.measurement import describe_difference
from exo_nbregistry.registry.argument import check_direction, check_text
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.text.markup import count
from exo_nbregistry.values.metric import higher_is_better as metric_direction
from exo_nbregistry.values.metric import unknown_direction, usual_metric
from exo_nbregistry.values.reference import model_key


@dataclass(frozen=True, slots=True)
class BestQuery:
    """The versions to rank, and the metric.

    Attributes
    ----------
    metric : str
        Name of the metric.
    model : str or None
        Key of the only model to rank.
    where : str or None
        A filter.
    """

    metric: str
    model: str | None
    where: str | None


def metric_and_model(
    name: str | None, model_name: str | None, metric: str | None
) -> tuple[str | None, str | None]:
    """Return the metric and the model of a call.

    Parameters
    ----------
    name : str or None
        Name of a model if `metric` is passed, otherwise of a metric or a model.
    model_name, metric : str or None
        Name of a model, and of a metric.

    Returns
    -------
    tuple of (str or None, str or None)
        The metric and the model; `best_query` decides what a single name is.

    Raises
    ------
    RegistryError
        If the metric or the model is passed twice.

    Examples
    --------
    >>> metric_and_model("kepler_rf", None, "recall"), metric_and_model("recall", None, None)
    (('recall', 'kepler_rf'), ('recall', None))
    """
    if name is None or metric is None:
        return metric if name is None else name, model_name
    if model_name is not None:
        raise RegistryError(
            f"{name!r:.60} is one name too many; pass model_name={model_name!r:.60} and "
            f"metric={metric!r:.60} only."
        )
    return metric, name


def best_query(
    work: Workspace, metric: str | None, model_name: str | None, where: str | None
) -> BestQuery:
    """Return the metric and the versions that a call means.

    Parameters
    ----------
    work : Workspace
        The open registry.
    metric : str or None
        Name of a metric. The name of a model is taken as `model_name`, if no metric has this
        name; `model_name` is the metric then. The default is the default metric of the versions.
    model_name : str or None
        Only versions of this model.
    where : str or None
        Only versions that match this filter.

    Returns
    -------
    BestQuery
        The metric, and the versions to rank.

    Raises
    ------
    NotFoundError
        If the model does not exist, or no version has a metric.
    RegistryError
        If the versions have different default metrics.
    """
    if metric is not None:
        check_text("metric", metric)
    check_text("where", where or "")
    named = metric is not None and metric_direction(metric) is None
    is_metric = model_name is None or model_name in work.index.known_fields("metrics")
    if named and is_metric and _is_model(work, str(metric)):
        metric, model_name = model_name, metric
    model = None if model_name is None else model_key(model_name)
    if model is not None:
        work.journal.snapshot(model).existing_versions()
    if metric is None:
        metric = _default(work, model, where)
    return BestQuery(metric, model, where)


def find_best(work: Workspace, query: BestQuery, higher_is_better: bool | None) -> tuple[str, int]:
    """Return key and number of the version with the best value of a metric.

    Logs a warning if the metric was measured differently in the versions.

    Parameters
    ----------
    work : Workspace
        The open registry.
    query : BestQuery
        The metric, and the versions to rank.
    higher_is_better : bool or None
        Direction of the metric; None for that of a known metric.

    Returns
    -------
    tuple of (str, int)
        Key of the model, and number of the version.

    Raises
    ------
    NotFoundError
        If no version has the metric.
    RegistryError
        If the direction of the metric is unknown or not a boolean.
    """
    metric, model = query.metric, query.model
    direction = check_direction(higher_is_better)
    if direction is None:
        direction = metric_direction(metric)
    if direction is None:
        measured = work.index.known_fields("metrics")
        if metric not in measured:
            # The name may also be that of a model.
            known = measured if model else [*measured, *work.journal.models()]
            raise NotFoundError(f"No version has the metric {metric!r}.", name=metric, known=known)
        raise unknown_direction(metric)
    best = work.index.best(metric, higher_is_better=direction, where=query.where, model=model)
    if best is None:
        measured = work.index.known_fields("metrics")
        what = "a finite value of the metric" if metric in measured else "the metric"
        raise NotFoundError(
            f"No matching version{f' of {model}' if model else ''} has {what} "
            f"{metric!r}; register with evaluation_results, or with X_test and y_test.",
            name=metric,
            known=() if metric in measured else measured,
        )
    unlike = describe_difference(
        metric, work.index.metric_facts(metric, query.where, model).scorings
    )
    if unlike:
        log.warning("%s", unlike)
    return best


def _is_model(work: Workspace, name: str) -> bool:
    """Return whether a model has a name, and no metric has it."""
    if name in work.index.known_fields("metrics"):
        return False
    try:
        return bool(work.journal.snapshot(model_key(name)).existing_versions())
    except (InvalidReferenceError, NotFoundError):
        return False


def _default(work: Workspace, model: str | None, where: str | None) -> str:
    facts = work.index.metric_facts(None, where, model)
    defaults = facts.defaults
    if len(defaults) > 1:
        listed = " and ".join(f"{name} ({count(n, 'version')})" for name, n in defaults.items())
        choices = " or ".join(f"metric={name!r}" for name in defaults)
        one_model = "" if model else ", or model_name= for the best version of one model"
        raise RegistryError(
            f"The versions{f' of {model}' if model else ''} have different default metrics: "
            f"{listed}. Pass {choices}{one_model}."
        )
    metric = usual_metric(facts.counts) if facts.counts else next(iter(defaults), None)
    if metric is None:
        raise NotFoundError(
            f"No matching version{f' of {model}' if model else ''} has a metric; register with "
            "evaluation_results, or with X_test and y_test.",
            name="metric",
            known=(),
        )
    return metric
