"""Undo restores the state before an action, unless it was changed since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import ConflictError, RegistryError
from exo_nbregistry.panels.actions.alias import plan_remove, plan_rollback, plan_set
from exo_nbregistry.panels.actions.curation import plan_delete, plan_restore, plan_tag, plan_untag
from exo_nbregistry.panels.actions.plan import Plan
from exo_nbregistry.panels.actions.undo import UndoStack
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.panel_driver import toys

VERSIONS = (1, 2, 3)
NUMBERS = st.sampled_from(VERSIONS)
NAMES = st.sampled_from(["champion", "b"])
TAGS = st.sampled_from(["ref", "reviewed", "team=a", "team=b", "team", "n=1", "n=1.0", "n=true"])


def alias_step(plan: Any, number: int, name: str, *options: bool) -> Callable[..., Plan]:
    """Return a function that plans an alias action."""
    return lambda registry: plan(registry, registry.get_metadata(f"toy:{number}"), name, *options)


def step(plan: Any, numbers: set[int], *options: str) -> Callable[..., Plan]:
    """Return a function that plans an action on versions."""
    return lambda registry: plan(
        registry, [registry.get_metadata(f"toy:{n}") for n in sorted(numbers)], *options
    )


SOME = st.sets(NUMBERS, min_size=1)
STEPS = st.lists(
    st.one_of(
        st.builds(alias_step, st.just(plan_set), NUMBERS, NAMES, st.booleans()),
        st.builds(alias_step, st.sampled_from([plan_remove, plan_rollback]), NUMBERS, NAMES),
        st.builds(step, st.sampled_from([plan_tag, plan_untag]), SOME, TAGS),
        st.builds(step, st.sampled_from([plan_delete, plan_restore]), SOME),
    ),
    max_size=12,
)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions of toy."""
    return toys(tmp_path / "registry", len(VERSIONS))


def state(registry: ModelRegistry) -> Any:
    """Return aliases, statuses and tags, as another kernel reads them."""
    other = ModelRegistry(registry.location)
    items = [other.get_metadata(f"toy:{number}") for number in VERSIONS]
    moves = other.aliases("toy")
    return (
        {name: (move.version, move.protected) for name, move in moves.items()},
        [(item.status, {name: (type(v), v) for name, v in item.tags.items()}) for item in items],
    )


def do(registry: ModelRegistry, stack: UndoStack, make: Callable[..., Plan]) -> None:
    """Run a step, unless the registry rejects it."""
    try:
        plan = make(registry)
    except RegistryError:
        return
    stack.do(plan.name, plan.calls)


def test_undoing_all_actions_restores_the_state(registry: ModelRegistry) -> None:
    """Undoing any actions in reverse restores aliases, tags and statuses."""

    @settings(max_examples=settings.default.max_examples * 4 // 10)
    @given(before=STEPS, after=STEPS)
    def check(before: list[Callable[..., Plan]], after: list[Callable[..., Plan]]) -> None:
        for make in before:
            do(registry, UndoStack(registry), make)
        stack, there = UndoStack(registry), state(registry)
        for make in after:
            do(registry, stack, make)
        while stack.next is not None:
            stack.undo()
        assert state(registry) == there
        assert registry.verify()

    check()


def test_a_rollback_ignores_undone_moves(registry: ModelRegistry) -> None:
    """A move that was undone does not change the target of a later rollback."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    stack = UndoStack(registry)
    do(registry, stack, alias_step(plan_set, 3, "champion", False))
    stack.undo()
    assert registry.rollback_alias("toy", "champion").version == 1


@pytest.mark.parametrize(
    ("make", "interfere", "message"),
    [
        (
            alias_step(plan_set, 3, "champion", False),
            lambda other: other.set_alias("toy", "champion", 2),
            "toy@champion points to 2,",
        ),
        (
            alias_step(plan_set, 3, "champion", False),
            lambda other: other.set_alias("toy", "champion", 3, protected=True),
            "toy@champion points to 3 (protected),",
        ),
        (
            alias_step(plan_set, 3, "champion", False),
            lambda other: other.delete_model("toy:1"),
            "toy:1 is deleted,",
        ),
        (
            alias_step(plan_remove, 1, "champion"),
            lambda other: other.set_alias("toy", "champion", 2),
            "toy@champion points to 2,",
        ),
        (
            step(plan_tag, {2}, "team=a"),
            lambda other: other.tag_model("toy:2", team="b"),
            "toy:2 has the tag 'team' = 'b',",
        ),
        (
            step(plan_tag, {2}, "team=a"),
            lambda other: other.untag_model("toy:2", "team"),
            "toy:2 has no tag 'team',",
        ),
        (
            step(plan_delete, {1}),
            lambda other: other.set_alias("toy", "champion", 2),
            "toy@champion points to 2,",
        ),
        (
            step(plan_delete, {1, 2}),
            lambda other: other.purge_model("toy:1", force=True),
            "toy:1 is purged,",
        ),
    ],
    ids=["moved", "protected", "left", "set", "tagged", "untagged", "taken", "purged"],
)
def test_a_later_change_is_not_undone(
    registry: ModelRegistry, make: Any, interfere: Any, message: str
) -> None:
    """An undo that would revert a change of another user raises an error and changes nothing."""
    registry.set_alias("toy", "champion", 1)
    registry.tag_model("toy:2", team="before")
    stack = UndoStack(registry)
    do(registry, stack, make)
    assert stack.next is not None
    interfere(ModelRegistry(registry.location))
    there = state(registry)
    with pytest.raises(ConflictError, match="which is a later change") as caught:
        stack.undo()
    assert str(caught.value).startswith(f"Cannot undo: {message}")
    assert state(registry) == there
    assert stack.next is None


def test_an_undo_skips_restored_versions(registry: ModelRegistry) -> None:
    """If another user restored one of two versions, the undo restores only the other one."""
    stack = UndoStack(registry)
    do(registry, stack, step(plan_delete, {1, 2}))
    registry.restore_model("toy:1")
    assert stack.undo() == "toy:1 is active and toy:2 is active"
    assert [event["action"] for event in registry.history("toy", version=1)][-2:] == [
        "delete",
        "restore",
    ]


def test_an_alias_is_restored_on_a_deleted_version(registry: ModelRegistry) -> None:
    """A deletion and a later move are both undone, although the version is deleted in between."""
    registry.set_alias("toy", "champion", 1)
    stack = UndoStack(registry)
    do(registry, stack, step(plan_delete, {1}))
    do(registry, stack, alias_step(plan_set, 2, "champion", True))
    assert stack.undo() == "toy@champion points to 1"
    assert registry.get_metadata("toy:1").status == "deleted"
    stack.undo()
    assert registry.get_metadata("toy@champion").model_id == "toy:1"


def test_a_failed_undo_can_be_repeated(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo that was interrupted by a disk error continues when it is repeated."""
    stack = UndoStack(registry)
    do(registry, stack, step(plan_delete, {1, 2, 3}))
    restore = registry.restore_model
    left = iter([restore])

    def full(ref: str) -> Any:
        try:
            return next(left)(ref)
        except StopIteration:
            raise OSError(28, "No space left on device") from None

    monkeypatch.setattr(registry, "restore_model", full)
    with pytest.raises(OSError, match="No space"):
        stack.undo()
    assert stack.next == "delete 3 versions"
    monkeypatch.setattr(registry, "restore_model", restore)
    stack.undo()
    assert [status for status, _ in state(registry)[1]] == ["active"] * 3


def test_completed_calls_can_be_undone(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the second of three calls fails, the first call can be undone."""
    delete = registry.delete_model
    monkeypatch.setattr(
        registry, "delete_model", lambda ref: delete("gone:1" if ref == "toy:2" else ref)
    )
    stack = UndoStack(registry)
    plan = step(plan_delete, {1, 2, 3})(registry)
    seen: list[int] = []
    outcome = stack.do(plan.name, plan.calls, seen.append)
    assert (len(outcome.results), seen) == (1, [1])
    assert isinstance(outcome.error, RegistryError)
    assert stack.undo() == "toy:1 is active"


def test_an_action_without_effect_is_not_undone(registry: ModelRegistry) -> None:
    """A call that changed nothing cannot be undone."""
    plan = step(plan_tag, {1}, "reviewed")(registry)
    registry.tag_model("toy:1", "reviewed")
    stack = UndoStack(registry)
    assert stack.do(plan.name, plan.calls).error is None
    assert stack.next is None
