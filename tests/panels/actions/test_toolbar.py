"""Which actions are offered for what is selected."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import MissingKeyError
from exo_nbregistry.panels.actions.toolbar import Actions
from tests.panels.panel_driver import ActionsDriver, toys

ONE = ["Alias", "Tag", "Note", "Delete or restore", "Export"]


def offered(driver: ActionsDriver) -> list[str]:
    """Return the titles that can be chosen."""
    return [title for title, _ in driver.actions.choice.options]


def visible(driver: ActionsDriver) -> list[str]:
    """Return the titles of the forms that are seen."""
    return [form.title for form in driver.actions.forms if form.layout.display != "none"]


def test_what_is_offered_fits_what_is_selected(driver: ActionsDriver) -> None:
    """None is offered for nothing, all for one version, and for several what fits each."""
    assert (offered(driver), visible(driver)) == ([], [])
    driver.show("toy:1")
    assert (offered(driver), visible(driver)) == (ONE, ["Alias"])
    driver.show("toy:1", "toy:2")
    assert (offered(driver), visible(driver)) == (["Tag", "Delete or restore"], ["Tag"])
    driver.show()
    assert (offered(driver), visible(driver)) == ([], [])


def test_the_choice_is_kept(driver: ActionsDriver) -> None:
    """The next version opens with the action of the last one, whatever was selected between."""
    driver.show("toy:1")
    driver.actions.choice.value = ONE.index("Note")
    driver.show("toy:1", "toy:2")
    assert visible(driver) == ["Tag"]
    driver.show()
    driver.show("toy:3")
    assert visible(driver) == ["Note"]


def test_what_was_typed_is_kept(driver: ActionsDriver) -> None:
    """Drawing anew, and another selection, leave the fields as they are."""
    driver.show("toy:1")
    driver.forms["Note"].note.value = "half a sen"
    driver.show("toy:2")
    driver.show("toy:2")
    assert driver.forms["Note"].note.value == "half a sen"


def test_a_version_that_is_not_there_is_said_in_place(driver: ActionsDriver) -> None:
    """Nothing can be done with it, and the next selection is sound again."""
    driver.show("toy:77")
    assert "toy has no version 77" in driver.message
    assert offered(driver) == []
    driver.show("toy:1")
    assert offered(driver) == ONE


def test_a_registry_that_cannot_be_read_is_said_in_place(
    driver: ActionsDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that went away is a sentence, not a traceback."""

    def gone(_: str) -> None:
        raise MissingKeyError("The folder is gone: is the disk there?")

    monkeypatch.setattr(driver.actions._registry, "get_metadata", gone)
    assert "is the disk there" in driver.show("toy:1").message


def test_the_same_version_twice_is_one(driver: ActionsDriver) -> None:
    """A selection that names a version twice acts on it once."""
    driver.show("toy:1", "toy:1")
    assert offered(driver) == ONE


def test_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Showing reads records alone."""
    registry = toys(tmp_path / "registry", 2)

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", load)
    monkeypatch.setattr("exo_nbregistry.registry.exchange.read_model", load)
    actions = Actions(registry, lambda: None)
    for refs in (("toy:1",), ("toy:1", "toy:2"), ()):
        actions.show(refs)


def test_what_was_said_goes_with_what_it_was_about(driver: ActionsDriver) -> None:
    """Another selection is not told of the last one; Undo stays, and words of what is gone too."""
    driver.show("toy:1")
    said = driver.do("Alias", "set", alias="champion")
    assert said
    assert driver.show("toy:1").message == driver.show().message == said
    assert driver.show("toy:2").message == ""
    assert driver.flow.undo.layout.display != "none"
