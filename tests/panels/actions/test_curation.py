"""Actions on tags and notes, and deletion."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.panels.actions.curation import parse_tag
from tests.html_page import PAYLOADS
from tests.panels.panel_driver import ActionsDriver, elements, enter


def tags(driver: ActionsDriver, number: int) -> dict[str, Any]:
    """Return the tags of a version, as another kernel reads them."""
    return dict(driver.other.get_metadata(f"toy:{number}").tags)


def statuses(driver: ActionsDriver) -> str:
    """Return the status of each version by its first letter, as another kernel reads it."""
    return "".join(driver.other.get_metadata(f"toy:{n}").status[0] for n in range(1, 6))


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("reviewed", ("reviewed", True)),
        (" team = vetting = 2 ", ("team", "vetting = 2")),
        ("a=TRUE", ("a", True)),
        ("a=false", ("a", False)),
        ("a=", ("a", "")),
        ("a=0", ("a", 0)),
        ("a=-12", ("a", -12)),
        ("a=007", ("a", "007")),
        ("a=1_000", ("a", "1_000")),
        ("a=1.5", ("a", 1.5)),
        ("a=.5e-3", ("a", 0.0005)),
        ("a=1e999", ("a", "1e999")),
        ("a=nan", ("a", "nan")),
        ("a=٣", ("a", "٣")),
        ("a='true'", ("a", "true")),
        ('a="7"', ("a", "7")),
        ("a='", ("a", "'")),
        ("a=" + "9" * 5000, ("a", "9" * 5000)),
        ("a=1." + "9" * 5000, ("a", 2.0)),
    ],
)
def test_a_tag_is_parsed(text: str, tag: tuple[str, Any]) -> None:
    """Numbers and booleans are parsed; quoted and all other values are text."""
    name, value = parse_tag(text)
    assert (name, type(value), value) == (tag[0], type(tag[1]), tag[1])


@given(st.text())
def test_any_value_is_parsed(text: str) -> None:
    """Any text after the equals sign is a value."""
    name, value = parse_tag(f"a={text}")
    assert name == "a"
    assert isinstance(value, str | int | float)


def test_a_tag_is_added_and_replaced_and_both_are_undone(driver: ActionsDriver) -> None:
    """The question names the type of a value and the replaced value, which an undo restores."""
    driver.show("toy:1")
    assert driver.ask("Tag", "add", tag="run=7") == "Tag toy:1 with 'run' = 7 (integer)?"
    assert driver.code == "registry.tag_model('toy:1', run=7)"
    driver.confirmation.confirm.click()
    assert tags(driver, 1) == {"run": 7}
    assert driver.forms["Tag"].tag.value == ""
    question = driver.ask("Tag", "add", tag="run='7'")
    assert question == "Tag toy:1 with 'run' = '7' (text), replacing 7?"
    driver.confirmation.confirm.click()
    assert tags(driver, 1) == {"run": "7"}
    assert driver.do("Tag", "add", tag="reviewed") == "Tagged toy:1 with 'reviewed'."
    assert driver.can_undo == "Undo: tag toy:1"
    assert driver.undo() == "Undone: toy:1 has no tag 'reviewed'."
    assert driver.undo() == "Undone: toy:1 has the tag 'run' = 7."
    assert driver.undo() == "Undone: toy:1 has no tag 'run'."
    assert tags(driver, 1) == {}


def test_a_tag_is_removed_and_the_removal_is_undone(driver: ActionsDriver) -> None:
    """A tag name can contain an equals sign, and an undo restores the value."""
    driver.other.tag_model("toy:1", **{"a=b": (1, 2.5)}, team="vetting")
    driver.show("toy:1")
    assert set(driver.forms["Tag"].tag.options) == {"a=b", "team"}
    assert driver.ask("Tag", "remove", tag="a=b") == "Remove tag 'a=b' from toy:1?"
    assert driver.code == "registry.untag_model('toy:1', 'a=b')"
    driver.confirmation.confirm.click()
    assert driver.do("Tag", "remove", tag="team=x") == "Removed tag 'team' from toy:1."
    assert tags(driver, 1) == {}
    driver.undo()
    driver.undo()
    assert tags(driver, 1) == {"a=b": (1, 2.5), "team": "vetting"}


@pytest.mark.parametrize(
    ("button", "tag", "message"),
    [
        ("add", "", "A tag requires a name"),
        ("add", " =x", "A tag requires a name"),
        ("remove", "nothing", "No tag 'nothing' on toy:1. Did you mean reviewed?"),
        ("add", "reviewed", "Nothing to change: toy:1 has the tag 'reviewed'."),
    ],
)
def test_an_invalid_tag_action_shows_an_error(
    driver: ActionsDriver, button: str, tag: str, message: str
) -> None:
    """The error is shown instead of a question, and the typed text is kept."""
    driver.other.tag_model("toy:1", "reviewed")
    driver.show("toy:1")
    assert driver.ask("Tag", button, tag=tag) == ""
    assert message in driver.message
    assert driver.forms["Tag"].tag.value == tag


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_tags_and_notes_are_text(driver: ActionsDriver, payload: str) -> None:
    """Hostile tags and notes are escaped in the question, the code and the result."""
    driver.show("toy:1")
    for title, field in (("Tag", "tag"), ("Note", "note")):
        driver.ask(title, "add", **{field: payload.replace("=", "")})
        pages = [driver.confirmation.question.value, driver.confirmation.code.value]
        driver.confirmation.confirm.click()
        assert elements(*pages, driver.confirmation.result.value) == {"div", "pre"}
    assert list(tags(driver, 1)) == [payload.replace("=", "").strip()]
    assert driver.other.get_metadata("toy:1").notes[0].text == payload.replace("=", "")
    driver.show("toy:1").undo()
    assert tags(driver, 1) == {}


def test_a_note_is_permanent(driver: ActionsDriver) -> None:
    """The question states that a note is permanent, and a note cannot be undone."""
    driver.show("toy:1").do("Tag", "add", tag="reviewed")
    question = driver.ask("Note", "add", note="Looks 'good'\nto me")
    assert question == "Add this note to toy:1? Notes are permanent."
    assert driver.code == r"""registry.annotate('toy:1', "Looks 'good'\nto me")"""
    driver.confirmation.confirm.click()
    assert driver.message == "Added the note to toy:1."
    assert driver.can_undo == "Undo: tag toy:1"
    assert driver.other.get_metadata("toy:1").notes[0].text == "Looks 'good'\nto me"
    assert driver.ask("Note", "add", note="  ") == ""
    assert "A note must be non-empty text." in driver.message


def test_deleting_and_undoing_it(driver: ActionsDriver) -> None:
    """An undo restores a deleted version and its aliases."""
    driver.other.set_alias("toy", "champion", 2)
    driver.show("toy:2")
    question = driver.ask("Delete", "delete")
    assert question == (
        "Delete toy:2? Deleted versions can be restored. Until then, toy@champion cannot be loaded."
    )
    assert driver.code == "registry.delete_model('toy:2')"
    driver.confirmation.confirm.click()
    assert (driver.message, statuses(driver)) == ("Deleted toy:2.", "adaaa")
    driver.show()
    assert driver.undo() == "Undone: toy:2 is active."
    assert statuses(driver) == "aaaaa"
    assert driver.other.get_metadata("toy@champion").model_id == "toy:2"


def test_a_protected_version_is_not_deleted(driver: ActionsDriver) -> None:
    """The error names the protecting alias, before the question and after it."""
    driver.show("toy:2").ask("Delete", "delete")
    driver.other.set_alias("toy", "champion", 2, protected=True)
    driver.confirmation.confirm.click()
    assert "protected alias 'champion' points to it" in driver.message
    assert driver.ask("Delete", "delete") == ""
    assert "Remove its protection first." in driver.message
    assert statuses(driver) == "aaaaa"


def test_several_versions_are_deleted_restored_and_tagged(driver: ActionsDriver) -> None:
    """Several versions have one question, one loop and one undo; unaffected ones are skipped."""
    driver.other.delete_model("toy:2")
    driver.show("toy:1", "toy:2", "toy:3")
    assert driver.ask("Delete", "delete").startswith("Delete toy:1 and toy:3?")
    assert driver.code == "for ref in ['toy:1', 'toy:3']:\n    registry.delete_model(ref)"
    driver.confirmation.confirm.click()
    assert statuses(driver) == "dddaa"
    assert driver.do("Delete", "restore") == "Restored toy:1, toy:2 and toy:3."
    assert driver.can_undo == "Undo: restore 3 versions"
    assert driver.do("Tag", "add", tag="my tag=1.5") == (
        "Tagged toy:1, toy:2 and toy:3 with 'my tag' = 1.5 (number)."
    )
    assert [tags(driver, n) for n in (1, 2, 3, 4)] == [{"my tag": 1.5}] * 3 + [{}]
    driver.undo()
    assert tags(driver, 1) == {}
    driver.undo()
    assert statuses(driver) == "dddaa"
    driver.undo()
    assert statuses(driver) == "adaaa"


def test_an_action_without_effect_shows_an_error(driver: ActionsDriver) -> None:
    """Restoring an active version and deleting a deleted one show an error."""
    driver.show("toy:1").ask("Delete", "restore")
    assert "Nothing to restore: no deleted version in toy:1." in driver.message
    driver.other.delete_model("toy:1")
    driver.ask("Delete", "delete")
    assert "Nothing to delete: no active version in toy:1." in driver.message
    driver.ask("Tag", "add", tag="x")
    assert "toy:1 is deleted; restore it first." in driver.message


def test_enter_asks_for_the_tag(driver: ActionsDriver) -> None:
    """Enter in the tag field shows the question."""
    driver.show("toy:1")
    driver.forms["Tag"].tag.value = "reviewed"
    enter(driver.forms["Tag"].tag)
    assert driver.question == "Tag toy:1 with 'reviewed'?"
