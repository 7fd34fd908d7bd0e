"""Default metrics, and the direction of a metric."""

from __future__ import annotations

from collections.abc import Collection

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.values.metric import higher_is_better

_DEFAULTS = ("roc_auc", "accuracy", "r2")


def choose_metric(metric: str | None, known: Collection[str]) -> str:
    """Return the metric, or the default if it is None.

    Parameters
    ----------
    metric : str or None
        Name of a metric. The default is the first of ``roc_auc``, ``accuracy`` and ``r2``.
    known : collection of str
        Metrics that were measured.

    Returns
    -------
    str
        One of `known`.

    Raises
    ------
    NotFoundError
        If the metric was not measured.

    Examples
    --------
    >>> choose_metric(None, ["r2", "rmse", "mae"])
    'r2'
    """
    chosen = metric or next((name for name in _DEFAULTS if name in known), "")
    if chosen not in known:
        raise NotFoundError(
            f"No model has the metric {metric!r}." if metric else "No metric was measured.",
            name=chosen,
            known=sorted(known),
        )
    return chosen


def check_direction(metric: str) -> bool:
    """Return whether a higher value of a metric is better.

    Raises
    ------
    RegistryError
        If the direction of the metric is unknown.

    Examples
    --------
    >>> check_direction("roc_auc"), check_direction("log_loss")
    (True, False)
    """
    direction = higher_is_better(metric)
    if direction is None:
        raise RegistryError(
            f"Cannot tell whether a higher {metric} is better; choose a metric that scikit-learn "
            "names, such as roc_auc or log_loss."
        )
    return direction
