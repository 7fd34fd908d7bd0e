"""Tables and results in a folder on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from exo_nbregistry.fs.atomic import TEMPORARY_PREFIX
from exo_nbregistry.scoring.disk_folder import DiskFolder
from tests.scoring.tables import folder_of, table


def test_a_copy_has_the_same_digest(parquet: Path) -> None:
    """The digest depends on the content, not on the time of the file."""
    shutil.copyfile(parquet, parquet.parent / "copy.parquet")
    assert folder_of(parquet).digest("copy.parquet") == folder_of(parquet).digest(parquet.name)
    table(700, seed=1).to_parquet(parquet, row_group_size=100, index=False)
    assert folder_of(parquet).digest("copy.parquet") != folder_of(parquet).digest(parquet.name)


def test_rows_in_another_order_have_another_digest(tmp_path: Path) -> None:
    """The footer of plain values has only their range, so samples of the values count too."""
    rows = table(20_000)
    found, footers = set(), set()
    for frame in (rows, rows[::-1]):
        path = tmp_path / "table.parquet"
        plain = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
        pq.write_table(plain, path, compression="none", use_dictionary=False)
        found.add(folder_of(path).digest(path.name))
        data = path.read_bytes()
        length = int.from_bytes(data[-8:-4], "little")
        footers.add((len(data), data[-8 - length :]))
    assert (len(footers), len(found)) == (1, 2)


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """The second writer of a name is refused, and the first content stays."""
    folder = DiskFolder(str(tmp_path))
    assert folder.create("a.parquet", lambda file: file.write(b"1") and None)
    assert not folder.create("a.parquet", lambda file: file.write(b"2") and None)
    assert (tmp_path / "a.parquet").read_bytes() == b"1"


def test_hidden_files_are_not_results(tmp_path: Path) -> None:
    """Temporary files and files of other programs are not named; the first ones are removed."""
    folder = DiskFolder(str(tmp_path))
    for name in ("b", "a", "_SUCCESS", f"{TEMPORARY_PREFIX}x"):
        (tmp_path / name).touch()
    assert folder.names() == ["a", "b"]
    folder.clean_up()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_SUCCESS", "a", "b"]
