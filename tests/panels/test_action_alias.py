"""Aliases by clicks."""

from __future__ import annotations

import pytest

from tests.page import PAYLOADS
from tests.panels.desk import Desk, elements, enter


def pointers(desk: Desk) -> dict[str, tuple[int | None, bool]]:
    """Return where the aliases point, as another kernel reads it."""
    moves = desk.other.aliases("toy")
    return {name: (move.version, move.protected) for name, move in moves.items()}


def test_an_alias_is_set_moved_and_put_back(desk: Desk) -> None:
    """Each question says from where to where, each answer is on disk, and so is each undoing."""
    desk.show("toy:3")
    assert desk.ask("Alias", "set", alias="champion") == "Set toy@champion to version 3?"
    assert desk.code == ("registry.set_alias('toy', 'champion', 3, expected=None, protected=False)")
    assert pointers(desk) == {}
    desk.flow.confirm.click()
    assert desk.said == "toy@champion points at 3."
    assert pointers(desk) == {"champion": (3, False)}
    desk.show("toy:5")
    assert desk.ask("Alias", "set") == "Move toy@champion from 3 to 5?"
    desk.flow.confirm.click()
    assert pointers(desk) == {"champion": (5, False)}
    assert desk.undo() == "Undone: toy@champion points at 3."
    assert pointers(desk) == {"champion": (3, False)}
    assert desk.undo() == "Undone: toy@champion points nowhere."
    assert pointers(desk) == {}
    assert desk.can_undo == ""
    assert len(desk.changes) == 4


def test_protection_is_said_and_kept(desk: Desk) -> None:
    """An alias that is chosen brings its protection along, so that a move alone keeps it."""
    desk.show("toy:1")
    question = desk.ask("Alias", "set", alias="champion", protected=True)
    assert question == "Set toy@champion to version 1 and protect it?"
    desk.flow.confirm.click()
    desk.show("toy:2")
    desk.ask("Alias", "set", alias="other", protected=False)
    assert desk.ask("Alias", "set", alias="champion") == "Move toy@champion from 1 to 2?"
    desk.flow.confirm.click()
    assert pointers(desk) == {"champion": (2, True)}
    question = desk.ask("Alias", "set", protected=False)
    assert question == "No longer protect toy:2 by toy@champion?"
    desk.flow.confirm.click()
    assert pointers(desk) == {"champion": (2, False)}
    desk.undo()
    assert pointers(desk) == {"champion": (2, True)}


def test_an_alias_is_rolled_back_and_removed(desk: Desk) -> None:
    """Both say where it points now, and both can be undone."""
    for version in (1, 2):
        desk.other.set_alias("toy", "champion", version, protected=True)
    desk.show("toy:4")
    assert desk.ask("Alias", "rollback", alias="champion") == "Roll toy@champion back from 2 to 1?"
    assert desk.code == "registry.rollback_alias('toy', 'champion', expected=2)"
    desk.flow.confirm.click()
    assert desk.said == "toy@champion points at 1 again."
    assert pointers(desk) == {"champion": (1, True)}
    question = desk.ask("Alias", "remove")
    assert question == "Remove toy@champion? It points at 1 and protects it."
    assert desk.code == "registry.remove_alias('toy', 'champion', expected=1)"
    desk.flow.confirm.click()
    assert pointers(desk) == {}
    assert desk.undo() == "Undone: toy@champion points at 1 (protected)."
    assert desk.undo() == "Undone: toy@champion points at 2 (protected)."
    assert pointers(desk) == {"champion": (2, True)}


def test_who_was_faster_is_not_overruled(desk: Desk) -> None:
    """A move that is lost to another kernel says what is there, and asks again on request."""
    desk.other.set_alias("toy", "champion", 3)
    desk.show("toy:5").ask("Alias", "set", alias="champion")
    desk.other.set_alias("toy", "champion", 4)
    desk.flow.confirm.click()
    assert "toy@champion points at 4, not at 3" in desk.said
    assert 'role="alert"' in desk.flow.result.value
    assert pointers(desk) == {"champion": (4, False)}
    assert desk.changes == []
    assert desk.flow.again.layout.display is None
    desk.flow.again.click()
    assert desk.asked == "Move toy@champion from 4 to 5?"
    desk.flow.confirm.click()
    assert pointers(desk) == {"champion": (5, False)}
    assert desk.undo() == "Undone: toy@champion points at 4."


@pytest.mark.parametrize("button", ["rollback", "remove"])
def test_neither_is_who_was_faster_rolled_back_or_removed(desk: Desk, button: str) -> None:
    """Rolling back and removing expect what was shown too."""
    for version in (1, 2):
        desk.other.set_alias("toy", "champion", version)
    desk.show("toy:5").ask("Alias", button, alias="champion")
    desk.other.set_alias("toy", "champion", 4)
    desk.flow.confirm.click()
    assert "points at 4, not at 2" in desk.said
    assert pointers(desk) == {"champion": (4, False)}


@pytest.mark.parametrize(
    ("alias", "button", "said"),
    [
        ("", "set", "'' is no alias"),
        ("Champion!", "set", "is no alias: an alias has 1 to 63"),
        ("latest", "set", "is no alias"),
        ("nobody", "remove", "toy has no alias 'nobody'. Did you mean champion?"),
        ("nobody", "rollback", "toy@nobody has no earlier version to go back to."),
        ("champion", "rollback", "toy@champion has no earlier version to go back to."),
        ("champion", "set", "toy@champion points at 1 already."),
    ],
)
def test_what_cannot_be_done_is_said_in_place(
    desk: Desk, alias: str, button: str, said: str
) -> None:
    """Nothing is asked, one sentence says why, and what was typed stays."""
    desk.other.set_alias("toy", "champion", 1)
    desk.show("toy:1")
    assert desk.ask("Alias", button, alias=alias) == ""
    assert said in desk.said
    assert desk.forms["Alias"].alias.value == alias
    assert pointers(desk) == {"champion": (1, False)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_alias_is_text(desk: Desk, payload: str) -> None:
    """It is refused by name, and no element of the page is made of it."""
    desk.show("toy:1").ask("Alias", "set", alias=payload)
    assert "is no alias" in desk.said
    assert elements(desk.flow.result.value) == {"div", "strong"}


def test_enter_asks(desk: Desk) -> None:
    """The Enter key in the field is the button beside it; leaving the field is not."""
    desk.show("toy:2")
    field = desk.forms["Alias"].alias
    field.value = " champion "
    assert desk.asked == ""
    enter(field)
    assert desk.asked == "Set toy@champion to version 2?"
    field.value = "champ"
    assert desk.asked == ""


def test_the_aliases_of_the_model_are_offered(desk: Desk) -> None:
    """Also those that point at other versions, and those that came since."""
    desk.show("toy:2")
    assert desk.forms["Alias"].alias.options == ()
    desk.other.set_alias("toy", "champion", 4)
    desk.show("toy:2")
    assert desk.forms["Alias"].alias.options == ("champion",)


def test_no_alias_is_set_on_what_was_deleted_meanwhile(desk: Desk) -> None:
    """A version that another kernel deleted is named, before the question and after."""
    desk.show("toy:2").ask("Alias", "set", alias="champion")
    desk.other.delete_model("toy:2")
    desk.flow.confirm.click()
    assert "toy:2 was deleted" in desk.said
    assert desk.ask("Alias", "set") == ""
    assert "toy:2 is deleted: restore it first." in desk.said
    assert pointers(desk) == {}
