"""Predict the rows of a table, so that no row prevents the prediction of another.

Serving and the exported predict.py use this file, so that both answer a row alike. An export has a
copy of it, so it imports only NumPy and the files beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.model_input import assemble, outputs
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.inference.most_probable import most_probable
from exo_nbregistry.inference.row_check import CheckedRows, RowCheck
from exo_nbregistry.inference.row_problems import INVALID, MISSING, STATUSES, Problem
from exo_nbregistry.inference.row_run import Run

_MAX_PATTERNS = 1000
# Log-odds are finite only between 0 and 1.
_SMALLEST = 1e-6


class RowAnswers:
    """Predict checked rows.

    Parameters
    ----------
    model : object
        The model.
    columns : sequence of mapping
        Columns of the model, as for `RowCheck`.
    form : mapping
        Container of the training data, as for `assemble`.
    classes : sequence
        Class labels, in the order of the probabilities; empty for a regressor.
    decision : mapping, optional
        ``threshold`` and ``positive``, the place of the class that is predicted from this score on.
    calibration : mapping, optional
        ``slope`` and ``intercept`` of `calibrated`, for two classes.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> model = LogisticRegression().fit([[0.0], [9.0]], ["dust", "planet"])
    >>> columns = [{"name": "depth", "minimum": 0.0, "maximum": 9.0}]
    >>> answers = RowAnswers(model, columns, {"container": "array"}, model.classes_)
    >>> found = answers({"depth": [8.0, None, 12.0, "deep"]}, rows=4)
    >>> found.labels, found.statuses
    (['planet', None, 'planet', None], ['ok', 'missing', 'outside', 'invalid'])
    """

    def __init__(
        self,
        model: Any,
        columns: Sequence[Mapping[str, Any]],
        form: Mapping[str, Any],
        classes: Sequence[Any] = (),
        decision: Mapping[str, Any] | None = None,
        calibration: Mapping[str, float] | None = None,
    ) -> None:
        self.check = RowCheck(columns, is_optional=form.get("container") == "records")
        self.model = model
        self.form = form
        self.classes = list(classes)
        self.decision = decision
        self.calibration = calibration
        scored = hasattr(model, "predict_proba") or form.get("outputs") == "probabilities"
        self.has_probabilities = bool(self.classes) and scored
        # Columns that the model cannot take a missing value in, found while rows are answered.
        self._refused: set[frozenset[int]] = set()

    def __call__(self, table: Mapping[str, Any], *, rows: int) -> Answers:
        """Return the answers to the rows of a table, as `RowCheck` takes them."""
        return self.answer(self.check(table, rows=rows))

    def answer(self, checked: CheckedRows) -> Answers:
        """Return the answers to checked rows."""
        import numpy as np

        run = Run(self.call, checked)
        gone = {
            row: frozenset(checked.flags(row, MISSING))
            for row in np.flatnonzero(checked.codes == MISSING).tolist()
        }
        # Of a row without any value, nothing can be predicted.
        every = len(self.check.columns)
        tried = {
            row: columns
            for row, columns in gone.items()
            if len(columns) < every and not self._is_refused(columns)
        }
        usable = checked.codes != INVALID
        usable[[row for row in gone if row not in tried]] = False
        at = np.flatnonzero(usable)
        if run.predict(at) is not None:
            run.isolate(at[checked.codes[at] != MISSING])
            self._try_missing(run, tried)
        run.finish()
        return Answers(self, checked, run.labels, run.shares)

    def _is_refused(self, columns: frozenset[int]) -> bool:
        return columns in self._refused or any(
            refused <= columns for refused in self._refused if len(refused) == 1
        )

    def _try_missing(self, run: Run, patterns: Mapping[int, frozenset[int]]) -> None:
        """Predict rows with missing values, one call for each set of missing columns."""
        groups: dict[frozenset[int], list[int]] = {}
        for row, columns in patterns.items():
            groups.setdefault(columns, []).append(row)
        for columns in sorted(groups, key=len):
            if self._is_refused(columns):
                continue
            if run.predict(groups[columns]) is None:
                continue
            if run.refuses(columns):
                if len(self._refused) < _MAX_PATTERNS:
                    self._refused.add(columns)
            else:
                run.isolate(groups[columns])

    def call(self, values: Mapping[str, Any]) -> tuple[Any, Any | None]:
        """Return the labels and probabilities of rows without invalid values."""
        typed = {
            column.name: _in_dtype(values[column.name], column.dtype, column.kind)
            for column in self.check.columns
        }
        data = assemble(typed, self.form)
        rows = len(next(iter(values.values())))
        if self.decision is None:

            def part(at: Any) -> Any:
                return assemble({name: v[at] for name, v in typed.items()}, self.form)

            found = most_probable(self.model, data, self.classes, part)
            labels, shares = found or outputs(self.model, data, self.form)
        else:
            labels, shares = self._decide(data)
        if len(labels) != rows:
            raise ValueError(f"the model returned {len(labels)} predictions for {rows} rows")
        if shares is not None and len(self.classes) != shares.shape[1]:
            shares = None
        self.has_probabilities |= shares is not None
        return labels, shares

    def _decide(self, data: Any) -> tuple[Any, Any | None]:
        """Return the labels at the threshold, and the probabilities."""
        import numpy as np

        decision: Any = self.decision
        place, classes = decision["positive"], np.asarray(self.classes)
        if model_kind(self.model) != "estimator":
            _, shares = outputs(self.model, data, self.form)
        else:
            scored = hasattr(self.model, "predict_proba")
            shares = self.model.predict_proba(data) if scored else None
        if shares is None:
            score = np.asarray(self.model.decision_function(data)) * (1 if place else -1)
        else:
            score = shares[:, place]
        chosen = score >= decision["threshold"]
        return np.where(chosen, classes[place], classes[1 - place]), shares


def _in_dtype(values: Any, dtype: str, kind: str) -> Any:
    """Return values in the dtype of the training data, if it is a dtype of NumPy."""
    import numpy as np

    if kind == "boolean":
        return values if any(value is None for value in values) else values.astype(bool)
    if kind not in ("number", "whole number"):
        return values
    try:
        wanted = np.dtype(dtype)
    except TypeError:
        return values
    # Integers have no missing value, so such a column stays float.
    return values if wanted.kind != "f" and np.isnan(values).any() else values.astype(wanted)


class Answers:
    """The answers to the rows of a table.

    Attributes
    ----------
    checked : CheckedRows
        The rows and their problems.
    labels : list
        Labels, numbers, or lists of them for several outputs; None for a row without a prediction.
    shares : ndarray of shape (n_rows, n_classes) or None
        Calibrated probabilities by class; NaN for a row without a prediction.
    model_shares : ndarray of shape (n_rows, n_classes) or None
        Probabilities of the model, if they differ from the calibrated ones.
    """

    def __init__(
        self, predictor: RowAnswers, checked: CheckedRows, labels: list[Any], shares: Any
    ) -> None:
        import numpy as np

        self.checked = checked
        self.labels = labels
        self.classes = predictor.classes
        if shares is None and predictor.has_probabilities:
            shares = np.full((checked.rows, len(self.classes)), np.nan)
        self.shares, self.model_shares = shares, None
        if shares is not None and predictor.calibration is not None:
            self.shares, self.model_shares = calibrated(shares, **predictor.calibration), shares

    @property
    def statuses(self) -> list[str]:
        """The status of each row."""
        return [STATUSES[code] for code in self.checked.codes.tolist()]

    def of_labels(self, shares: Any) -> list[float | None]:
        """Return the probability of each predicted label."""
        import numpy as np

        places = {label: place for place, label in enumerate(self.classes)}
        at = [places.get(label, -1) for label in self.labels]
        found = shares[np.arange(len(at)), at].tolist()
        return [None if place < 0 else share for place, share in zip(at, found, strict=True)]

    def problems(self, row: int) -> list[Problem]:
        """Return the first problems of a row."""
        found = self.checked.problems(row)
        # Only a row that the model was tried with shows that it requires the values.
        gone = len(self.checked.flags(row, MISSING)) % len(self.checked.check.columns)
        untried = self.checked.codes[row] != MISSING or not gone or row in self.checked.reasons
        if untried or self.labels[row] is not None:
            return found
        return [problem.as_required() for problem in found]


def calibrated(shares: Any, slope: float, intercept: float) -> Any:
    """Return calibrated probabilities of two classes, by a sigmoid of the log-odds.

    Source: Platt 1999, Advances in Large Margin Classifiers, 61.

    Examples
    --------
    >>> import numpy as np
    >>> calibrated(np.array([[0.5, 0.5]]), slope=2.0, intercept=0.0)
    array([[0.5, 0.5]])
    """
    import numpy as np

    second = 1 / (1 + np.exp(-slope * log_odds(shares[:, 1]) - intercept))
    return np.column_stack([1 - second, second])


def log_odds(probability: Any) -> Any:
    """Return the log-odds of probabilities, which are finite for 0 and 1 too."""
    import numpy as np

    clipped = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    return np.log(clipped / (1 - clipped))
