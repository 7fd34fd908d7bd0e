"""Metrics for many weightings of the same rows at once, as a bootstrap needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.introspection.scoring import choose_scoring
from exo_nbregistry.values.metric_table import METRICS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Predictions of a classifier of two classes, or of a regressor, with the truth.

    Attributes
    ----------
    truth : ndarray of shape (n_samples,)
        Whether each row is of the positive class; of a regressor the true number.
    predicted : ndarray of shape (n_samples,)
        Whether each row is predicted to be of the positive class; of a regressor the number.
    probability : ndarray of shape (n_samples,) or None
        Predicted probability of the positive class; None for a regressor.
    """

    truth: NDArray[Any]
    predicted: NDArray[Any]
    probability: Any = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that can be computed."""
        is_number = self.probability is None
        return tuple(n for n, metric in METRICS.items() if (metric.needs == "numbers") is is_number)

    @classmethod
    def of_arrays(
        cls, arrays: Mapping[str, Any], name: str = "This model", pos_label: Any = None
    ) -> Predictions:
        """Return the predictions of a classifier from the arrays of ``evaluate``.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            ``y_true``, ``y_pred``, ``classes`` and ``probabilities``.
        name : str
            Name of the model, for the error.
        pos_label : object, optional
            The positive class; by default that of `choose_scoring`.

        Returns
        -------
        Predictions
            Predictions of the positive class.

        Raises
        ------
        RegistryError
            If the arrays have no probabilities of two classes, or if neither class is positive.
        """
        classes = arrays.get("classes", ())
        if len(classes) != 2 or "probabilities" not in arrays:
            raise RegistryError(
                f"{name} gave no probabilities of two classes on the test set; use a classifier "
                "with predict_proba that is evaluated on X_test and y_test."
            )
        labels = classes.tolist()
        positive = choose_scoring(labels, pos_label=pos_label).pos_label
        if positive is None:
            raise RegistryError(
                f"{name} has no positive class; pass pos_label={labels[0]!r} or "
                f"pos_label={labels[1]!r}."
            )
        return cls(
            arrays["y_true"] == positive,
            arrays["y_pred"] == positive,
            np.asarray(arrays["probabilities"][:, labels.index(positive)], dtype=np.float64),
        )


def measure(predictions: Predictions, weights: Floats) -> dict[str, Floats]:
    """Compute each metric for each weighting of the rows.

    Parameters
    ----------
    predictions : Predictions
        Truth, predictions and probabilities.
    weights : ndarray of shape (n_weightings, n_samples)
        Weight of each row.

    Returns
    -------
    dict of str to ndarray of shape (n_weightings,)
        The metrics of ``predictions.metrics``; NaN where one is undefined, as a ROC AUC of one
        class.

    Examples
    --------
    >>> truth = np.array([False, True, True])
    >>> one = Predictions(truth, np.array([False, True, False]), np.array([0.1, 0.9, 0.4]))
    >>> found = measure(one, np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]))
    >>> found["recall"].tolist(), found["roc_auc"].tolist()
    ([0.5, 1.0], [1.0, 1.0])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: METRICS[name].weighted(predictions, weights) for name in predictions.metrics}
