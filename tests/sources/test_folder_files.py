"""Regular files of a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exo_nbregistry.sources import folder_files as module
from exo_nbregistry.sources.folder_files import folder_files


def test_files_are_listed_by_path_without_links(tmp_path: Path) -> None:
    """Files of all depths are listed with their sizes; links and pipes are counted."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "file").write_bytes(b"123")
    (tmp_path / "a").write_bytes(b"1")
    os.symlink(tmp_path / "a", tmp_path / "link")
    os.symlink(tmp_path / "b", tmp_path / "b" / "circle")
    os.mkfifo(tmp_path / "pipe")
    found = folder_files(tmp_path)
    assert [(name, file.size_bytes) for name, file in found.files.items()] == [
        ("a", 1),
        ("b/c/file", 3),
    ]
    assert (found.n_links, found.size_bytes, found.is_complete) == (3, 4, True)


def test_chosen_subfolders_are_left_out(tmp_path: Path) -> None:
    """The folder itself is listed although it has a name that leaves out subfolders."""
    for folder in (tmp_path, tmp_path / "inner", tmp_path / "other"):
        folder.mkdir(exist_ok=True)
        (folder / ("notes" if folder.name == "other" else "MLmodel")).touch()
    found = folder_files(tmp_path, skip=lambda names: "MLmodel" in names)
    assert list(found.files) == ["MLmodel", "other/notes"]
    assert found.n_skipped_folders == 1


def test_a_folder_with_too_many_files_is_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of listed files is limited, and so is what a damaged folder gives."""
    monkeypatch.setattr(module, "MAX_FILES", 3)
    for number in range(4):
        (tmp_path / str(number)).touch()
    found = folder_files(tmp_path)
    assert (len(found.files), found.is_complete) == (3, False)
    assert not folder_files(tmp_path / "missing").is_complete
