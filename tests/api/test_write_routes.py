"""Routes that change a registry."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.write_routes import (
    add_note,
    add_tags,
    delete,
    remove_alias,
    remove_tag,
    restore,
    rollback_alias,
    set_alias,
)
from exo_nbregistry.errors import (
    AliasNotFoundError,
    ConflictError,
    InvalidReferenceError,
    ProtectedAliasError,
    RecordError,
    StoreError,
    VersionNotFoundError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.local import LocalStore
from tests.api.route_caller import RouteCaller

CHAMPION = {"name": "kepler", "alias": "champion"}
FIRST = {"name": "kepler", "version": 1}
CHANGES: list[tuple[Any, dict[str, Any], Any]] = [
    (set_alias, CHAMPION, {"version": 3}),
    (rollback_alias, CHAMPION, None),
    (remove_alias, CHAMPION, None),
    (add_tags, FIRST, {"tags": {"a": 1}}),
    (remove_tag, FIRST | {"tag": "a"}, None),
    (add_note, FIRST, {"text": "hello"}),
    (delete, FIRST, None),
    (restore, FIRST, None),
]


def test_an_alias_is_moved_and_rolled_back(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Each reply has the current version of the alias."""

    def change(call: Any, body: dict[str, Any]) -> dict[str, Any]:
        reply = caller.send(call, CHAMPION, body)
        return {name: reply[name] for name in ("name", "alias", "version", "protected")}

    moved = change(set_alias, {"version": 3, "expected": 2, "protected": True})
    assert moved == {"name": "kepler", "alias": "champion", "version": 3, "protected": True}
    with pytest.raises(ProtectedAliasError):
        caller.send(rollback_alias, CHAMPION, {"expected": 3})
    back = change(rollback_alias, {"expected": 3, "force": True})
    assert back == {"name": "kepler", "alias": "champion", "version": 2, "protected": False}
    removed = change(remove_alias, {"expected": 2})
    assert removed == {"name": "kepler", "alias": "champion", "version": None, "protected": False}
    assert registry["kepler:2"].aliases == ()
    assert caller.send(rollback_alias, CHAMPION, {"expected": None})["version"] == 2
    new = {"name": "kepler", "alias": "new"}
    assert caller.send(set_alias, new, {"version": 1, "expected": None})["version"] == 1


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (set_alias, {"version": 3, "expected": 1}),
        (set_alias, {"version": 3, "expected": None}),
        (rollback_alias, {"expected": 1}),
        (remove_alias, {"expected": 3}),
        (remove_alias, {"expected": None}),
    ],
)
def test_an_unexpected_version_is_a_conflict(
    caller: RouteCaller, registry: ModelRegistry, call: Any, body: dict[str, Any]
) -> None:
    """A change that expects another version changes nothing and has the current version."""
    before = registry.revision()
    with pytest.raises(ConflictError) as caught:
        caller.send(call, CHAMPION, body)
    assert (caught.value.expected, caught.value.actual) == (body["expected"], 2)
    assert registry.revision() == before


def test_tags_are_added_and_removed(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Any tag names are accepted, also those of Python parameters."""
    tags = {"reviewed": True, "ref": 1, "self": "x", "a/b": [1, 2.5]}
    reply = caller.send(add_tags, FIRST, {"tags": tags})
    assert (reply["model_id"], reply["tags"]) == ("kepler:1", tags)
    assert registry["kepler:1"].tags == tags
    assert "a/b" not in caller.send(remove_tag, FIRST | {"tag": "a/b"})["tags"]


def test_a_note_is_added(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A note is stored unchanged."""
    caller.send(add_note, FIRST, {"text": "Looks odd <b>here</b>."})
    assert registry["kepler:1"].notes[0].text == "Looks odd <b>here</b>."


def test_versions_are_deleted_and_restored(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The reply has the status; a version with a protected alias cannot be deleted."""
    assert caller.send(delete, FIRST)["status"] == "deleted"
    assert caller.send(restore, FIRST)["status"] == "active"
    registry.set_alias("kepler", "champion", 2, protected=True)
    with pytest.raises(ProtectedAliasError):
        caller.send(delete, FIRST | {"version": 2})
    assert caller.send(delete, FIRST | {"version": 2}, {"force": True})["status"] == "deleted"


@pytest.mark.parametrize(
    ("call", "names", "body", "error"),
    [
        (set_alias, CHAMPION, {}, Problem),
        (set_alias, CHAMPION, {"version": "3"}, InvalidReferenceError),
        (set_alias, CHAMPION, {"version": True}, InvalidReferenceError),
        (set_alias, CHAMPION, {"version": 3, "expected": "2"}, InvalidReferenceError),
        (set_alias, CHAMPION, {"version": 3, "protected": 1}, Problem),
        (set_alias, CHAMPION, {"version": 9}, VersionNotFoundError),
        (set_alias, CHAMPION | {"alias": "latest"}, {"version": 1}, InvalidReferenceError),
        (set_alias, CHAMPION | {"name": "../x"}, {"version": 1}, InvalidReferenceError),
        (remove_alias, CHAMPION | {"alias": "../x"}, None, InvalidReferenceError),
        (remove_alias, CHAMPION | {"alias": "gone"}, None, AliasNotFoundError),
        (rollback_alias, CHAMPION | {"alias": "X"}, None, InvalidReferenceError),
        (rollback_alias, CHAMPION, {"version": 1}, Problem),
        (add_tags, FIRST, {"tags": ["a"]}, Problem),
        (add_tags, FIRST, {"tags": {}}, RecordError),
        (add_tags, FIRST, {"tags": {"a": None}}, RecordError),
        (add_tags, FIRST, {"tags": {" ": 1}}, RecordError),
        (add_tags, FIRST, {"tags": {"a": "\ud800"}}, Problem),
        (add_note, FIRST, {"text": ""}, RecordError),
        (add_note, FIRST, {"text": 1}, RecordError),
        (delete, FIRST | {"version": 9}, None, VersionNotFoundError),
        (delete, FIRST, {"really": True}, Problem),
        (delete, FIRST, {"force": 1}, Problem),
        (remove_alias, CHAMPION, {"force": "yes"}, Problem),
    ],
)
def test_an_invalid_change_is_rejected(
    caller: RouteCaller,
    registry: ModelRegistry,
    call: Any,
    names: dict[str, Any],
    body: Any,
    error: type[Exception],
) -> None:
    """An invalid body or name is rejected, and no event is written."""
    before = registry.revision()
    with pytest.raises(error):
        caller.send(call, names, body)
    assert registry.revision() == before


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_a_read_only_server_rejects_changes(
    root: Path, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """With c.ExoNBRegistry.read_only, each change is rejected."""
    before = registry.revision()
    with pytest.raises(Problem) as caught:
        RouteCaller(root, read_only=True).send(call, names, body)
    assert (caught.value.status, caught.value.reason) == (403, "read_only")
    assert registry.revision() == before


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_a_read_only_folder_is_a_store_error(
    caller: RouteCaller,
    registry: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
    call: Any,
    names: dict[str, Any],
    body: Any,
) -> None:
    """The error number of a read-only file system is kept."""
    registry.tag_model("kepler:1", "a")
    registry.set_alias("kepler", "champion", 1)
    if call is restore:
        registry.delete_model("kepler:1")

    def fail(self: LocalStore, key: str, *args: object, **options: object) -> None:
        error = StoreError("The file system is read-only.", key=key)
        error.errno = errno.EROFS
        raise error

    monkeypatch.setattr(LocalStore, "create", fail)
    with pytest.raises(StoreError) as caught:
        caller.send(call, names, body)
    assert caught.value.errno == errno.EROFS
