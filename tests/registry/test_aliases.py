"""Aliases: movable names for versions, with their history."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import (
    AliasNotFoundError,
    ConflictError,
    IntegrityError,
    InvalidReferenceError,
    ModelNotFoundError,
    ProtectedAliasError,
    VersionNotFoundError,
)
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.tamper import reseal

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions of toy and one of other."""
    registry = ModelRegistry(tmp_path / "registry", durable=False, now=lambda: NOW)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    registry.register_model({}, "other")
    return registry


def test_an_alias_points_to_one_version(registry: ModelRegistry) -> None:
    """An alias points to one version; a version can have several aliases."""
    registry.set_alias("Toy", "champion", 1)
    assert registry.set_alias("toy", "b", 2).aliases == ("b",)
    assert registry.set_alias("toy", "champion", 2).aliases == ("b", "champion")
    assert registry.get_metadata("toy:1").aliases == ()
    assert registry.get_metadata("other").aliases == ()


def test_setting_an_alias_again_adds_no_move(registry: ModelRegistry) -> None:
    """Setting an alias to the same version adds no move; a change of protection adds one."""
    for protected in (False, False, True, True):
        registry.set_alias("toy", "champion", 1, protected=protected)
    moves = registry.alias_history("toy", "champion")
    assert [move.protected for move in moves] == [False, True]


def test_a_move_has_its_author_and_time(registry: ModelRegistry) -> None:
    """Each move in the history has a number, a time and a user."""
    registry.set_alias("toy", "champion", 3)
    (move,) = registry.alias_history("toy", "champion")
    assert (move.version, move.number, move.at) == (3, 1, NOW)
    assert move.actor


@pytest.mark.parametrize(
    ("alias", "version", "error"),
    [
        ("latest", 1, InvalidReferenceError),
        ("v2", 1, InvalidReferenceError),
        ("../x", 1, InvalidReferenceError),
        ("champion", 0, InvalidReferenceError),
        ("champion", "1", InvalidReferenceError),
        ("champion", 9, VersionNotFoundError),
    ],
)
def test_an_invalid_alias_adds_no_event(
    registry: ModelRegistry, alias: str, version: int, error: type[Exception]
) -> None:
    """An invalid alias or version raises an error and adds no event."""
    with pytest.raises(error):
        registry.set_alias("toy", alias, version)
    assert all(event["action"] == "register" for event in registry.history("toy"))


@pytest.mark.parametrize("protected", [False, True])
@pytest.mark.parametrize("retire", ["delete_model", "purge_model"])
def test_an_alias_cannot_be_set_to_a_deleted_version(
    registry: ModelRegistry, retire: str, protected: bool
) -> None:
    """Neither a move nor a rollback can set an alias to a deleted version, protected or not."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2, protected=protected)
    getattr(registry, retire)("toy:1")
    with pytest.raises(VersionNotFoundError):
        registry.set_alias("toy", "challenger", 1)
    with pytest.raises(VersionNotFoundError):
        registry.set_alias("toy", "champion", 1)
    with pytest.raises(VersionNotFoundError):
        registry.rollback_alias("toy", "champion")
    assert registry.get_metadata("toy@champion").version == 2


def test_the_alias_of_a_deleted_version_cannot_be_loaded(registry: ModelRegistry) -> None:
    """Loading by the alias of a deleted version raises an error with the call to restore it."""
    registry.set_alias("toy", "champion", 1)
    registry.delete_model("toy:1")
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:1'\)"):
        registry.load_model("toy@champion")


def test_a_rollback_restores_a_removed_alias(registry: ModelRegistry) -> None:
    """A rollback restores a removed alias, and the history has the removal."""
    registry.set_alias("toy", "champion", 2)
    registry.remove_alias("toy", "champion")
    with pytest.raises(AliasNotFoundError):
        registry.load_model("toy@champion")
    assert registry.rollback_alias("toy", "champion").version == 2
    history = registry.alias_history("toy", "champion")
    assert [move.version for move in history] == [2, None, 2]


def test_a_rollback_restores_the_protection(registry: ModelRegistry) -> None:
    """A rollback restores the previous protection."""
    registry.set_alias("toy", "champion", 1, protected=True)
    registry.set_alias("toy", "champion", 2, protected=False, force=True)
    registry.rollback_alias("toy", "champion")
    with pytest.raises(ConflictError, match="champion"):
        registry.delete_model("toy:1")


def test_a_move_keeps_protection(registry: ModelRegistry) -> None:
    """A move keeps the protection; only protected=False removes it."""
    registry.set_alias("toy", "champion", 1, protected=True)
    for version in (1, 2):
        registry.set_alias("toy", "champion", version, force=True)
        with pytest.raises(ConflictError, match="champion"):
            registry.delete_model(f"toy:{version}")
    registry.set_alias("toy", "champion", 2, protected=False)
    assert registry.delete_model("toy:2") == "toy:2"


@pytest.mark.parametrize(
    "change",
    [
        lambda r, **force: r.set_alias("toy", "champion", 1, **force),
        lambda r, **force: r.set_alias("toy", "champion", 1, protected=False, **force),
        lambda r, **force: r.remove_alias("toy", "champion", **force),
        lambda r, **force: r.rollback_alias("toy", "champion", **force),
    ],
    ids=["set", "set and unprotect", "remove", "roll back"],
)
def test_a_protected_alias_moves_only_with_force(registry: ModelRegistry, change: Any) -> None:
    """The error names both ways out, and each of them works."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2, protected=True)
    with pytest.raises(ProtectedAliasError, match=r"pass force=True, or .*=False") as raised:
        change(registry)
    error = raised.value
    assert (error.alias, error.version) == ("toy@champion", 2)
    assert registry.aliases("toy")["champion"].version == 2
    before = len(registry.history("toy"))
    change(registry, force=True)
    assert len(registry.history("toy")) == before + 1
    if "champion" in registry.aliases("toy"):
        assert registry.aliases("toy")["champion"].version == 1


def test_an_unprotected_alias_moves_freely(registry: ModelRegistry) -> None:
    """Protection can be removed without force, by a call or by a rollback, and set again."""
    registry.set_alias("toy", "champion", 2)
    registry.set_alias("toy", "champion", 2, protected=True)
    registry.rollback_alias("toy", "champion")
    assert not registry.aliases("toy")["champion"].protected
    registry.set_alias("toy", "champion", 2, protected=True)
    registry.set_alias("toy", "champion", 2, protected=False)
    assert registry.set_alias("toy", "champion", 1).version == 1


def test_the_expected_version_must_be_an_integer(registry: ModelRegistry) -> None:
    """Text as the expected version raises an error."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(InvalidReferenceError, match="positive integer"):
        registry.set_alias("toy", "champion", 2, expected="1")  # type: ignore[arg-type]


def test_a_rollback_requires_a_previous_version(registry: ModelRegistry) -> None:
    """A rollback of an unknown alias and of an alias without a past have different errors."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(AliasNotFoundError, match="never had an alias 'chief'"):
        registry.rollback_alias("toy", "chief")
    with pytest.raises(AliasNotFoundError, match=r"shows its moves\.$"):
        registry.rollback_alias("toy", "champion")


@pytest.mark.parametrize("expected", [None, 2])
def test_an_unexpected_version_is_a_conflict(registry: ModelRegistry, expected: int | None) -> None:
    """An alias that points to an unexpected version is not moved; the error has its version."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(ConflictError, match="points to 1") as lost:
        registry.set_alias("toy", "champion", 3, expected=expected)
    assert (lost.value.expected, lost.value.actual) == (expected, 1)
    assert registry.set_alias("toy", "champion", 3, expected=1).version == 3


def test_a_concurrent_move_is_a_conflict(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A move by another kernel between the check and the write raises a conflict."""
    other = ModelRegistry(registry.location, durable=False)
    registry.set_alias("toy", "champion", 1)
    journal, moved = registry._workspace.journal, []

    def move_between(record: Record) -> None:
        if not moved:
            moved.append(other.set_alias("toy", "champion", 2))
        Journal.flush_record(journal, record)

    # This method is called between the decision and the write.
    monkeypatch.setattr(journal, "flush_record", move_between)
    with pytest.raises(ConflictError):
        registry.set_alias("toy", "champion", 3, expected=1)
    assert [move.version for move in other.alias_history("toy", "champion")] == [1, 2]


def test_an_alias_does_not_load_a_replaced_record(registry: ModelRegistry) -> None:
    """An alias does not load a record that replaced its target, even if it is signed."""
    registry.set_alias("toy", "champion", 1)
    path = Path(registry.location, "models/toy/versions/v000001.json")
    reseal(path, Keyring().sign, description="better")
    with pytest.raises(IntegrityError, match="set the alias again"):
        ModelRegistry(registry.location).load_model("toy@champion")


def test_errors_suggest_existing_names(registry: ModelRegistry) -> None:
    """Errors about an unknown model or alias suggest existing names."""
    registry.set_alias("toy", "champion", 1)
    for call in (registry.remove_alias, registry.rollback_alias):
        with pytest.raises(AliasNotFoundError, match="champion"):
            call("toy", "champoin")
        with pytest.raises(ModelNotFoundError, match="toy"):
            call("toi", "champion")
    with pytest.raises(ModelNotFoundError):
        registry.alias_history("toi", "champion")
    assert registry.alias_history("toy", "never") == ()


@pytest.mark.parametrize("call", ["remove_alias", "rollback_alias"])
def test_removal_and_rollback_check_the_expected_version(
    registry: ModelRegistry, call: str
) -> None:
    """With an expected version, removal and rollback require that the alias points to it."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    with pytest.raises(ConflictError, match="points to 2 instead of 1") as caught:
        getattr(registry, call)("toy", "champion", expected=1)
    assert (caught.value.expected, caught.value.actual) == (1, 2)
    assert len(registry.alias_history("toy", "champion")) == 2
    getattr(registry, call)("toy", "champion", expected=2)
    assert registry.get_metadata("toy:2").aliases == ()


def test_expecting_none_requires_a_removed_alias(
    registry: ModelRegistry,
) -> None:
    """A rollback with expected=None requires that the alias is removed."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(ConflictError, match="points to 1 instead of no version"):
        registry.rollback_alias("toy", "champion", expected=None)
    registry.remove_alias("toy", "champion")
    assert registry.rollback_alias("toy", "champion", expected=None).version == 1


def test_a_model_lists_its_aliases(registry: ModelRegistry) -> None:
    """The aliases of a model are listed by name with their last move, without removed aliases."""
    assert registry.aliases("toy") == {}
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "b", 2, protected=True)
    registry.set_alias("toy", "removed", 2)
    registry.remove_alias("toy", "removed")
    shown = {name: (move.version, move.protected) for name, move in registry.aliases("Toy").items()}
    assert shown == {"b": (2, True), "champion": (1, False)}
    with pytest.raises(ModelNotFoundError):
        registry.aliases("tay")


def test_a_protection_is_stored_as_a_flag(tmp_path: Path) -> None:
    """A true value such as 1 is stored as true, so that the event is valid."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"a": 1}, "toy")
    registry.set_alias("toy", "champion", 1, protected=1)  # type: ignore[arg-type]
    text = (tmp_path / "registry/models/toy/events/e000001.json").read_text()
    assert '"protected": true' in text
    assert ModelRegistry(registry.location).verify()
