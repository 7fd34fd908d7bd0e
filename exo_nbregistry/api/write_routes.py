"""Replies to changes; each is previewed on request, and has the request that undoes it."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.api.alias_changes import AliasState, removal, rollback, setting
from exo_nbregistry.api.change import Change, answer_change, is_preview
from exo_nbregistry.api.json_views import item_of
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.api.version_changes import deletion, noting, restoration, tagging, untagging
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.values.json_codec import decode


def set_alias(request: Request) -> Reply:
    """Point an alias to a version."""
    fields = request.fields(["version"], ["expected", "protected", "force", "preview"])
    preview = is_preview(fields)
    protected = fields.get("protected")
    if not isinstance(protected, bool | None):
        raise Problem(422, "bad_body", f"protected must be true or false, got {protected!r:.60}.")
    _check_force(fields)
    return _alias(request, setting(_state(request), fields["version"], fields), preview)


def remove_alias(request: Request) -> Reply:
    """Remove an alias."""
    fields = request.fields(optional=["expected", "force", "preview"])
    preview = is_preview(fields)
    _check_force(fields)
    return _alias(request, removal(_state(request), fields), preview)


def rollback_alias(request: Request) -> Reply:
    """Move an alias back to its previous version."""
    fields = request.fields(optional=["expected", "force", "preview"])
    preview = is_preview(fields)
    _check_force(fields)
    return _alias(request, rollback(_state(request), fields), preview)


def add_tags(request: Request) -> Reply:
    """Add tags to a version, and remove others."""
    fields = request.fields(["tags"], ["remove", "preview"])
    preview, tags, removed = is_preview(fields), fields["tags"], fields.get("remove", [])
    if not isinstance(tags, dict):
        raise Problem(422, "bad_body", "tags must be an object that maps names to values.")
    if not isinstance(removed, list) or not all(isinstance(name, str) for name in removed):
        raise Problem(422, "bad_body", "remove must be a list of names of tags.")
    return _version(request, tagging(_item(request), _decoded(tags), removed), preview)


def remove_tag(request: Request) -> Reply:
    """Remove a tag from a version."""
    preview = is_preview(request.fields(optional=["preview"]))
    return _version(request, untagging(_item(request), request.names["tag"]), preview)


def add_note(request: Request) -> Reply:
    """Add a note to a version."""
    fields = request.fields(["text"], ["preview"])
    preview = is_preview(fields)
    return _version(request, noting(_item(request), fields["text"]), preview)


def delete(request: Request) -> Reply:
    """Delete a version; `restore` restores it."""
    fields = request.fields(optional=["force", "preview"])
    preview = is_preview(fields)
    _check_force(fields)
    change = deletion(request.writable, _item(request), fields.get("force", False))
    return _version(request, change, preview)


def restore(request: Request) -> Reply:
    """Restore a deleted version."""
    preview = is_preview(request.fields(optional=["preview"]))
    return _version(request, restoration(_item(request)), preview)


def _decoded(tags: dict[str, Any]) -> dict[str, Any]:
    """Return tags with the values that the undo of a change encoded, such as ``{"$date": …}``."""
    try:
        return {name: decode(value) for name, value in tags.items()}
    except (RegistryError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise Problem(422, "bad_body", "A value of a tag is invalid.") from error


def _item(request: Request) -> Any:
    # A read-only registry is reported before anything else.
    return request.writable.get_metadata(request.ref)


def _state(request: Request) -> AliasState:
    return AliasState(request.writable, request.model, request.names["alias"])


def _check_force(fields: dict[str, Any]) -> None:
    force = fields.get("force", False)
    if not isinstance(force, bool):
        raise Problem(422, "bad_body", f"force must be true or false, got {force!r:.60}.")


def _version(request: Request, change: Change, preview: bool) -> Reply:
    """Return the version after a change."""
    return answer_change(
        request,
        change,
        preview,
        lambda _result: item_of(request.registry.get_metadata(request.ref)),
    )


def _alias(request: Request, change: Change, preview: bool) -> Reply:
    """Return the alias after a change."""

    def content(_result: Any) -> dict[str, Any]:
        alias = request.names["alias"]
        move = request.registry.aliases(request.model).get(alias)
        return {
            "name": request.model,
            "alias": alias,
            "version": move.version if move else None,
            "protected": bool(move and move.protected),
        }

    return answer_change(request, change, preview, content)
