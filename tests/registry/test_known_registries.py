"""A path that holds another registry than before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry that was used before."""
    ModelRegistry(tmp_path / "registry", durable=False).register_model({"a": 1}, "toy")
    return tmp_path / "registry"


def test_another_registry_at_a_path_is_named_once(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A registry that was put in the place of another one is a warning at its first use."""
    before = ModelRegistry(folder).registry_id
    after = ModelRegistry(tmp_path / "other", create=True).registry_id
    shutil.rmtree(folder)
    shutil.move(tmp_path / "other", folder)
    assert caplog.text == ""
    ModelRegistry(folder)
    ModelRegistry(folder)
    (record,) = caplog.records
    assert "holds another registry than when you last used it" in record.getMessage()
    assert before in record.getMessage()
    assert after in record.getMessage()


def test_a_registry_that_is_created_again_is_expected(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A user who deletes a registry and creates a new one sees no warning."""
    for _ in range(2):
        shutil.rmtree(folder)
        ModelRegistry(folder, durable=False).register_model({"a": 2}, "toy")
        assert ModelRegistry(folder).list_models().ids == ("toy:1",)
    assert caplog.text == ""


def test_a_copy_and_a_move_are_the_same_registry(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A copy in the place of the original has the same id."""
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(folder)
    shutil.move(tmp_path / "copy", folder)
    assert ModelRegistry(folder).list_models().ids == ("toy:1",)
    assert caplog.text == ""


def test_a_cache_that_cannot_be_written_changes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a cache folder, a registry opens without a warning."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert ModelRegistry(folder).load_model("toy")[0] == {"a": 1}
    assert caplog.text == ""
