"""ModelEvaluator: how good a classifier is on one test set, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.evaluation.bootstrap import bootstrap, interval
from exo_nbregistry.evaluation.paired_tests import PairedComparison, compare_predictions
from exo_nbregistry.evaluation.results import (
    AtConfidence,
    Calibration,
    Interval,
    Intervals,
    Report,
    calibrate_curve,
)
from exo_nbregistry.evaluation.test_set import Holdout, describe_test_set
from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions, measure
from exo_nbregistry.introspection.metrics import Evaluation, evaluate


class ModelEvaluator:
    """Measure classifiers on one test set, with what chance may have done to it.

    Parameters
    ----------
    X_test : array-like of shape (n_samples, n_features)
        Raw columns that no choice has looked at.
    y_test : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,), optional
        The star of each row, such as its kepid. KOI names in the index of `X_test` tell it by
        themselves; without either, rows are drawn.
    models : mapping of str to estimator, optional
        Fitted models that can be asked for by name.
    n_resamples : int, default=2000
        Resamples of the stars.
    confidence : float, default=0.95
        Share of the resamples inside an interval.
    random_state : int, default=42
        Seed of the resamples.
    progress : bool, default=True
        Whether to show a progress bar.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"koi_depth": [1.0, 2.0, 3.0, 4.0]})
    >>> y = [0, 1, 0, 1]
    >>> evaluator = ModelEvaluator(X, y, groups=[7, 7, 8, 9], progress=False)
    >>> model = LogisticRegression().fit(X, y)
    >>> evaluator.at_confidence(model, 0.5)
    At 0.5 and above: 2 rows flagged, 1 right (precision 0.5000); 1 of 2 found (recall 0.5000).
    >>> evaluator.intervals(model)["accuracy"].value
    0.5
    """

    def __init__(
        self,
        X_test: Any,
        y_test: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        models: Mapping[str, Any] | None = None,
        n_resamples: int = 2000,
        confidence: float = 0.95,
        random_state: int = 42,
        progress: bool = True,
    ) -> None:
        self.X_test = X_test
        self.y_test = y_test
        self.models = dict(models or {})
        self.n_resamples = n_resamples
        self.confidence = confidence
        self.random_state = random_state
        self.progress = progress
        self.test_set: Holdout = describe_test_set(X_test, y_test, groups)

    def evaluate(self, model: Any) -> Report:
        """Return metrics, confusion matrix and the report by class.

        Parameters
        ----------
        model : estimator or str
            A fitted classifier, or the name of one of `models`.

        Returns
        -------
        Report
            The metrics that a version would be registered with.
        """
        found = self._evaluation(model)
        told = found.additional
        return Report(
            metrics=found.metrics,
            classes=tuple(told.get("classes", ())),
            confusion_matrix=tuple(map(tuple, told.get("confusion_matrix", ()))),
            by_class=told.get("classification_report", {}),
        )

    def calibration(self, model: Any, *, n_bins: int = 10) -> Calibration:
        """Return whether the probabilities are as often right as they say.

        Parameters
        ----------
        model : estimator or str
            A fitted classifier, or the name of one of `models`.
        n_bins : int, default=10
            Bins of equal width.

        Returns
        -------
        Calibration
            Brier score and reliability curve.
        """
        return calibrate_curve(self._predictions(model), n_bins)

    def at_confidence(self, model: Any, threshold: float = 0.9) -> AtConfidence:
        """Return precision and recall of what the model is sure of.

        Parameters
        ----------
        model : estimator or str
            A fitted classifier, or the name of one of `models`.
        threshold : float, default=0.9
            The least probability of the second class that is flagged.

        Returns
        -------
        AtConfidence
            Counts and shares.
        """
        judged = self._predictions(model)
        flagged = judged.probability >= threshold
        right = int((flagged & judged.truth).sum())
        return AtConfidence(threshold, int(flagged.sum()), right, int(judged.truth.sum()))

    def intervals(self, model: Any) -> Intervals:
        """Return each metric with its confidence interval, by bootstrap over stars.

        Parameters
        ----------
        model : estimator or str
            A fitted classifier, or the name of one of `models`.

        Returns
        -------
        Intervals
            Of all metrics.
        """
        judged = self._predictions(model)

        def statistic(weights: Floats) -> Floats:
            return np.column_stack(list(measure(judged, weights).values()))

        stars = self.test_set.stars
        units = stars if len(stars) else np.arange(len(judged.truth))
        drawn = bootstrap(
            statistic,
            units,
            n_resamples=self.n_resamples,
            random_state=self.random_state,
            progress=self.progress,
        )
        values = statistic(np.ones((1, len(units))))[0].tolist()
        spans = [interval(column, self.confidence) for column in drawn.T]
        metrics = {
            name: Interval(value, *span)
            for name, value, span in zip(judged.metrics, values, spans, strict=True)
        }
        unit = "star" if len(stars) else "row"
        return Intervals(metrics, self.confidence, self.n_resamples, len(np.unique(units)), unit)

    def compare(self, first: Any, second: Any) -> PairedComparison:
        """Compare two classifiers by a paired test.

        Parameters
        ----------
        first, second : estimator or str
            Fitted classifiers, or names of two of `models`.

        Returns
        -------
        PairedComparison
            Differences are those of the second from the first.

        See Also
        --------
        compare_versions : The same for two registered versions.
        """
        names = [
            model if isinstance(model, str) else f"{place} ({type(model).__name__})"
            for place, model in (("first", first), ("second", second))
        ]
        if names[0] == names[1]:
            raise ValueError(f"{names[0]} cannot be compared with itself: name another model.")
        judged = {
            name: self._predictions(model)
            for name, model in zip(names, (first, second), strict=True)
        }
        return compare_predictions(
            judged,
            self.test_set.stars,
            n_resamples=self.n_resamples,
            confidence=self.confidence,
            random_state=self.random_state,
            progress=self.progress,
        )

    def _predictions(self, model: Any) -> Predictions:
        name = model if isinstance(model, str) else type(model).__name__
        return Predictions.of_arrays(self._evaluation(model).arrays, name)

    def _evaluation(self, model: Any) -> Evaluation:
        if isinstance(model, str):
            if model not in self.models:
                raise NotFoundError(
                    f"There is no model {model!r} here.", name=model, known=self.models
                )
            model = self.models[model]
        return evaluate(model, self.X_test, self.y_test)
