"""Predict with the model in this folder: ``python predict.py in.csv out.csv [--strict]``.

Each row is answered by itself. Requires only the packages in requirements.txt.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sys
import zlib
from pathlib import Path
from typing import Any

from exo_nbregistry.inference.answer_table import (
    Table,
    answer_columns,
    read_csv,
    read_texts,
    some_names,
    summary,
    write_csv,
)
from exo_nbregistry.inference.input_columns import BOOLEAN, NUMERIC, kind_of
from exo_nbregistry.inference.row_answers import Answers, RowAnswers
from exo_nbregistry.inference.row_check import RowCheck
from exo_nbregistry.inference.row_run import first_line

HERE = Path(__file__).resolve().parent
MAX_SHOWN = 5
FACTS = {"sha256", "columns", "n_features", "classes"}


class InputError(Exception):
    """An error in the input, with a message of one sentence."""


def load_model(
    folder: Path | None = None, file: str = "model.joblib"
) -> tuple[Any, dict[str, Any]]:
    """Return the model and its facts, if the model is the exported file."""
    folder = folder or HERE
    try:
        info = json.loads((folder / "model_info.json").read_bytes())
        data = (folder / file).read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"This folder is incomplete; copy it again: {first_line(error)}") from None
    if not isinstance(info, dict) or not info.keys() >= FACTS:
        raise InputError("model_info.json was changed after the export; copy the folder again.")
    if hashlib.sha256(data).hexdigest() != info["sha256"]:
        raise InputError(
            f"{file} was changed after the export: its sha256 differs from model_info.json. "
            "Copy the folder again."
        )
    require_python(info.get("code"), info.get("sources"))
    import joblib

    try:
        return joblib.load(io.BytesIO(data)), info
    except ModuleNotFoundError as error:
        raise InputError(missing_module(error, info)) from error
    except Exception as error:  # other package versions may raise any error
        raise InputError(
            f"The installed packages cannot read {file}; run "
            f"pip install -r requirements.txt: {first_line(error)}"
        ) from error


def require_python(code: Any, sources: str | None) -> None:
    """Check that this Python can load the code that the model carries; another one may crash."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if isinstance(code, dict) and code.get("python") != here:
        again = f"fit the model again with the code in {sources}" if sources else "fit it again"
        raise InputError(
            f"The model carries its own code for Python {code.get('python')}, which Python {here} "
            f"cannot load. Run this folder with Python {code.get('python')}, or {again}."
        )


def missing_module(error: ModuleNotFoundError, info: dict[str, Any]) -> str:
    """Return the remedy for a missing module."""
    file = (info.get("local_files") or {}).get((error.name or "").partition(".")[0])
    if file:
        return f"{first_line(error)}: it is a local file of the author; copy {file} to this folder."
    return f"{first_line(error)}: run pip install -r requirements.txt."


def is_text(column: dict[str, Any]) -> bool:
    """Return whether a column of the model contains text."""
    return kind_of(column.get("dtype")) not in (*NUMERIC, BOOLEAN)


def read_table(source: Any) -> Table:
    """Read a CSV file, or an open one; a name that ends in .gz is a compressed file."""
    try:
        if hasattr(source, "read"):
            return read_csv(source.read())
        with open_text(source) as file:
            return read_csv(file.read())
    except FileNotFoundError:
        raise InputError(f"The file {source} does not exist.") from None
    except (OSError, EOFError, ValueError, csv.Error, zlib.error) as error:
        raise InputError(f"Cannot read {source} as CSV: {first_line(error)}") from None


def open_text(path: str) -> Any:
    """Open a text file, which may be compressed."""
    if str(path).endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return Path(path).open(encoding="utf-8", newline="")


def predict(model: Any, info: dict[str, Any], table: Any, *, strict: bool = False) -> Any:
    """Return a table of the answers to a table: predictions, probabilities and status.

    `table` is the result of `read_table` or a frame. With strict, raise InputError if a row is
    not as in the training data.
    """
    import pandas as pd

    answers, passed = answer(model, info, table, strict=strict)
    return pd.DataFrame(answer_columns(answers, passed, info.get("version")))


def answer(
    model: Any, info: dict[str, Any], table: Any, *, strict: bool = False
) -> tuple[Answers, dict[str, Any]]:
    """Return the answers to a table, and the columns that the model does not use."""
    given, reasons = read_columns(table)
    columns = model_columns(info, list(given))
    predictor = row_answers(model, info, columns)
    checked = check_columns(predictor.check, given, reasons, is_text=isinstance(table, Table))
    known = set(predictor.check.names)
    answers = strict_answers(predictor, checked) if strict else predictor.answer(checked)
    if checked.absent_columns and all(label is None for label in answers.labels):
        raise missing_columns(checked.absent_columns)
    return answers, {name: values for name, values in given.items() if name not in known}


def missing_columns(names: list[str]) -> InputError:
    """Return the error of a table without columns that the model requires."""
    return InputError(f"Missing columns in the table: {some_names(names, limit=MAX_SHOWN)}.")


def check_columns(
    check: RowCheck, given: dict[str, Any], reasons: dict[int, str], *, is_text: bool
) -> Any:
    """Return the checked columns of a table; the cells of a CSV file are text."""
    rows = len(next(iter(given.values()), ()))
    if not rows:
        raise InputError("The table is empty.")
    typed = {
        column.name: read_texts(given[column.name], column) if is_text else given[column.name]
        for column in check.columns
        if column.name in given
    }
    return check(typed, rows=rows, reasons=reasons)


def read_columns(table: Any) -> tuple[dict[str, Any], dict[int, str]]:
    """Return the values of a table by column, and the rows that cannot be read."""
    if not isinstance(table, Table):
        return {str(name): table[name] for name in table.columns}, {}
    if len(set(table.header)) < len(table.header):
        twice = {repr(name): 0 for name in table.header if table.header.count(name) > 1}
        names = some_names(list(twice), limit=MAX_SHOWN)
        raise InputError(
            f"Several columns of the table have the same name: {names}; rename them. The first "
            "line must have the names of the columns."
        )
    if not table.header:
        raise InputError("The table is empty.")
    return table.columns(), table.reasons


def model_columns(info: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Return the columns of the model; those of the table if it does not know their names."""
    if info["columns"] is not None:
        columns: list[dict[str, Any]] = info["columns"]
        return columns
    if info["n_features"] not in (None, len(names)):
        raise InputError(f"The model requires {info['n_features']} columns, got {len(names)}.")
    return [{"name": name} for name in names]


def row_answers(model: Any, info: dict[str, Any], columns: list[dict[str, Any]]) -> RowAnswers:
    """Return the object that answers rows: the model, its columns, threshold and calibration."""
    classes: Any = getattr(model, "classes_", None)
    if hasattr(classes, "tolist"):
        labels = classes.tolist()
    else:
        # A list has the classes of several outputs; a native model has none of its own.
        native = (info.get("input") or {}).get("classes") or info["classes"]
        labels = [] if isinstance(classes, list) else native
    decision = None
    if info.get("threshold") is not None:
        decision = {"threshold": info["threshold"], "positive": info["positive"]}
    form = info.get("input") or {"container": "frame"}
    return RowAnswers(model, columns, form, labels or [], decision, info.get("calibration"))


def strict_answers(predictor: RowAnswers, checked: Any) -> Answers:
    """Return the answers; raise InputError if a row is not as in the training data."""
    if checked.absent_columns:
        raise missing_columns(checked.absent_columns)
    flagged = checked.flagged()
    if flagged:
        texts = [f"data row {row + 1}: {checked.problems(row)[0]}" for row in flagged[:MAX_SHOWN]]
        others = f" and {len(flagged) - MAX_SHOWN:,} more" if len(flagged) > MAX_SHOWN else ""
        raise InputError(f"Rows are not as in the training data: {'; '.join(texts)}{others}.")
    try:
        labels, shares = predictor.call(checked.by_column())
    except Exception as error:  # a model may raise any error
        raise InputError(f"The model rejects the table: {first_line(error)}") from error
    return Answers(predictor, checked, labels.tolist(), shares)


def closing_line(answers: Answers, info: dict[str, Any], path: str) -> str:
    """Return the message about the file that was written."""
    counts = summary(answers)
    number = len(answers.labels)
    if counts:
        text = f"Wrote {number} row{'s' * (number != 1)} to {path}: {counts}."
    else:
        text = f"Wrote {number} predictions to {path}."
    if info.get("threshold") is not None:
        label = info["classes"][info["positive"]]
        text += f" {label} is predicted from a score of {info['threshold']:g}."
    return text


def main(arguments: list[str]) -> int:
    """Predict a CSV file, write the result to another and return the exit code."""
    strict = "--strict" in arguments
    names = [argument for argument in arguments if argument != "--strict"]
    if len(names) != 2 or any(name.startswith("--") for name in names):
        sys.stderr.write("Usage: python predict.py in.csv out.csv [--strict]\n")
        return 2
    try:
        model, info = load_model()
        answers, passed = answer(model, info, read_table(names[0]), strict=strict)
        with Path(names[1]).open("w", encoding="utf-8", newline="") as file:
            write_csv(answer_columns(answers, passed, info.get("version")), file.write)
    except ImportError as error:
        hint = "run pip install -r requirements.txt"
        sys.stderr.write(f"predict.py: {first_line(error)}: {hint}.\n")
        return 2
    except (InputError, OSError) as error:
        sys.stderr.write(f"predict.py: {error}\n")
        return 2
    sys.stderr.write(f"{closing_line(answers, info, names[1])}\n")
    return 2 if all(label is None for label in answers.labels) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
