"""The replies that change something: what they do, compare-and-swap, and what may only be read."""

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


def test_an_alias_moves_and_goes_back(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Each reply says where it points now."""
    moved = caller.send(set_alias, CHAMPION, {"version": 3, "expected": 2, "protected": True})
    assert moved == {"name": "kepler", "alias": "champion", "version": 3, "protected": True}
    back = caller.send(rollback_alias, CHAMPION, {"expected": 3})
    assert back == {"name": "kepler", "alias": "champion", "version": 2, "protected": False}
    gone = caller.send(remove_alias, CHAMPION, {"expected": 2})
    assert gone == {"name": "kepler", "alias": "champion", "version": None, "protected": False}
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
def test_what_has_moved_meanwhile_is_left(
    caller: RouteCaller, registry: ModelRegistry, call: Any, body: dict[str, Any]
) -> None:
    """A change that expects another version changes nothing, and says where the alias points."""
    before = registry.revision()
    with pytest.raises(ConflictError) as refused:
        caller.send(call, CHAMPION, body)
    assert (refused.value.expected, refused.value.actual) == (body["expected"], 2)
    assert registry.revision() == before


def test_tags_come_and_go(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Any name does, also those that Python's calls use; the reply is the version."""
    tags = {"reviewed": True, "ref": 1, "self": "x", "a/b": [1, 2.5]}
    told = caller.send(add_tags, FIRST, {"tags": tags})
    assert (told["model_id"], told["tags"]) == ("kepler:1", tags)
    assert registry["kepler:1"].tags == tags
    assert "a/b" not in caller.send(remove_tag, FIRST | {"tag": "a/b"})["tags"]


def test_notes_are_kept(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A note is read back from the registry."""
    caller.send(add_note, FIRST, {"text": "Looks odd <b>here</b>."})
    assert registry["kepler:1"].notes[0].text == "Looks odd <b>here</b>."


def test_versions_are_hidden_and_brought_back(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The reply has the status; one that a protected alias holds stays."""
    assert caller.send(delete, FIRST)["status"] == "deleted"
    assert caller.send(restore, FIRST)["status"] == "active"
    registry.set_alias("kepler", "champion", 2, protected=True)
    with pytest.raises(ConflictError):
        caller.send(delete, FIRST | {"version": 2})


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
        (add_tags, FIRST, {"tags": {"a": "\ud800"}}, RecordError),
        (add_note, FIRST, {"text": ""}, RecordError),
        (add_note, FIRST, {"text": 1}, RecordError),
        (delete, FIRST | {"version": 9}, None, VersionNotFoundError),
        (delete, FIRST, {"really": True}, Problem),
    ],
)
def test_what_means_nothing_changes_nothing(
    caller: RouteCaller,
    registry: ModelRegistry,
    call: Any,
    names: dict[str, Any],
    body: Any,
    error: type[Exception],
) -> None:
    """A wrong body or name is refused, and no event is written."""
    before = registry.revision()
    with pytest.raises(error):
        caller.send(call, names, body)
    assert registry.revision() == before


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_a_server_that_only_reads_changes_nothing(
    root: Path, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """With c.ExoNBRegistry.read_only each change is refused by name."""
    before = registry.revision()
    with pytest.raises(Problem) as refused:
        RouteCaller(root, read_only=True).send(call, names, body)
    assert (refused.value.status, refused.value.reason) == (403, "read_only")
    assert registry.revision() == before


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_a_folder_that_only_reads_is_no_failure(
    caller: RouteCaller,
    registry: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
    call: Any,
    names: dict[str, Any],
    body: Any,
) -> None:
    """What the system refuses keeps its reason, from which the reply says who may help."""
    registry.tag_model("kepler:1", "a")
    registry.set_alias("kepler", "champion", 1)
    if call is restore:
        registry.delete_model("kepler:1")

    def refuse(self: LocalStore, key: str, *args: object, **options: object) -> None:
        error = StoreError("It is closed.", key=key)
        error.errno = errno.EROFS
        raise error

    monkeypatch.setattr(LocalStore, "create", refuse)
    with pytest.raises(StoreError) as refused:
        caller.send(call, names, body)
    assert refused.value.errno == errno.EROFS
