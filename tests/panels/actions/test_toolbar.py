"""Available actions for a selection."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import MissingKeyError
from exo_nbregistry.panels.actions.toolbar import Actions
from tests.panels.panel_driver import ActionsDriver, toys

ONE = ["Alias", "Tag", "Note", "Delete", "Export"]


def offered(driver: ActionsDriver) -> list[str]:
    """Return the titles of the available actions."""
    return [title for title, _ in driver.actions.choice.options]


def visible(driver: ActionsDriver) -> list[str]:
    """Return the titles of the visible forms."""
    return [form.title for form in driver.actions.forms if form.layout.display != "none"]


def test_the_actions_depend_on_the_selection(driver: ActionsDriver) -> None:
    """No actions without a selection, all for one version, and some for several."""
    assert (offered(driver), visible(driver)) == ([], [])
    driver.show("toy:1")
    assert (offered(driver), visible(driver)) == (ONE, ["Alias"])
    driver.show("toy:1", "toy:2")
    assert (offered(driver), visible(driver)) == (["Tag", "Delete"], ["Tag"])
    driver.show()
    assert (offered(driver), visible(driver)) == ([], [])


def test_the_choice_is_kept(driver: ActionsDriver) -> None:
    """The chosen action is kept for the next version."""
    driver.show("toy:1")
    driver.actions.choice.value = ONE.index("Note")
    driver.show("toy:1", "toy:2")
    assert visible(driver) == ["Tag"]
    driver.show()
    driver.show("toy:3")
    assert visible(driver) == ["Note"]


def test_typed_text_is_kept(driver: ActionsDriver) -> None:
    """Another selection does not change the fields."""
    driver.show("toy:1")
    driver.forms["Note"].note.value = "half a sen"
    driver.show("toy:2")
    driver.show("toy:2")
    assert driver.forms["Note"].note.value == "half a sen"


def test_a_missing_version_shows_an_error(driver: ActionsDriver) -> None:
    """A missing version has no actions, and the next selection works again."""
    driver.show("toy:77")
    assert "toy has no version 77" in driver.message
    assert offered(driver) == []
    driver.show("toy:1")
    assert offered(driver) == ONE


def test_an_unreadable_registry_shows_an_error(
    driver: ActionsDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing folder is shown as a sentence, not as a traceback."""

    def fail(_: str) -> None:
        raise MissingKeyError("The folder does not exist: is the disk there?")

    monkeypatch.setattr(driver.actions._registry, "get_metadata", fail)
    assert "is the disk there" in driver.show("toy:1").message


def test_a_version_is_selected_once(driver: ActionsDriver) -> None:
    """A duplicated reference counts once."""
    driver.show("toy:1", "toy:1")
    assert offered(driver) == ONE


def test_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Showing the actions reads only records."""
    registry = toys(tmp_path / "registry", 2)

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", load)
    monkeypatch.setattr("exo_nbregistry.registry.exporting.read_model", load)
    actions = Actions(registry, lambda: None)
    for refs in (("toy:1",), ("toy:1", "toy:2"), ()):
        actions.show(refs)


def test_a_message_is_cleared_by_another_selection(driver: ActionsDriver) -> None:
    """Another selection clears the message but keeps Undo; an empty selection keeps both."""
    driver.show("toy:1")
    message = driver.do("Alias", "set", alias="champion")
    assert message
    assert driver.show("toy:1").message == driver.show().message == message
    assert driver.show("toy:2").message == ""
    assert driver.confirmation.undo.layout.display != "none"
