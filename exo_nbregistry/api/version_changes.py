"""Changes of a version, from the state before them: tags, notes, status."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.api.change import UNCHANGED, Change, Undo
from exo_nbregistry.api.registries import Registry
from exo_nbregistry.api.registry_call import RegistryCall
from exo_nbregistry.errors import (
    NotFoundError,
    ProtectedAliasError,
    RecordError,
    RegistryError,
    VersionNotFoundError,
)
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, PURGED
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.plain_values import to_plain_tags
from exo_nbregistry.values.reference import model_key
from exo_nbregistry.views.columns import format_tags
from exo_nbregistry.views.facts import same

_PERMANENT = "Notes are permanent."


def tagging(item: ModelMetadata, tags: dict[str, Any], removed: list[str]) -> Change:
    """Return the change that sets tags, and removes others."""
    require_active(item)
    if not tags and not removed:
        raise RecordError("A tag requires a name, such as reviewed or team=vetting.", key="tags")
    for name in removed:
        if name not in item.tags:
            raise _no_tag(item, name)
    set_tags = to_plain_tags(tags)
    calls = _tag_calls(item.model_id, set_tags, removed)
    replaced = {name: item.tags[name] for name in set_tags if name in item.tags}
    old = {name: value for name, value in replaced.items() if not same(value, set_tags[name])}
    new = [name for name in set_tags if name not in item.tags]
    gone = {name: item.tags[name] for name in removed if name in item.tags}
    shown = _shown(set_tags, removed)
    was = f", replacing {format_tags(old)}" if old else ""
    return Change(
        calls,
        f"Tag {item.model_id} with {shown}{was}?",
        f"Tagged {item.model_id} with {shown}.",
        _tag_undo(item, old | gone, new),
        body={"tags": encode(tags)} | ({"remove": removed} if removed else {}),
        no_undo=UNCHANGED,
    )


def untagging(item: ModelMetadata, name: str) -> Change:
    """Return the change that removes a tag; its undo restores the value."""
    require_active(item)
    if name not in item.tags:
        raise _no_tag(item, name)
    return Change(
        (RegistryCall("untag_model", (item.model_id, name)),),
        f"Remove the tag {format_tags({name: item.tags[name]})} from {item.model_id}?",
        f"Removed the tag {name} from {item.model_id}.",
        _tag_undo(item, {name: item.tags[name]}, []),
    )


def noting(item: ModelMetadata, text: Any) -> Change:
    """Return the change that adds a note, which is permanent."""
    require_active(item)
    if not isinstance(text, str) or not text.strip():
        raise RecordError(f"A note must be non-empty text, got {text!r:.60}.", key="note")
    return Change(
        (RegistryCall("annotate", (item.model_id, text)),),
        f"Add this note to {item.model_id}?",
        f"Added the note to {item.model_id}.",
        warnings=(_PERMANENT,),
        body={"text": text},
        no_undo=_PERMANENT,
    )


def deletion(registry: Registry, item: ModelMetadata, force: bool) -> Change:
    """Return the change that deletes a version, which can be restored.

    Raises
    ------
    ProtectedAliasError
        If a protected alias points to the version, without `force`.
    """
    if item.status != ACTIVE:
        raise RegistryError(f"{item.model_id} is already {item.status}.")
    moves = registry.aliases(item.model_name) if item.aliases else {}
    protected = [name for name in item.aliases if name in moves and moves[name].protected]
    options = {"force": True} if force else {}
    again = RegistryCall("restore_model", (item.model_id,))
    key = model_key(item.model_name)
    names = name_list(f"{key}@{name}" for name in item.aliases)
    warnings = [f"Until it is restored, {names} cannot be loaded."] if item.aliases else []
    if protected and not force:
        alias = protected[0]
        raise ProtectedAliasError(
            f"{item.model_id} cannot be deleted: the protected alias {alias!r} points to it.",
            alias=f"{key}@{alias}",
            version=item.version,
        )
    if protected:
        warnings.append(f"The alias {name_list(protected)} is protected.")
    return Change(
        (RegistryCall("delete_model", (item.model_id,), options),),
        f"Delete {item.model_id}? It can be restored.",
        f"Deleted {item.model_id}.",
        Undo("POST", _parts(item, "restore"), {}, (again,)),
        tuple(warnings),
        options,
    )


def restoration(item: ModelMetadata) -> Change:
    """Return the change that restores a deleted version."""
    if item.status == PURGED:
        raise VersionNotFoundError(
            f"{item.model_id} was deleted permanently and cannot be restored.", name=item.model_id
        )
    if item.status != DELETED:
        raise RegistryError(f"Nothing to restore: {item.model_id} is not deleted.")
    again = {"force": True} if item.aliases else {}
    call = RegistryCall("delete_model", (item.model_id,), again)
    return Change(
        (RegistryCall("restore_model", (item.model_id,)),),
        f"Restore {item.model_id}?",
        f"Restored {item.model_id}.",
        Undo("POST", _parts(item, "delete"), again, (call,)),
    )


def require_active(item: ModelMetadata) -> None:
    """Raise VersionNotFoundError if a version is deleted or purged."""
    if item.status != ACTIVE:
        then = "restore it first" if item.status == DELETED else "it was deleted permanently"
        raise VersionNotFoundError(f"{item.model_id} is {item.status}; {then}.", name=item.model_id)


def _no_tag(item: ModelMetadata, name: str) -> NotFoundError:
    return NotFoundError(
        f"{item.model_id} has no tag {name!r:.60}.", name=name, known=tuple(item.tags)
    )


def _tag_calls(ref: str, tags: dict[str, Any], removed: list[str]) -> tuple[RegistryCall, ...]:
    plain = [name for name, value in tags.items() if value is True]
    valued = {name: value for name, value in tags.items() if value is not True}
    calls = [RegistryCall("tag_model", (ref, *plain), valued)] if tags else []
    return (*calls, *([RegistryCall("untag_model", (ref, *removed))] if removed else []))


def _tag_undo(item: ModelMetadata, old: dict[str, Any], new: list[str]) -> Undo | None:
    """Return the request that restores old values, and removes new tags."""
    if not old and not new:
        return None
    calls = _tag_calls(item.model_id, old, new)
    if len(new) == 1 and not old:
        return Undo("DELETE", (*_parts(item, "tags"), new[0]), {}, calls)
    body: dict[str, Any] = {"tags": encode(old)}
    return Undo("POST", _parts(item, "tags"), body | ({"remove": new} if new else {}), calls)


def _shown(tags: dict[str, Any], removed: list[str]) -> str:
    parts = [format_tags(tags)] if tags else []
    return ", ".join([*parts, *(f"without {name}" for name in removed)])


def _parts(item: ModelMetadata, last: str) -> tuple[str, ...]:
    return ("models", model_key(item.model_name), "versions", str(item.version), last)
