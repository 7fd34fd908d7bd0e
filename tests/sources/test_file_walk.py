"""The files of a folder and its subfolders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources import file_walk
from exo_nbregistry.sources.file_walk import list_files


def made(folder: Path, *paths: str) -> Path:
    """Make files of 3 bytes."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"abc")
    return folder


def test_files_are_listed_with_their_sizes(tmp_path: Path) -> None:
    """Files of all subfolders are listed by path; hidden and installed ones are not."""
    made(tmp_path, "b.pkl", "a/c.pkl", "a/.d.pkl", ".git/e.pkl", "env/site-packages/f.pkl")
    files = list_files(tmp_path).files
    assert [(str(file.relative), file.size_bytes) for file in files] == [
        ("a/c.pkl", 3),
        ("b.pkl", 3),
    ]
    assert files[0].path == tmp_path / "a/c.pkl"
    assert files[0].modified_at.timestamp() == pytest.approx(os.stat(files[0].path).st_mtime)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Links to folders and model files are reported; a loop of links ends."""
    made(tmp_path / "elsewhere", "x.pkl")
    folder = made(tmp_path / "folder", "a.pkl")
    (folder / "loop").symlink_to(folder)
    (folder / "x.pkl").symlink_to(tmp_path / "elsewhere/x.pkl")
    (folder / "notes.txt").symlink_to(tmp_path / "elsewhere/x.pkl")
    found = list_files(folder)
    assert [str(file.relative) for file in found.files] == ["a.pkl"]
    assert found.links == ["loop", "x.pkl"]


def test_pipes_are_ignored(tmp_path: Path) -> None:
    """A pipe with the name of a model is not a file."""
    os.mkfifo(tmp_path / "pipe.pkl")
    assert list_files(tmp_path).files == []


def test_other_stores_are_not_entered(tmp_path: Path) -> None:
    """Registries, boards and the folders of MLflow are reported instead of their files."""
    made(tmp_path, "reg/nbregistry.json", "reg/models/a.joblib", "mlruns/0/m.pkl", "b/_pins.yaml")
    found = list_files(tmp_path)
    assert (found.files, sorted(found.stores)) == ([], ["b", "mlruns", "reg"])


def test_deep_folders_are_reported(tmp_path: Path) -> None:
    """Folders below the maximum depth are reported instead of listed."""
    made(tmp_path, f"{'d/' * 12}a.pkl", f"{'d/' * 13}b.pkl")
    found = list_files(tmp_path)
    assert [file.relative.name for file in found.files] == ["a.pkl"]
    assert found.deep == ["/".join("d" * 13)]


def test_subfolders_can_be_left_out(tmp_path: Path) -> None:
    """Without subfolders, only the files of the folder itself are listed."""
    made(tmp_path, "a.pkl", "b/c.pkl")
    assert [str(file.relative) for file in list_files(tmp_path, below=False).files] == ["a.pkl"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read all folders")
def test_folders_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    """A folder without permission is reported, and the others are listed."""
    made(tmp_path, "a/b.pkl", "c.pkl")
    (tmp_path / "a").chmod(0)
    found = list_files(tmp_path)
    (tmp_path / "a").chmod(0o700)
    assert (found.unreadable, len(found.files)) == (["a"], 1)


def test_a_folder_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of files and folders is limited, also in subfolders."""
    made(tmp_path, "a/1", "a/2", "a/3", "b")
    monkeypatch.setattr(file_walk, "MAX_ENTRIES", 5)
    assert len(list_files(tmp_path).files) == 4
    monkeypatch.setattr(file_walk, "MAX_ENTRIES", 4)
    with pytest.raises(InvalidInputError, match="more than 4 files"):
        list_files(tmp_path)
