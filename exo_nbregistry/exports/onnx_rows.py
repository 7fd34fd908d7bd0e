"""Rows on which a model and its ONNX file are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exo_nbregistry.exports.version import ExportedVersion
from exo_nbregistry.inference.input_columns import (
    BOOLEAN,
    CATEGORY,
    DATE,
    DURATION,
    NUMBER,
    NUMERIC,
    TEXT,
    VALUE,
    WHOLE,
    is_missing,
    kind_of,
)

_DRAWN = 1000
_MAX_CELLS = 10_000_000
_SEED = 0
# Values that ONNX has only as text.
TEXTS = (TEXT, CATEGORY, VALUE)


class ComparedRows(NamedTuple):
    """Rows by column.

    Attributes
    ----------
    columns : dict of str to list
        The values.
    kinds : dict of str to str
        Kind of the values of each column: ``number``, ``whole number``, ``boolean`` or ``text``.
    n_stored : int
        How many of the rows, from the first one, are in the stored example.
    """

    columns: dict[str, list[Any]]
    kinds: dict[str, str]
    n_stored: int


def compared_rows(version: ExportedVersion, info: Mapping[str, Any]) -> ComparedRows:
    """Return the rows of the stored example, and rows drawn from the ranges of the training data.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    info : mapping
        Result of `write_model_file`.

    Returns
    -------
    ComparedRows
        Equal for each export. Rows without a text are left out, because ONNX cannot have them.

    Raises
    ------
    SerializationError
        If there are neither stored rows nor ranges, or a column has values that ONNX does not
        have.
    """
    columns = info["columns"] or [{"name": f"x{n}"} for n in range(info["n_features"] or 0)]
    kinds = {str(column["name"]): _kind(version, column) for column in columns}
    stored = version.example.get("rows") or {}
    stored = stored if {*kinds} <= {*stored} else {}
    drawn = _draw(columns, kinds, stored)
    rows = {name: [*stored.get(name, ()), *drawn.get(name, ())] for name in kinds}
    texts = [name for name, kind in kinds.items() if kind == TEXT]
    count = len(next(iter(rows.values()), ()))
    kept = [n for n in range(count) if not any(is_missing(rows[name][n]) for name in texts)]
    if not kept:
        raise version.refusal(
            "ONNX",
            "its predictions cannot be compared, because the version has neither an input example "
            "nor the ranges of its columns. Register the model with X.",
        )
    n_stored = len(next(iter(stored.values()), ()))
    return ComparedRows(
        {name: [values[n] for n in kept] for name, values in rows.items()},
        kinds,
        sum(n < n_stored for n in kept),
    )


def _kind(version: ExportedVersion, column: Mapping[str, Any]) -> str:
    kind = kind_of(column.get("dtype"))
    if kind in (None, DATE, DURATION):
        raise version.refusal(
            "ONNX",
            f"ONNX does not have the type {column.get('dtype')} of the column {column['name']!r}. "
            "Fit the model on numbers or text.",
        )
    labels = column.get("categories")
    if kind == CATEGORY and labels and not all(isinstance(label, str) for label in labels):
        raise version.refusal(
            "ONNX",
            f"the categories of the column {column['name']!r} are not text. Fit the model on "
            "numbers or text.",
        )
    return TEXT if kind in TEXTS else str(kind)


def _draw(
    columns: Sequence[Mapping[str, Any]], kinds: Mapping[str, str], stored: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Return random rows in the ranges of the columns; none if a column has no known values."""
    import numpy as np

    rng = np.random.default_rng(_SEED)
    count = min(_DRAWN, _MAX_CELLS // max(1, len(columns)))
    found: dict[str, list[Any]] = {}
    for column in columns:
        name = str(column["name"])
        values = _values(rng, column, kinds[name], stored.get(name, ()), count)
        if values is None:
            return {}
        found[name] = values
    return found


def _values(
    rng: Any, column: Mapping[str, Any], kind: str, stored: Sequence[Any], count: int
) -> list[Any] | None:
    low, high = column.get("minimum"), column.get("maximum")
    if kind == BOOLEAN:
        drawn = rng.integers(0, 2, count).astype(bool)
    elif kind in NUMERIC and isinstance(low, int | float) and isinstance(high, int | float):
        if kind == NUMBER:
            drawn = low + (high - low) * rng.random(count)
        else:
            drawn = rng.integers(int(low), int(high), count, endpoint=True)
    else:
        known = [v for v in column.get("categories") or stored if not is_missing(v)]
        if not known or kind == WHOLE:
            return None
        return [known[place] for place in rng.integers(0, len(known), count)]
    listed: list[Any] = drawn.tolist()
    return listed
