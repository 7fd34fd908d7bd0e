"""The export action."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.panel_driver import ActionsDriver, enter


@pytest.fixture
def fitted(tmp_path: Path) -> ActionsDriver:
    """Return the actions on a model that can be deployed."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "lr")
    return ActionsDriver(registry).show("lr:1")


def test_an_export_names_its_files(fitted: ActionsDriver, tmp_path: Path) -> None:
    """The question has the folder, the result five files and a count; Undo does not apply."""
    folder = tmp_path / "it's out"
    question = fitted.ask("Export", "export", folder=f" {folder} ")
    assert question == f"Export lr:1 to {folder}? The exported files are not removed by Undo."
    assert fitted.code == f"registry.export_model('lr:1', {str(folder)!r})"
    assert not folder.exists()
    fitted.confirmation.confirm.click()
    assert fitted.message.startswith("Wrote ")
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    n_files = sum(path.is_file() for path in folder.rglob("*"))
    listed = ", ".join(names[:5])
    assert fitted.message.endswith(f": {listed} and {n_files - 5} more.")
    assert fitted.can_undo == ""


def test_a_tilde_is_the_home_folder(
    fitted: ActionsDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tilde is expanded in the question and in the code."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    fitted.do("Export", "export", folder="~/out")
    assert (tmp_path / "out" / "model.joblib").exists()
    assert str(tmp_path) in fitted.code


@pytest.mark.parametrize(
    ("folder", "message"),
    [("", "Export requires a folder"), ("{registry}/models", "is inside the registry")],
)
def test_an_invalid_folder_shows_an_error(fitted: ActionsDriver, folder: str, message: str) -> None:
    """Nothing is written, and the typed text is kept."""
    typed = folder.format(registry=fitted.other.location)
    fitted.do("Export", "export", folder=typed)
    assert message in fitted.message
    assert fitted.forms["Export"].folder.value == typed
    assert fitted.changes == []


def test_enter_asks_for_the_export(fitted: ActionsDriver) -> None:
    """Enter in the folder field shows the question."""
    fitted.forms["Export"].folder.value = "out"
    enter(fitted.forms["Export"].folder)
    assert fitted.question.startswith("Export lr:1 to ")
