"""The replies that change something; each is one call of the registry."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.reference import check_alias
from exo_nbregistry.server.ask import Ask, Reply
from exo_nbregistry.server.fault import Fault
from exo_nbregistry.server.view import item_of


def set_alias(ask: Ask) -> Reply:
    """Point an alias at a version."""
    fields = ask.fields(["version"], ["expected", "protected"])
    protected = fields.get("protected")
    if not isinstance(protected, bool | None):
        raise Fault(422, "bad_body", "protected is true or false.")
    ask.writable.set_alias(
        ask.model, ask.names["alias"], fields["version"], protected=protected, **_expected(fields)
    )
    return _alias(ask)


def remove_alias(ask: Ask) -> Reply:
    """Make an alias point nowhere."""
    expected = _expected(ask.fields(optional=["expected"]))
    ask.writable.remove_alias(ask.model, check_alias(ask.names["alias"]), **expected)
    return _alias(ask)


def rollback_alias(ask: Ask) -> Reply:
    """Point an alias back to where it pointed before."""
    expected = _expected(ask.fields(optional=["expected"]))
    ask.writable.rollback_alias(ask.model, check_alias(ask.names["alias"]), **expected)
    return _alias(ask)


def add_tags(ask: Ask) -> Reply:
    """Add tags to a version."""
    tags = ask.fields(["tags"])["tags"]
    if not isinstance(tags, dict):
        raise Fault(422, "bad_body", "tags is an object: the value of each tag by its name.")
    return Reply(item_of(ask.writable.tag_model(ask.ref, **tags)))


def remove_tag(ask: Ask) -> Reply:
    """Take a tag away from a version."""
    ask.fields()
    return Reply(item_of(ask.writable.untag_model(ask.ref, ask.names["tag"])))


def add_note(ask: Ask) -> Reply:
    """Add a note to a version."""
    text = ask.fields(["text"])["text"]
    return Reply(item_of(ask.writable.annotate(ask.ref, text)))


def delete(ask: Ask) -> Reply:
    """Hide a version."""
    ask.fields()
    return Reply(item_of(ask.registry.get_metadata(ask.writable.delete_model(ask.ref))))


def restore(ask: Ask) -> Reply:
    """Bring a deleted version back."""
    ask.fields()
    return Reply(item_of(ask.writable.restore_model(ask.ref)))


def _expected(fields: dict[str, Any]) -> dict[str, Any]:
    return {"expected": fields["expected"]} if "expected" in fields else {}


def _alias(ask: Ask) -> Reply:
    alias = ask.names["alias"]
    move = ask.registry.aliases(ask.model).get(alias)
    return Reply(
        {
            "name": ask.model,
            "alias": alias,
            "version": move.version if move else None,
            "protected": bool(move and move.protected),
        }
    )
