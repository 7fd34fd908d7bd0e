"""Confirmation of actions."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.panel_driver import ActionsDriver, elements, toys


def test_an_action_requires_confirmation(driver: ActionsDriver) -> None:
    """Cancel changes nothing and hides the question."""
    driver.show("toy:1").ask("Delete", "delete")
    driver.confirmation.cancel.click()
    driver.confirmation.confirm.click()
    assert driver.question == ""
    assert driver.changes == []
    assert len(driver.other.history("toy")) == 5


def test_a_double_click_runs_an_action_once(driver: ActionsDriver) -> None:
    """The second click has no effect, also on Undo."""
    driver.show("toy:1").ask("Note", "add", note="once")
    driver.confirmation.confirm.click()
    driver.confirmation._do()  # a click would only log an error
    assert len(driver.other.get_metadata("toy:1").notes) == 1
    driver.do("Tag", "add", tag="a")
    driver.undo()
    driver.undo()
    assert len(driver.changes) == 3


def test_a_question_is_hidden_when_its_inputs_change(driver: ActionsDriver) -> None:
    """Another selection, action or text hides the question."""
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
    driver.confirmation.confirm.click()
    assert driver.other.get_metadata("toy:2").tags == {}


def test_buttons_are_disabled_while_an_action_runs(driver: ActionsDriver) -> None:
    """All buttons are disabled while the registry is written, and enabled afterwards."""
    buttons = [
        driver.confirmation.confirm,
        driver.confirmation.cancel,
        driver.confirmation.undo,
        driver.confirmation.again,
    ]
    buttons += [each for form in driver.actions.forms for each in form.buttons()]
    seen: list[set[bool]] = []
    driver.actions.confirmation._changed = lambda: seen.append({one.disabled for one in buttons})
    driver.show("toy:1").do("Tag", "add", tag="a")
    driver.undo()
    assert seen == [{True}, {True}]
    assert {one.disabled for one in buttons} == {False}


def test_buttons_are_enabled_after_an_error(driver: ActionsDriver) -> None:
    """The panel can be used after an error in the display of the result."""

    def fail() -> None:
        raise RuntimeError("no view")

    driver.actions.confirmation._changed = fail
    driver.show("toy:1").ask("Tag", "add", tag="a")
    with pytest.raises(RuntimeError, match="no view"):
        driver.confirmation._do()
    assert not driver.confirmation.confirm.disabled
    assert driver.message == "Tagged toy:1 with 'a'."


def test_many_versions_show_progress(tmp_path: Path) -> None:
    """A progress bar is shown for many versions, and hidden afterwards."""
    driver = ActionsDriver(toys(tmp_path / "registry", 21))
    seen: list[tuple[Any, int]] = []
    bar = driver.confirmation.progress
    bar.observe(lambda change: seen.append((bar.layout.display, change["new"])), "value")
    driver.show("toy:1", "toy:2").do("Tag", "add", tag="a")
    assert {display for display, _ in seen} == {"none"}
    seen.clear()
    driver.show(*(f"toy:{n}" for n in range(1, 22))).do("Tag", "add", tag="b")
    assert seen[-1] == (None, 21)
    assert bar.layout.display == "none"
    assert driver.message.startswith("Tagged 21 versions (toy:1, toy:2,")
    assert driver.undo() == "Undone: restored the previous state of 21 versions."


def test_a_read_only_registry_shows_an_error(tmp_path: Path) -> None:
    """A newer format, which is read-only, is named, and the typed text is kept."""
    registry = toys(tmp_path / "registry", 1)
    path = tmp_path / "registry" / "nbregistry.json"
    fields = json.loads(path.read_text()) | {"writer_features": ["chapters"]}
    del fields["check"]
    path.write_text(json.dumps(fields))
    driver = ActionsDriver(ModelRegistry(registry.location)).show("toy:1")
    driver.do("Tag", "add", tag="kept")
    assert "to write it needs chapters" in driver.message
    assert driver.forms["Tag"].tag.value == "kept"
    assert driver.changes == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (StoreError("The disk is full;\n  free some space.", key="k"), "full; free some space."),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
    ids=["full", "store", "forbidden"],
)
def test_a_disk_error_is_one_sentence(
    driver: ActionsDriver, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    """A disk error is shown as an alert, and the action can be repeated."""

    def refuse(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(driver.actions._registry, "annotate", refuse)
        driver.show("toy:1").do("Note", "add", note="kept")
    assert driver.message.startswith("Error:")
    assert message in driver.message
    assert 'role="alert"' in driver.confirmation.result.value
    assert driver.forms["Note"].note.value == "kept"
    assert driver.do("Note", "add") == "Added the note to toy:1."
    assert 'role="status"' in driver.confirmation.result.value


def test_a_partial_failure_names_the_completed_versions(
    driver: ActionsDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If two of three versions are deleted, both are counted and can be undone."""
    delete = driver.actions._registry.delete_model
    driver.show("toy:1", "toy:2", "toy:3").ask("Delete", "delete")
    monkeypatch.setattr(
        driver.actions._registry,
        "delete_model",
        lambda ref: delete("toy:77" if ref == "toy:3" else ref),
    )
    driver.confirmation.confirm.click()
    assert "Stopped after 2 of 3 versions: toy has no version 77" in driver.message
    assert len(driver.changes) == 1
    assert driver.undo() == "Undone: toy:1 is active and toy:2 is active."


def test_an_undo_after_a_later_change_shows_an_error(driver: ActionsDriver) -> None:
    """The error names the current value, and the undo is not offered again."""
    driver.show("toy:1").do("Alias", "set", alias="champion")
    driver.other.set_alias("toy", "champion", 2)
    assert driver.undo() == (
        "Error: Cannot undo: toy@champion points to 2, which is a later change."
    )
    assert driver.can_undo == ""
    assert driver.other.aliases("toy")["champion"].version == 2


def test_controls_have_labels_and_tooltips(driver: ActionsDriver) -> None:
    """Each button and field has a label and a tooltip, and labels are not HTML."""
    controls = [driver.confirmation.confirm, driver.confirmation.cancel, driver.confirmation.again]
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


def test_a_click_selects_the_code(driver: ActionsDriver) -> None:
    """The code block can have the keyboard focus, and is copied unchanged."""
    driver.show("toy:1").ask("Tag", "add", tag="<b>")
    assert elements(driver.confirmation.code.value) == {"pre"}
    assert "user-select:all" in driver.confirmation.code.value
    assert 'tabindex="0"' in driver.confirmation.code.value
    assert driver.code == "registry.tag_model('toy:1', '<b>')"
