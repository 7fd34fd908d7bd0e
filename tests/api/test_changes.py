"""Previews of changes, their code, and the requests that undo them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.api.answer import answer
from exo_nbregistry.api.problem import Problem, problem_of
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
from exo_nbregistry.errors import ConflictError, ProtectedAliasError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import RouteCaller

CHAMPION = {"name": "kepler", "alias": "champion"}
FIRST = {"name": "kepler", "version": 1}
SECOND = {"name": "kepler", "version": 2}
CHANGES: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (set_alias, CHAMPION, {"version": 3}),
    (set_alias, CHAMPION, {"version": 2, "protected": True}),
    (set_alias, {"name": "kepler", "alias": "new"}, {"version": 1}),
    (rollback_alias, CHAMPION, {}),
    (remove_alias, CHAMPION, {}),
    (add_tags, FIRST, {"tags": {"a": 2, "b": True}}),
    (add_tags, FIRST, {"tags": {"b": 1.5}}),
    (remove_tag, FIRST | {"tag": "a"}, {}),
    (delete, FIRST, {}),
    (delete, SECOND, {}),
    (restore, {"name": "kepler", "version": 3}, {}),
]


def state(registry: ModelRegistry) -> Any:
    """Return tags, status and aliases of all versions."""
    versions = registry.list_models(include_deleted=True)
    aliases = {name: (m.version, m.protected) for name, m in registry.aliases("kepler").items()}
    return [(item.model_id, item.tags, item.status, item.aliases) for item in versions], aliases


def prepare(registry: ModelRegistry, call: Any) -> None:
    """Set the aliases and tags that the changes need."""
    registry.set_alias("kepler", "champion", 1)
    registry.set_alias("kepler", "champion", 2)
    registry.tag_model("kepler:1", a="old")
    if call is restore:
        registry.delete_model("kepler:3")


def send(caller: RouteCaller, method: str, path: str, body: Any) -> dict[str, Any]:
    """Send a request as a front end does."""
    headers = {"Content-Type": "application/json"}
    found = answer(caller.catalogue, method, path, headers, json.dumps(body).encode())
    assert found.status == 200, found.body
    reply: dict[str, Any] = json.loads(found.body)
    return reply


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_a_preview_changes_nothing(
    caller: RouteCaller, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """A preview has the code and a question, and writes no event."""
    prepare(registry, call)
    before = registry.revision()
    reply = caller.send(call, names, body | {"preview": True})
    assert registry.revision() == before
    assert reply["code"].startswith("registry.")
    assert "?" in reply["message"]
    done = caller.send(call, names, reply["body"] if body else body)
    assert done["code"] == reply["code"]
    assert done["message"].endswith(".")


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_the_code_makes_the_same_change(
    caller: RouteCaller, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """The code of a preview leads to the same state as the change."""
    prepare(registry, call)
    start = state(registry)
    code = caller.send(call, names, body | {"preview": True})["code"]
    undo = caller.send(call, names, body)["undo"]
    changed = state(registry)
    assert changed != start
    exec(undo["code"], {"registry": registry})
    assert state(registry) == start
    exec(code, {"registry": registry})
    assert state(registry) == changed


@pytest.mark.parametrize(("call", "names", "body"), CHANGES)
def test_the_undo_restores_the_state(
    caller: RouteCaller, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """The request in ``undo`` restores aliases, protection, values of tags and the status."""
    prepare(registry, call)
    start = state(registry)
    undo = caller.send(call, names, body)["undo"]
    send(caller, undo["method"], undo["path"], undo["body"])
    assert state(registry) == start


def test_the_expected_version_is_in_the_code(caller: RouteCaller) -> None:
    """A preview names the version that the alias points to now, so that a race is a conflict."""
    reply = caller.send(set_alias, CHAMPION, {"version": 3, "preview": True})
    assert reply["code"] == "registry.set_alias('kepler', 'champion', 3, expected=2)"
    assert reply["message"] == "Move kepler@champion from 2 to 3?"
    assert reply["body"] == {"version": 3, "expected": 2}


def test_an_undo_does_not_revert_a_later_move(caller: RouteCaller, registry: ModelRegistry) -> None:
    """If the alias moved again, its undo is a conflict."""
    undo = caller.send(set_alias, CHAMPION, {"version": 3})["undo"]
    registry.set_alias("kepler", "champion", 1)
    with pytest.raises(ConflictError):
        caller.send(set_alias, CHAMPION, undo["body"])
    assert registry.aliases("kepler")["champion"].version == 1


def test_a_protected_alias_needs_force_in_a_preview_too(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """A preview of a protected move is rejected; with force, it has a warning."""
    registry.set_alias("kepler", "champion", 2, protected=True)
    with pytest.raises(ProtectedAliasError):
        caller.send(set_alias, CHAMPION, {"version": 3, "preview": True})
    forced = caller.send(set_alias, CHAMPION, {"version": 3, "preview": True, "force": True})
    assert "force=True" in forced["code"]
    assert "protected" in forced["warnings"][0]


def test_a_version_of_a_protected_alias_needs_force_in_a_preview_too(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """A preview of its deletion is rejected as the deletion is; with force, it has a warning."""
    registry.set_alias("kepler", "champion", 2, protected=True)
    for body in ({"preview": True}, {}):
        with pytest.raises(ProtectedAliasError) as error:
            caller.send(delete, SECOND, body)
        assert error.value.alias == "kepler@champion"
        message = problem_of(error.value, changing=True, places={}).message
        assert message == "kepler:2 cannot be deleted: the protected alias 'champion' points to it."
    forced = caller.send(delete, SECOND, {"preview": True, "force": True})
    assert forced["warnings"][-1] == "The alias champion is protected."


def test_the_problem_of_a_protected_alias_is_one_sentence(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """The message ends with one full stop, and the hint names what the view offers."""
    registry.set_alias("kepler", "champion", 2, protected=True)
    for body in ({"version": 3, "preview": True}, {"version": 3}):
        with pytest.raises(ProtectedAliasError) as error:
            caller.send(set_alias, CHAMPION, body)
        problem = problem_of(error.value, changing=True, places={})
        assert problem.message == "kepler@champion is protected and points to 2."
        assert problem.hint is not None
        assert problem.hint.endswith("or apply the change anyway.")


def test_a_note_has_no_undo(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A note is permanent, and its preview has a warning."""
    shown = caller.send(add_note, FIRST, {"text": "Good.", "preview": True})
    assert shown["warnings"] == ["Notes are permanent."]
    assert registry["kepler:1"].notes == ()
    done = caller.send(add_note, FIRST, {"text": "Good."})
    assert done["undo"] is None
    assert done["message"] == "Added the note to kepler:1. Notes are permanent."


@pytest.mark.parametrize(
    ("call", "names", "body"),
    [
        (add_tags, FIRST, {"tags": {"a": "old"}}),
        (set_alias, CHAMPION, {"version": 2}),
    ],
)
def test_a_change_without_an_effect_has_no_undo(
    caller: RouteCaller, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """The message states that nothing has changed, instead of an undo."""
    prepare(registry, call)
    done = caller.send(call, names, body)
    assert done["undo"] is None
    assert done["message"].endswith(". Nothing has changed.")


def test_an_alias_cannot_return_to_a_deleted_version(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """The message of the move states why it has no undo."""
    prepare(registry, set_alias)
    registry.delete_model("kepler:2")
    done = caller.send(set_alias, CHAMPION, {"version": 1})
    assert done["undo"] is None
    assert done["message"].endswith("Undo is not possible, because version 2 is deleted.")


def test_a_value_that_json_lacks_is_restored(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The undo of a removed tag keeps a tuple and an infinite number."""
    registry.tag_model("kepler:1", size=(1, 2), limit=float("inf"))
    for name in ("size", "limit"):
        value = registry["kepler:1"].tags[name]
        undo = caller.send(remove_tag, FIRST | {"tag": name})["undo"]
        send(caller, undo["method"], undo["path"], undo["body"])
        assert registry["kepler:1"].tags[name] == value


@pytest.mark.parametrize(
    ("call", "names", "body"),
    [
        (set_alias, CHAMPION, {"version": 3, "preview": "yes"}),
        (add_tags, FIRST, {"tags": {"a": {"$tuple": 1}}}),
        (add_tags, FIRST, {"tags": {}, "remove": "a"}),
        (add_tags, FIRST, {"tags": {}, "remove": [1]}),
        (add_tags, FIRST, {"tags": {}, "remove": ["absent"]}),
        (restore, FIRST, {}),
        (remove_alias, CHAMPION | {"alias": "absent"}, {"preview": True}),
        (set_alias, CHAMPION, {"version": 9, "preview": True}),
    ],
)
def test_an_invalid_request_changes_nothing(
    caller: RouteCaller, registry: ModelRegistry, call: Any, names: dict[str, Any], body: Any
) -> None:
    """A wrong type, an unknown name or a missing version is an error in words."""
    before = registry.revision()
    with pytest.raises((Problem, RegistryError)) as caught:
        caller.send(call, names, body)
    assert str(caught.value).endswith((".", "?"))
    assert registry.revision() == before


def test_a_read_only_registry_has_no_previews(root: Path, registry: ModelRegistry) -> None:
    """A preview of a change that cannot be made is rejected."""
    with pytest.raises(Problem) as caught:
        RouteCaller(root, read_only=True).send(delete, FIRST, {"preview": True})
    assert caught.value.reason == "read_only"
