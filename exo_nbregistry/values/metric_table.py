"""The table of the metrics that the package computes.

Functions import numpy and scikit-learn when they are called, so that the names, directions and
order of metrics can be read without either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from exo_nbregistry.values import metric_functions as of_rows
from exo_nbregistry.values import weighted_functions as weighted
from exo_nbregistry.values.metric_functions import Outcome
from exo_nbregistry.values.weighted_functions import WeightedRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]

__all__ = ["METRICS", "Metric", "Needs", "Outcome", "WeightedRows"]

Needs = Literal["labels", "scores", "probabilities", "numbers"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is computed.

    Attributes
    ----------
    name : str
        Name in records.
    higher_is_better : bool
        Direction.
    needs : {'labels', 'scores', 'probabilities', 'numbers'}
        Input: predicted labels, scores that rank rows, probabilities, or numbers of a regressor.
    function : callable
        Takes an `Outcome` and returns a float. A value that is undefined is NaN or a ValueError.
    weighted : callable
        Takes `WeightedRows` and weights of shape (n_weightings, n_samples), and returns an array
        of shape (n_weightings,) with NaN where the metric is undefined. With weights of 1 it
        equals `function` of the positive class.
    order : int or None
        Place in reading order; metrics without one follow by name.
    """

    name: str
    higher_is_better: bool
    needs: Needs
    function: Callable[[Outcome], float]
    weighted: Callable[[WeightedRows, Floats], Floats]
    order: int | None = None


_TABLE = (
    Metric("accuracy", True, "labels", of_rows.accuracy, weighted.accuracy, 4),
    Metric("precision", True, "labels", of_rows.precision, weighted.precision, 2),
    Metric("recall", True, "labels", of_rows.recall, weighted.recall, 3),
    Metric("f1_score", True, "labels", of_rows.f1_score, weighted.f1_score, 1),
    Metric("roc_auc", True, "scores", of_rows.roc_auc, weighted.roc_auc, 6),
    Metric(
        "average_precision",
        True,
        "scores",
        of_rows.average_precision,
        weighted.average_precision,
        7,
    ),
    Metric("log_loss", False, "probabilities", of_rows.log_loss, weighted.log_loss, 8),
    Metric("brier", False, "probabilities", of_rows.brier, weighted.brier),
    Metric("r2", True, "numbers", of_rows.r2, weighted.r2, 9),
    Metric("rmse", False, "numbers", of_rows.rmse, weighted.rmse, 10),
    Metric("mae", False, "numbers", of_rows.mae, weighted.mae, 11),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _TABLE})
