"""What was done is put back as it was, or left alone where somebody changed it since."""

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
    """Return what plans an alias's move when the time has come."""
    return lambda registry: plan(registry, registry.get_metadata(f"toy:{number}"), name, *options)


def step(plan: Any, numbers: set[int], *options: str) -> Callable[..., Plan]:
    """Return what plans the same for some versions when the time has come."""
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
    """Return all that may be changed, as another kernel reads it."""
    other = ModelRegistry(registry.location)
    items = [other.get_metadata(f"toy:{number}") for number in VERSIONS]
    moves = other.aliases("toy")
    return (
        {name: (move.version, move.protected) for name, move in moves.items()},
        [(item.status, {name: (type(v), v) for name, v in item.tags.items()}) for item in items],
    )


def do(registry: ModelRegistry, stack: UndoStack, make: Callable[..., Plan]) -> None:
    """Do a step, unless the registry refuses it."""
    try:
        plan = make(registry)
    except RegistryError:
        return
    stack.do(plan.name, plan.calls)


def test_undoing_everything_gives_back_what_was(registry: ModelRegistry) -> None:
    """Whatever was done before, any steps undone in reverse leave aliases, tags and status."""

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


def test_a_later_rollback_goes_where_it_would_have_gone(registry: ModelRegistry) -> None:
    """A move that is undone leaves no trace in the order in which an alias goes back."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    stack = UndoStack(registry)
    do(registry, stack, alias_step(plan_set, 3, "champion", False))
    stack.undo()
    assert registry.rollback_alias("toy", "champion").version == 1


@pytest.mark.parametrize(
    ("make", "meddle", "said"),
    [
        (
            alias_step(plan_set, 3, "champion", False),
            lambda other: other.set_alias("toy", "champion", 2),
            "toy@champion points at 2,",
        ),
        (
            alias_step(plan_set, 3, "champion", False),
            lambda other: other.set_alias("toy", "champion", 3, protected=True),
            "toy@champion points at 3 (protected),",
        ),
        (
            alias_step(plan_set, 3, "champion", False),
            lambda other: other.delete_model("toy:1"),
            "toy:1 is deleted,",
        ),
        (
            alias_step(plan_remove, 1, "champion"),
            lambda other: other.set_alias("toy", "champion", 2),
            "toy@champion points at 2,",
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
            "toy@champion points at 2,",
        ),
        (
            step(plan_delete, {1, 2}),
            lambda other: other.purge_model("toy:1"),
            "toy:1 is purged,",
        ),
    ],
    ids=["moved", "protected", "left", "set", "tagged", "untagged", "taken", "purged"],
)
def test_what_changed_since_is_left_alone(
    registry: ModelRegistry, make: Any, meddle: Any, said: str
) -> None:
    """An undo that would take back somebody else's work says what is there, and does nothing."""
    registry.set_alias("toy", "champion", 1)
    registry.tag_model("toy:2", team="before")
    stack = UndoStack(registry)
    do(registry, stack, make)
    assert stack.next is not None
    meddle(ModelRegistry(registry.location))
    there = state(registry)
    with pytest.raises(ConflictError, match="nothing was undone") as caught:
        stack.undo()
    assert str(caught.value).startswith(said)
    assert state(registry) == there
    assert stack.next is None


def test_what_is_already_back_needs_no_undoing(registry: ModelRegistry) -> None:
    """Where somebody put one of two versions back, only the other one is."""
    stack = UndoStack(registry)
    do(registry, stack, step(plan_delete, {1, 2}))
    registry.restore_model("toy:1")
    assert stack.undo() == "toy:1 is active and toy:2 is active"
    assert [event["action"] for event in registry.history("toy", version=1)][-2:] == [
        "delete",
        "restore",
    ]


def test_an_alias_is_brought_back_to_a_version_that_was_deleted(registry: ModelRegistry) -> None:
    """A deletion and a move after it are both undone, though no alias is set on what is hidden."""
    registry.set_alias("toy", "champion", 1)
    stack = UndoStack(registry)
    do(registry, stack, step(plan_delete, {1}))
    do(registry, stack, alias_step(plan_set, 2, "champion", True))
    assert stack.undo() == "toy@champion points at 1"
    assert registry.get_metadata("toy:1").status == "deleted"
    stack.undo()
    assert registry.get_metadata("toy@champion").model_id == "toy:1"


def test_a_failure_can_be_tried_again(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo that the disk refuses half-way stays to be undone, and goes on where it stopped."""
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


def test_what_was_done_of_many_can_be_undone(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the second of three calls fails, the first is told and can be undone."""
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


def test_what_changed_nothing_is_not_undone(registry: ModelRegistry) -> None:
    """A call that found everything as it wanted it leaves nothing to undo."""
    plan = step(plan_tag, {1}, "reviewed")(registry)
    registry.tag_model("toy:1", "reviewed")
    stack = UndoStack(registry)
    assert stack.do(plan.name, plan.calls).error is None
    assert stack.next is None
