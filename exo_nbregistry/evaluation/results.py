"""Results of an evaluation, with a text and a data frame each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.text.markup import count, number, text_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class EvaluationReport:
    """Metrics of a model on a test set.

    Attributes
    ----------
    metrics : dict of str to float
        Metrics by name.
    classes : tuple
        Labels; empty for a regressor.
    confusion_matrix : tuple of tuple of int
        Rows are the true classes, columns the predicted classes.
    by_class : dict of str to dict
        Precision, recall, f1-score and support of each class, and their means.
    scoring : Scoring or None
        Positive class or average of the metrics.
    """

    metrics: dict[str, float]
    classes: tuple[Any, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]
    by_class: dict[str, Any]
    scoring: Scoring | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return precision, recall, f1-score and support, with a row per class and mean."""
        import pandas as pd

        rows = {name: row for name, row in self.by_class.items() if isinstance(row, dict)}
        return pd.DataFrame.from_dict(rows, orient="index")

    def __repr__(self) -> str:
        """Return metrics and confusion matrix as text tables."""
        metrics = text_table(["metric", value_heading(self.scoring)], list(self.metrics.items()))
        if not self.classes:
            return metrics
        matrix = text_table(
            ["true \\ predicted", *map(str, self.classes)],
            [
                [str(label), *row]
                for label, row in zip(self.classes, self.confusion_matrix, strict=True)
            ],
        )
        return f"{metrics}\n\n{matrix}"


def value_heading(scoring: Scoring | None) -> str:
    """Return the heading of values: whose metrics they are, such as ``value of planet``."""
    label = scoring.label if scoring else ""
    return f"value {label if label.startswith('of ') else f'({label})'}" if label else "value"


@dataclass(frozen=True, repr=False, eq=False)
class Calibration:
    """Reliability curve: the share of the positive class at each predicted probability.

    Attributes
    ----------
    brier : float
        Mean squared error of the probabilities.
    expected_error : float
        Mean distance of the curve from the diagonal, weighted by rows (ECE).
    predicted, observed : ndarray of shape (n_bins,)
        Mean probability and share of the positive class, for each bin that has rows.
    counts : ndarray of int of shape (n_bins,)
        Number of rows in each bin.
    """

    brier: float
    expected_error: float
    predicted: Floats
    observed: Floats
    counts: Any

    def to_frame(self) -> pd.DataFrame:
        """Return the curve, with a row per bin."""
        import pandas as pd

        columns = {"predicted": self.predicted, "observed": self.observed, "count": self.counts}
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        """Return the errors, then the curve as a text table."""
        rows = zip(
            self.predicted.tolist(), self.observed.tolist(), self.counts.tolist(), strict=True
        )
        return (
            f"Brier score {number(self.brier)}, expected calibration error "
            f"{number(self.expected_error)}\n\n"
            + text_table(["predicted", "observed", "count"], list(rows))
        )


@dataclass(frozen=True, repr=False)
class ThresholdResult:
    """Counts of the rows that a model flags at a threshold.

    Attributes
    ----------
    threshold : float
        Minimum probability of a flagged row.
    flagged, right, positives : int
        Number of flagged rows, of flagged rows of the positive class, and of all rows of the
        positive class.
    """

    threshold: float
    flagged: int
    right: int
    positives: int

    @property
    def precision(self) -> float:
        """Share of the positive class among flagged rows; NaN if no row is flagged."""
        return self.right / self.flagged if self.flagged else float("nan")

    @property
    def recall(self) -> float:
        """Share of flagged rows among the positive class; NaN if it has no rows."""
        return self.right / self.positives if self.positives else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return all values as one row."""
        import pandas as pd

        names = ("threshold", "flagged", "right", "positives", "precision", "recall")
        return pd.DataFrame([{name: getattr(self, name) for name in names}])

    def __repr__(self) -> str:
        """Return one sentence."""
        return (
            f"At {self.threshold:g} and above: {count(self.flagged, 'row')} flagged, {self.right} "
            f"right (precision {number(self.precision)}); {self.right} of {self.positives} found "
            f"(recall {number(self.recall)})."
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A metric with its confidence interval.

    Attributes
    ----------
    value : float
        The metric on the test set.
    low, high : float
        Limits of the interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, repr=False)
class Intervals:
    """Metrics with bootstrap confidence intervals, read as ``intervals["roc_auc"]``.

    Attributes
    ----------
    metrics : dict of str to Interval
        Intervals by name of the metric.
    confidence : float
        Share of the resamples inside.
    n_resamples, n_units : int
        Number of resamples, and of units to draw.
    unit : str
        What is drawn: ``"row"``, ``"group"``, or the unit of a `Grouping`.
    scoring : Scoring or None
        Positive class or average of the metrics.
    """

    metrics: dict[str, Interval]
    confidence: float
    n_resamples: int
    n_units: int
    unit: str
    scoring: Scoring | None = None

    def __getitem__(self, name: str) -> Interval:
        return self.metrics[name]

    def to_frame(self) -> pd.DataFrame:
        """Return value, low and high, with a row per metric."""
        import pandas as pd

        rows = {name: (each.value, each.low, each.high) for name, each in self.metrics.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])

    def __repr__(self) -> str:
        """Return a text table and the method of the intervals."""
        rows = [[name, each.value, each.low, each.high] for name, each in self.metrics.items()]
        return (
            text_table(["metric", value_heading(self.scoring), "low", "high"], rows)
            + f"\n{self.confidence:.0%} percentile intervals of {self.n_resamples:,} resamples of "
            f"{count(self.n_units, self.unit)}."
        )


def reliability_curve(predictions: Predictions, n_bins: int) -> Calibration:
    """Return the reliability curve over bins of equal width, without empty bins.

    Parameters
    ----------
    predictions : Predictions
        Labels and probabilities.
    n_bins : int
        Number of bins.

    Returns
    -------
    Calibration
        Errors and curve.

    Examples
    --------
    >>> truth = np.array([False, False, True, True])
    >>> probability = np.array([0.1, 0.3, 0.3, 0.9])
    >>> reliability_curve(Predictions(truth, probability > 0.5, probability), 2)
    Brier score 0.1500, expected calibration error 0.1000
    <BLANKLINE>
    predicted  observed  count
    ---------  --------  -----
       0.2333    0.3333      3
       0.9000    1.0000      1
    """
    bins = np.minimum((predictions.probability * n_bins).astype(int), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    used = counts > 0
    total = np.maximum(counts, 1)
    predicted = (np.bincount(bins, predictions.probability, n_bins) / total)[used]
    observed = (np.bincount(bins, predictions.truth, n_bins) / total)[used]
    return Calibration(
        brier=float(np.mean((predictions.probability - predictions.truth) ** 2)),
        expected_error=float(np.abs(predicted - observed) @ counts[used] / len(bins)),
        predicted=predicted,
        observed=observed,
        counts=counts[used],
    )
