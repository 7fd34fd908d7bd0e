"""ModelEvaluator: metrics of models on one test set, with confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.evaluation.bootstrap import bootstrap, percentile_interval
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.model_predictions import read_predictions
from exo_nbregistry.evaluation.paired_comparison import PairedComparison
from exo_nbregistry.evaluation.paired_tests import compare_predictions
from exo_nbregistry.evaluation.results import (
    Calibration,
    EvaluationReport,
    Interval,
    Intervals,
    ThresholdResult,
    reliability_curve,
)
from exo_nbregistry.evaluation.test_set import Holdout, describe_test_set
from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions
from exo_nbregistry.introspection.metrics import Evaluation, evaluate


class ModelEvaluator:
    """Measure classifiers or regressors on one test set, with confidence intervals.

    Parameters
    ----------
    X_test : array-like of shape (n_samples, n_features)
        Features of rows that were used for no choice.
    y_test : array-like of shape (n_samples,)
        Labels, or numbers for regressors.
    groups : array-like of shape (n_samples,), optional
        Group of each row, such as a patient. Resamples draw whole groups. The default infers the
        groups by `grouping`, or draws single rows.
    models : mapping of str to estimator, optional
        Fitted models by name.
    n_resamples : int, default=2000
        Number of bootstrap resamples.
    confidence : float, default=0.95
        Share of the resamples inside an interval.
    random_state : int, default=42
        Seed of the resamples.
    progress : bool, default=True
        Whether to show a progress bar.
    pos_label, threshold, sample_weight : object, optional
        Positive class, threshold and weights of the rows, as for ``register_model``.

    Attributes
    ----------
    grouping : Grouping
        Name of the groups, and how to infer them. A subclass can set another one.
    test_set : Holdout
        Names, groups and fingerprint of the rows.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> evaluator = ModelEvaluator(X, y, groups=[7, 7, 8, 9], progress=False)
    >>> model = LogisticRegression().fit(X, y)
    >>> evaluator.at_confidence(model, 0.5)
    At 0.5 and above: 2 rows flagged, 1 right (precision 0.5000); 1 of 2 found (recall 0.5000).
    >>> evaluator.intervals(model)["accuracy"].value
    0.5
    """

    grouping: ClassVar[Grouping] = Grouping()

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
        pos_label: Any = None,
        threshold: float | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> None:
        self.X_test = X_test
        self.y_test = y_test
        self.models = dict(models or {})
        self.n_resamples = n_resamples
        self.confidence = confidence
        self.random_state = random_state
        self.progress = progress
        self.pos_label = pos_label
        self.threshold = threshold
        self.sample_weight = sample_weight
        self.test_set: Holdout = describe_test_set(X_test, y_test, groups, grouping=self.grouping)

    def evaluate(self, model: Any) -> EvaluationReport:
        """Return the metrics and, for a classifier, the confusion matrix and report by class.

        Parameters
        ----------
        model : estimator or str
            A fitted model, or the name of one of `models`.

        Returns
        -------
        EvaluationReport
            The metrics that ``register_model`` would store.
        """
        found = self._evaluation(model)
        return EvaluationReport(
            metrics=found.metrics,
            classes=tuple(found.additional.get("classes", ())),
            confusion_matrix=tuple(map(tuple, found.additional.get("confusion_matrix", ()))),
            by_class=found.additional.get("classification_report", {}),
            scoring=found.scoring,
        )

    def calibration(self, model: Any, *, n_bins: int = 10) -> Calibration:
        """Return the Brier score and reliability curve of a two-class classifier.

        Parameters
        ----------
        model : estimator or str
            A fitted classifier, or the name of one of `models`.
        n_bins : int, default=10
            Number of bins of equal width.

        Returns
        -------
        Calibration
            Errors and curve.
        """
        return reliability_curve(self._probabilities(model), n_bins)

    def at_confidence(self, model: Any, threshold: float = 0.9) -> ThresholdResult:
        """Return precision and recall of a two-class classifier at a threshold.

        Parameters
        ----------
        model : estimator or str
            A fitted classifier, or the name of one of `models`.
        threshold : float, default=0.9
            Minimum probability of a flagged row.

        Returns
        -------
        ThresholdResult
            Counts, precision and recall.
        """
        scored = self._probabilities(model)
        flagged = scored.probability >= threshold
        right = int((flagged & scored.truth).sum())
        return ThresholdResult(threshold, int(flagged.sum()), right, int(scored.truth.sum()))

    def intervals(self, model: Any) -> Intervals:
        """Return each metric with its bootstrap confidence interval.

        Parameters
        ----------
        model : estimator or str
            A fitted model, or the name of one of `models`.

        Returns
        -------
        Intervals
            Intervals of all metrics.
        """
        found = self._evaluation(model)
        predictions = read_predictions(found.arrays, _name(model), found.scoring)

        def statistic(weights: Floats) -> Floats:
            return np.column_stack(list(predictions.measure(weights).values()))

        groups = self.test_set.groups
        units = groups if len(groups) else np.arange(predictions.n_rows)
        unit = self.grouping.unit if len(groups) else "row"
        drawn = bootstrap(
            statistic,
            units,
            n_resamples=self.n_resamples,
            random_state=self.random_state,
            progress=self.progress,
            unit=unit,
        )
        values = predictions.measure(np.ones((1, len(units))))
        metrics = {
            name: Interval(float(value[0]), *percentile_interval(column, self.confidence))
            for (name, value), column in zip(values.items(), drawn.T, strict=True)
        }
        return Intervals(
            metrics,
            self.confidence,
            self.n_resamples,
            len(np.unique(units)),
            unit,
            found.scoring,
        )

    def compare(self, first: Any, second: Any, *, metric: str | None = None) -> PairedComparison:
        """Compare two models by paired tests.

        Parameters
        ----------
        first, second : estimator or str
            Fitted models, or names of two of `models`.
        metric : str, optional
            Metric that decides, also ``f1_macro`` or that of a class such as ``recall.planet``.
            The default is ``roc_auc``; ``accuracy`` if a classifier has no
            scores, and ``r2`` for regressors.

        Returns
        -------
        PairedComparison
            Differences are the second model minus the first.

        See Also
        --------
        compare_versions : Compares two registered versions.
        """
        names = [
            model if isinstance(model, str) else f"{place} ({type(model).__name__})"
            for place, model in (("first", first), ("second", second))
        ]
        if names[0] == names[1]:
            raise InvalidInputError(f"Cannot compare {names[0]} with itself; pass two models.")
        found = [self._evaluation(model) for model in (first, second)]
        return compare_predictions(
            {
                name: read_predictions(each.arrays, name, each.scoring)
                for name, each in zip(names, found, strict=True)
            },
            self.test_set.groups,
            scoring=found[0].scoring,
            metric=metric,
            unit=self.grouping.unit,
            n_resamples=self.n_resamples,
            confidence=self.confidence,
            random_state=self.random_state,
            progress=self.progress,
        )

    def _probabilities(self, model: Any) -> Predictions:
        return Predictions.of_arrays(self._evaluation(model).arrays, _name(model), self.pos_label)

    def _evaluation(self, model: Any) -> Evaluation:
        if isinstance(model, str):
            if model not in self.models:
                raise NotFoundError(f"Unknown model {model!r}.", name=model, known=self.models)
            model = self.models[model]
        return evaluate(
            model,
            self.X_test,
            self.y_test,
            pos_label=self.pos_label,
            threshold=self.threshold,
            sample_weight=self.sample_weight,
        )


def _name(model: Any) -> str:
    return model if isinstance(model, str) else type(model).__name__
