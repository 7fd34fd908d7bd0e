"""Replies to changes; each makes one call of the registry."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.api.json_views import item_of
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.values.reference import check_alias


def set_alias(request: Request) -> Reply:
    """Point an alias to a version."""
    fields = request.fields(["version"], ["expected", "protected", "force"])
    protected = fields.get("protected")
    if not isinstance(protected, bool | None):
        raise Problem(422, "bad_body", f"protected must be true or false, got {protected!r:.60}.")
    request.writable.set_alias(
        request.model,
        request.names["alias"],
        fields["version"],
        protected=protected,
        **_options(fields),
    )
    return _alias(request)


def remove_alias(request: Request) -> Reply:
    """Remove an alias."""
    options = _options(request.fields(optional=["expected", "force"]))
    request.writable.remove_alias(request.model, check_alias(request.names["alias"]), **options)
    return _alias(request)


def rollback_alias(request: Request) -> Reply:
    """Move an alias back to its previous version."""
    options = _options(request.fields(optional=["expected", "force"]))
    request.writable.rollback_alias(request.model, check_alias(request.names["alias"]), **options)
    return _alias(request)


def add_tags(request: Request) -> Reply:
    """Add tags to a version."""
    tags = request.fields(["tags"])["tags"]
    if not isinstance(tags, dict):
        raise Problem(422, "bad_body", "tags must be an object that maps names to values.")
    return Reply(item_of(request.writable.tag_model(request.ref, **tags)))


def remove_tag(request: Request) -> Reply:
    """Remove a tag from a version."""
    request.fields()
    return Reply(item_of(request.writable.untag_model(request.ref, request.names["tag"])))


def add_note(request: Request) -> Reply:
    """Add a note to a version."""
    text = request.fields(["text"])["text"]
    return Reply(item_of(request.writable.annotate(request.ref, text)))


def delete(request: Request) -> Reply:
    """Delete a version; `restore` restores it."""
    options = _options(request.fields(optional=["force"]))
    deleted = request.writable.delete_model(request.ref, **options)
    return Reply(item_of(request.registry.get_metadata(deleted)))


def restore(request: Request) -> Reply:
    """Restore a deleted version."""
    request.fields()
    return Reply(item_of(request.writable.restore_model(request.ref)))


def _options(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a change that the body has."""
    force = fields.get("force", False)
    if not isinstance(force, bool):
        raise Problem(422, "bad_body", f"force must be true or false, got {force!r:.60}.")
    return {name: fields[name] for name in ("expected", "force") if name in fields}


def _alias(request: Request) -> Reply:
    alias = request.names["alias"]
    move = request.registry.aliases(request.model).get(alias)
    return Reply(
        {
            "name": request.model,
            "alias": alias,
            "version": move.version if move else None,
            "protected": bool(move and move.protected),
        }
    )
