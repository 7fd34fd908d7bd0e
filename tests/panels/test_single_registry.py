"""The one registry of a panel."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.panels.single_registry import SingleRegistry
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore
from tests.registry.bucket_double import install


def test_there_is_one_place(tmp_path: Path) -> None:
    """The place has the name and the path of the folder, and a constant ID."""
    (place,) = SingleRegistry(ModelRegistry(tmp_path / "team")).places()
    assert (place.id, place.name, place.location) == ("this", "team", str(tmp_path / "team"))


@pytest.mark.parametrize("registry_id", ["other", "", "THIS", "../this"])
def test_another_id_is_unknown(tmp_path: Path, registry_id: str) -> None:
    """A page cannot name another registry."""
    with pytest.raises(Problem, match="another registry"):
        SingleRegistry(ModelRegistry(tmp_path)).place(registry_id)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_folder_without_write_access_is_read_only(tmp_path: Path) -> None:
    """A folder that the user may not write to is read-only."""
    registries = SingleRegistry(ModelRegistry(tmp_path / "team", create=True))
    (place,) = registries.places()
    assert registries.is_writable(place)
    (tmp_path / "team" / "models").chmod(0o500)
    assert not registries.is_writable(place)


def test_a_store_without_a_folder_accepts_changes() -> None:
    """Other stores report rejected changes themselves."""
    registries = SingleRegistry(ModelRegistry(MemoryStore()))
    assert registries.is_writable(registries.places()[0])


def test_a_bucket_is_a_place_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place of a bucket has its URL, and notebooks are looked for beside the running one."""
    install(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.ipynb").write_text("{}")
    (tmp_path / "s3:" / "team").mkdir(parents=True)
    (tmp_path / "s3:" / "team" / "other.ipynb").write_text("{}")
    registries = SingleRegistry(ModelRegistry("s3://team/models"))
    (place,) = registries.places()
    assert (place.name, place.location) == ("models", "s3://team/models")
    assert registries.is_writable(place)
    assert registries.notebook("train.ipynb", place) == "train.ipynb"
    assert registries.notebook("other.ipynb", place) is None


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("work/train.ipynb", "train.ipynb"),
        ("train.ipynb", "../train.ipynb"),
        ("models/train.ipynb", "../models/train.ipynb"),
        ("elsewhere/train.ipynb", None),
    ],
)
def test_a_notebook_is_found_near_the_running_one_or_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str, found: str | None
) -> None:
    """The path is relative to the running notebook, wherever the kernel is."""
    for folder in ("work", "models", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / made).write_text("{}")
    monkeypatch.chdir(tmp_path / "work")
    registries = SingleRegistry(ModelRegistry(tmp_path / "models" / "registry", create=True))
    (place,) = registries.places()
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "work" / "run.ipynb"))
    assert registries.notebook("train.ipynb", place) == found
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert registries.notebook("train.ipynb", place) == found


@pytest.mark.parametrize("name", ["", "../train.ipynb", "/etc/passwd", "work/train.ipynb"])
def test_only_a_file_name_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A record cannot name a path."""
    (tmp_path / "work").mkdir()
    (tmp_path / "train.ipynb").write_text("{}")
    (tmp_path / "work" / "train.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path / "work")
    registries = SingleRegistry(ModelRegistry(tmp_path / "registry"))
    assert registries.notebook(name, registries.places()[0]) is None
