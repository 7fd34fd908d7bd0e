"""Which actions are offered for what is selected."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import MissingKeyError
from exo_nbregistry.panels.action import Actions
from tests.panels.desk import Desk, toys

ONE = ["Alias", "Tag", "Note", "Delete or restore", "Export"]


def offered(desk: Desk) -> list[str]:
    """Return the titles that can be chosen."""
    return [title for title, _ in desk.actions.choice.options]


def visible(desk: Desk) -> list[str]:
    """Return the titles of the forms that are seen."""
    return [form.title for form in desk.actions.forms if form.layout.display != "none"]


def test_what_is_offered_fits_what_is_selected(desk: Desk) -> None:
    """None is offered for nothing, all for one version, and for several what fits each."""
    assert (offered(desk), visible(desk)) == ([], [])
    desk.show("toy:1")
    assert (offered(desk), visible(desk)) == (ONE, ["Alias"])
    desk.show("toy:1", "toy:2")
    assert (offered(desk), visible(desk)) == (["Tag", "Delete or restore"], ["Tag"])
    desk.show()
    assert (offered(desk), visible(desk)) == ([], [])


def test_the_choice_is_kept(desk: Desk) -> None:
    """The next version opens with the action of the last one, whatever was selected between."""
    desk.show("toy:1")
    desk.actions.choice.value = ONE.index("Note")
    desk.show("toy:1", "toy:2")
    assert visible(desk) == ["Tag"]
    desk.show()
    desk.show("toy:3")
    assert visible(desk) == ["Note"]


def test_what_was_typed_is_kept(desk: Desk) -> None:
    """Drawing anew, and another selection, leave the fields as they are."""
    desk.show("toy:1")
    desk.forms["Note"].note.value = "half a sen"
    desk.show("toy:2")
    desk.show("toy:2")
    assert desk.forms["Note"].note.value == "half a sen"


def test_a_version_that_is_not_there_is_said_in_place(desk: Desk) -> None:
    """Nothing can be done with it, and the next selection is sound again."""
    desk.show("toy:77")
    assert "toy has no version 77" in desk.said
    assert offered(desk) == []
    desk.show("toy:1")
    assert offered(desk) == ONE


def test_a_registry_that_cannot_be_read_is_said_in_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that went away is a sentence, not a traceback."""

    def gone(_: str) -> None:
        raise MissingKeyError("The folder is gone: is the disk there?")

    monkeypatch.setattr(desk.actions._registry, "get_metadata", gone)
    assert "is the disk there" in desk.show("toy:1").said


def test_the_same_version_twice_is_one(desk: Desk) -> None:
    """A selection that names a version twice acts on it once."""
    desk.show("toy:1", "toy:1")
    assert offered(desk) == ONE


def test_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Showing reads records alone."""
    registry = toys(tmp_path / "registry", 2)

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.retrieval.read_model", load)
    monkeypatch.setattr("exo_nbregistry.exchange.read_model", load)
    actions = Actions(registry, lambda: None)
    for refs in (("toy:1",), ("toy:1", "toy:2"), ()):
        actions.show(refs)


def test_what_was_said_goes_with_what_it_was_about(desk: Desk) -> None:
    """Another selection is not told of the last one; Undo stays, and words of what is gone too."""
    desk.show("toy:1")
    said = desk.do("Alias", "set", alias="champion")
    assert said
    assert desk.show("toy:1").said == desk.show().said == said
    assert desk.show("toy:2").said == ""
    assert desk.flow.undo.layout.display != "none"
