"""Asking, doing once, saying what came of it."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.panel_driver import ActionsDriver, elements, toys


def test_nothing_is_done_before_it_is_confirmed(driver: ActionsDriver) -> None:
    """Cancel leaves everything as it is, and the question goes."""
    driver.show("toy:1").ask("Delete or restore", "delete")
    driver.flow.cancel.click()
    driver.flow.confirm.click()
    assert driver.question == ""
    assert driver.changes == []
    assert len(driver.other.history("toy")) == 5


def test_a_double_click_does_it_once(driver: ActionsDriver) -> None:
    """The second click finds nothing to do, also on Undo."""
    driver.show("toy:1").ask("Note", "add", note="once")
    driver.flow.confirm.click()
    driver.flow._do()  # a click would only log what it raises
    assert len(driver.other.get_metadata("toy:1").notes) == 1
    driver.do("Tag", "add", tag="a")
    driver.undo()
    driver.undo()
    assert len(driver.changes) == 3


def test_a_question_goes_with_what_it_was_about(driver: ActionsDriver) -> None:
    """Another selection, another kind of action or other words typed make it void."""
    driver.show("toy:1").ask("Tag", "add", tag="a")
    driver.show("toy:1")
    assert driver.question != ""
    driver.show("toy:2")
    assert driver.question == ""
    driver.ask("Tag", "add", tag="b")
    driver.forms["Tag"].tag.value = "c"
    assert driver.question == ""
    driver.ask("Tag", "add")
    driver.actions.choice.value = next(
        value for title, value in driver.actions.choice.options if title == "Note"
    )
    assert driver.question == ""
    driver.flow.confirm.click()
    assert driver.other.get_metadata("toy:2").tags == {}


def test_all_buttons_rest_while_something_is_done(driver: ActionsDriver) -> None:
    """Nothing can be clicked while the registry is written, and all of it afterwards."""
    buttons = [driver.flow.confirm, driver.flow.cancel, driver.flow.undo, driver.flow.again]
    buttons += [one for form in driver.actions.forms for one in form.buttons()]
    seen: list[set[bool]] = []
    driver.actions.flow._changed = lambda: seen.append({one.disabled for one in buttons})
    driver.show("toy:1").do("Tag", "add", tag="a")
    driver.undo()
    assert seen == [{True}, {True}]
    assert {one.disabled for one in buttons} == {False}


def test_buttons_wake_when_showing_the_change_fails(driver: ActionsDriver) -> None:
    """Whatever goes wrong with what shows the result, the panel can be used on."""

    def fail() -> None:
        raise RuntimeError("no view")

    driver.actions.flow._changed = fail
    driver.show("toy:1").ask("Tag", "add", tag="a")
    with pytest.raises(RuntimeError, match="no view"):
        driver.flow._do()
    assert not driver.flow.confirm.disabled
    assert driver.message == "Tagged toy:1 with 'a'."


def test_many_versions_show_how_far_it_is(tmp_path: Path) -> None:
    """A bar counts while there are many, and is gone afterwards; few have none."""
    driver = ActionsDriver(toys(tmp_path / "registry", 21))
    seen: list[tuple[Any, int]] = []
    bar = driver.flow.progress
    bar.observe(lambda change: seen.append((bar.layout.display, change["new"])), "value")
    driver.show("toy:1", "toy:2").do("Tag", "add", tag="a")
    assert {display for display, _ in seen} == {"none"}
    seen.clear()
    driver.show(*(f"toy:{n}" for n in range(1, 22))).do("Tag", "add", tag="b")
    assert seen[-1] == (None, 21)
    assert bar.layout.display == "none"
    assert driver.message.startswith("Tagged 21 versions (toy:1, toy:2,")
    assert driver.undo() == "Undone: all 21 versions are as before."


def test_a_registry_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A newer format, which may only be read, is named; what was typed stays."""
    registry = toys(tmp_path / "registry", 1)
    path = tmp_path / "registry" / "nbregistry.json"
    fields = json.loads(path.read_text()) | {"writer_features": ["chapters"]}
    path.write_text(json.dumps(fields))
    driver = ActionsDriver(ModelRegistry(registry.location)).show("toy:1")
    driver.do("Tag", "add", tag="kept")
    assert "to write it needs chapters" in driver.message
    assert driver.forms["Tag"].tag.value == "kept"
    assert driver.changes == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (StoreError("The disk is full;\n  free some space.", key="k"), "full; free some space."),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
    ids=["full", "store", "forbidden"],
)
def test_a_disk_that_refuses_is_said_in_one_sentence(
    driver: ActionsDriver, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """It is told as an alert that says in words that nothing was done, and may be tried again."""

    def refuse(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(driver.actions._registry, "annotate", refuse)
        driver.show("toy:1").do("Note", "add", note="kept")
    assert driver.message.startswith("Not done.")
    assert said in driver.message
    assert 'role="alert"' in driver.flow.result.value
    assert driver.forms["Note"].note.value == "kept"
    assert driver.do("Note", "add") == "Added the note to toy:1."
    assert 'role="status"' in driver.flow.result.value


def test_a_failure_half_way_says_what_was_done(
    driver: ActionsDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three versions two are deleted: both are told, shown and can be undone."""
    delete = driver.actions._registry.delete_model
    driver.show("toy:1", "toy:2", "toy:3").ask("Delete or restore", "delete")
    monkeypatch.setattr(
        driver.actions._registry,
        "delete_model",
        lambda ref: delete("toy:77" if ref == "toy:3" else ref),
    )
    driver.flow.confirm.click()
    assert "Done for 2 of 3 versions, then: toy has no version 77" in driver.message
    assert len(driver.changes) == 1
    assert driver.undo() == "Undone: toy:1 is active and toy:2 is active."


def test_undoing_what_changed_since_says_so(driver: ActionsDriver) -> None:
    """The sentence says what is there now, and the undo is not offered again."""
    driver.show("toy:1").do("Alias", "set", alias="champion")
    driver.other.set_alias("toy", "champion", 2)
    assert driver.undo() == (
        "Not done. toy@champion points at 2, which was changed since: nothing was undone."
    )
    assert driver.can_undo == ""
    assert driver.other.aliases("toy")["champion"].version == 2


def test_every_control_says_what_it_is(driver: ActionsDriver) -> None:
    """Each button and field has a text and a tooltip, and text is never HTML."""
    controls = [driver.flow.confirm, driver.flow.cancel, driver.flow.again]
    for form in driver.actions.forms:
        controls += form.buttons()
    for form, name in (
        ("Alias", "alias"),
        ("Alias", "protected"),
        ("Tag", "tag"),
        ("Note", "note"),
    ):
        controls.append(getattr(driver.forms[form], name))
    assert [one for one in controls if not (one.description and one.tooltip)] == []
    assert not any(getattr(one, "description_allow_html", False) for one in controls)


def test_code_is_selected_by_one_click(driver: ActionsDriver) -> None:
    """The block takes the focus of the keyboard too, and copies as it stands."""
    driver.show("toy:1").ask("Tag", "add", tag="<b>")
    assert elements(driver.flow.code.value) == {"pre"}
    assert "user-select:all" in driver.flow.code.value
    assert 'tabindex="0"' in driver.flow.code.value
    assert driver.code == "registry.tag_model('toy:1', '<b>')"
