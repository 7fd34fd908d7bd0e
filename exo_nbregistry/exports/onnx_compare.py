"""The difference of the predictions of an ONNX file and its model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exo_nbregistry.exports.onnx_rows import ComparedRows
from exo_nbregistry.inference.model_input import assemble, outputs

REPORT_FILE = "onnx_report.json"
# Differences below these come from the digits of float32.
_MAX_SHARE = 1e-5
_MAX_RELATIVE = 1e-5
# A probability is wrong that differs by more, and a number by more than this part of their range.
_WRONG = 0.01
# float32 puts a few values on the other side of a split. With more rows, the file is wrong.
_MAX_WRONG_ROWS = 0.01


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest differences of predictions on some rows.

    Attributes
    ----------
    rows : int
        Number of rows.
    stored_rows : int
        How many of them are in the stored example. The others are drawn from the ranges of the
        training data.
    differing_labels : int or None
        Number of rows with another label; None for a regressor.
    max_probability_difference : float or None
        None without probabilities.
    max_difference, max_relative_difference : float or None
        Of the numbers of a regressor; relative to the largest absolute prediction.
    differing_numbers : int or None
        Number of rows with a probability that differs by more than 0.01, or with a prediction of a
        regressor that differs by more than 1 % of the range of the predictions.
    """

    rows: int
    stored_rows: int
    differing_labels: int | None = None
    max_probability_difference: float | None = None
    max_difference: float | None = None
    max_relative_difference: float | None = None
    differing_numbers: int | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether more than 1 % of the rows have another label, probability or number."""
        return self.wrong_rows > _MAX_WRONG_ROWS * self.rows

    @property
    def wrong_rows(self) -> int:
        """Number of rows with another label or, if that is more, with another number."""
        return max(self.differing_labels or 0, self.differing_numbers or 0)

    @property
    def is_small(self) -> bool:
        """Whether the labels are equal and the numbers differ only in the digits of float32."""
        relative = self.max_relative_difference or 0.0
        share = self.max_probability_difference or 0.0
        return not self.wrong_rows and relative <= _MAX_RELATIVE and share <= _MAX_SHARE

    @property
    def order(self) -> tuple[float, float, float, float]:
        """Key that sorts the smallest difference first."""
        return (
            self.differing_labels or 0,
            self.differing_numbers or 0,
            self.max_probability_difference or 0.0,
            self.max_difference or 0.0,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the values that were measured."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def sentence(self) -> str:
        """Return the differences in words.

        Examples
        --------
        >>> Difference(1005, 5, 2, 0.25).sentence()
        'On 1,005 rows, 2 labels differ; the largest difference of a probability is 0.25.'
        """
        parts = []
        if self.differing_labels is not None:
            one = self.differing_labels == 1
            parts.append(
                "all labels are equal"
                if not self.differing_labels
                else f"{self.differing_labels:,} {'label differs' if one else 'labels differ'}"
            )
        if self.max_probability_difference is not None:
            value = self.max_probability_difference
            parts.append(f"the largest difference of a probability is {value:.2g}")
        if self.max_difference is not None:
            if count := self.differing_numbers:
                verb = "prediction differs" if count == 1 else "predictions differ"
                parts.append(f"{count:,} {verb} by more than 1 % of their range")
            parts.append(f"the largest difference of a prediction is {self.max_difference:.2g}")
        return f"On {self.rows:,} rows, {'; '.join(parts)}."


def read_report(folder: Path) -> Difference | None:
    """Return the differences in the report of an exported folder, or None without a report.

    Parameters
    ----------
    folder : Path
        The folder that `write_onnx` wrote.
    """
    path = folder / REPORT_FILE
    if not path.is_file():
        return None
    return Difference(**json.loads(path.read_bytes())["compared"])


def model_answers(model: Any, rows: ComparedRows, form: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the predictions and probabilities of a model.

    Parameters
    ----------
    model : object
        The model.
    rows : ComparedRows
        Rows.
    form : mapping
        Container and dtypes of the training data.
    """
    return outputs(model, assemble(rows.columns, form), form)


def difference(rows: ComparedRows, ours: tuple[Any, Any], theirs: list[Any]) -> Difference:
    """Return the largest differences of the outputs of ONNX and the answers of a model.

    Parameters
    ----------
    rows : ComparedRows
        Rows.
    ours : tuple
        Result of `model_answers`.
    theirs : list of ndarray
        Outputs of `OnnxModel.predict`.

    Raises
    ------
    ValueError
        If the outputs have another shape.
    """
    import numpy as np

    predicted, shares = ours
    count = len(predicted)
    found = np.asarray(theirs[0])
    if found.size != predicted.size:
        raise ValueError(f"its output has {found.size} values instead of {predicted.size}")
    found = found.reshape(predicted.shape)
    if shares is None and predicted.dtype.kind == "f":
        gaps = _gaps(found, predicted)
        known = predicted[np.isfinite(predicted)]
        gap, scale = float(gaps.max(initial=0.0)), float(np.abs(known).max(initial=0.0)) or 1.0
        # Of dates and other large numbers, the differences matter.
        spread = float(np.ptp(known)) if known.size else 0.0
        return Difference(
            count,
            rows.n_stored,
            max_difference=gap,
            max_relative_difference=gap / scale,
            differing_numbers=_wrong_rows(gaps / (spread or scale)),
        )
    differing = _differ(found, predicted).reshape(count, -1).any(axis=1)
    if shares is None:
        return Difference(count, rows.n_stored, int(differing.sum()))
    gaps = _gaps(np.asarray(theirs[1]), shares)
    return Difference(
        count,
        rows.n_stored,
        int(differing.sum()),
        float(gaps.max(initial=0.0)),
        differing_numbers=_wrong_rows(gaps),
    )


def _differ(found: Any, labels: Any) -> Any:
    """Return which labels differ; ONNX has integers for booleans and whole floats."""
    numbers = "biuf"
    if found.dtype.kind in numbers and labels.dtype.kind in numbers:
        return found.astype(float) != labels.astype(float)
    return found.astype(str) != labels.astype(str)


def _gaps(found: Any, wanted: Any) -> Any:
    """Return the absolute differences; 0.0 where both are infinite or missing."""
    import numpy as np

    if (np.isfinite(found) != np.isfinite(wanted)).any():
        raise ValueError("it returns infinite or missing numbers where the model returns others")
    gaps = np.zeros(wanted.shape)
    known = np.isfinite(wanted)
    gaps[known] = np.abs(found[known] - wanted[known])
    return gaps


def _wrong_rows(gaps: Any) -> int:
    return int((gaps > _WRONG).reshape(len(gaps), -1).any(axis=1).sum())
