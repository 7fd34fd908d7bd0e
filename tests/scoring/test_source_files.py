"""A table is a file, a folder or a pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.registry.storage import open_bucket
from exo_nbregistry.scoring.disk_folder import DiskFolder
from exo_nbregistry.scoring.source_files import source_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with tables, hidden files and other files."""
    names = ["b.parquet", "a/c.PQ", "a.parquet", "_metadata.parquet", ".hidden/x.parquet", "n.txt"]
    for name in names:
        path = tmp_path / "tables" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "tables"


def test_a_folder_has_its_tables_in_order(folder: Path) -> None:
    """Tables of all subfolders are found; hidden files and other files are not tables."""
    files, form = source_files(folder, open_bucket)
    assert files.names == ["a/c.PQ", "a.parquet", "b.parquet"]
    assert (files.is_folder, form) == (True, "parquet")


def test_a_pattern_selects_tables(folder: Path) -> None:
    """A pattern finds files by their paths."""
    files, _ = source_files(f"{folder}/[ab].parquet", open_bucket)
    assert files == (DiskFolder(str(folder)), ["a.parquet", "b.parquet"], False)


def test_a_file_is_its_own_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path of a file gives its absolute path."""
    monkeypatch.chdir(folder)
    files, form = source_files("b.parquet", open_bucket)
    assert (files.place.label, files.names, form) == (str(folder), ["b.parquet"], "parquet")


def test_formats_are_not_mixed(folder: Path) -> None:
    """A folder with Parquet and CSV is an error that suggests a pattern."""
    (folder / "z.csv").touch()
    with pytest.raises(InvalidInputError, match=r"c\.PQ, z\.csv.*pass a pattern"):
        source_files(folder, open_bucket)


def test_other_files_are_rejected(folder: Path, tmp_path: Path) -> None:
    """A file of another format, an empty folder and a pattern without files are errors."""
    with pytest.raises(InvalidInputError, match=r"n\.txt must be a Parquet or CSV file"):
        source_files(folder / "n.txt", open_bucket)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match=r"has no \.parquet, \.pq or \.csv files"):
        source_files(tmp_path / "empty", open_bucket)
    with pytest.raises(NotFoundError, match="does not exist"):
        source_files(f"{folder}/*.csv", open_bucket)
