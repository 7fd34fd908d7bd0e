"""Read the archive's table of Kepler Objects of Interest from CSV, and refuse what is none."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from exo_nbregistry.errors import RegistryError

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("CONFIRMED", "FALSE POSITIVE", "CANDIDATE", "NOT DISPOSITIONED")
MAX_BYTES = 256 << 20
_IDENTITY = ("kepoi_name", "kepid", "koi_disposition")
_FLAG = "koi_fpflag_"
_GZIP = b"\x1f\x8b"


class TableError(RegistryError, ValueError):
    """What was read is not the archive's table of Kepler Objects of Interest.

    Attributes
    ----------
    columns : tuple of str
        The columns at fault.
    """

    def __init__(self, message: str, *, columns: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


class KoiTable(NamedTuple):
    """A table that was read.

    Attributes
    ----------
    frame : DataFrame
        Indexed by KOI name; missing is NaN.
    comments : list of str
        The lines that began with a number sign.
    oddities : list of str
        Cells that cannot be what the archive meant, and are missing in the frame.
    """

    frame: pd.DataFrame
    comments: list[str]
    oddities: list[str]


def parse_koi(
    content: bytes, *, required: Iterable[str], numeric: Collection[str], min_rows: int
) -> KoiTable:
    r"""Read a table, plain or gzip-compressed.

    Parameters
    ----------
    content : bytes
        CSV in UTF-8, with the archive's column names.
    required : iterable of str
        Columns without which the table is of no use.
    numeric : collection of str
        Columns that must hold numbers if they are there; any other may.
    min_rows : int
        A table with fewer rows was cut.

    Returns
    -------
    KoiTable
        The table and what was odd about it.

    Raises
    ------
    TableError
        If it is something else; the message says what is wrong.

    Examples
    --------
    >>> lines = "# a comment\nkepid,kepoi_name,koi_disposition,koi_fpflag_nt\n"
    >>> content = (lines + "1,K1.01,CANDIDATE,465\n").encode()
    >>> parse_koi(content, required=(), numeric=(), min_rows=1).oddities
    ['koi_fpflag_nt of K1.01 is 465, which is no flag']
    """
    text = _text(content)
    if text.lstrip()[:1] == "<":
        words = " ".join(re.sub(r"<[^>]*>", " ", text[:5000]).split())[:200]
        raise TableError(f"it is a page and no table; it says: {words}")
    lines = text.splitlines()
    comments = [line[1:].strip() for line in lines if line.startswith("#")]
    rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    header, rows = (rows[0], rows[1:]) if rows else ([], [])
    _require_columns(header, [*_IDENTITY, *required])
    _require_rows(header, rows, min_rows)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    _require_identity(columns)
    frame, oddities = _frame(columns, numeric)
    return KoiTable(frame, comments, oddities)


def _text(content: bytes) -> str:
    try:
        if content.startswith(_GZIP):
            unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            content = unpacker.decompress(content, MAX_BYTES)
            if not unpacker.eof:
                raise TableError("its compressed data is cut short, or far too large")
        return content.decode("utf-8-sig")
    except (zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise TableError(f"it is no text: {error}") from None


def _require_columns(header: Sequence[str], required: Iterable[str]) -> None:
    missing = [name for name in dict.fromkeys(required) if name not in header]
    if missing:
        begins = ",".join(header)[:60]
        raise TableError(
            f"it has no column {', '.join(missing)}; its first line begins {begins!r}",
            columns=missing,
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise TableError(f"it has two columns {', '.join(repeated)}", columns=repeated)


def _require_rows(header: Sequence[str], rows: Sequence[Sequence[str]], min_rows: int) -> None:
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise TableError(f"row {number} has {len(row)} cells and not {len(header)}: it was cut")
    if len(rows) < max(min_rows, 1):
        raise TableError(f"it has {len(rows)} rows and not at least {max(min_rows, 1)}")


def _require_identity(columns: dict[str, tuple[str, ...]]) -> None:
    strange = sorted(set(columns["koi_disposition"]) - set(LABELS))
    if strange:
        raise TableError(
            f"koi_disposition holds {strange[0]!r}, and the archive's labels are "
            f"{', '.join(LABELS)}",
            columns=["koi_disposition"],
        )
    names = columns["kepoi_name"]
    if "" in names or len(set(names)) < len(names):
        raise TableError("a KOI has no name or comes twice", columns=["kepoi_name"])
    if not all(cell.isascii() and cell.isdigit() for cell in columns["kepid"]):
        raise TableError("a kepid is no whole number", columns=["kepid"])


def _frame(
    columns: dict[str, tuple[str, ...]], numeric: Collection[str]
) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    oddities: list[str] = []
    values: dict[str, list[Any]] = {}
    for name, cells in columns.items():
        if name == "kepid":
            values[name] = [int(cell) for cell in cells]
            continue
        numbers = None if name in _IDENTITY else _numbers(cells)
        if numbers is None and name in numeric:
            raise TableError(f"{name} holds something that is no number", columns=[name])
        values[name] = [cell or None for cell in cells] if numbers is None else numbers
        if numbers is not None and name.startswith(_FLAG):
            values[name], odd = _flags(numbers)
            kois = columns["kepoi_name"]
            oddities += [f"{name} of {kois[at]} is {cells[at]}, which is no flag" for at in odd]
    return pd.DataFrame(values).set_index("kepoi_name"), oddities


def _numbers(cells: Iterable[str]) -> list[float] | None:
    """Return cells as numbers; releases of pandas differ in the last digit of them."""
    try:
        numbers = [float(cell or "nan") for cell in cells]
    except ValueError:
        return None
    return numbers if all(abs(number) != float("inf") for number in numbers) else None


def _flags(numbers: list[float]) -> tuple[list[float], list[int]]:
    """Return flags, and the places of those that are neither 0 nor 1: they are missing."""
    odd = [at for at, number in enumerate(numbers) if number == number and number not in (0, 1)]
    for at in odd:
        numbers[at] = float("nan")
    return numbers, odd
