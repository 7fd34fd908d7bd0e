"""CSV is cut at whole lines."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import ConflictError, InvalidInputError
from exo_nbregistry.scoring import csv_source
from exo_nbregistry.scoring.csv_source import CsvReader, csv_pieces
from exo_nbregistry.scoring.piece import Layout, Piece
from tests.scoring.tables import folder_of

CELLS = st.text(alphabet='ab",\n\r #', max_size=5)


class AnyScorer:
    """A scorer of the column x, for readers."""

    columns = ("x",)


def pieces_of(path: Path) -> list[Piece]:
    """Return the pieces of a file, whose columns are not checked."""
    return list(csv_pieces(folder_of(path), path.name, lambda names: None))


def cells_of(path: Path, column: str = "x") -> list[str]:
    """Return the cells of a column, read piece by piece in batches of two rows."""
    layout = Layout(id_columns=(column,), batch_rows=2)
    batches = [
        b for piece in pieces_of(path) for b in CsvReader(piece, AnyScorer(), layout).batches()
    ]
    return [cell for batch in batches for cell in batch.ids[0].to_pylist()]


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=30), size=st.integers(1, 60))
def test_no_row_is_cut(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], size: int
) -> None:
    """Blocks of any size have each row of the file once, also with line ends in quotes."""
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("x", "y"), *rows])
    path.write_text(text.getvalue(), newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_source, "BLOCK_BYTES", size)
        patch.setattr(csv_source, "_CHUNK_BYTES", 7)
        assert cells_of(path) == [x for x, _ in rows]


def test_small_files_are_one_piece(tmp_path: Path) -> None:
    """The comments at the top, a byte order mark and an absent last line end are accepted."""
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbf# NASA\n\nx,y\r\n1,2\r\n\r\n3,4")
    (piece,) = pieces_of(path)
    assert piece.header == ("x", "y")
    assert cells_of(path) == ["1", "3"]


def test_large_files_are_several_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks have about the size that is set, and their digests name their content."""
    monkeypatch.setattr(csv_source, "BLOCK_BYTES", 1000)
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + "1.25,2.50\n" * 1000)
    pieces = pieces_of(path)
    assert len(pieces) == 10
    assert {piece.stop - piece.start for piece in pieces} == {1000}
    assert len({piece.digest for piece in pieces}) == 1
    assert len({piece.name for piece in pieces}) == 10


def test_a_changed_block_is_refused(tmp_path: Path) -> None:
    """A block that was changed after the pieces were listed is not scored."""
    path = tmp_path / "table.csv"
    path.write_text("x,y\n1,2\n")
    (piece,) = pieces_of(path)
    path.write_text("x,y\n1,3\n")
    with pytest.raises(ConflictError, match="was changed while it was scored"):
        CsvReader(piece, AnyScorer(), Layout())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no column names"),
        (b"# only\n", "has no column names"),
        (b"x;y\n1;2\n", "separate the columns with commas"),
        (b"x,x\n1,2\n", "two columns named 'x'"),
        (b"\xff\xfe,y\n", "Cannot read table.csv as CSV in UTF-8"),
        (b'x,"y\n1,2\n', "Cannot read table.csv as CSV"),
        (b"x,y\r1,2\r", "has no line feed after its column names"),
    ],
)
def test_other_files_are_rejected(tmp_path: Path, data: bytes, words: str) -> None:
    """A file without usable column names is one clear error."""
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidInputError, match=words):
        pieces_of(path)


def test_a_quote_without_an_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A length such as 5" would make the rest of the file one piece."""
    monkeypatch.setattr(csv_source, "BLOCK_BYTES", 20)
    monkeypatch.setattr(csv_source, "MAX_BLOCK_BYTES", 200)
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + "1,2\n" * 10 + '1,5" pipe\n' + "1,2\n" * 100)
    with pytest.raises(InvalidInputError, match="has a quote without an end after byte 44"):
        pieces_of(path)


@pytest.mark.parametrize("line", [b"\xff,2\n", b'"1,2\n'])
def test_unreadable_lines_name_their_block(tmp_path: Path, line: bytes) -> None:
    """A line that is not UTF-8 or has an open quote is an error with the name of its block."""
    path = tmp_path / "table.csv"
    path.write_bytes(b"x,y\n" + line)
    with pytest.raises(InvalidInputError, match=r"Cannot read table\.csv, block 0 as CSV"):
        cells_of(path)
