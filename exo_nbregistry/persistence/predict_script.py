"""Predict with the model in this folder: ``python predict.py in.csv out.csv``.

Needs the packages of requirements.txt and nothing else.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NUMERIC = ("int", "uint", "float", "bool")
FACTS = {"sha256", "columns", "n_features", "classes"}


class InputError(Exception):
    """Something is wrong with what was given; the message says what, in one sentence."""


def load_model() -> tuple[Any, dict[str, Any]]:
    """Load the model if it is the file that was exported; return it with its facts."""
    try:
        info = json.loads((HERE / "model_info.json").read_bytes())
        data = (HERE / "model.joblib").read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"This folder is not whole, copy it again: {first_line(error)}") from None
    if not isinstance(info, dict) or not info.keys() >= FACTS:
        raise InputError(
            "model_info.json is not the file that was exported: copy the folder again."
        )
    if hashlib.sha256(data).hexdigest() != info["sha256"]:
        raise InputError(
            "model.joblib is not the file that was exported, its sha256 is not the one in "
            "model_info.json: copy the folder again."
        )
    import joblib

    try:
        return joblib.load(io.BytesIO(data)), info
    except ImportError:
        raise
    except Exception as error:  # other releases may fail in any way
        raise InputError(
            "model.joblib cannot be read by the packages that are installed here, run "
            f"pip install -r requirements.txt: {first_line(error)}"
        ) from error


def is_text(column: dict[str, Any]) -> bool:
    """Say whether a column of the model holds text."""
    return not (column.get("dtype") or "float").lower().startswith(NUMERIC)


def read_table(source: Any, info: dict[str, Any]) -> Any:
    """Read a CSV; columns that hold text for the model stay text."""
    import pandas as pd

    texts: Any = {column["name"]: str for column in info["columns"] or [] if is_text(column)}
    try:
        with warnings.catch_warnings():
            # Values beyond the heading would become an index, and move the others aside.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(source, dtype=texts, index_col=False)
    except FileNotFoundError:
        raise InputError(f"There is no file {source}.") from None
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise InputError(f"{source} cannot be read as CSV: {first_line(error)}") from None


def select(table: Any, info: dict[str, Any]) -> Any:
    """Return the model's columns in the model's order."""
    columns = info["columns"]
    if columns is None:
        columns = [{"name": name} for name in table.columns]
        if info["n_features"] not in (None, len(columns)):
            raise InputError(
                f"The model takes {info['n_features']} columns and the table has {len(columns)}."
            )
    names = [column["name"] for column in columns]
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise InputError(f"The table lacks the columns {', '.join(missing)}.")
    unexpected = [str(name) for name in table.columns if name not in set(names)]
    if unexpected:
        sys.stderr.write(f"Note: ignored the columns {', '.join(unexpected)}.\n")
    if len(table) == 0:
        raise InputError("The table has no rows.")
    chosen = table[names].copy()
    for column in columns:
        chosen[column["name"]] = convert(chosen[column["name"]], column)
    return chosen


def convert(values: Any, column: dict[str, Any]) -> Any:
    """Return a column as the model knows it, or name the first value that is no number."""
    import pandas as pd

    if is_text(column):
        return values.astype("category") if column["dtype"] == "category" else values
    numbers = pd.to_numeric(values, errors="coerce")
    bad = numbers.isna() & values.notna()
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise InputError(
            f"The column {column['name']} must hold numbers, and data row {row + 1} holds "
            f"{values.iloc[row]!r}."
        )
    return numbers


def predict(model: Any, info: dict[str, Any], table: Any) -> Any:
    """Return predictions, with class probabilities where the model gives them."""
    import pandas as pd

    chosen = select(table, info)
    data = chosen if hasattr(model, "feature_names_in_") else chosen.to_numpy()
    try:
        predicted = model.predict(data)
        probable = model.predict_proba(data) if hasattr(model, "predict_proba") else None
    except Exception as error:  # each model refuses in its own way
        raise InputError(f"The model refuses the table: {first_line(error)}") from error
    if getattr(predicted, "ndim", 1) > 1:
        columns = {f"prediction_{i}": predicted[:, i] for i in range(predicted.shape[1])}
    else:
        columns = {"prediction": predicted}
    if probable is not None and getattr(probable, "ndim", 0) == 2 and info["classes"]:
        for i, label in enumerate(info["classes"]):
            columns[f"probability_{label}"] = probable[:, i]
    return pd.DataFrame(columns)


def first_line(error: Exception) -> str:
    """Return the first line of an error's message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def main(arguments: list[str]) -> int:
    """Read a CSV, predict, write a CSV; return the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("Usage: python predict.py in.csv out.csv\n")
        return 2
    try:
        model, info = load_model()
        result = predict(model, info, read_table(arguments[0], info))
        result.to_csv(arguments[1], index=False)
    except ImportError as error:
        hint = "run pip install -r requirements.txt, or put the module's file into this folder"
        sys.stderr.write(f"predict.py: {first_line(error)}: {hint}.\n")
        return 2
    except (InputError, OSError) as error:
        sys.stderr.write(f"predict.py: {error}\n")
        return 2
    sys.stderr.write(f"Wrote {len(result)} predictions to {arguments[1]}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
