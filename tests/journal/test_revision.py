"""The revision of a registry: another text after every change, and cheap to ask for."""

from __future__ import annotations

import pytest

from exo_nbregistry.journal.revision import Revision
from tests.index_source import MemorySource

SECOND = 10**9


class Counted(MemorySource):
    """A registry that counts how often it is listed."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[str] = []

    def numbers(self, model: str, kind: str = "version") -> list[int]:
        """Return the numbers, and remember who was asked for."""
        self.listed.append(f"{model} {kind}")
        return super().numbers(model, kind)


@pytest.fixture
def source() -> Counted:
    """Return a registry with two models that have settled."""
    source = Counted()
    source.add("kepler")
    source.add("tess")
    source.now_ns += 60 * SECOND
    return source


def revision_of(source: Counted, registry_id: str = "a") -> Revision:
    """Return a revision whose clock is that of the registry."""
    return Revision(source, registry_id, clock_ns=lambda: source.now_ns)


def test_what_is_unchanged_is_not_listed_again(source: Counted) -> None:
    """Once a folder has settled, asking costs one sweep over the folders' times."""
    revision = revision_of(source)
    first = revision.read()
    source.listed.clear()
    assert revision.read() == revision.read() == first
    assert source.listed == []
    assert source.reads == 0


@pytest.mark.parametrize("change", ["version", "event", "model", "gone"])
def test_every_change_gives_another(source: Counted, change: str) -> None:
    """A version, an event, a new model and one that is gone are all told."""
    revision = revision_of(source)
    first = revision.read()
    if change == "version":
        source.add("kepler")
    elif change == "event":
        source.happen("kepler", "note", version=1, text="x")
    elif change == "model":
        source.add("plato")
    else:
        source.remove("tess")
    second = revision.read()
    assert second != first
    assert revision_of(source).read() == second


def test_changes_within_one_tick_of_the_clock_are_told(source: Counted) -> None:
    """A folder that has just changed is listed at each call: its time may not move again."""
    revision = revision_of(source)
    source.add("kepler")
    first = revision.read()
    source.add("kepler")  # the same time
    assert revision.read() != first


def test_settling_is_no_change(source: Counted) -> None:
    """The text stays when a folder has become old enough for its time to be believed."""
    revision = revision_of(source)
    source.add("kepler")
    first = revision.read()
    source.now_ns += 60 * SECOND
    assert revision.read() == first


def test_another_copy_is_a_change(source: Counted) -> None:
    """The same numbers in a folder of another time, or in another registry, are something else."""
    first = revision_of(source).read()
    assert revision_of(source, "b").read() != first
    source.touch("tess")
    assert revision_of(source).read() != first


def test_only_what_changed_is_listed(source: Counted) -> None:
    """Of many models, the one with a new version is looked into."""
    revision = revision_of(source)
    revision.read()
    source.listed.clear()
    source.add("kepler")
    revision.read()
    assert set(source.listed) == {"kepler version", "kepler event"}


def test_an_empty_registry_has_one() -> None:
    """Nothing is a state too, and the first model changes it."""
    source = Counted()
    revision = revision_of(source)
    first = revision.read()
    assert first
    source.add("kepler")
    assert revision.read() != first


def test_foreign_folders_are_passed_by(source: Counted) -> None:
    """A folder whose name is no model key is not listed."""
    revision = revision_of(source)
    first = revision.read()
    source.stamps["Not A Key"] = [source.now_ns, 0]
    assert revision.read() == first
