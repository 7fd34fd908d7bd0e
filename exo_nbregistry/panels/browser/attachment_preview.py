"""Previews of attachments from their bytes. Nothing is unpickled, and all text is escaped."""

from __future__ import annotations

import ast
import csv
import importlib.util
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from exo_nbregistry.text.markup import Markup, html_table, paragraph, preformatted, stack
from exo_nbregistry.text.terminal import cut

MAX_BYTES = 5_000_000
_EMPTY = Markup("")
_MAX_ROWS = 10
_MAX_COLUMNS = 8
_MAX_LINES = 20
_CELL_WIDTH = 60
_LINE_WIDTH = 160
_MAX_ARRAYS = 20
_MAX_HEADER_BYTES = 10_000
# First bytes of the pictures that are shown. SVG is never shown, because it can hold scripts.
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
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


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of an attachment.

    Attributes
    ----------
    page : Markup
        HTML; empty for a picture.
    picture : bytes
        A PNG or JPEG file; empty for other attachments.
    format : str
        ``png`` or ``jpeg``.
    """

    page: Markup = _EMPTY
    picture: bytes = b""
    format: str = ""


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


def preview(kind: str, format: str, data: bytes) -> Preview:
    """Return the preview of an attachment.

    Parameters
    ----------
    kind, format : str
        Kind and format, as `kind_and_format` returns them.
    data : bytes
        The content, in the format that `part_to_read` returns.

    Returns
    -------
    Preview
        A picture, the first rows of a table, the first lines of a text, or the types and shapes
        of arrays. A sentence if the content is damaged.

    Examples
    --------
    >>> "&lt;b&gt;" in preview("text", "txt", b"<b>").page
    True
    """
    if is_picture(kind, format):
        shown = next((form for start, form in _PICTURES.items() if data.startswith(start)), None)
        return Preview(picture=data, format=shown) if shown else _none("It is not a picture.")
    try:
        if kind == "table":
            page = _parquet(data) if format == "parquet" else _csv(data, ",")
        elif kind in ("array", "arrays"):
            page = _arrays(data)
        elif format == "json":
            page = _lines(json.dumps(json.loads(data), indent=1, ensure_ascii=False))
        elif kind == "file" and format in ("csv", "tsv"):
            page = _csv(data, "," if format == "csv" else "\t")
        else:
            page = _lines(data.decode())
    except _DAMAGED:
        return _none("The content is damaged or has another form.")
    return Preview(page)


def _none(reason: str) -> Preview:
    return Preview(paragraph(f"No preview. {reason}"))


def _lines(text: str) -> Markup:
    lines = text.splitlines()
    shown = [cut(line.expandtabs(4), _LINE_WIDTH) for line in lines[:_MAX_LINES]]
    rest = len(lines) - len(shown)
    return stack([preformatted(shown), *_more(rest, "line")])


def _csv(data: bytes, separator: str) -> Markup:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator)
    head, *shown = list(islice(rows, _MAX_ROWS + 1)) or [[]]
    return _table(head, [list(map(_number, row)) for row in shown], sum(1 for _ in rows))


def _number(text: str) -> Any:
    """Return a fraction as a number, which is shown rounded, and other text unchanged."""
    try:
        return float(text) if "." in text else text
    except ValueError:
        return text


def _parquet(data: bytes) -> Markup:
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
        return _table(names, rows, total - len(rows))
    return paragraph("No preview. Install pyarrow or polars to read Parquet.")


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


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]], rest: int) -> Markup:
    width = min(len(head), _MAX_COLUMNS)
    cells = [[*map(_cell, row[:width]), *[None] * (width - len(row))] for row in rows]
    table = html_table([_cell(name) for name in head[:width]], cells)
    return stack([table, *_more(rest, "row"), *_more(len(head) - width, "column")])


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, float) else cut(str(value), _CELL_WIDTH)


def _arrays(data: bytes) -> Markup:
    """Return types and shapes, from the headers only: the arrays can be large."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        rows = list(_headers(archive, members[:_MAX_ARRAYS]))
    return stack(
        [html_table(("name", "dtype", "shape"), rows), *_more(len(members) - len(rows), "array")]
    )


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


def _more(rest: int, noun: str) -> list[Markup]:
    return [paragraph(f"… and {rest:,} more {noun}{'s' * (rest != 1)}")] if rest > 0 else []
