"""Previews of attachments from their bytes. Nothing is unpickled."""

from __future__ import annotations

import ast
import base64
import contextlib
import csv
import importlib.util
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from exo_nbregistry.text.markup import count, number
from exo_nbregistry.text.terminal import cut, visible

MAX_BYTES = 5_000_000
_MAX_ROWS = 50
_MAX_COLUMNS = 30
_MAX_LINES = 200
_CELL_WIDTH = 60
_LINE_WIDTH = 160
_MAX_ARRAYS = 20
_MAX_HEADER_BYTES = 10_000
# First bytes of the pictures that are shown. SVG is never shown, because it can hold scripts.
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_TEXTS = ("txt", "md", "csv", "json", "log", "yaml", "yml", "toml", "py", "tsv", "rst", "ini")
# zipfile raises RuntimeError for encryption and for an unknown compression.
_DAMAGED = (
    *(ValueError, RuntimeError, OSError, EOFError),
    *(csv.Error, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
# Older releases run code of a file that has an extension type.
_OLDEST_PYARROW = 15
# Names of all columns, the first rows of the first columns, and the number of all rows.
_Rows = tuple[Sequence[str], Sequence[Sequence[Any]], int]


def part_to_read(kind: str, format: str) -> str | None:
    """Return the format in which an attachment is read: that of a picture or a table.

    Examples
    --------
    >>> part_to_read("figure", "png, svg"), part_to_read("table", "parquet")
    ('png', 'parquet')
    """
    if kind == "figure":
        return "png"
    return format if kind == "table" else None


def is_picture(kind: str, format: str) -> bool:
    """Return whether an attachment is shown as a picture.

    Examples
    --------
    >>> is_picture("file", "jpg"), is_picture("file", "svg")
    (True, False)
    """
    return kind == "figure" or (kind == "file" and format in ("png", "jpg", "jpeg"))


def can_preview(kind: str, format: str) -> bool:
    """Return whether an attachment of this kind has a preview.

    Examples
    --------
    >>> (
    ...     can_preview("figure", "png, svg"),
    ...     can_preview("file", "pdf"),
    ...     can_preview("model", "joblib"),
    ... )
    (True, False, False)
    """
    if kind == "file":
        return is_picture(kind, format) or format in _TEXTS
    return kind in ("figure", "table", "text", "value", "values", "array", "arrays")


def preview(kind: str, format: str, data: bytes) -> dict[str, Any]:
    """Return the preview of an attachment as JSON.

    Parameters
    ----------
    kind, format : str
        Kind and format, as `kind_and_format` returns them.
    data : bytes
        The content, in the format that `part_to_read` returns.

    Returns
    -------
    dict
        ``kind`` is ``table`` (``columns``, ``rows``, ``total`` rows and ``total_columns``),
        ``text`` (the first lines), ``image`` (``mime`` and ``base64``) or ``none`` (``text`` is
        the reason).

    Examples
    --------
    >>> preview("text", "txt", b"<b>")
    {'kind': 'text', 'text': '<b>'}
    """
    if is_picture(kind, format):
        mime = next((form for start, form in _PICTURES.items() if data.startswith(start)), None)
        if mime is None:
            return no_preview("It is not a picture.")
        return {"kind": "image", "mime": mime, "base64": base64.b64encode(data).decode("ascii")}
    try:
        if kind == "table":
            return _parquet(data) if format == "parquet" else _csv(data, ",")
        if kind in ("array", "arrays"):
            return _arrays(data)
        if format == "json":
            return _lines(json.dumps(json.loads(data), indent=1, ensure_ascii=False))
        if kind == "file" and format in ("csv", "tsv"):
            return _csv(data, "," if format == "csv" else "\t")
        return _lines(data.decode())
    except (*_DAMAGED, RecursionError):
        return no_preview("The content is damaged or has another form.")


def no_preview(reason: str) -> dict[str, Any]:
    """Return the reply for an attachment without a preview."""
    return {"kind": "none", "text": f"No preview. {reason}"}


def _lines(text: str) -> dict[str, Any]:
    lines = text.splitlines()
    shown = [visible(cut(line.expandtabs(4), _LINE_WIDTH)) for line in lines[:_MAX_LINES]]
    rest = len(lines) - len(shown)
    more = [f"… and {count(rest, 'more line')}"] if rest else []
    return {"kind": "text", "text": "\n".join([*shown, *more])}


def _csv(data: bytes, separator: str) -> dict[str, Any]:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator)
    head, *shown = list(islice(rows, _MAX_ROWS + 1)) or [[]]
    return _table(head, shown, len(shown) + sum(1 for _ in rows))


def _parquet(data: bytes) -> dict[str, Any]:
    """Return the first rows; only these are decoded, because a small file can hold many rows."""
    for library, read in (("polars", _read_polars), ("pyarrow", _read_pyarrow)):
        if importlib.util.find_spec(library) is None:
            continue
        try:
            names, rows, total = read(io.BytesIO(data))
        except MemoryError:
            raise
        except Exception as error:  # each library has its own errors
            raise ValueError("not a Parquet file") from error
        return _table(names, rows, total)
    return no_preview("Install pyarrow or polars to read Parquet.")


def _read_polars(file: io.BytesIO) -> _Rows:
    polars: Any = importlib.import_module("polars")
    lazy = polars.scan_parquet(file)
    names = lazy.collect_schema().names()
    total = lazy.select(polars.len()).collect().item()
    return names, lazy.select(names[:_MAX_COLUMNS]).head(_MAX_ROWS).collect().rows(), total


def _read_pyarrow(file: io.BytesIO) -> _Rows:
    pyarrow: Any = importlib.import_module("pyarrow")
    if int(pyarrow.__version__.partition(".")[0]) < _OLDEST_PYARROW:
        raise ValueError("pyarrow is too old")
    parquet: Any = importlib.import_module("pyarrow.parquet").ParquetFile(file)
    names = parquet.schema_arrow.names
    batch = next(parquet.iter_batches(_MAX_ROWS, columns=names[:_MAX_COLUMNS]), None)
    columns = [column.to_pylist() for column in batch.columns] if batch is not None else []
    return names, list(zip(*columns, strict=True)), parquet.metadata.num_rows


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]], total: int) -> dict[str, Any]:
    width = min(len(head), _MAX_COLUMNS)
    cells = [[*map(_cell, row[:width]), *[""] * (width - len(row))] for row in rows]
    return {
        "kind": "table",
        "columns": [_cell(name) for name in head[:width]],
        "rows": cells,
        "total": total,
        "total_columns": len(head),
    }


def _cell(value: Any) -> str:
    """Return the text of a cell; a fraction is rounded, and other text is unchanged."""
    if isinstance(value, str) and "." in value:
        with contextlib.suppress(ValueError):
            value = float(value)
    text = number(value) if value is None or isinstance(value, float) else str(value)
    return visible(cut(text, _CELL_WIDTH))


def _arrays(data: bytes) -> dict[str, Any]:
    """Return types and shapes, from the headers only: the arrays can be large."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        rows = list(_headers(archive, members[:_MAX_ARRAYS]))
    return _table(("name", "dtype", "shape"), rows, len(members))


def _headers(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]
) -> Iterator[tuple[str, str, str]]:
    for member in members:
        with archive.open(member) as file:
            start = file.read(_MAX_HEADER_BYTES)
        # Source: numpy.lib.format, NPY format versions 1 to 3.
        wide = start[6:7] != b"\x01"
        begin = 12 if wide else 10
        length = int.from_bytes(start[8:begin], "little")
        try:
            header = ast.literal_eval(start[begin : begin + length].decode("latin-1").strip())
            kind, shape = str(header["descr"]), str(header["shape"])
        except (SyntaxError, TypeError, LookupError, MemoryError) as error:
            raise ValueError("not an array") from error
        yield cut(member.filename.removesuffix(".npy"), _CELL_WIDTH), cut(kind, _CELL_WIDTH), shape
