"""Aliases by clicks."""

from __future__ import annotations

import pytest

from tests.html_page import PAYLOADS
from tests.panels.panel_driver import ActionsDriver, elements, enter


def pointers(driver: ActionsDriver) -> dict[str, tuple[int | None, bool]]:
    """Return where the aliases point, as another kernel reads it."""
    moves = driver.other.aliases("toy")
    return {name: (move.version, move.protected) for name, move in moves.items()}


def test_an_alias_is_set_moved_and_put_back(driver: ActionsDriver) -> None:
    """Each question says from where to where, each answer is on disk, and so is each undoing."""
    driver.show("toy:3")
    assert driver.ask("Alias", "set", alias="champion") == "Set toy@champion to version 3?"
    assert driver.code == (
        "registry.set_alias('toy', 'champion', 3, expected=None, protected=False)"
    )
    assert pointers(driver) == {}
    driver.flow.confirm.click()
    assert driver.message == "toy@champion points at 3."
    assert pointers(driver) == {"champion": (3, False)}
    driver.show("toy:5")
    assert driver.ask("Alias", "set") == "Move toy@champion from 3 to 5?"
    driver.flow.confirm.click()
    assert pointers(driver) == {"champion": (5, False)}
    assert driver.undo() == "Undone: toy@champion points at 3."
    assert pointers(driver) == {"champion": (3, False)}
    assert driver.undo() == "Undone: toy@champion points nowhere."
    assert pointers(driver) == {}
    assert driver.can_undo == ""
    assert len(driver.changes) == 4


def test_protection_is_said_and_kept(driver: ActionsDriver) -> None:
    """An alias that is chosen brings its protection along, so that a move alone keeps it."""
    driver.show("toy:1")
    question = driver.ask("Alias", "set", alias="champion", protected=True)
    assert question == "Set toy@champion to version 1 and protect it?"
    driver.flow.confirm.click()
    driver.show("toy:2")
    driver.ask("Alias", "set", alias="other", protected=False)
    assert driver.ask("Alias", "set", alias="champion") == "Move toy@champion from 1 to 2?"
    driver.flow.confirm.click()
    assert pointers(driver) == {"champion": (2, True)}
    question = driver.ask("Alias", "set", protected=False)
    assert question == "No longer protect toy:2 by toy@champion?"
    driver.flow.confirm.click()
    assert pointers(driver) == {"champion": (2, False)}
    driver.undo()
    assert pointers(driver) == {"champion": (2, True)}


def test_an_alias_is_rolled_back_and_removed(driver: ActionsDriver) -> None:
    """Both say where it points now, and both can be undone."""
    for version in (1, 2):
        driver.other.set_alias("toy", "champion", version, protected=True)
    driver.show("toy:4")
    assert (
        driver.ask("Alias", "rollback", alias="champion") == "Roll toy@champion back from 2 to 1?"
    )
    assert driver.code == "registry.rollback_alias('toy', 'champion', expected=2)"
    driver.flow.confirm.click()
    assert driver.message == "toy@champion points at 1 again."
    assert pointers(driver) == {"champion": (1, True)}
    question = driver.ask("Alias", "remove")
    assert question == "Remove toy@champion? It points at 1 and protects it."
    assert driver.code == "registry.remove_alias('toy', 'champion', expected=1)"
    driver.flow.confirm.click()
    assert pointers(driver) == {}
    assert driver.undo() == "Undone: toy@champion points at 1 (protected)."
    assert driver.undo() == "Undone: toy@champion points at 2 (protected)."
    assert pointers(driver) == {"champion": (2, True)}


def test_who_was_faster_is_not_overruled(driver: ActionsDriver) -> None:
    """A move that is lost to another kernel says what is there, and asks again on request."""
    driver.other.set_alias("toy", "champion", 3)
    driver.show("toy:5").ask("Alias", "set", alias="champion")
    driver.other.set_alias("toy", "champion", 4)
    driver.flow.confirm.click()
    assert "toy@champion points at 4, not at 3" in driver.message
    assert 'role="alert"' in driver.flow.result.value
    assert pointers(driver) == {"champion": (4, False)}
    assert driver.changes == []
    assert driver.flow.again.layout.display is None
    driver.flow.again.click()
    assert driver.question == "Move toy@champion from 4 to 5?"
    driver.flow.confirm.click()
    assert pointers(driver) == {"champion": (5, False)}
    assert driver.undo() == "Undone: toy@champion points at 4."


@pytest.mark.parametrize("button", ["rollback", "remove"])
def test_neither_is_who_was_faster_rolled_back_or_removed(
    driver: ActionsDriver, button: str
) -> None:
    """Rolling back and removing expect what was shown too."""
    for version in (1, 2):
        driver.other.set_alias("toy", "champion", version)
    driver.show("toy:5").ask("Alias", button, alias="champion")
    driver.other.set_alias("toy", "champion", 4)
    driver.flow.confirm.click()
    assert "points at 4, not at 2" in driver.message
    assert pointers(driver) == {"champion": (4, False)}


@pytest.mark.parametrize(
    ("alias", "button", "said"),
    [
        ("", "set", "Invalid alias ''"),
        ("Champion!", "set", ": an alias has 1 to 63"),
        ("latest", "set", "Invalid alias"),
        ("nobody", "remove", "toy has no alias 'nobody'. Did you mean champion?"),
        ("nobody", "rollback", "toy@nobody has no earlier version to go back to."),
        ("champion", "rollback", "toy@champion has no earlier version to go back to."),
        ("champion", "set", "toy@champion points at 1 already."),
    ],
)
def test_what_cannot_be_done_is_said_in_place(
    driver: ActionsDriver, alias: str, button: str, said: str
) -> None:
    """Nothing is asked, one sentence says why, and what was typed stays."""
    driver.other.set_alias("toy", "champion", 1)
    driver.show("toy:1")
    assert driver.ask("Alias", button, alias=alias) == ""
    assert said in driver.message
    assert driver.forms["Alias"].alias.value == alias
    assert pointers(driver) == {"champion": (1, False)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_alias_is_text(driver: ActionsDriver, payload: str) -> None:
    """It is refused by name, and no element of the page is made of it."""
    driver.show("toy:1").ask("Alias", "set", alias=payload)
    assert "Invalid alias" in driver.message
    assert elements(driver.flow.result.value) == {"div", "strong"}


def test_enter_asks(driver: ActionsDriver) -> None:
    """The Enter key in the field is the button beside it; leaving the field is not."""
    driver.show("toy:2")
    field = driver.forms["Alias"].alias
    field.value = " champion "
    assert driver.question == ""
    enter(field)
    assert driver.question == "Set toy@champion to version 2?"
    field.value = "champ"
    assert driver.question == ""


def test_the_aliases_of_the_model_are_offered(driver: ActionsDriver) -> None:
    """Also those that point at other versions, and those that came since."""
    driver.show("toy:2")
    assert driver.forms["Alias"].alias.options == ()
    driver.other.set_alias("toy", "champion", 4)
    driver.show("toy:2")
    assert driver.forms["Alias"].alias.options == ("champion",)


def test_no_alias_is_set_on_what_was_deleted_meanwhile(driver: ActionsDriver) -> None:
    """A version that another kernel deleted is named, before the question and after."""
    driver.show("toy:2").ask("Alias", "set", alias="champion")
    driver.other.delete_model("toy:2")
    driver.flow.confirm.click()
    assert "toy:2 was deleted" in driver.message
    assert driver.ask("Alias", "set") == ""
    assert "toy:2 is deleted: restore it first." in driver.message
    assert pointers(driver) == {}
