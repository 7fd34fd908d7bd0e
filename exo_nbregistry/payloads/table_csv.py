"""A pandas table as CSV, with the types of its columns beside it."""

from __future__ import annotations

import csv
import io
from typing import Any

from exo_nbregistry.inference.answer_table import plain_cell, safe_cell
from exo_nbregistry.payloads.table_cells import format_cells, parse_cells
from exo_nbregistry.values.json_codec import decode, encode, to_plain


def write_csv(table: Any) -> tuple[bytes, dict[str, Any]]:
    """Return a DataFrame or Series as CSV, and the fields that `read_csv` needs.

    Users open the file in spreadsheets, so no text in it is a formula.
    """
    series = not hasattr(table, "columns")
    frame = table.to_frame("" if table.name is None else table.name) if series else table
    levels, index = _index(frame.index)
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    labels = None if series and table.name is None else [_label(name) for name in frame.columns]
    cells, forms = [], []
    for values in (*levels, *columns):
        texts, form = format_cells(values, values.name)
        cells.append(texts)
        forms.append(form)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")  # also quotes both characters
    names = [name if isinstance(name, str) else "" for name in index["names"]]
    writer.writerow(map(safe_cell, [*(names if levels else []), *map(str, frame.columns)]))
    safe = [[*map(safe_cell, texts)] for texts in cells]
    writer.writerows(zip(*safe, strict=True))
    form = {
        "series": series,
        "index": index | {"cells": forms[: len(levels)]},
        "columns": labels,
        "column_names": [_label(name) for name in frame.columns.names],
        "column_dtype": _index_dtype(frame.columns),
        "cells": forms[len(levels) :],
        "rows": len(frame),
    }
    if safe != cells:
        # Tables of earlier releases have no quotes to be removed.
        form["quoted_formulas"] = True
    return buffer.getvalue().encode(), form


def read_csv(data: bytes, form: dict[str, Any]) -> Any:
    """Return the table that `write_csv` wrote."""
    import pandas as pd

    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]
    n_levels, n_rows = len(form["index"]["cells"]), form["rows"]
    forms = [*form["index"]["cells"], *form["cells"]]
    if len(rows) != n_rows and forms:
        raise ValueError(f"{len(rows)} rows instead of {n_rows}")
    if form.get("quoted_formulas"):
        rows = [[*map(plain_cell, row)] for row in rows]
    columns = [
        parse_cells([row[i] for row in rows] if forms else [], item) for i, item in enumerate(forms)
    ]
    index = _read_index(form["index"], columns[:n_levels])
    frame = pd.DataFrame(dict(enumerate(columns[n_levels:])), index=range(n_rows))
    frame.index = index
    if form["series"]:
        found = frame.iloc[:, 0]
        found.name = None if form["columns"] is None else decode(form["columns"][0])
        return found
    frame.columns = _read_columns(form)
    return frame


def _label(value: Any) -> Any:
    return encode(to_plain(value, "column name"))


def _index_dtype(index: Any) -> str | None:
    return None if index.nlevels > 1 else str(index.dtype)


def _index(index: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the levels of an index as columns, and its form."""
    import pandas as pd

    names = [_label(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return [], {"names": names, "range": [index.start, index.stop, index.step]}
    levels = [index.get_level_values(i).to_series() for i in range(index.nlevels)]
    frequency = getattr(index, "freqstr", None)
    return levels, {
        "names": names,
        "multi": index.nlevels > 1 or isinstance(index, pd.MultiIndex),
        "frequency": frequency if isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) else None,
    }


def _read_index(form: dict[str, Any], levels: list[Any]) -> Any:
    import pandas as pd

    names = [decode(name) for name in form["names"]]
    if "range" in form:
        start, stop, step = form["range"]
        return pd.RangeIndex(start, stop, step, name=names[0])
    if form["multi"]:
        return pd.MultiIndex.from_arrays(levels, names=names)
    index = pd.Index(levels[0], name=names[0])
    if form["frequency"]:
        index.freq = form["frequency"]
    return index


def _read_columns(form: dict[str, Any]) -> Any:
    import pandas as pd

    labels = [decode(label) for label in form["columns"]]
    names = [decode(name) for name in form["column_names"]]
    dtype = form["column_dtype"]
    if dtype is None:
        return pd.MultiIndex.from_tuples(labels, names=names)
    if dtype == "int64" and labels == list(range(len(labels))):
        return pd.RangeIndex(len(labels), name=names[0])
    return pd.Index(labels, dtype=dtype, name=names[0])
