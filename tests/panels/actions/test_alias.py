"""Alias actions."""

from __future__ import annotations

import pytest

from tests.html_page import PAYLOADS
from tests.panels.panel_driver import ActionsDriver, elements, enter


def pointers(driver: ActionsDriver) -> dict[str, tuple[int | None, bool]]:
    """Return the targets of the aliases, as another kernel reads them."""
    moves = driver.other.aliases("toy")
    return {name: (move.version, move.protected) for name, move in moves.items()}


def test_an_alias_is_set_and_moved_and_both_are_undone(driver: ActionsDriver) -> None:
    """Each question names the versions, and each action and undo is on disk."""
    driver.show("toy:3")
    assert driver.ask("Alias", "set", alias="champion") == "Set toy@champion to version 3?"
    assert driver.code == (
        "registry.set_alias('toy', 'champion', 3, expected=None, protected=False)"
    )
    assert pointers(driver) == {}
    driver.confirmation.confirm.click()
    assert driver.message == "Set toy@champion to 3."
    assert pointers(driver) == {"champion": (3, False)}
    driver.show("toy:5")
    assert driver.ask("Alias", "set") == "Move toy@champion from 3 to 5?"
    driver.confirmation.confirm.click()
    assert pointers(driver) == {"champion": (5, False)}
    assert driver.undo() == "Undone: toy@champion points to 3."
    assert pointers(driver) == {"champion": (3, False)}
    assert driver.undo() == "Undone: toy@champion was removed."
    assert pointers(driver) == {}
    assert driver.can_undo == ""
    assert len(driver.changes) == 4


def test_protection_is_shown_and_kept(driver: ActionsDriver) -> None:
    """A chosen alias sets the check box of its protection, so that a move keeps it."""
    driver.show("toy:1")
    question = driver.ask("Alias", "set", alias="champion", protected=True)
    assert question == "Set toy@champion to version 1 and protect it?"
    driver.confirmation.confirm.click()
    driver.show("toy:2")
    driver.ask("Alias", "set", alias="other", protected=False)
    question = driver.ask("Alias", "set", alias="champion")
    assert question == "Move toy@champion from 1 (protected) to 2?"
    assert driver.code.endswith("expected=1, protected=True, force=True)")
    driver.confirmation.confirm.click()
    assert pointers(driver) == {"champion": (2, True)}
    question = driver.ask("Alias", "set", protected=False)
    assert question == "Stop protecting toy:2 with toy@champion?"
    driver.confirmation.confirm.click()
    assert pointers(driver) == {"champion": (2, False)}
    driver.undo()
    assert pointers(driver) == {"champion": (2, True)}


def test_an_alias_is_rolled_back_and_removed(driver: ActionsDriver) -> None:
    """Both questions name the current version, and both actions can be undone."""
    for version in (1, 2):
        driver.other.set_alias("toy", "champion", version, protected=True, force=True)
    driver.show("toy:4")
    question = driver.ask("Alias", "rollback", alias="champion")
    assert question == "Roll toy@champion back from 2 (protected) to 1?"
    assert driver.code == "registry.rollback_alias('toy', 'champion', expected=2, force=True)"
    driver.confirmation.confirm.click()
    assert driver.message == "Rolled back toy@champion to 1."
    assert pointers(driver) == {"champion": (1, True)}
    question = driver.ask("Alias", "remove")
    assert question == "Remove toy@champion? It points to 1 (protected)."
    assert driver.code == "registry.remove_alias('toy', 'champion', expected=1, force=True)"
    driver.confirmation.confirm.click()
    assert pointers(driver) == {}
    assert driver.undo() == "Undone: toy@champion points to 1 (protected)."
    assert driver.undo() == "Undone: toy@champion points to 2 (protected)."
    assert pointers(driver) == {"champion": (2, True)}


def test_a_concurrent_move_is_a_conflict(driver: ActionsDriver) -> None:
    """The message of a conflict names the current version, and Retry prepares the move again."""
    driver.other.set_alias("toy", "champion", 3)
    driver.show("toy:5").ask("Alias", "set", alias="champion")
    driver.other.set_alias("toy", "champion", 4)
    driver.confirmation.confirm.click()
    assert "toy@champion points to 4 instead of 3" in driver.message
    assert 'role="alert"' in driver.confirmation.result.value
    assert pointers(driver) == {"champion": (4, False)}
    assert driver.changes == []
    assert driver.confirmation.again.layout.display is None
    driver.confirmation.again.click()
    assert driver.question == "Move toy@champion from 4 to 5?"
    driver.confirmation.confirm.click()
    assert pointers(driver) == {"champion": (5, False)}
    assert driver.undo() == "Undone: toy@champion points to 4."


@pytest.mark.parametrize("button", ["rollback", "remove"])
def test_a_concurrent_move_is_not_rolled_back_or_removed(
    driver: ActionsDriver, button: str
) -> None:
    """A rollback and a removal expect the version that was shown."""
    for version in (1, 2):
        driver.other.set_alias("toy", "champion", version)
    driver.show("toy:5").ask("Alias", button, alias="champion")
    driver.other.set_alias("toy", "champion", 4)
    driver.confirmation.confirm.click()
    assert "points to 4 instead of 2" in driver.message
    assert pointers(driver) == {"champion": (4, False)}


@pytest.mark.parametrize(
    ("alias", "button", "message"),
    [
        ("", "set", "Invalid alias ''"),
        ("Champion!", "set", ": an alias has 1 to 63"),
        ("latest", "set", "Invalid alias"),
        ("absent", "remove", "toy has no alias 'absent'. Did you mean champion?"),
        ("absent", "rollback", "Cannot roll back toy@absent: it has no previous version."),
        ("champion", "rollback", "Cannot roll back toy@champion: it has no previous version."),
        ("champion", "set", "Nothing to change: toy@champion points to 1."),
    ],
)
def test_an_invalid_alias_action_shows_an_error(
    driver: ActionsDriver, alias: str, button: str, message: str
) -> None:
    """The error is shown instead of a question, and the typed text is kept."""
    driver.other.set_alias("toy", "champion", 1)
    driver.show("toy:1")
    assert driver.ask("Alias", button, alias=alias) == ""
    assert message in driver.message
    assert driver.forms["Alias"].alias.value == alias
    assert pointers(driver) == {"champion": (1, False)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_alias_is_text(driver: ActionsDriver, payload: str) -> None:
    """A hostile alias is rejected, and its text is escaped."""
    driver.show("toy:1").ask("Alias", "set", alias=payload)
    assert "Invalid alias" in driver.message
    assert elements(driver.confirmation.result.value) == {"div", "strong"}


def test_enter_asks(driver: ActionsDriver) -> None:
    """Enter in the field shows the question; leaving the field does not."""
    driver.show("toy:2")
    field = driver.forms["Alias"].alias
    field.value = " champion "
    assert driver.question == ""
    enter(field)
    assert driver.question == "Set toy@champion to version 2?"
    field.value = "champ"
    assert driver.question == ""


def test_the_field_offers_the_aliases_of_the_model(driver: ActionsDriver) -> None:
    """Aliases of other versions and new aliases are offered too."""
    driver.show("toy:2")
    assert driver.forms["Alias"].alias.options == ()
    driver.other.set_alias("toy", "champion", 4)
    driver.show("toy:2")
    assert driver.forms["Alias"].alias.options == ("champion",)


def test_an_alias_cannot_be_set_to_a_deleted_version(driver: ActionsDriver) -> None:
    """A version that another kernel deleted is an error, before the question and after it."""
    driver.show("toy:2").ask("Alias", "set", alias="champion")
    driver.other.delete_model("toy:2")
    driver.confirmation.confirm.click()
    assert "toy:2 was deleted" in driver.message
    assert driver.ask("Alias", "set") == ""
    assert "toy:2 is deleted; restore it first." in driver.message
    assert pointers(driver) == {}
