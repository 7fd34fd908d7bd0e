"""Metrics and parameters that MLflow's tracking store has of a version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlflow.exceptions import MlflowException


@dataclass(frozen=True, slots=True)
class LoggedFacts:
    """Metrics and parameters of a logged model and of its run.

    Attributes
    ----------
    run_id : str or None
        The run.
    metrics : dict of str to float
        Last value of each metric; those of the logged model take precedence.
    params : dict of str to str
        Parameters, as text.
    model_metrics : list of Metric
        The metrics of the logged model, as MLflow's own stores return them.
    model_params : dict of str to str
        The parameters of the logged model.
    """

    run_id: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    model_metrics: list[Any] = field(default_factory=list)
    model_params: dict[str, str] = field(default_factory=dict)


def read_logged_facts(
    tracking_uri: str | None, run_id: str | None, model_id: str | None
) -> LoggedFacts:
    """Return the metrics and parameters of a logged model and its run.

    Parameters
    ----------
    tracking_uri : str or None
        The tracking store; None for the current one.
    run_id, model_id : str or None
        The run and the logged model.

    Returns
    -------
    LoggedFacts
        The facts; empty if the tracking store does not have the run and the model.

    Examples
    --------
    >>> read_logged_facts(None, None, None).metrics
    {}
    """
    from mlflow.tracking import MlflowClient

    if not run_id and not model_id:
        return LoggedFacts()
    client = MlflowClient(tracking_uri=tracking_uri)
    model = _or_none(client.get_logged_model, model_id)
    run_id = run_id or (model.source_run_id if model else None)
    run = _or_none(client.get_run, run_id)
    metrics = dict(run.data.metrics) if run else {}
    params = dict(run.data.params) if run else {}
    model_metrics = list(model.metrics or []) if model else []
    # Values of the same metric are listed in the order of their steps.
    metrics |= {metric.key: metric.value for metric in sorted(model_metrics, key=_moment)}
    model_params = dict(model.params or {}) if model else {}
    return LoggedFacts(run_id, metrics, params | model_params, model_metrics, model_params)


def _moment(metric: Any) -> tuple[int, int]:
    return metric.step or 0, metric.timestamp or 0


def _or_none(read: Any, id: str | None) -> Any:
    """Return an entity of the tracking store, or None if it does not exist."""
    try:
        return read(id) if id else None
    except MlflowException:
        return None
