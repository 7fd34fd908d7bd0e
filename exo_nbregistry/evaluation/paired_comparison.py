"""Result of a paired comparison of two models."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.evaluation.metric_choice import check_direction
from exo_nbregistry.records.measurement import measured_as, titled
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.text.markup import count, number, text_table

if TYPE_CHECKING:
    import pandas as pd

_TITLES = {"roc_auc": "ROC AUC"}


@dataclass(frozen=True, repr=False)
class PairedComparison:
    """Comparison of two models on the same rows.

    Attributes
    ----------
    first, second : str
        Names of the models.
    metric : str
        Metric that decides.
    scores : dict of str to tuple of float
        Values of `metric` and, for classifiers, of ``accuracy``: of the first and the second
        model.
    difference, low, high : float
        `metric` of the second model minus that of the first, with its bootstrap interval.
    p_value : float
        Two-sided bootstrap p-value of the difference.
    only_first_right, only_second_right : int or None
        Number of rows that only one classifier labels correctly; None for regressors.
    p_accuracy : float or None
        p-value of McNemar's exact test, which treats rows as independent; None for regressors.
    n_rows, n_units, n_resamples : int
        Number of test rows, of units to draw, and of resamples.
    unit : str
        What is drawn: ``"row"``, ``"group"``, or the unit of a `Grouping`.
    confidence : float
        Confidence of the interval.
    scoring : Scoring or None
        Positive class or average of the metrics; None for regressors.
    """

    first: str
    second: str
    metric: str
    scores: dict[str, tuple[float, float]]
    difference: float
    low: float
    high: float
    p_value: float
    only_first_right: int | None
    only_second_right: int | None
    p_accuracy: float | None
    n_rows: int
    n_units: int
    n_resamples: int
    unit: str
    confidence: float
    scoring: Scoring | None = None

    @property
    def roc_auc(self) -> tuple[float, float]:
        """ROC AUC of the first and the second model."""
        return self.scores["roc_auc"]

    @property
    def accuracy(self) -> tuple[float, float]:
        """Accuracy of the first and the second model."""
        return self.scores["accuracy"]

    @property
    def better(self) -> str | None:
        """Name of the better model; None if the interval contains zero."""
        if self.low <= 0 <= self.high or np.isnan(self.low):
            return None
        return self.second if (self.low > 0) == check_direction(self.metric) else self.first

    @property
    def _title(self) -> str:
        """Name of the metric, and whose it is if that depends on the positive class."""
        title = _TITLES.get(self.metric, self.metric)
        measured = measured_as(self.scoring, self.metric)
        return titled(title, [measured.label]) if measured else title

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        found = (
            f"the difference in {self._title} is {self.difference:+.4f} "
            f"({self.confidence:.0%}: {self.low:+.4f} to {self.high:+.4f})"
        )
        if self.better is None:
            return f"Neither is shown to be better: {found}."
        return f"{self.better} is better: {found}."

    def to_dict(self) -> dict[str, Any]:
        """Return every value, ``better`` and ``verdict``, for JSON."""
        values = {name: v for name, v in asdict(self).items() if name != "scores"}
        known = {name: value for name, value in values.items() if value is not None}
        return known | self.scores | {"better": self.better, "verdict": self.verdict}

    def to_frame(self) -> pd.DataFrame:
        """Return the scores, with a row per model."""
        import pandas as pd

        return pd.DataFrame(self.scores, index=[self.first, self.second])

    def __repr__(self) -> str:
        """Return the scores as a text table, the verdict, and the p-values."""
        rows = list(zip((self.first, self.second), *self.scores.values(), strict=True))
        tests = (
            f"Bootstrap p = {number(self.p_value)} ({self.n_resamples:,} resamples of "
            f"{count(self.n_units, self.unit)})"
        )
        if self.p_accuracy is not None:
            tests += (
                f"; McNemar p = {number(self.p_accuracy)} "
                f"({self.only_first_right} rows only the first has right, "
                f"{self.only_second_right} only the second)"
            )
        table = text_table(["model", *self.scores], rows)
        return f"{table}\n{self.verdict}\n{tests}."
