"""Aliases: movable names for versions, with their history."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exo_nbregistry.errors import (
    AliasNotFoundError,
    ConflictError,
    IntegrityError,
    InvalidReferenceError,
    ModelNotFoundError,
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


def test_an_alias_points_at_one_version(registry: ModelRegistry) -> None:
    """A move takes it away from where it was, and several may point at one version."""
    registry.set_alias("Toy", "champion", 1)
    assert registry.set_alias("toy", "b", 2).aliases == ("b",)
    assert registry.set_alias("toy", "champion", 2).aliases == ("b", "champion")
    assert registry.get_metadata("toy:1").aliases == ()
    assert registry.get_metadata("other").aliases == ()


def test_setting_an_alias_where_it_is_says_nothing_new(registry: ModelRegistry) -> None:
    """A cell that is run again adds no move, and protecting it does."""
    for protected in (False, False, True, True):
        registry.set_alias("toy", "champion", 1, protected=protected)
    moves = registry.alias_history("toy", "champion")
    assert [move.protected for move in moves] == [False, True]


def test_a_move_says_who_and_when(registry: ModelRegistry) -> None:
    """The history has number, time and user of each move."""
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
def test_what_no_alias_can_be_leaves_no_event(
    registry: ModelRegistry, alias: str, version: int, error: type[Exception]
) -> None:
    """Names and versions are checked before anything is written."""
    with pytest.raises(error):
        registry.set_alias("toy", alias, version)
    assert all(event["action"] == "register" for event in registry.history("toy"))


@pytest.mark.parametrize("retire", ["delete_model", "purge_model"])
def test_an_alias_points_at_no_deleted_version(registry: ModelRegistry, retire: str) -> None:
    """Neither by a move nor by a rollback."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    getattr(registry, retire)("toy:1")
    with pytest.raises(VersionNotFoundError):
        registry.set_alias("toy", "challenger", 1)
    with pytest.raises(VersionNotFoundError):
        registry.rollback_alias("toy", "champion")
    assert registry.get_metadata("toy@champion").version == 2


def test_an_alias_on_a_deleted_version_says_so(registry: ModelRegistry) -> None:
    """Loading by it tells how to get the version back."""
    registry.set_alias("toy", "champion", 1)
    registry.delete_model("toy:1")
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:1'\)"):
        registry.load_model("toy@champion")


def test_a_removed_alias_comes_back_by_rollback(registry: ModelRegistry) -> None:
    """Removing is a move to nowhere, which can be undone and is in the history."""
    registry.set_alias("toy", "champion", 2)
    registry.remove_alias("toy", "champion")
    with pytest.raises(AliasNotFoundError):
        registry.load_model("toy@champion")
    assert registry.rollback_alias("toy", "champion").version == 2
    history = registry.alias_history("toy", "champion")
    assert [move.version for move in history] == [2, None, 2]


def test_a_rollback_keeps_protection(registry: ModelRegistry) -> None:
    """The version that was protected before is protected again."""
    registry.set_alias("toy", "champion", 1, protected=True)
    registry.set_alias("toy", "champion", 2, protected=False)
    registry.rollback_alias("toy", "champion")
    with pytest.raises(ConflictError, match="champion"):
        registry.delete_model("toy:1")


def test_a_move_keeps_protection(registry: ModelRegistry) -> None:
    """Only who says protected=False lifts what somebody asked for."""
    registry.set_alias("toy", "champion", 1, protected=True)
    for version in (1, 2):
        registry.set_alias("toy", "champion", version)
        with pytest.raises(ConflictError, match="champion"):
            registry.delete_model(f"toy:{version}")
    registry.set_alias("toy", "champion", 2, protected=False)
    assert registry.delete_model("toy:2") == "toy:2"


def test_what_is_expected_is_a_version(registry: ModelRegistry) -> None:
    """Text that reads like the number would never be equal to it."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(InvalidReferenceError, match="positive integer"):
        registry.set_alias("toy", "champion", 2, expected="1")  # type: ignore[arg-type]


def test_a_rollback_tells_a_new_alias_from_one_without_a_past(registry: ModelRegistry) -> None:
    """An alias that was never set has close names; one that is there is not offered itself."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(AliasNotFoundError, match="never had an alias 'chief'"):
        registry.rollback_alias("toy", "chief")
    with pytest.raises(AliasNotFoundError, match=r"shows its moves\.$"):
        registry.rollback_alias("toy", "champion")


@pytest.mark.parametrize("expected", [None, 2])
def test_a_lost_swap_moves_nothing(registry: ModelRegistry, expected: int | None) -> None:
    """Who expects another place, or none, is told what is there."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(ConflictError, match="points at 1") as lost:
        registry.set_alias("toy", "champion", 3, expected=expected)
    assert (lost.value.expected, lost.value.actual) == (expected, 1)
    assert registry.set_alias("toy", "champion", 3, expected=1).version == 3


def test_a_swap_is_decided_on_what_other_kernels_wrote(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A move that comes between looking and writing makes the swap fail, not be lost."""
    other = ModelRegistry(registry.location, durable=False)
    registry.set_alias("toy", "champion", 1)
    journal, moved = registry._workspace.journal, []

    def move_between(record: Record) -> None:
        if not moved:
            moved.append(other.set_alias("toy", "champion", 2))
        Journal.confirm(journal, record)

    # It is called between the decision and the new event.
    monkeypatch.setattr(journal, "confirm", move_between)
    with pytest.raises(ConflictError):
        registry.set_alias("toy", "champion", 3, expected=1)
    assert [move.version for move in other.alias_history("toy", "champion")] == [1, 2]


def test_an_alias_is_for_the_record_it_was_set_on(registry: ModelRegistry) -> None:
    """If another record stands there, even a well signed one, the alias does not load it."""
    registry.set_alias("toy", "champion", 1)
    path = Path(registry.location, "models/toy/versions/v000001.json")
    reseal(path, Keyring().sign, description="better")
    with pytest.raises(IntegrityError, match="set the alias again"):
        ModelRegistry(registry.location).load_model("toy@champion")


def test_unknown_names_are_answered(registry: ModelRegistry) -> None:
    """A model or an alias that nobody has is named, with what there is."""
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
def test_what_somebody_moved_is_neither_removed_nor_rolled_back(
    registry: ModelRegistry, call: str
) -> None:
    """With an expectation both do it only if the alias still points there."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    with pytest.raises(ConflictError, match="points at 2, not at 1") as caught:
        getattr(registry, call)("toy", "champion", expected=1)
    assert (caught.value.expected, caught.value.actual) == (1, 2)
    assert len(registry.alias_history("toy", "champion")) == 2
    getattr(registry, call)("toy", "champion", expected=2)
    assert registry.get_metadata("toy:2").aliases == ()


def test_a_removed_alias_is_brought_back_only_where_it_still_is_nowhere(
    registry: ModelRegistry,
) -> None:
    """None expects an alias that points nowhere."""
    registry.set_alias("toy", "champion", 1)
    with pytest.raises(ConflictError, match="points at 1, not at nothing"):
        registry.rollback_alias("toy", "champion", expected=None)
    registry.remove_alias("toy", "champion")
    assert registry.rollback_alias("toy", "champion", expected=None).version == 1


def test_a_model_tells_its_aliases(registry: ModelRegistry) -> None:
    """Those that point somewhere, by name, with the move that says where."""
    assert registry.aliases("toy") == {}
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "b", 2, protected=True)
    registry.set_alias("toy", "gone", 2)
    registry.remove_alias("toy", "gone")
    told = {name: (move.version, move.protected) for name, move in registry.aliases("Toy").items()}
    assert told == {"b": (2, True), "champion": (1, False)}
    with pytest.raises(ModelNotFoundError):
        registry.aliases("tay")
