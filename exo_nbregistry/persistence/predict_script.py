"""Predict with the model in this folder: ``python predict.py in.csv out.csv``.

Requires only the packages in requirements.txt.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from exo_nbregistry.inference.model_input import assemble, outputs

HERE = Path(__file__).resolve().parent
NUMERIC = ("int", "uint", "float", "bool")
FACTS = {"sha256", "columns", "n_features", "classes"}


class InputError(Exception):
    """An error in the input, with a message of one sentence."""


def load_model() -> tuple[Any, dict[str, Any]]:
    """Return the model and its facts, if the model is the exported file."""
    try:
        info = json.loads((HERE / "model_info.json").read_bytes())
        data = (HERE / "model.joblib").read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"This folder is incomplete; copy it again: {first_line(error)}") from None
    if not isinstance(info, dict) or not info.keys() >= FACTS:
        raise InputError("model_info.json was changed after the export; copy the folder again.")
    if hashlib.sha256(data).hexdigest() != info["sha256"]:
        raise InputError(
            "model.joblib was changed after the export: its sha256 differs from model_info.json. "
            "Copy the folder again."
        )
    require_python(info.get("code"))
    import joblib

    try:
        return joblib.load(io.BytesIO(data)), info
    except ModuleNotFoundError as error:
        raise InputError(missing_module(error, info)) from error
    except Exception as error:  # other package versions may raise any error
        raise InputError(
            "The installed packages cannot read model.joblib; run "
            f"pip install -r requirements.txt: {first_line(error)}"
        ) from error


def require_python(code: Any) -> None:
    """Check that this Python can load the code that the model carries; another one may crash."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if isinstance(code, dict) and code.get("python") != here:
        raise InputError(
            f"The model carries its own code for Python {code.get('python')}, which Python {here} "
            f"cannot load. Run this folder with Python {code.get('python')}, or fit the model "
            "again with the code in sources.py."
        )


def missing_module(error: ModuleNotFoundError, info: dict[str, Any]) -> str:
    """Return the remedy for a missing module."""
    file = (info.get("local_files") or {}).get((error.name or "").partition(".")[0])
    if file:
        return f"{first_line(error)}: it is a local file of the author; copy {file} to this folder."
    return f"{first_line(error)}: run pip install -r requirements.txt."


def list_names(names: list[str]) -> str:
    """Return at most five names and the number of the others."""
    others = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + others


def is_text(column: dict[str, Any]) -> bool:
    """Return whether a column of the model contains text."""
    return not (column.get("dtype") or "float").lower().startswith(NUMERIC)


def read_table(source: Any, info: dict[str, Any]) -> Any:
    """Read a CSV file; text columns of the model remain text."""
    import pandas as pd

    texts: Any = {column["name"]: str for column in info["columns"] or [] if is_text(column)}
    try:
        with warnings.catch_warnings():
            # Without this, additional values in a row would become an index and shift the others.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(source, dtype=texts, index_col=False)
    except FileNotFoundError:
        raise InputError(f"The file {source} does not exist.") from None
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise InputError(f"Cannot read {source} as CSV: {first_line(error)}") from None


def select(table: Any, info: dict[str, Any]) -> Any:
    """Return the columns of the model, in its order."""
    columns = info["columns"]
    if columns is None:
        columns = [{"name": name} for name in table.columns]
        if info["n_features"] not in (None, len(columns)):
            raise InputError(
                f"The model requires {info['n_features']} columns, got {len(columns)}."
            )
    names = [column["name"] for column in columns]
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise InputError(f"Missing columns in the table: {list_names(missing)}.")
    unexpected = [str(name) for name in table.columns if name not in set(names)]
    if unexpected:
        sys.stderr.write(f"Note: ignored unknown columns: {list_names(unexpected)}.\n")
    if len(table) == 0:
        raise InputError("The table is empty.")
    chosen = table[names].copy()
    for column in columns:
        chosen[column["name"]] = convert(chosen[column["name"]], column)
    return chosen


def convert(values: Any, column: dict[str, Any]) -> Any:
    """Return a column with the type of the model; raise InputError for a non-numeric value."""
    import pandas as pd

    dtype = column.get("dtype") or ""
    try:
        if dtype == "category":
            return categories(values, column.get("categories"))
        if dtype.startswith("datetime64"):
            return pd.to_datetime(values, format="ISO8601", utc="," in dtype).astype(dtype)
        if dtype.startswith("timedelta64"):
            return pd.to_timedelta(values).astype(dtype)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The column {column['name']} must be {dtype}: {first_line(error)}"
        ) from None
    if is_text(column):
        return values
    numbers = pd.to_numeric(values, errors="coerce")
    bad = numbers.isna() & values.notna()
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise InputError(
            f"The column {column['name']} must be numeric, got {values.iloc[row]!r} in data row "
            f"{row + 1}."
        )
    return numbers


def categories(values: Any, known: list[Any] | None) -> Any:
    """Return a categorical column with the categories of the training data."""
    import pandas as pd

    if known is None:
        return values.astype("category")
    by_text = {str(label): label for label in known}
    return pd.Categorical([by_text.get(text, text) for text in values], categories=known)


def predict(model: Any, info: dict[str, Any], table: Any) -> Any:
    """Return predictions, with class probabilities if the model supports them."""
    import pandas as pd

    chosen, form = select(table, info), info.get("input") or {}
    try:
        data = assemble({str(name): chosen[name] for name in chosen.columns}, form)
        predicted, probable = outputs(model, data, form)
    except Exception as error:  # a model may raise any error
        raise InputError(f"The model rejects the table: {first_line(error)}") from error
    if info.get("threshold") is not None:
        predicted = decide(model, info, data, probable)
    if getattr(predicted, "ndim", 1) > 1:
        columns = {f"prediction_{i}": predicted[:, i] for i in range(predicted.shape[1])}
    else:
        columns = {"prediction": predicted}
    if probable is not None and info["classes"]:
        for i, label in enumerate(info["classes"]):
            columns[f"probability_{label}"] = probable[:, i]
    return pd.DataFrame(columns)


def decide(model: Any, info: dict[str, Any], data: Any, probable: Any) -> Any:
    """Return the labels at the threshold: of the probabilities, or of the decision function."""
    import numpy as np

    place, other = info["positive"], 1 - info["positive"]
    if probable is not None:
        positive = probable[:, place]
    else:
        positive = model.decision_function(data) * (1 if place else -1)
    classes = np.asarray((info.get("input") or {}).get("classes") or model.classes_)
    return np.where(positive >= info["threshold"], classes[place], classes[other])


def first_line(error: Exception) -> str:
    """Return the first line of an error message."""
    # Some libraries list each column of a table in their messages.
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


def main(arguments: list[str]) -> int:
    """Predict a CSV file, write the result to another and return the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("Usage: python predict.py in.csv out.csv\n")
        return 2
    try:
        model, info = load_model()
        result = predict(model, info, read_table(arguments[0], info))
        result.to_csv(arguments[1], index=False)
    except ImportError as error:
        hint = "run pip install -r requirements.txt"
        sys.stderr.write(f"predict.py: {first_line(error)}: {hint}.\n")
        return 2
    except (InputError, OSError) as error:
        sys.stderr.write(f"predict.py: {error}\n")
        return 2
    sys.stderr.write(f"Wrote {len(result)} predictions to {arguments[1]}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
