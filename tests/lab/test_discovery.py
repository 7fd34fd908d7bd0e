"""Search for registries and notebooks below a root."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.lab.discovery import Bounds, discover, is_registry

WIDE = Bounds(seconds=60)


def plant(folder: Path, *names: str) -> Path:
    """Create a folder with empty files; by default a registry."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ("nbregistry.json",):
        (folder / name).touch()
    return folder


def test_registries_and_notebooks_are_found(tmp_path: Path) -> None:
    """Relative paths are returned by depth."""
    plant(tmp_path / "a/b/deep")
    plant(tmp_path / "z")
    plant(tmp_path / "a", "train.ipynb", "notes.txt")
    plant(tmp_path, "train.ipynb")
    found = discover(str(tmp_path), WIDE)
    assert found.registries == ["z", "a/b/deep"]
    assert found.notebooks == {"train.ipynb": ["train.ipynb", "a/train.ipynb"]}


def test_the_root_can_be_a_registry(tmp_path: Path) -> None:
    """Folders inside a registry are not searched, also if it is the root."""
    plant(tmp_path)
    plant(tmp_path / "models/kepler")
    assert discover(str(tmp_path), WIDE).registries == ["."]


@pytest.mark.parametrize(
    "folder", [".hidden", "node_modules", "site-packages", "__pycache__", "x/.git/y"]
)
def test_package_folders_are_skipped(tmp_path: Path, folder: str) -> None:
    """Hidden folders and folders of packages are not searched."""
    plant(tmp_path / folder)
    assert discover(str(tmp_path), WIDE).registries == []


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta"])
def test_environments_are_skipped(tmp_path: Path, mark: str) -> None:
    """A virtual environment is recognized by its marker file."""
    plant(tmp_path / "env", mark)
    plant(tmp_path / "env/lib")
    assert discover(str(tmp_path), WIDE).registries == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Linked folders, descriptors and notebooks are skipped."""
    outside = plant(tmp_path / "outside", "nbregistry.json", "secret.ipynb")
    root = plant(tmp_path / "root", "plain.txt")
    (root / "link").symlink_to(outside)
    (root / "loop").symlink_to(root)
    plant(root / "half", "plain.txt")
    (root / "half/nbregistry.json").symlink_to(outside / "nbregistry.json")
    (root / "secret.ipynb").symlink_to(outside / "secret.ipynb")
    found = discover(str(root), WIDE)
    assert (found.registries, found.notebooks) == ([], {})


def test_a_descriptor_must_be_a_file(tmp_path: Path) -> None:
    """The descriptor must be a regular file."""
    plant(tmp_path / "odd/nbregistry.json", "x")
    assert discover(str(tmp_path), WIDE).registries == []


def test_depth_is_limited(tmp_path: Path) -> None:
    """A registry is found at the maximum depth, and not below it."""
    plant(tmp_path / "1/2/3")
    assert discover(str(tmp_path), Bounds(depth=3, seconds=60)).registries == ["1/2/3"]
    assert discover(str(tmp_path), Bounds(depth=2, seconds=60)).registries == []


def test_numbers_are_limited(tmp_path: Path) -> None:
    """The numbers of registries, notebooks and folders are limited."""
    for number in range(4):
        plant(tmp_path / f"r{number}")
        plant(tmp_path / f"x{number}", "a.ipynb")
    few = discover(str(tmp_path), Bounds(registries=2, notebooks=3, seconds=60))
    assert len(few.registries) == 2
    assert len(few.notebooks["a.ipynb"]) == 3
    assert len(discover(str(tmp_path), Bounds(folders=4, seconds=60)).registries) == 3


def test_time_is_limited(tmp_path: Path) -> None:
    """After the time limit, the paths found so far are returned."""
    for number in range(9):
        plant(tmp_path / f"r{number}")
    ticks = count()
    found = discover(str(tmp_path), Bounds(seconds=5), clock=lambda: float(next(ticks)))
    assert 0 < len(found.registries) < 9


def test_unreadable_folders_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be listed is skipped."""
    plant(tmp_path / "open")
    closed = plant(tmp_path / "closed")
    assert discover(str(tmp_path), WIDE).registries == ["closed", "open"]
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refusing)
        assert discover(str(tmp_path), WIDE).registries == ["open"]


def test_a_missing_root_is_empty(tmp_path: Path) -> None:
    """A root that does not exist has no registries."""
    assert discover(str(tmp_path / "gone"), WIDE).registries == []


def test_a_linked_path_is_not_a_registry(tmp_path: Path) -> None:
    """A path with a link in any part is not a registry."""
    real = plant(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path)
    assert is_registry(str(real))
    assert not is_registry(str(tmp_path / "link" / "real"))
    assert not is_registry(str(tmp_path))
    assert not is_registry(f"{tmp_path}\0")
