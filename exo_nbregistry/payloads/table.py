"""Attached tables of pandas and Polars: Parquet if it is installed, or else CSV.

An archive has the table, and ``table.json`` with everything that the table file does not keep.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import sys
from collections.abc import Callable
from typing import Any

from exo_nbregistry.errors import RecordError, UntrustedModelError
from exo_nbregistry.payloads.archive import pack_archive, read_archive
from exo_nbregistry.payloads.npz import Limit
from exo_nbregistry.payloads.table_csv import read_csv, write_csv
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.json_codec import load_json

CSV, PARQUET, FORM = "table.csv", "table.parquet", "table.json"
_MAX_FORM_BYTES = 64 << 20


def table_library(thing: Any) -> str | None:
    """Return ``pandas`` or ``polars`` for a DataFrame or a Series, or None."""
    for library in ("pandas", "polars"):
        module = sys.modules.get(library)
        if module is not None and isinstance(thing, module.DataFrame | module.Series):
            return library
    return None


def pack_table(table: Any, name: str) -> tuple[str, bytes]:
    """Return the format and the bytes of an archive with a table that is read back equal.

    Raises
    ------
    RecordError
        If the table cannot be stored so that it is read back equal.
    """
    key = f"attachments.{name}"
    writers = [_write_polars] if table_library(table) == "polars" else [_write_csv]
    if writers == [_write_csv] and has_parquet():
        writers.insert(0, _write_parquet)
    for write in writers:
        try:
            files = write(table)
            data = pack_archive(files)
            difference = _difference(table, unpack_table(data, key))
        except MemoryError:
            raise
        except RecordError as error:
            difference = str(error).rstrip(".")
        except Exception as error:  # noqa: BLE001  # depends on the library and on the values
            difference = short_error(error)
        if not difference:
            return ("parquet.zip" if PARQUET in files else "csv.zip"), data
    raise RecordError(
        f"{key} cannot be stored so that it is read back equal ({difference}). Convert its columns "
        "to numbers, text or dates, or write it to a file and attach Path(...).",
        key=key,
    )


def unpack_table(data: bytes, key: str, limit: Limit | None = None) -> Any:
    """Return the table of an archive that `pack_table` wrote.

    Raises
    ------
    RecordError
        If the archive is invalid, or a library is not installed.
    UntrustedModelError
        If `limit` is exceeded.
    """
    files = read_archive(data, key)
    form = load_json(files.pop(FORM, b"{}"), key, max_bytes=_MAX_FORM_BYTES)
    readers: dict[tuple[Any, ...], Callable[[bytes, dict[str, Any]], Any]] = {
        ("polars", PARQUET): _read_polars,
        ("pandas", PARQUET): _read_parquet,
        ("pandas", CSV): read_csv,
    }
    read = readers.get((form.get("library"), *files))
    if read is None:
        raise RecordError(f"{key} is not a stored table.", key=key)
    try:
        if limit is not None and PARQUET in files:
            limit.check(_unpacked_bytes(files[PARQUET]), key)
        return read(next(iter(files.values())), form)
    except UntrustedModelError:
        raise
    except ImportError as error:
        raise RecordError(
            f"{key} requires {error.name or form['library']} to be read; install it.", key=key
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # each library has its own errors for other bytes
        raise RecordError(
            f"{key} is not a stored table ({short_error(error)}).", key=key
        ) from error


def _unpacked_bytes(data: bytes) -> int:
    """Return at least the size in memory that the metadata of a Parquet file claims."""
    parquet: Any = importlib.import_module("pyarrow.parquet")
    found = parquet.ParquetFile(io.BytesIO(data)).metadata
    sizes = (found.row_group(group).total_byte_size for group in range(found.num_row_groups))
    # Runs of equal values take up almost no space in the file.
    return int(max(sum(sizes), found.num_rows * max(1, found.num_columns) * 8))


def has_parquet() -> bool:
    """Return whether pandas can write Parquet."""
    return any(importlib.util.find_spec(name) for name in ("pyarrow", "fastparquet"))


def _form(**fields: Any) -> bytes:
    return json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _write_polars(table: Any) -> dict[str, bytes]:
    series = not hasattr(table, "columns")
    buffer = io.BytesIO()
    (table.to_frame() if series else table).write_parquet(buffer)
    return {PARQUET: buffer.getvalue(), FORM: _form(library="polars", series=series)}


def _read_polars(data: bytes, form: dict[str, Any]) -> Any:
    import polars as pl

    frame = pl.read_parquet(io.BytesIO(data))
    return frame.to_series() if form["series"] else frame


def _write_parquet(table: Any) -> dict[str, bytes]:
    series = not hasattr(table, "columns")
    buffer = io.BytesIO()
    (table.to_frame() if series else table).to_parquet(buffer)
    return {PARQUET: buffer.getvalue(), FORM: _form(library="pandas", series=series)}


def _read_parquet(data: bytes, form: dict[str, Any]) -> Any:
    import pandas as pd

    frame = pd.read_parquet(io.BytesIO(data))
    return frame.iloc[:, 0] if form["series"] else frame


def _write_csv(table: Any) -> dict[str, bytes]:
    data, form = write_csv(table)
    return {CSV: data, FORM: _form(library="pandas", **form)}


def _difference(table: Any, again: Any) -> str:
    """Return how a table differs from the stored one; empty if it does not."""
    if type(table) is not type(again):
        return f"it is a {type(table).__qualname__}"
    if table_library(table) == "polars":
        frames = [
            item.to_frame() if not hasattr(item, "columns") else item for item in (table, again)
        ]
        equal = frames[0].schema == frames[1].schema and frames[0].equals(frames[1])
        return "" if equal else "its values differ"
    import pandas as pd

    compare = pd.testing.assert_frame_equal
    if not hasattr(table, "columns"):
        compare = pd.testing.assert_series_equal  # type: ignore[assignment]
    try:
        compare(table, again, check_exact=True)
    except AssertionError as error:
        return short_error(error)
    return ""
