"""Models and numbers are listed once in a call, with the names that a sweep has seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.journal.listings import Listings
from exo_nbregistry.records.record import EVENT, VERSION
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.keys import event_key, version_key
from tests.flat_store import FlatStore

STAGING = "models/toy/tmp"


def fill(store: Any) -> Listings:
    """Add two models with versions, of which one has events, and a folder with another name."""
    for key in (
        *(version_key("toy", 1), version_key("toy", 2), event_key("toy", 1)),
        *(version_key("other", 7), "models/Not A Model/versions/v000001.json"),
        *("models/empty/versions/notes.txt", event_key("unborn", 1)),
    ):
        store.create(key, b"{}", staging=STAGING)
    return Listings(store)


@pytest.fixture
def store() -> FlatStore:
    """Return an empty store that counts requests."""
    return FlatStore()


@pytest.mark.parametrize("make", [MemoryStore, FlatStore])
def test_models_have_a_version(make: Any) -> None:
    """Folders with another name or without a version are not models."""
    assert fill(make()).models() == ["other", "toy"]


def test_a_sweep_has_the_numbers(store: FlatStore) -> None:
    """One listing gives the stamps, the models and the numbers of their records."""
    listings = fill(store)
    stamps = listings.stamps()
    assert listings.listed_numbers("toy", VERSION, stamps) == [1, 2]
    assert listings.listed_numbers("toy", EVENT, stamps) == [1]
    assert listings.listed_numbers("other", EVENT, stamps) == []
    assert listings.listed_numbers("missing", VERSION, stamps) == []
    assert store.requests["LIST"] == 1
    assert listings.models() == ["other", "toy"]
    assert store.requests["LIST"] == 2


def test_a_block_uses_its_sweep(store: FlatStore) -> None:
    """Within a block, the numbers equal those of the sweep until the block writes."""
    listings = fill(store)
    with listings._cache.activate() as reads:
        listings.stamps()
        store.create(version_key("toy", 3), b"{}", staging=STAGING)
        assert listings.listed_numbers("toy") == [1, 2]
        assert listings.listed_numbers("toy", VERSION, listings.stamps("toy")) == [1, 2]
        assert store.requests["LIST"] == 1
        reads.begin()
        assert listings.listed_numbers("toy") == [1, 2, 3]


def test_numbers_without_a_sweep_are_listed(store: FlatStore) -> None:
    """Without stamps, or with stamps without names, the folder is listed."""
    listings = fill(store)
    assert listings.listed_numbers("toy") == [1, 2]
    assert listings.listed_numbers("toy", VERSION, {"toy": (5, 6)}) == [1, 2]
    assert store.requests["LIST"] == 2


@given(
    st.sets(st.integers(1, 9) | st.integers(99_990, 100_010) | st.integers(999_990, 1_000_010)),
    st.sets(st.integers(1, 2_000_000)),
)
def test_later_numbers_are_added(before: set[int], later: set[int]) -> None:
    """The numbers after a listing are the same as those of a new listing."""
    store = MemoryStore()
    listings = Listings(store)
    later = {number for number in later if number > max(before, default=0)}
    for number in before:
        store.create(version_key("toy", number), b"{}", staging=STAGING)
    numbers = listings.numbers("toy")
    for number in later:
        store.create(version_key("toy", number), b"{}", staging=STAGING)
    assert listings.numbers_after("toy", numbers) == listings.numbers("toy")


def test_only_later_names_are_listed(monkeypatch: pytest.MonkeyPatch, store: FlatStore) -> None:
    """The name of the last known number is passed to the store, if names sort by number."""
    listings, asked = fill(store), []
    names = store.names

    def spy(folder: str, *, after: str | None = None) -> list[str]:
        asked.append(after)
        return names(folder, after=after)

    monkeypatch.setattr(store, "names", spy)
    for numbers in ([], [1, 2], [99_999], [100_000]):
        listings.numbers_after("toy", numbers)
    assert asked == [None, "v000002.json", "v099999.json", None]
