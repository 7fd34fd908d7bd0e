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


class BlockSource(CountedSource):
    """A registry that is read in a block, with the stamps that the block has read."""

    block: dict[str, tuple[int, ...]] | None = None

    @property
    def has_stamps(self) -> bool:
        """Whether the block has read the stamps."""
        return self.block is not None

    def stamps(self, model: str | None = None) -> dict[str, tuple[int, ...]]:
        """Return the stamps of the block, or the current ones."""
        return super().stamps(model) if self.block is None else self.block


class HeadOfSource:
    """A head that changes when the registry changes."""

    def __init__(self, source: BlockSource) -> None:
        self._source = source
        self._seen: object = None
        self.lists_next = True

    def has_changed(self, known: dict[str, tuple[int, int]]) -> bool:
        """Return whether the registry has changed since the last listing."""
        return self.lists_next or self._seen != self._source.times

    def confirm(self) -> None:
        """Keep the state of the registry."""
        self._seen = {name: list(times) for name, times in self._source.times.items()}
        self.lists_next = False

    def forget(self) -> None:
        """List at the next call."""
        self.lists_next = True


def test_an_unchanged_head_needs_no_stamps(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the head is unchanged, nothing is listed; otherwise, as without a head."""
    source = BlockSource()
    source.add("kepler")
    revision = Revision(source, "a", lambda: source.now_ns, HeadOfSource(source))
    first = revision.read()
    with monkeypatch.context() as patch:
        patch.setattr(source, "stamps", lambda: pytest.fail("listed"))
        assert revision.read() == first
    source.happen("kepler", "note", version=1, text="x")
    assert revision.read() == revision_of(source).read() != first


def test_a_block_that_has_read_before_hides_no_later_change() -> None:
    """After a block with older stamps, the revision is again that of the registry."""
    source = BlockSource()
    source.add("kepler")
    revision = Revision(source, "a", lambda: source.now_ns, HeadOfSource(source))
    old = revision.read()
    block = source.stamps()
    source.now_ns += SECOND
    source.add("kepler")
    new = revision.read()
    source.block = block
    revision.read()
    source.block = None
    assert revision.read() == new != old


def test_the_highest_numbers_are_compared_with_the_head() -> None:
    """The head is compared with the numbers of the last listing, without removed models."""
    source = BlockSource()
    for name in ("kepler", "kepler", "tess"):
        source.add(name)
    source.happen("kepler", "note", version=1, text="x")
    asked: list[dict[str, tuple[int, int]]] = []

    class Head(HeadOfSource):
        def has_changed(self, known: dict[str, tuple[int, int]]) -> bool:
            asked.append(dict(known))
            return super().has_changed(known)

    revision = Revision(source, "a", lambda: source.now_ns, Head(source))
    revision.read()
    source.remove("tess")
    revision.read()
    revision.read()
    assert asked == [{}, {"kepler": (2, 1), "tess": (1, 0)}, {"kepler": (2, 1)}]
