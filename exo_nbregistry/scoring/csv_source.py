"""CSV: a piece is a block of whole lines, which is read in batches of rows."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from exo_nbregistry.errors import ConflictError, InvalidInputError
from exo_nbregistry.inference.answer_table import make_table, plain_cell, read_csv
from exo_nbregistry.scoring.piece import Batch, Layout, Piece, TableScorer
from exo_nbregistry.scoring.place import Place

BLOCK_BYTES = 32 << 20
# After a single quote, as in 5", all line ends look like parts of a cell.
MAX_BLOCK_BYTES = 256 << 20
_CHUNK_BYTES = 4 << 20
_MAX_HEADER_BYTES = 4 << 20
_SKIPPED = (b"#", b"\n", b"\r")


def csv_pieces(place: Place, source: str, check: Callable[[list[str]], object]) -> Iterator[Piece]:
    """Yield the blocks of a file, each of about 32 MiB.

    The whole file is read once, because a line can end within quotes only if the number of quotes
    before it is odd.

    Parameters
    ----------
    place : Place
        The folder of the table.
    source : str
        Path of the file below that folder.
    check : callable
        Checks the column names of the file.

    Raises
    ------
    InvalidInputError
        If the file has no column names, or is not CSV with commas in UTF-8.
    """
    with place.open(source) as file:
        header, start = _header(file, source)
        check(header)
        file.seek(start)
        for number, (stop, digest) in enumerate(_blocks(file, source, start)):
            yield Piece(place, source, number, digest, None, start, stop, header=tuple(header))
            start = stop


def _header(file: BinaryIO, source: str) -> tuple[list[str], int]:
    """Return the column names, and the first byte after them."""
    head = b""
    place = 0
    while line := file.readline(_MAX_HEADER_BYTES):
        place += len(line)
        if not head and (line.removeprefix(b"\xef\xbb\xbf").startswith(_SKIPPED)):
            continue
        head += line
        if len(head) >= _MAX_HEADER_BYTES or head.count(b'"') % 2 == 0:
            break
    if b"\r" in head.rstrip(b"\r\n").replace(b"\r\n", b"") or len(head) >= _MAX_HEADER_BYTES:
        raise InvalidInputError(
            f"{source} has no line feed after its column names; end its lines with line feeds."
        )
    try:
        header = read_csv(head.decode("utf-8")).header
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidInputError(f"Cannot read {source} as CSV in UTF-8: {error}.") from None
    if not header:
        raise InvalidInputError(f"{source} has no column names in its first line.")
    if len(set(header)) < len(header):
        repeated = next(name for name in header if header.count(name) > 1)
        raise InvalidInputError(f"{source} has two columns named {repeated!r}; rename one.")
    return header, place


def _blocks(file: BinaryIO, source: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield the last byte and the digest of each block of whole lines."""
    digest, size, quotes, place = hashlib.sha256(), 0, 0, start
    while chunk := file.read(_CHUNK_BYTES):
        at = 0
        while at < len(chunk):
            end = len(chunk)
            is_end = False
            left = max(0, BLOCK_BYTES - size - 1)
            if len(chunk) - at > left:
                quotes += chunk.count(b'"', at, at + left)
                end, quotes, is_end = _line_end(chunk, at + left, quotes)
            else:
                quotes += chunk.count(b'"', at)
            digest.update(memoryview(chunk)[at:end])
            size, place, at = size + end - at, place + end - at, end
            if size > MAX_BLOCK_BYTES:
                raise InvalidInputError(
                    f"{source} has a quote without an end after byte {place - size:,}; write each "
                    "quote within a cell as two, and the cell in quotes."
                )
            if is_end:
                yield place, digest.hexdigest()
                digest, size, quotes = hashlib.sha256(), 0, 0
    if size:
        yield place, digest.hexdigest()


def _line_end(chunk: bytes, at: int, quotes: int) -> tuple[int, int, bool]:
    """Return the end of the first whole line, the quotes until it, and whether there is one."""
    while (newline := chunk.find(b"\n", at)) >= 0:
        quotes += chunk.count(b'"', at, newline)
        at = newline + 1
        if quotes % 2 == 0:
            return at, quotes, True
    return len(chunk), quotes + chunk.count(b'"', at), False


class CsvReader:
    """Reads a block of lines.

    Parameters
    ----------
    piece : Piece
        The block.
    scorer : TableScorer
        Its columns are read.
    layout : Layout
        Names of the columns in the table, and copied columns.

    Raises
    ------
    ConflictError
        If the block was changed since the pieces were listed.
    """

    is_text = True

    def __init__(self, piece: Piece, scorer: TableScorer, layout: Layout) -> None:
        import pyarrow as pa

        self._piece, self._layout = piece, layout
        with piece.place.open(piece.source) as file:
            file.seek(piece.start)
            self._data = file.read(piece.stop - piece.start)
        if hashlib.sha256(self._data).hexdigest() != piece.digest:
            raise ConflictError(f"{piece.source} was changed while it was scored; score it again.")
        self.names = layout.model_names(piece.header)
        wanted = {column: layout.source(column) for column in scorer.columns}
        self._columns = {column: name for column, name in wanted.items() if name in piece.header}
        self.id_fields = [(name, pa.string()) for name in layout.id_columns]

    def batches(self) -> Iterator[Batch]:
        """Yield the rows of the block."""
        import pyarrow as pa

        is_marked = b"'" in self._data
        text = io.TextIOWrapper(io.BytesIO(self._data), encoding="utf-8", newline="")
        lines = (line for line in csv.reader(text, strict=True) if line)
        header = list(self._piece.header)
        try:
            while read := list(islice(lines, self._layout.batch_rows)):
                if is_marked:
                    read = [[*map(plain_cell, line)] for line in read]
                found = make_table(header, read)
                cells = found.columns()
                table: dict[str, Any] = {c: cells[name] for c, name in self._columns.items()}
                ids = [pa.array(cells[name], pa.string()) for name in self._layout.id_columns]
                yield Batch(table, len(found.cells), ids, found.reasons)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidInputError(
                f"Cannot read {self._piece.label} as CSV in UTF-8: {error}."
            ) from None

    def close(self) -> None:
        """Release the block."""
        self._data = b""
