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
    """

    rows: int
    stored_rows: int
    differing_labels: int | None = None
    max_probability_difference: float | None = None
    max_difference: float | None = None
    max_relative_difference: float | None = None

    @property
    def is_small(self) -> bool:
        """Whether all labels are equal and the numbers differ only in the digits of float32."""
        relative = self.max_relative_difference or 0.0
        share = self.max_probability_difference or 0.0
        return not self.differing_labels and relative <= _MAX_RELATIVE and share <= _MAX_SHARE

    @property
    def order(self) -> tuple[float, float, float]:
        """Key that sorts the smallest difference first."""
        return (
            self.differing_labels or 0,
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
        gap = _largest_gap(found, predicted)
        scale = float(np.nanmax(np.abs(predicted), initial=0.0))
        relative = gap / scale if scale else gap
        return Difference(
            count, rows.n_stored, max_difference=gap, max_relative_difference=relative
        )
    differing = _differ(found, predicted).reshape(count, -1).any(axis=1)
    share = None if shares is None else _largest_gap(np.asarray(theirs[1]), shares)
    return Difference(count, rows.n_stored, int(differing.sum()), share)


def _differ(found: Any, labels: Any) -> Any:
    """Return which labels differ; ONNX has integers for booleans and whole floats."""
    numbers = "biuf"
    if found.dtype.kind in numbers and labels.dtype.kind in numbers:
        return found.astype(float) != labels.astype(float)
    return found.astype(str) != labels.astype(str)


def _largest_gap(found: Any, wanted: Any) -> float:
    import numpy as np

    if (np.isfinite(found) != np.isfinite(wanted)).any():
        raise ValueError("it returns infinite or missing numbers where the model returns others")
    known = np.isfinite(wanted)
    return float(np.max(np.abs(found[known] - wanted[known]), initial=0.0))
