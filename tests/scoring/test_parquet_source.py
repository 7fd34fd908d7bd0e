"""Parquet is read by row groups."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exo_nbregistry.errors import ConflictError, InvalidInputError
from exo_nbregistry.scoring.parquet_source import ParquetReader, parquet_pieces
from exo_nbregistry.scoring.piece import Layout
from tests.scoring.tables import folder_of, table
from tests.scoring.test_csv_source import AnyScorer


def test_a_row_group_is_a_piece(parquet: Path) -> None:
    """Each row group has its number of rows and a name that sorts by its place."""
    pieces = list(parquet_pieces(folder_of(parquet), "table.parquet", lambda names: None))
    assert [piece.rows for piece in pieces] == [100] * 7
    names = [piece.name for piece in pieces]
    assert names == sorted(set(names))
    assert pieces[3].label == "table.parquet, row group 3"


def test_names_differ_in_other_folders(parquet: Path) -> None:
    """Files of the same name in two folders have different results."""
    for folder in ("a", "b"):
        (parquet.parent / folder).mkdir()
        shutil.copyfile(parquet, parquet.parent / folder / parquet.name)
    first = next(parquet_pieces(folder_of(parquet), "a/table.parquet", lambda names: None))
    second = next(parquet_pieces(folder_of(parquet), "b/table.parquet", lambda names: None))
    assert first.name != second.name
    assert first.name.startswith("table-")


def test_a_changed_file_is_refused(parquet: Path) -> None:
    """A file that was changed after its pieces were listed is not scored."""
    piece = next(parquet_pieces(folder_of(parquet), "table.parquet", lambda names: None))
    table(700, seed=1).to_parquet(parquet, row_group_size=100, index=False)
    with pytest.raises(ConflictError, match="was changed while it was scored"):
        ParquetReader(piece, AnyScorer(), Layout())


def test_repeated_columns_are_rejected(tmp_path: Path) -> None:
    """Two columns of one name cannot be found by name."""
    path = tmp_path / "table.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]), path)
    with pytest.raises(InvalidInputError, match="two columns named 'x'"):
        list(parquet_pieces(folder_of(path), path.name, lambda names: None))
