"""The revision of a registry changes with every change and is cheap to compute."""

from __future__ import annotations

import pytest

from exo_nbregistry.journal.revision import Revision
from tests.index_source import MemorySource

SECOND = 10**9


class CountedSource(MemorySource):
    """A registry that records each listing."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[str] = []

    def numbers(self, model: str, kind: str = "version") -> list[int]:
        """Return the numbers, and record the model and kind."""
        self.listed.append(f"{model} {kind}")
        return super().numbers(model, kind)


@pytest.fixture
def source() -> CountedSource:
    """Return a registry with two models that were changed a minute ago."""
    source = CountedSource()
    source.add("kepler")
    source.add("tess")
    source.now_ns += 60 * SECOND
    return source


def revision_of(source: CountedSource, registry_id: str = "a") -> Revision:
    """Return a revision with the clock of the registry."""
    return Revision(source, registry_id, clock_ns=lambda: source.now_ns)


def test_unchanged_folders_are_not_listed_again(source: CountedSource) -> None:
    """Old folders with the same modification time are not listed again."""
    revision = revision_of(source)
    first = revision.read()
    source.listed.clear()
    assert revision.read() == revision.read() == first
    assert source.listed == []
    assert source.reads == 0


def test_reused_times_are_not_more_reliable_than_when_they_were_read(
    source: CountedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that had just changed when its time was read is listed again."""
    monkeypatch.setattr(source, "age_ns", lambda: 60 * SECOND)
    revision = revision_of(source)
    revision.read()
    source.listed.clear()
    revision.read()
    assert sorted(set(source.listed)) == [
        "kepler event",
        "kepler version",
        "tess event",
        "tess version",
    ]


@pytest.mark.parametrize("change", ["version", "event", "model", "removed"])
def test_every_change_changes_the_revision(source: CountedSource, change: str) -> None:
    """A new version, event or model, and a removed model, change the revision."""
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


def test_changes_at_the_same_time_are_detected(source: CountedSource) -> None:
    """A change with the same modification time changes the revision."""
    revision = revision_of(source)
    source.add("kepler")
    first = revision.read()
    source.add("kepler")  # at the same time
    assert revision.read() != first


def test_age_does_not_change_the_revision(source: CountedSource) -> None:
    """The revision is the same when a folder becomes old."""
    revision = revision_of(source)
    source.add("kepler")
    first = revision.read()
    source.now_ns += 60 * SECOND
    assert revision.read() == first


def test_another_copy_has_another_revision(source: CountedSource) -> None:
    """A registry with another id or other modification times has another revision."""
    first = revision_of(source).read()
    assert revision_of(source, "b").read() != first
    source.touch("tess")
    assert revision_of(source).read() != first


def test_only_changed_models_are_listed(source: CountedSource) -> None:
    """Only the folders of the changed model are listed."""
    revision = revision_of(source)
    revision.read()
    source.listed.clear()
    source.add("kepler")
    revision.read()
    assert set(source.listed) == {"kepler version", "kepler event"}


def test_an_empty_registry_has_a_revision() -> None:
    """An empty registry has a revision, which changes with the first model."""
    source = CountedSource()
    revision = revision_of(source)
    first = revision.read()
    assert first
    source.add("kepler")
    assert revision.read() != first


def test_foreign_folders_are_ignored(source: CountedSource) -> None:
    """A folder whose name is not a model key is ignored."""
    revision = revision_of(source)
    first = revision.read()
    source.times["Not A Key"] = [source.now_ns, 0]
    assert revision.read() == first
