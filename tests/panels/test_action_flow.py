"""Asking, doing once, saying what came of it."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.registry import ModelRegistry
from tests.panels.desk import Desk, elements, toys


def test_nothing_is_done_before_it_is_confirmed(desk: Desk) -> None:
    """Cancel leaves everything as it is, and the question goes."""
    desk.show("toy:1").ask("Delete or restore", "delete")
    desk.flow.cancel.click()
    desk.flow.confirm.click()
    assert desk.asked == ""
    assert desk.changes == []
    assert len(desk.other.history("toy")) == 5


def test_a_double_click_does_it_once(desk: Desk) -> None:
    """The second click finds nothing to do, also on Undo."""
    desk.show("toy:1").ask("Note", "add", note="once")
    desk.flow.confirm.click()
    desk.flow._do()  # a click would only log what it raises
    assert len(desk.other.get_metadata("toy:1").notes) == 1
    desk.do("Tag", "add", tag="a")
    desk.undo()
    desk.undo()
    assert len(desk.changes) == 3


def test_a_question_goes_with_what_it_was_about(desk: Desk) -> None:
    """Another selection, another kind of action or other words typed make it void."""
    desk.show("toy:1").ask("Tag", "add", tag="a")
    desk.show("toy:1")
    assert desk.asked != ""
    desk.show("toy:2")
    assert desk.asked == ""
    desk.ask("Tag", "add", tag="b")
    desk.forms["Tag"].tag.value = "c"
    assert desk.asked == ""
    desk.ask("Tag", "add")
    desk.actions.choice.value = next(
        value for title, value in desk.actions.choice.options if title == "Note"
    )
    assert desk.asked == ""
    desk.flow.confirm.click()
    assert desk.other.get_metadata("toy:2").tags == {}


def test_all_buttons_rest_while_something_is_done(desk: Desk) -> None:
    """Nothing can be clicked while the registry is written, and all of it afterwards."""
    buttons = [desk.flow.confirm, desk.flow.cancel, desk.flow.undo, desk.flow.again]
    buttons += [one for form in desk.actions.forms for one in form.buttons()]
    seen: list[set[bool]] = []
    desk.actions.flow._changed = lambda: seen.append({one.disabled for one in buttons})
    desk.show("toy:1").do("Tag", "add", tag="a")
    desk.undo()
    assert seen == [{True}, {True}]
    assert {one.disabled for one in buttons} == {False}


def test_buttons_wake_when_showing_the_change_fails(desk: Desk) -> None:
    """Whatever goes wrong with what shows the result, the panel can be used on."""

    def fail() -> None:
        raise RuntimeError("no view")

    desk.actions.flow._changed = fail
    desk.show("toy:1").ask("Tag", "add", tag="a")
    with pytest.raises(RuntimeError, match="no view"):
        desk.flow._do()
    assert not desk.flow.confirm.disabled
    assert desk.said == "Tagged toy:1 with 'a'."


def test_many_versions_show_how_far_it_is(tmp_path: Path) -> None:
    """A bar counts while there are many, and is gone afterwards; few have none."""
    desk = Desk(toys(tmp_path / "registry", 21))
    seen: list[tuple[Any, int]] = []
    bar = desk.flow.progress
    bar.observe(lambda change: seen.append((bar.layout.display, change["new"])), "value")
    desk.show("toy:1", "toy:2").do("Tag", "add", tag="a")
    assert {display for display, _ in seen} == {"none"}
    seen.clear()
    desk.show(*(f"toy:{n}" for n in range(1, 22))).do("Tag", "add", tag="b")
    assert seen[-1] == (None, 21)
    assert bar.layout.display == "none"
    assert desk.said.startswith("Tagged 21 versions (toy:1, toy:2,")
    assert desk.undo() == "Undone: all 21 versions are as before."


def test_a_registry_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A newer format, which may only be read, is named; what was typed stays."""
    registry = toys(tmp_path / "registry", 1)
    path = tmp_path / "registry" / "nbregistry.json"
    fields = json.loads(path.read_text()) | {"writer_features": ["chapters"]}
    path.write_text(json.dumps(fields))
    desk = Desk(ModelRegistry(registry.location)).show("toy:1")
    desk.do("Tag", "add", tag="kept")
    assert "to write it needs chapters" in desk.said
    assert desk.forms["Tag"].tag.value == "kept"
    assert desk.changes == []


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
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """It is told as an alert that says in words that nothing was done, and may be tried again."""

    def refuse(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(desk.actions._registry, "annotate", refuse)
        desk.show("toy:1").do("Note", "add", note="kept")
    assert desk.said.startswith("Not done.")
    assert said in desk.said
    assert 'role="alert"' in desk.flow.result.value
    assert desk.forms["Note"].note.value == "kept"
    assert desk.do("Note", "add") == "Added the note to toy:1."
    assert 'role="status"' in desk.flow.result.value


def test_a_failure_half_way_says_what_was_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three versions two are deleted: both are told, shown and can be undone."""
    delete = desk.actions._registry.delete_model
    desk.show("toy:1", "toy:2", "toy:3").ask("Delete or restore", "delete")
    monkeypatch.setattr(
        desk.actions._registry,
        "delete_model",
        lambda ref: delete("toy:77" if ref == "toy:3" else ref),
    )
    desk.flow.confirm.click()
    assert "Done for 2 of 3 versions, then: toy has no version 77" in desk.said
    assert len(desk.changes) == 1
    assert desk.undo() == "Undone: toy:1 is active and toy:2 is active."


def test_undoing_what_changed_since_says_so(desk: Desk) -> None:
    """The sentence says what is there now, and the undo is not offered again."""
    desk.show("toy:1").do("Alias", "set", alias="champion")
    desk.other.set_alias("toy", "champion", 2)
    assert desk.undo() == (
        "Not done. toy@champion points at 2, which was changed since: nothing was undone."
    )
    assert desk.can_undo == ""
    assert desk.other.aliases("toy")["champion"].version == 2


def test_every_control_says_what_it_is(desk: Desk) -> None:
    """Each button and field has a text and a tooltip, and text is never HTML."""
    controls = [desk.flow.confirm, desk.flow.cancel, desk.flow.again]
    for form in desk.actions.forms:
        controls += form.buttons()
    for form, name in (
        ("Alias", "alias"),
        ("Alias", "protected"),
        ("Tag", "tag"),
        ("Note", "note"),
    ):
        controls.append(getattr(desk.forms[form], name))
    assert [one for one in controls if not (one.description and one.tooltip)] == []
    assert not any(getattr(one, "description_allow_html", False) for one in controls)


def test_code_is_selected_by_one_click(desk: Desk) -> None:
    """The block takes the focus of the keyboard too, and copies as it stands."""
    desk.show("toy:1").ask("Tag", "add", tag="<b>")
    assert elements(desk.flow.code.value) == {"pre"}
    assert "user-select:all" in desk.flow.code.value
    assert 'tabindex="0"' in desk.flow.code.value
    assert desk.code == "registry.tag_model('toy:1', '<b>')"
