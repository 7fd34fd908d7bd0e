"""Tag, annotate, delete and restore versions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from ipywidgets import Button, Combobox, HBox, Textarea

from exo_nbregistry.errors import NotFoundError, RecordError, RegistryError
from exo_nbregistry.panels.actions.confirmation import Confirmation, Form, button, on_enter
from exo_nbregistry.panels.actions.plan import Plan, RegistryCall, join_references, require_active
from exo_nbregistry.panels.actions.undo import Alias, Fact, Status, Tag
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED
from exo_nbregistry.text.markup import count
from exo_nbregistry.values.reference import model_key
from exo_nbregistry.views.facts import ABSENT, same

Items = Sequence[ModelMetadata]

_WHOLE = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,300})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_QUOTED = re.compile(r"""(["'])(.*)\1""", re.DOTALL)
_NOT_WHOLE = re.compile(r"[+-]?0[0-9]+")  # such as 007, which is not kept by a number


def parse_tag(text: str) -> tuple[str, Any]:
    """Parse a tag; return its name and value.

    Raises
    ------
    RecordError
        If the name is missing.

    Examples
    --------
    >>> parse_tag("reviewed"), parse_tag("team = vetting"), parse_tag("depth=0.5")
    (('reviewed', True), ('team', 'vetting'), ('depth', 0.5))
    >>> parse_tag("run=7"), parse_tag("run='7'"), parse_tag("run=007"), parse_tag("ok=no")
    (('run', 7), ('run', '7'), ('run', '007'), ('ok', 'no'))
    """
    name, mark, value = (part.strip() for part in text.partition("="))
    if not name:
        raise RecordError("A tag requires a name, such as reviewed or team=vetting.", key="tags")
    return name, _value(value) if mark else True


def _value(text: str) -> Any:
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted[2]
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and not _NOT_WHOLE.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def plan_tag(registry: Any, items: Items, text: str) -> Plan:
    """Plan to add a tag to versions."""
    name, value = parse_tag(text)
    facts = [Tag(item.model_id, name) for item in items]
    for item in items:
        require_active(registry, item.model_id)
    there = {fact.ref: fact.read(registry) for fact in facts}
    new = [fact for fact in facts if not same(there[fact.ref], value)]
    if not new:
        raise RegistryError(f"Nothing to change: {facts[0].describe(value)}.")
    named, options = ((name,), {}) if value is True else ((), {name: value})
    calls = [RegistryCall("tag_model", (fact.ref, *named), options, (fact,)) for fact in new]
    shown = f"{name!r:.60}" if value is True else f"{name!r:.60} = {value!r:.60} ({_kind(value)})"
    old = there[new[0].ref]
    replaced = f", replacing {old!r:.60}" if len(new) == 1 and old is not ABSENT else ""
    refs = join_references([fact.ref for fact in new])
    return Plan(
        f"tag {_short(calls)}",
        f"Tag {refs} with {shown}{replaced}?",
        tuple(calls),
        f"Tagged {refs} with {shown}.",
    )


def plan_untag(registry: Any, items: Items, text: str) -> Plan:
    """Plan to remove a tag from the versions that have it."""
    known = {name for item in items for name in registry.get_metadata(item.model_id).tags}
    # A name may contain an equals sign; of name=value, only the name is used.
    name = text if text in known else parse_tag(text)[0]
    for item in items:
        require_active(registry, item.model_id)
    facts = [Tag(item.model_id, name) for item in items]
    facts = [fact for fact in facts if fact.read(registry) is not ABSENT]
    if not facts:
        refs = join_references([item.model_id for item in items])
        raise NotFoundError(f"No tag {name!r:.60} on {refs}.", name=name, known=known)
    calls = [RegistryCall("untag_model", (fact.ref, name), {}, (fact,)) for fact in facts]
    refs = join_references([fact.ref for fact in facts])
    return Plan(
        f"untag {_short(calls)}",
        f"Remove tag {name!r:.60} from {refs}?",
        tuple(calls),
        f"Removed tag {name!r:.60} from {refs}.",
    )


def plan_note(registry: Any, items: Items, text: str) -> Plan:
    """Plan to add a note to a version."""
    if not text.strip():
        raise RecordError("A note must be non-empty text.", key="note")
    ref = items[0].model_id
    require_active(registry, ref)
    return Plan(
        f"note on {ref}",
        f"Add this note to {ref}?",
        (RegistryCall("annotate", (ref, text)),),
        f"Added the note to {ref}.",
        permanent_because="Notes are permanent.",
    )


def plan_delete(registry: Any, items: Items) -> Plan:
    """Plan to delete the versions that are active."""
    now = [registry.get_metadata(item.model_id) for item in items]
    active = [item for item in now if item.status == ACTIVE]
    if not active:
        refs = join_references([item.model_id for item in now])
        raise RegistryError(f"Nothing to delete: no active version in {refs}.")
    calls, held = [], []
    for item in active:
        moves = registry.aliases(item.model_name)
        model = model_key(item.model_name)
        for name in item.aliases:
            if moves[name].protected:
                raise RegistryError(
                    f"Cannot delete {item.model_id}: the protected alias {name!r} points to it. "
                    "Remove its protection first."
                )
        aliases = tuple(Alias(model, name) for name in item.aliases)
        held += [f"{model}@{name}" for name in item.aliases]
        facts: tuple[Fact, ...] = (Status(item.model_id), *aliases)
        calls.append(RegistryCall("delete_model", (item.model_id,), {}, facts))
    refs = join_references([item.model_id for item in active])
    left = f" Until then, {join_references(held)} cannot be loaded." if held else ""
    return Plan(
        f"delete {_short(calls)}",
        f"Delete {refs}? Deleted versions can be restored.{left}",
        tuple(calls),
        f"Deleted {refs}.",
    )


def plan_restore(registry: Any, items: Items) -> Plan:
    """Plan to restore the versions that are deleted."""
    now = [registry.get_metadata(item.model_id) for item in items]
    facts = [Status(item.model_id) for item in now if item.status == DELETED]
    if not facts:
        refs = join_references([item.model_id for item in now])
        raise RegistryError(f"Nothing to restore: no deleted version in {refs}.")
    refs = join_references([fact.ref for fact in facts])
    calls = [RegistryCall("restore_model", (fact.ref,), {}, (fact,)) for fact in facts]
    return Plan(f"restore {_short(calls)}", f"Restore {refs}?", tuple(calls), f"Restored {refs}.")


def _short(calls: Sequence[RegistryCall]) -> str:
    return count(len(calls), "version") if calls[1:] else str(calls[0].args[0])


def _kind(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number"}
    return names.get(type(value), "text")


class TagForm(Form):
    """Form to add and remove a tag."""

    title = "Tag"
    tooltip = "Add or remove a tag"

    def __init__(self, registry: Any, confirmation: Confirmation) -> None:
        self.tag = Combobox(
            description="Tag",
            placeholder="reviewed, or team=vetting",
            ensure_option=False,
            tooltip="name, or name=value; the value is a boolean, a number or text, "
            "and always text if it is quoted",
        )
        self.add = button("Add tag", "Add the tag to the versions")
        self.remove = button("Remove tag", "Remove the tag from the versions")
        super().__init__(registry, confirmation, [HBox([self.tag, self.add, self.remove])])
        on_enter(self.tag, lambda: self._preview(plan_tag))
        self.add.on_click(lambda _: self._preview(plan_tag))
        self.remove.on_click(lambda _: self._preview(plan_untag))
        self.clear_question_on_change(self.tag)

    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons to disable while an action runs."""
        return self.add, self.remove

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Return whether the action applies to these versions."""
        return bool(items)

    def refresh(self) -> None:
        """Offer the tags of the versions."""
        self.tag.options = tuple(dict.fromkeys(name for item in self.items for name in item.tags))

    def clear(self) -> None:
        """Empty the fields after the action is done."""
        self.tag.value = ""

    def _preview(self, plan: Any) -> None:
        items, text = self.items, self.tag.value
        self.confirmation.preview(lambda: plan(self.registry, items, text), self.clear)


class NoteForm(Form):
    """Form to add a note."""

    title = "Note"
    tooltip = "Add a note (permanent)"

    def __init__(self, registry: Any, confirmation: Confirmation) -> None:
        self.note = Textarea(
            description="Note",
            rows=2,
            tooltip="Text of the note, which is permanent",
            layout={"width": "95%", "max_width": "40em"},
        )
        self.add = button("Add note", "Add the note to the version")
        super().__init__(registry, confirmation, [self.note, HBox([self.add])])
        self.add.on_click(lambda _: self._preview())
        self.clear_question_on_change(self.note)

    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons to disable while an action runs."""
        return (self.add,)

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Return whether the action applies to these versions."""
        return len(items) == 1

    def clear(self) -> None:
        """Empty the fields after the action is done."""
        self.note.value = ""

    def _preview(self) -> None:
        items, text = self.items, self.note.value
        self.confirmation.preview(lambda: plan_note(self.registry, items, text), self.clear)


class DeleteForm(Form):
    """Form to delete and restore versions."""

    title = "Delete"
    tooltip = "Delete or restore versions"

    def __init__(self, registry: Any, confirmation: Confirmation) -> None:
        self.delete = button("Delete version", "Delete the selected versions; they can be restored")
        self.restore = button("Restore", "Restore the selected versions that are deleted")
        super().__init__(registry, confirmation, [HBox([self.delete, self.restore])])
        self.delete.on_click(lambda _: self._preview(plan_delete))
        self.restore.on_click(lambda _: self._preview(plan_restore))

    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons to disable while an action runs."""
        return self.delete, self.restore

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Return whether the action applies to these versions."""
        return bool(items)

    def _preview(self, plan: Any) -> None:
        items = self.items
        self.confirmation.preview(lambda: plan(self.registry, items))
