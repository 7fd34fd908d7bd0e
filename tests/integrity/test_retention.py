"""Which versions the rules of a retention select, and which always stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.integrity.retention import Candidate, RetentionRules, plan_versions, select
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.memory import MemoryStore

START = datetime(2026, 1, 1, tzinfo=UTC)
candidates = st.lists(
    st.tuples(
        st.sampled_from(["active", "deleted"]),
        st.dictionaries(
            st.sampled_from(["f1_score", "log_loss"]), st.integers(0, 3).map(float), max_size=2
        ),
    ),
    min_size=1,
    max_size=9,
).map(lambda rows: [version(n, *row) for n, row in enumerate(rows, 1)])
some = st.none() | st.integers(1, 4)
rules = st.builds(
    RetentionRules,
    keep_last=some,
    keep_best=some,
    metric=st.sampled_from([None, "f1_score", "log_loss"]),
    registered_before=st.none() | st.integers(0, 10).map(lambda n: START + timedelta(days=n)),
)


def version(number: int, status: str = "active", metrics: dict[str, float] | None = None) -> Any:
    """Return a version that was registered on the day of its number."""
    return Candidate(number, status, START + timedelta(days=number - 1), metrics or {}, {})


def numbers(rows: list[Any], protected: set[int] | None = None, **fields: Any) -> list[int]:
    """Return the numbers that rules select."""
    return list(select(rows, RetentionRules(**fields), protected or set()))


SCORED = [version(n, metrics={"f1_score": s}) for n, s in enumerate([0.9, 0.5, 0.9, 0.7, 0.1], 1)]


def test_keep_last_counts_active_versions() -> None:
    """The newest active versions are kept; deleted ones are selected and not counted."""
    rows = [version(1), version(2), version(3, "deleted"), version(4), version(5, "deleted")]
    assert numbers(rows, keep_last=2) == [1, 3, 5]
    assert numbers(rows, keep_last=9) == [3, 5]


def test_keep_best_ranks_by_the_metric() -> None:
    """The best versions are kept, the newer one of a tie; the newest version always stays."""
    assert numbers(SCORED, keep_best=2) == [2, 4]
    assert numbers(SCORED, keep_best=1) == [1, 2, 4]
    losses = [version(n, metrics={"log_loss": s}) for n, s in enumerate([0.9, 0.1, 0.5, 2.0], 1)]
    assert numbers(losses, keep_best=1) == [1, 3]
    assert numbers(losses, keep_best=1, metric="log_loss", higher_is_better=True) == [1, 2, 3]


def test_a_version_without_the_metric_is_judged_by_the_other_rules() -> None:
    """A version without a value stays if keep_best is the only rule, and does not if it is not."""
    rows = [version(1), *SCORED[1:]]
    assert numbers(rows, keep_best=2) == [2]
    assert numbers(rows, keep_best=2, keep_last=1) == [1, 2]
    assert numbers(rows, keep_best=2, registered_before=START + timedelta(hours=1)) == [1]


def test_each_rule_keeps_what_it_does_not_select() -> None:
    """With several rules, a version is purged only if none of them keeps it."""
    limit = START + timedelta(days=3)
    assert numbers(SCORED, keep_last=1, registered_before=limit) == [1, 2, 3]
    assert numbers(SCORED, keep_last=1, keep_best=1, registered_before=limit) == [1, 2]
    reasons = select(SCORED, RetentionRules(1, 1, None, None, limit), set())
    assert reasons[2] == (
        "not the last, not the best by f1_score, registered before 2026-01-04 00:00"
    )


def test_an_unknown_direction_is_an_error() -> None:
    """A metric whose direction is unknown is not guessed."""
    rows = [version(n, metrics={"odd": float(n)}) for n in (1, 2, 3)]
    with pytest.raises(RegistryError, match="higher odd is better; pass higher_is_better="):
        numbers(rows, keep_best=1)
    assert numbers(rows, keep_best=1, higher_is_better=False) == [2]


def test_the_newest_stays_if_all_are_deleted() -> None:
    """A model whose versions are all deleted keeps the newest of them."""
    rows = [version(1, "deleted"), version(2, "deleted")]
    assert numbers(rows, keep_last=1) == [1]


@given(candidates, rules, st.sets(st.integers(1, 9)))
def test_what_always_stays(rows: list[Any], chosen: RetentionRules, protected: set[int]) -> None:
    """Protected versions and the newest stay, and a second run selects nothing more."""
    selected = select(rows, chosen, protected)
    assert protected.isdisjoint(selected)
    active = [item.number for item in rows if item.status == "active"]
    assert (active or [item.number for item in rows])[-1] not in selected
    assert all(selected.values())
    remaining = [item for item in rows if item.number not in selected]
    if chosen.metric or chosen.keep_best is None:
        # The usual metric can be another one for the remaining versions.
        assert select(remaining, chosen, protected) == {}


@given(candidates, rules, st.sets(st.integers(1, 9)))
def test_no_rule_is_exceeded(rows: list[Any], chosen: RetentionRules, protected: set[int]) -> None:
    """A version is selected only if it is old enough and not among the last ones."""
    selected = select(rows, chosen, protected)
    active = [item.number for item in rows if item.status == "active"]
    assert set(active[-(chosen.keep_last or 1) :]).isdisjoint(selected)
    if chosen.registered_before:
        dates = [item.registered_at for item in rows if item.number in selected]
        assert all(date < chosen.registered_before for date in dates)


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


def plan(registry: ModelRegistry, **fields: Any) -> Any:
    """Return the plan of the model toy."""
    return plan_versions(registry._workspace.journal, "toy", RetentionRules(**fields))


def test_bytes_that_a_remaining_version_requires_do_not_count(store: MemoryStore) -> None:
    """A shared payload counts once, and does not count if another version requires it."""
    registry = ModelRegistry(store)
    for n, value in enumerate([1, 2, 2, 1]):
        registry.register_model({"value": value}, "toy", description=str(n))
    size = registry["toy:2"].artifact.size_bytes  # type: ignore[union-attr]
    assert [(v.version, v.size_bytes) for v in plan(registry, keep_last=1)] == [
        (1, 0),
        (2, size),
        (3, 0),
    ]
    registry.attach("toy:3", "text", "attached later")
    attached = registry["toy:3"].attachments["text"].size_bytes
    assert [v.size_bytes for v in plan(registry, keep_last=1)] == [0, size, attached]


def test_a_model_with_damage_is_not_planned(store: MemoryStore) -> None:
    """If a record or an event is damaged, no version of the model is purged."""
    registry = ModelRegistry(store)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    registry.set_alias("toy", "champion", 1)
    assert [v.version for v in plan(registry, keep_last=1)] == [2]
    for key in ("models/toy/versions/v000002.json", "models/toy/events/e000001.json"):
        data = store.open(key).read()
        store.remove(key)
        store.create(key, b"{", staging="models/toy/tmp")
        assert plan(ModelRegistry(store), keep_last=1) is None
        store.remove(key)
        store.create(key, data, staging="models/toy/tmp")


def test_an_alias_that_this_user_does_not_follow_protects(
    store: MemoryStore, tmp_path: Any
) -> None:
    """The version stays to which an unknown signer has moved a protected alias."""
    registry = ModelRegistry(store)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    registry.set_alias("toy", "champion", 1, protected=True)
    other = ModelRegistry(store, keyring=Keyring(tmp_path / "other"))
    other.trust_signer("toy:1")
    other.set_alias("toy", "champion", 2, force=True)
    assert registry.aliases("toy")["champion"].version == 1
    assert plan(registry, keep_last=1) == []


def test_a_deletion_by_an_unknown_signer_is_not_made_permanent(
    store: MemoryStore, tmp_path: Any
) -> None:
    """A version that an unknown signer has deleted is judged like an active one."""
    registry = ModelRegistry(store)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    other = ModelRegistry(store, keyring=Keyring(tmp_path / "other"))
    other.trust_signer("toy:1")
    other.delete_model("toy:2")
    other.delete_model("toy:3")
    assert registry["toy:3"].status == "deleted"
    assert [v.version for v in plan(registry, keep_last=2)] == [1]
    done = registry.collect_garbage(False, keep_last=1)
    assert [v.version for v in done.versions] == [1, 2]
    registry.restore_model("toy:3")
    assert registry.load_model("toy:3")[0] == {"value": 3}
