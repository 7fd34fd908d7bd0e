"""Registries near a path that is not one."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.nearby import near_registries


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a current folder with models/registry, team and team_old."""
    for path in ("work/models/registry", "work/team", "work/team_old"):
        ModelRegistry(tmp_path / path, create=True, durable=False)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_a_misspelled_path_finds_the_most_similar_registry(home: Path) -> None:
    """A path with one wrong letter finds the registry, also if the folder above is wrong."""
    assert near_registries("models/registy")[0] == "models/registry"
    assert near_registries("model/registry")[0] == "models/registry"
    assert near_registries("teem")[0] == "team"


def test_the_folder_above_a_registry_finds_it(home: Path) -> None:
    """A folder finds the registries in it and beside it."""
    assert near_registries("models")[0] == "models/registry"
    assert set(near_registries(".")) == {"models/registry", "team", "team_old"}
    (home / "notes").mkdir()
    assert "team" in near_registries("notes")


def test_a_folder_in_a_registry_finds_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path inside of a registry finds the registry."""
    assert near_registries("team/models/kepler")[0] == "team"
    monkeypatch.chdir(home / "team")
    assert near_registries("models")[0] == str(home / "team") or near_registries("models")[0] == "."


def test_a_distant_registry_is_named_by_its_absolute_path(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths far from the current folder are absolute."""
    far = home / "a" / "b" / "c"
    far.mkdir(parents=True)
    monkeypatch.chdir(far)
    assert near_registries(home / "teem")[0] == str(home / "team")


def test_no_near_registry_gives_nothing(tmp_path: Path) -> None:
    """Without a registry nearby, nothing is suggested; hidden folders are not searched."""
    ModelRegistry(tmp_path / "a" / ".hidden", create=True)
    assert near_registries(tmp_path / "a" / "new") == ()
