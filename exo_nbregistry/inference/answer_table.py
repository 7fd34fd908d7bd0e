"""Tables of rows as CSV, and the columns of their answers.

Serving and the exported predict.py use this file, so that both write the same table. An export has
a copy of it, so it imports only NumPy and the files beside it.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from exo_nbregistry.inference.input_columns import BOOLEAN, NUMERIC, InputColumn
from exo_nbregistry.inference.row_answers import Answers

_BOOLEANS = {"true": True, "false": False}
_NO_NUMBER = {"", "nan", "na", "n/a", "<na>", "null", "none"}
_NEVER_NAN = {str, int, bool, type(None)}
_COMMENT = "#"
# A spreadsheet evaluates text that starts with one of these, also in their wide forms.
_FORMULA = re.compile("'*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]")
_AS_NUMBER = re.compile(r"[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-](inf|nan)", re.I | re.A)
MAX_NAMES = 20


class Table(NamedTuple):
    """A table that was read from CSV.

    Attributes
    ----------
    header : list of str
        Column names.
    cells : list of list of str
        The lines, each with one cell per column; empty cells where a line is too short.
    reasons : dict of int to str
        Lines with another number of cells.
    """

    header: list[str]
    cells: list[list[str]]
    reasons: dict[int, str]

    def columns(self) -> dict[str, list[str]]:
        """Return the cells by column."""
        if not self.cells:
            return {name: [] for name in self.header}
        return dict(zip(self.header, map(list, zip(*self.cells, strict=True)), strict=True))


def read_csv(text: str) -> Table:
    r"""Read CSV: comments, column names, and one line for each row.

    Lines before the column names that begin with ``#`` are skipped, such as the description at the
    top of a table of the NASA Exoplanet Archive. So are later ones with another number of cells.
    The ``'`` that `write_csv` puts before a text such as ``=1+1`` is removed.

    Parameters
    ----------
    text : str
        The CSV.

    Raises
    ------
    csv.Error
        If a cell is not closed, or the columns are separated by semicolons or tabs.

    Examples
    --------
    >>> read_csv("# NASA archive\nkepid,koi_depth\n7,100\n")
    Table(header=['kepid', 'koi_depth'], cells=[['7', '100']], reasons={})
    """
    body = text[_after_comments(text) :]
    lines = [line for line in csv.reader(io.StringIO(body, newline=""), strict=True) if line]
    if "'" in body:
        lines = [[*map(plain_cell, line)] for line in lines]
    header, rows = (lines[0], lines[1:]) if lines else ([], [])
    _refuse_separators(header)
    return make_table(header, rows)


def make_table(header: list[str], rows: list[list[str]]) -> Table:
    """Return a table of lines; a line of another length is filled or cut, and has a reason."""
    width = len(header)
    rows = [row for row in rows if len(row) == width or not row[0].startswith(_COMMENT)]
    reasons = {
        number: f"has {len(row)} cells, but the table has {width} columns"
        for number, row in enumerate(rows)
        if len(row) != width
    }
    for number in reasons:
        rows[number] = (rows[number] + [""] * width)[:width]
    return Table(header, rows, reasons)


def _refuse_separators(header: Sequence[str]) -> None:
    other = next((one for one in ";\t|" if len(header) == 1 and one in header[0]), None)
    if other is not None:
        raise csv.Error(f"separate the columns with commas, not {other!r}")


def _after_comments(text: str) -> int:
    start = int(text.startswith("\ufeff"))
    while text.startswith((_COMMENT, "\n", "\r"), start):
        end = text.find("\n", start)
        start = len(text) if end < 0 else end + 1
    return start


def read_texts(cells: Sequence[str], column: InputColumn) -> Any:
    """Return the cells of a column as its kind; a cell of another kind stays text.

    An empty cell is a missing value; NaN, NA and null are too in a column of numbers.
    """
    if column.kind in NUMERIC:
        return _numbers(cells)
    read = _boolean if column.kind == BOOLEAN else _text
    return [read(cell) for cell in cells]


def _numbers(cells: Sequence[str]) -> Any:
    import numpy as np

    # Only Python reads 1_000 as a number.
    if "_" not in "".join(cells):
        try:
            found = np.array([cell or "nan" for cell in cells], dtype=np.float64)
        except ValueError:
            pass
        else:
            return found
    return [_number(cell) for cell in cells]


def _number(cell: str) -> Any:
    text = cell.strip()
    if text.lower() in _NO_NUMBER:
        return None
    if "_" in text:
        return cell
    try:
        number = float(text)
    except ValueError:
        return cell
    return None if math.isnan(number) else number


def _text(cell: str) -> Any:
    return cell or None


def _boolean(cell: str) -> Any:
    return _BOOLEANS.get(cell.lower(), cell) if cell else None


def answer_columns(
    answers: Answers, passed: Mapping[str, Any], version: str | None
) -> dict[str, Any]:
    """Return the columns of the answers to a table.

    Parameters
    ----------
    answers : Answers
        The answers.
    passed : mapping of str to sequence
        Columns that the model does not use, which are returned first. A name that the answers use
        too gets the prefix ``input_``.
    version : str or None
        The version that predicted.

    Returns
    -------
    dict of str to sequence
        The passed columns, ``prediction`` (or ``prediction_0``, ...  for several outputs),
        ``probability`` of the prediction, ``model_probability`` if the probability is calibrated,
        ``probability_<class>``, ``status``, ``outside``, ``problems`` and ``version``.
    """
    found = _predictions(answers.labels)
    if answers.shares is not None:
        found["probability"] = answers.of_labels(answers.shares)
        if answers.model_shares is not None:
            found["model_probability"] = answers.of_labels(answers.model_shares)
        for place, label in enumerate(answers.classes):
            found[f"probability_{label}"] = answers.shares[:, place]
    rows = answers.checked.rows
    found["status"] = answers.statuses
    outside, problems = [""] * rows, [""] * rows
    for row in answers.checked.flagged():
        outside[row] = some_names(answers.checked.outside(row), " ")
        problems[row] = problem_text(answers, row)
    found["outside"], found["problems"] = outside, problems
    if version is not None:
        found["version"] = [version] * rows
    return {_free_name(name, found, passed): values for name, values in passed.items()} | found


def _predictions(labels: list[Any]) -> dict[str, Any]:
    width = max((len(label) for label in labels if isinstance(label, list)), default=0)
    if not width:
        return {"prediction": labels}
    return {
        f"prediction_{place}": [None if label is None else label[place] for label in labels]
        for place in range(width)
    }


def _free_name(name: str, taken: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    free = name
    while free in taken or (free != name and free in others):
        free = f"input_{free}"
    return free


def some_names(names: Sequence[str], separator: str = ", ", limit: int = MAX_NAMES) -> str:
    """Return the first names and the number of the others."""
    others = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return separator.join(names[:limit]) + others


def problem_text(answers: Answers, row: int) -> str:
    """Return the problems of a row as text: at most five, and the number of the others."""
    texts = [str(problem) for problem in answers.problems(row)]
    others = answers.checked.count(row) - len(texts)
    return "; ".join(texts) + (f"; and {others:,} more" if others > 0 else "")


def safe_cell(cell: Any) -> Any:
    """Return a cell with ``'`` before a text that a spreadsheet would evaluate.

    Numbers do not change, also as text. `plain_cell` returns the text again.

    Examples
    --------
    >>> [safe_cell(cell) for cell in ("=1+1", "-0.5", -0.5, "a=b")]
    ["'=1+1", '-0.5', -0.5, 'a=b']
    """
    is_formula = isinstance(cell, str) and _FORMULA.match(cell) and not _AS_NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def plain_cell(cell: str) -> str:
    """Return the text that `safe_cell` received.

    Examples
    --------
    >>> plain_cell("'=1+1"), plain_cell("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write_csv(columns: Mapping[str, Any], write: Callable[[str], object]) -> None:
    """Write columns as CSV; None and NaN are empty cells, and no text is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(_Lines(text), lineterminator="\r\n")
    writer.writerow(map(safe_cell, columns))
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    write(text.getvalue())


class _Lines:
    """Ends lines with a line feed only, although cells with a carriage return are quoted too."""

    def __init__(self, text: io.StringIO) -> None:
        self._text = text

    def write(self, line: str, /) -> int:
        return self._text.write(f"{line[:-2]}\n")


def _cells(values: Any) -> list[Any]:
    """Return a column as plain values, with None for NaN."""
    cells = values.tolist() if hasattr(values, "tolist") else list(values)
    kinds = set(map(type, cells))
    if not kinds <= _NEVER_NAN:
        cells = [None if cell != cell else cell for cell in cells]
    return [*map(safe_cell, cells)] if str in kinds else cells


def summary(answers: Answers) -> str:
    """Return how many rows have each status, as a sentence; empty if all are ok."""
    counts = {
        status: answers.statuses.count(status) for status in ("ok", "outside", "missing", "invalid")
    }
    if counts["ok"] == len(answers.labels):
        return ""
    predicted = sum(label is not None for label in answers.labels)
    shown = ", ".join(f"{number:,} {status}" for status, number in counts.items() if number)
    return f"{shown}; {predicted:,} of {len(answers.labels):,} have a prediction"
