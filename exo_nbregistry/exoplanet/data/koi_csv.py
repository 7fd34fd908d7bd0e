"""Parser and validation of the archive's table of Kepler Objects of Interest."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("CONFIRMED", "FALSE POSITIVE", "CANDIDATE", "NOT DISPOSITIONED")
MAX_BYTES = 256 << 20
_IDENTITY = ("kepoi_name", "kepid", "koi_disposition")
_FLAG = "koi_fpflag_"
_GZIP = b"\x1f\x8b"


class TableError(RegistryError, ValueError):
    """A file is not the archive's table of Kepler Objects of Interest.

    Attributes
    ----------
    columns : tuple of str
        The missing or invalid columns.
    """

    def __init__(self, message: str, *, columns: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


class KoiTable(NamedTuple):
    """A parsed table.

    Attributes
    ----------
    frame : DataFrame
        The table, indexed by KOI name; a missing value is NaN.
    comments : list of str
        The lines that begin with a number sign.
    invalid_cells : list of str
        Description of each invalid cell; its value is missing in the frame.
    """

    frame: pd.DataFrame
    comments: list[str]
    invalid_cells: list[str]


def parse_koi(
    content: bytes, *, required: Iterable[str], numeric: Collection[str], min_rows: int
) -> KoiTable:
    r"""Parse a table, plain or gzip-compressed.

    Parameters
    ----------
    content : bytes
        CSV in UTF-8, with the archive's column names.
    required : iterable of str
        Columns that the table must have.
    numeric : collection of str
        Columns that must be numeric if the table has them.
    min_rows : int
        Minimum number of rows.

    Returns
    -------
    KoiTable
        The table and its invalid cells.

    Raises
    ------
    TableError
        If the table is invalid.

    Examples
    --------
    >>> lines = "# a comment\nkepid,kepoi_name,koi_disposition,koi_fpflag_nt\n"
    >>> content = (lines + "1,K1.01,CANDIDATE,465\n").encode()
    >>> parse_koi(content, required=(), numeric=(), min_rows=1).invalid_cells
    ['koi_fpflag_nt of K1.01 must be 0 or 1, got 465']
    """
    text = _text(content)
    if text.lstrip()[:1] == "<":
        page = " ".join(re.sub(r"<[^>]*>", " ", text[:5000]).split())[:200]
        raise TableError(f"the response is a web page, not a table ({page})")
    lines = text.splitlines()
    comments = [line[1:].strip() for line in lines if line.startswith("#")]
    rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    header, rows = (rows[0], rows[1:]) if rows else ([], [])
    _require_columns(header, [*_IDENTITY, *required])
    _require_rows(header, rows, min_rows)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    _require_identity(columns)
    frame, invalid_cells = _frame(columns, numeric)
    return KoiTable(frame, comments, invalid_cells)


def _text(content: bytes) -> str:
    try:
        if content.startswith(_GZIP):
            unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            content = unpacker.decompress(content, MAX_BYTES)
            if not unpacker.eof:
                raise TableError("the compressed data is incomplete or too large")
        return content.decode("utf-8-sig")
    except (zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise TableError(f"the content is not text ({error})") from None


def _require_columns(header: Sequence[str], required: Iterable[str]) -> None:
    missing = [name for name in dict.fromkeys(required) if name not in header]
    if missing:
        begins = ",".join(header)[:60]
        raise TableError(
            f"the table lacks the columns {name_list(missing)} (its first line begins {begins!r})",
            columns=missing,
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise TableError(f"duplicate columns {name_list(repeated)}", columns=repeated)


def _require_rows(header: Sequence[str], rows: Sequence[Sequence[str]], min_rows: int) -> None:
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise TableError(f"row {number} has {len(row)} of {len(header)} cells")
    if len(rows) < max(min_rows, 1):
        raise TableError(f"the table has {len(rows)} rows, expected at least {max(min_rows, 1)}")


def _require_identity(columns: dict[str, tuple[str, ...]]) -> None:
    unknown = sorted(set(columns["koi_disposition"]) - set(LABELS))
    if unknown:
        raise TableError(
            f"koi_disposition has the unknown label {unknown[0]!r}, expected one of "
            f"{', '.join(LABELS)}",
            columns=["koi_disposition"],
        )
    names = columns["kepoi_name"]
    if "" in names or len(set(names)) < len(names):
        raise TableError("a KOI name is missing or duplicated", columns=["kepoi_name"])
    if not all(cell.isascii() and cell.isdigit() for cell in columns["kepid"]):
        raise TableError("a kepid is not an integer", columns=["kepid"])


def _frame(
    columns: dict[str, tuple[str, ...]], numeric: Collection[str]
) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    invalid_cells: list[str] = []
    values: dict[str, list[Any]] = {}
    for name, cells in columns.items():
        if name == "kepid":
            values[name] = [int(cell) for cell in cells]
            continue
        numbers = None if name in _IDENTITY else _numbers(cells)
        if numbers is None and name in numeric:
            raise TableError(f"{name} has a value that is not a number", columns=[name])
        values[name] = [cell or None for cell in cells] if numbers is None else numbers
        if numbers is not None and name.startswith(_FLAG):
            values[name], invalid = _flags(numbers)
            kois = columns["kepoi_name"]
            invalid_cells += [
                f"{name} of {kois[row]} must be 0 or 1, got {cells[row]}" for row in invalid
            ]
    return pd.DataFrame(values).set_index("kepoi_name"), invalid_cells


def _numbers(cells: Iterable[str]) -> list[float] | None:
    """Return cells as numbers, converted without pandas, or None if one is not a number."""
    try:
        numbers = [float(cell or "nan") for cell in cells]
    except ValueError:
        return None
    return numbers if all(abs(number) != float("inf") for number in numbers) else None


def _flags(numbers: list[float]) -> tuple[list[float], list[int]]:
    """Return flags with NaN for each one that is neither 0 nor 1, and the rows of these."""
    invalid = [row for row, flag in enumerate(numbers) if flag == flag and flag not in (0, 1)]
    for row in invalid:
        numbers[row] = float("nan")
    return numbers, invalid
