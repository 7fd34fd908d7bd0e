"""The search below the root: what it finds, passes by, and where it stops."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.lab.discovery import Bounds, discover, is_registry

WIDE = Bounds(seconds=60)


def plant(folder: Path, *names: str) -> Path:
    """Make a folder with empty files; by default a registry."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ("nbregistry.json",):
        (folder / name).touch()
    return folder


def test_registries_and_notebooks_are_found(tmp_path: Path) -> None:
    """Relative paths come back, the nearer ones first."""
    plant(tmp_path / "a/b/deep")
    plant(tmp_path / "z")
    plant(tmp_path / "a", "train.ipynb", "notes.txt")
    plant(tmp_path, "train.ipynb")
    found = discover(str(tmp_path), WIDE)
    assert found.registries == ["z", "a/b/deep"]
    assert found.notebooks == {"train.ipynb": ["train.ipynb", "a/train.ipynb"]}


def test_the_root_itself_may_be_one(tmp_path: Path) -> None:
    """Nothing inside a registry is looked at, be it the root."""
    plant(tmp_path)
    plant(tmp_path / "models/kepler")
    assert discover(str(tmp_path), WIDE).registries == ["."]


@pytest.mark.parametrize(
    "folder", [".hidden", "node_modules", "site-packages", "__pycache__", "x/.git/y"]
)
def test_folders_of_machinery_are_passed_by(tmp_path: Path, folder: str) -> None:
    """Where no person keeps a registry, none is looked for."""
    plant(tmp_path / folder)
    assert discover(str(tmp_path), WIDE).registries == []


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta"])
def test_environments_are_passed_by(tmp_path: Path, mark: str) -> None:
    """A virtual environment is known by its mark, whatever it is called."""
    plant(tmp_path / "env", mark)
    plant(tmp_path / "env/lib")
    assert discover(str(tmp_path), WIDE).registries == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither a linked folder nor a linked descriptor or notebook is found."""
    outside = plant(tmp_path / "outside", "nbregistry.json", "secret.ipynb")
    root = plant(tmp_path / "root", "plain.txt")
    (root / "link").symlink_to(outside)
    (root / "loop").symlink_to(root)
    plant(root / "half", "plain.txt")
    (root / "half/nbregistry.json").symlink_to(outside / "nbregistry.json")
    (root / "secret.ipynb").symlink_to(outside / "secret.ipynb")
    found = discover(str(root), WIDE)
    assert (found.registries, found.notebooks) == ([], {})


def test_a_folder_of_that_name_is_no_registry(tmp_path: Path) -> None:
    """The descriptor is a regular file."""
    plant(tmp_path / "odd/nbregistry.json", "x")
    assert discover(str(tmp_path), WIDE).registries == []


def test_depth_is_bounded(tmp_path: Path) -> None:
    """A registry is found at the depth that is allowed, and not below."""
    plant(tmp_path / "1/2/3")
    assert discover(str(tmp_path), Bounds(depth=3, seconds=60)).registries == ["1/2/3"]
    assert discover(str(tmp_path), Bounds(depth=2, seconds=60)).registries == []


def test_numbers_are_bounded(tmp_path: Path) -> None:
    """So many registries, notebooks and folders, and no more."""
    for number in range(4):
        plant(tmp_path / f"r{number}")
        plant(tmp_path / f"x{number}", "a.ipynb")
    few = discover(str(tmp_path), Bounds(registries=2, notebooks=3, seconds=60))
    assert len(few.registries) == 2
    assert len(few.notebooks["a.ipynb"]) == 3
    assert len(discover(str(tmp_path), Bounds(folders=4, seconds=60)).registries) == 3


def test_time_is_bounded(tmp_path: Path) -> None:
    """When the time is over, what was found until then is told."""
    for number in range(9):
        plant(tmp_path / f"r{number}")
    ticks = count()
    found = discover(str(tmp_path), Bounds(seconds=5), clock=lambda: float(next(ticks)))
    assert 0 < len(found.registries) < 9


def test_what_is_closed_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be listed hides nothing else; root, who may list all, is refused too."""
    plant(tmp_path / "open")
    closed = plant(tmp_path / "closed")
    assert discover(str(tmp_path), WIDE).registries == ["closed", "open"]
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert discover(str(tmp_path), WIDE).registries == ["open"]


def test_what_vanishes_is_passed_by(tmp_path: Path) -> None:
    """A root that is gone has nothing."""
    assert discover(str(tmp_path / "gone"), WIDE).registries == []


def test_a_registry_is_no_link(tmp_path: Path) -> None:
    """A path is a registry only if no part of it is a link."""
    real = plant(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path)
    assert is_registry(str(real))
    assert not is_registry(str(tmp_path / "link" / "real"))
    assert not is_registry(str(tmp_path))
    assert not is_registry(f"{tmp_path}\0")
