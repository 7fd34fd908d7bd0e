"""Rows and predictions as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exo_nbregistry.serve.inference import Prediction
from exo_nbregistry.serve.json_route import check_names
from exo_nbregistry.serve.problems import RequestError
from exo_nbregistry.serve.table_check import BOOLEAN, NUMBER, WHOLE

_BOOLEANS = {"true": True, "false": False}


def parse_csv(
    body: bytes, kinds: Mapping[str, str | None], *, max_rows: int, max_names: int
) -> list[dict[str, Any]]:
    r"""Return the rows of a CSV body; an empty cell is a missing value.

    Parameters
    ----------
    body : bytes
        CSV in UTF-8, with column names in its first line.
    kinds : mapping of str to str
        For each column its kind. A cell that is not of that kind stays text, so that validation
        reports it.
    max_rows : int
        Largest number of rows.
    max_names : int
        Largest number of column names.

    Returns
    -------
    list of dict
        One for each line after the first.

    Raises
    ------
    RequestError
        If it is not CSV, has too many rows, or rows of different lengths.

    Examples
    --------
    >>> kinds = {"koi_depth": "number", "koi_teq": "number"}
    >>> parse_csv(b"koi_depth,koi_teq\n100.5,\ndeep,7\n", kinds, max_rows=9, max_names=9)
    [{'koi_depth': 100.5, 'koi_teq': None}, {'koi_depth': 'deep', 'koi_teq': 7.0}]
    """
    try:
        text = body.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RequestError(400, "body", f"is not valid CSV in UTF-8: {error}") from None
    header, rows = (lines[0], lines[1:]) if lines else ([], [])
    check_names(header, max_names)
    check_length(rows, max_rows)
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            reason = f"has {len(row)} cells in row {number}, but {len(header)} column names"
            raise RequestError(400, "body", f"{reason}; send the same number")
    readers = [_READERS.get(kinds.get(name), _text) for name in header]
    return [
        {name: read(cell) for name, read, cell in zip(header, readers, row, strict=True)}
        for row in rows
    ]


def check_length(rows: Sequence[Any], max_rows: int) -> None:
    """Raise RequestError if there are too many rows."""
    if len(rows) > max_rows:
        raise RequestError(413, "body", f"has {len(rows)} rows; send at most {max_rows}")


def predictions_to_csv(predictions: Sequence[Prediction]) -> str:
    """Return predictions as CSV, one line for each."""
    classes = list(predictions[0].probabilities)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["prediction", *(f"probability_{label}" for label in classes), "outside", "version"]
    )
    writer.writerows(
        [
            prediction.label,
            *(prediction.probabilities[label] for label in classes),
            " ".join(prediction.outside),
            prediction.version,
        ]
        for prediction in predictions
    )
    return text.getvalue()


def _text(cell: str) -> Any:
    return cell or None


def _boolean(cell: str) -> Any:
    return _BOOLEANS.get(cell.lower(), cell) if cell else None


def _number(cell: str) -> Any:
    # Only Python reads 1_000 as a number.
    if not cell or "_" in cell:
        return cell or None
    try:
        number = float(cell)
    except ValueError:
        return cell
    return None if math.isnan(number) else number


_READERS: dict[str | None, Callable[[str], Any]] = {
    NUMBER: _number,
    WHOLE: _number,
    BOOLEAN: _boolean,
}
