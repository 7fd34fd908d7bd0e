"""Updates of the index: it has every change, and reads each record once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from exo_nbregistry.index import progress_bar
from exo_nbregistry.index.database import IndexFile
from exo_nbregistry.index.index import Index
from exo_nbregistry.journal.reader import Reader
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.record import EVENT, Record
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.keys import events_folder, versions_folder
from tests.index_source import MemorySource

SECOND = 10**9


class Counted(MemorySource):
    """A registry that counts how often it is listed."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[str] = []

    def numbers(self, model: str, kind: str = "version") -> list[int]:
        """Return the numbers, and record the name of the model."""
        self.listed.append(model)
        return super().numbers(model, kind)


@pytest.fixture
def source() -> Counted:
    """Return an empty registry."""
    return Counted()


@pytest.fixture
def index(source: Counted) -> Index:
    """Return an index with the clock of the registry."""
    return Index(source, clock_ns=lambda: source.now_ns, progress=False)


def ids(index: Index, **options: Any) -> list[str]:
    """Return all IDs."""
    return [item.model_id for item in index.search(**options).items]


@pytest.mark.parametrize(("age", "listed"), [(0, []), (5 * SECOND, ["kepler"])])
def test_reused_times_are_not_more_reliable_than_when_they_were_read(
    source: Counted, index: Index, monkeypatch: pytest.MonkeyPatch, age: int, listed: list[str]
) -> None:
    """A folder that had just changed when its time was read is listed again."""
    source.add("kepler")
    source.now_ns += 3 * SECOND
    monkeypatch.setattr(source, "age_ns", lambda: age)
    assert ids(index) == ["kepler:1"]
    source.listed.clear()
    source.now_ns += SECOND
    assert ids(index) == ["kepler:1"]
    assert source.listed == listed


def work(source: Counted, index: Index) -> tuple[int, list[str]]:
    """Return the number of records that a refresh reads, and the models that it lists."""
    source.reads, source.listed = 0, []
    index.refresh()
    return source.reads, sorted(set(source.listed))


def test_what_has_settled_is_not_looked_into(source: Counted, index: Index) -> None:
    """A folder seen more than two seconds after its last change is neither listed nor read."""
    for name in ("a", "b"):
        source.add(name)
        source.happen(name, "tag", version=1, tags={"x": True})
    source.now_ns += 2 * SECOND + 1
    assert work(source, index)[1] == ["a", "b"]
    assert work(source, index) == (0, [])
    source.add("b")
    source.now_ns += 3 * SECOND
    assert work(source, index)[1] == ["b"]
    assert work(source, index) == (0, [])


@pytest.mark.parametrize("age_ns", [-5 * SECOND, 0, SECOND, 2 * SECOND])
def test_a_change_within_the_same_tick_is_seen(source: Counted, index: Index, age_ns: int) -> None:
    """A recent folder is listed at each call, because its next change may have the same time."""
    source.add("m")
    tick, source.now_ns = source.now_ns, source.now_ns + age_ns
    assert ids(index) == ["m:1"]
    seen, source.now_ns = source.now_ns, tick
    source.add("m")
    source.happen("m", "tag", version=1, tags={"x": True})
    source.now_ns = seen
    assert ids(index) == ["m:1", "m:2"]
    assert ids(index, where="'x' in tags") == ["m:1"]


def test_events_unsettle_a_model_too(source: Counted, index: Index) -> None:
    """An event with the same time as the previous one is read, also if all versions are old."""
    source.add("m")
    source.now_ns += 9 * SECOND
    for tag in ("x", "y"):
        source.happen("m", "tag", version=1, tags={tag: True})
        assert ids(index, where=f"{tag!r} in tags") == ["m:1"]


def test_a_young_folder_is_listed_and_not_read_again(source: Counted, index: Index) -> None:
    """Of the indexed records, only the latest one is read again."""
    for _ in range(20):
        source.add("m")
    index.refresh()
    assert work(source, index) == (1, ["m"])


def test_only_new_records_are_read(source: Counted, index: Index) -> None:
    """For a new version, its record and the latest known record are read."""
    for _ in range(20):
        source.add("m")
    source.now_ns += 3 * SECOND
    index.refresh()
    source.add("m")
    assert work(source, index) == (2, ["m"])


def test_names_come_and_go(source: Counted, index: Index) -> None:
    """A removed model is not listed, and a restored model is listed again."""
    source.add("a")
    source.add("b")
    source.now_ns += 3 * SECOND
    assert ids(index) == ["a:1", "b:1"]
    source.remove("a")
    assert ids(index) == ["b:1"]
    assert ids(index, model="a") == []
    source.add("a", description="again")
    assert [item.description for item in index.search().items] == ["again", ""]


def test_a_refresh_that_is_cut_short_is_taken_up_again(
    source: Counted, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted update is completed by the next one."""
    for _ in range(5):
        source.add("m", metrics={"f1": 0.5})
    source.now_ns += 3 * SECOND
    skim = source.skim

    def interrupted(model: str, number: int) -> Record:
        if number == 4:
            raise KeyboardInterrupt
        return skim(model, number)

    monkeypatch.setattr(source, "skim", interrupted)
    with pytest.raises(KeyboardInterrupt):
        index.refresh()
    monkeypatch.undo()
    assert len(ids(index, where="metrics.f1 == 0.5")) == 5


def test_a_damaged_journal_leaves_the_versions(
    source: Counted, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    """The last known journal fields are kept, and a warning is logged."""
    source.add("m")
    source.happen("m", "tag", version=1, tags={"x": True})
    assert ids(index, where="'x' in tags") == ["m:1"]
    source.happen("m", "untag", version=1, names=["x"])
    source.damaged.add(("m", 2, EVENT))
    source.add("m")
    assert ids(index, where="'x' in tags") == ["m:1"]
    assert ids(index) == ["m:1", "m:2"]
    assert "The journal of m is omitted" in caplog.text
    source.damaged.clear()
    assert ids(index, where="'x' in tags") == []


def test_much_to_read_shows_a_bar(
    source: Counted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar on stderr counts the versions, if there are many and progress is not off."""
    monkeypatch.setattr(progress_bar, "_MIN_FOR_PROGRESS", 2)
    for _ in range(3):
        source.add("m")
    Index(source, progress=False).refresh()
    assert capsys.readouterr() == ("", "")
    Index(source).refresh()
    out, err = capsys.readouterr()
    assert out == ""
    assert "Indexing: 100%" in err
    assert "3/3" in err
    monkeypatch.setattr(progress_bar, "_MIN_FOR_PROGRESS", 3)
    Index(source).refresh()
    assert capsys.readouterr() == ("", "")


def test_the_bar_is_worth_it_beyond_two_thousand() -> None:
    """Up to 2000 records are read without a progress bar."""
    assert progress_bar._MIN_FOR_PROGRESS == 2_000


def test_two_kernels_see_each_others_writes_at_once(tmp_path: Path) -> None:
    """All writes are listed, also if their folders have the same modification time."""
    one, other = (ModelRegistry(tmp_path, durable=False) for _ in range(2))
    for number in range(1, 11):
        one.register_model({"n": number}, "toy")
        assert other.list_models().total == number
        one.tag_model(f"toy:{number}", "seen")
        assert other.list_models(where="'seen' in tags").total == number
        assert other.list_models("toy", limit=1, order_by="-version").ids == (f"toy:{number}",)


def test_one_model_by_name_never_waits_for_the_index(tmp_path: Path) -> None:
    """If a folder has a wrong time, a version is still found by name, alias and number."""
    registry, other = (ModelRegistry(tmp_path, durable=False) for _ in range(2))
    registry.register_model({"n": 1}, "toy")
    registry.set_alias("toy", "champion", 1)
    folders = [tmp_path / versions_folder("toy"), tmp_path / events_folder("toy")]
    _age(folders)
    assert registry.list_models().ids == ("toy:1",)
    other.register_model({"n": 2}, "toy")
    other.set_alias("toy", "champion", 2)
    _age(folders)
    assert registry.list_models().ids == ("toy:1",)
    assert registry.get_metadata("toy").version == 2
    assert registry.get_metadata("toy@champion").version == 2
    assert registry.load_model("toy:2")[0] == {"n": 2}


def _age(folders: list[Path]) -> None:
    for folder in folders:
        os.utime(folder, ns=(10**18, 10**18))


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_folders_have_the_times_of_the_store(kind: str, tmp_path: Path) -> None:
    """Each folder has the times of its two subfolders, or 0; a file is ignored."""
    store: Store = MemoryStore() if kind == "memory" else LocalStore(tmp_path, durable=False)
    reader = Reader(store, Keyring())
    assert reader.stamps() == {}
    keys = ("models/a/versions/v000001.json", "models/b/versions/v000001.json")
    for key in (*keys, "models/b/events/e000001.json", "models/c/events/e000001.json"):
        store.create(key, b"{}", staging="models/a/tmp")
    store.create("models/file", b"{}", staging="models/a/tmp")
    found = reader.stamps()
    assert {name: tuple(map(bool, times)) for name, times in found.items()} == {
        "a": (True, False),
        "b": (True, True),
        "c": (False, True),
    }
    for name, times in found.items():
        assert reader.stamps(name) == {name: times}
        infos = store.info(versions_folder(name)), store.info(events_folder(name))
        assert times == tuple(info.modified_ns if info else 0 for info in infos)
    assert reader.stamps("missing") == {"missing": (0, 0)}


def test_a_folder_with_an_invalid_name_is_not_listed(tmp_path: Path) -> None:
    """A folder with an invalid name or without versions is ignored at each call."""
    registry = ModelRegistry(tmp_path, durable=False)
    registry.register_model({}, "toy")
    shutil.copytree(tmp_path / "models" / "toy", tmp_path / "models" / "No Key")
    (tmp_path / "models" / "empty" / "events").mkdir(parents=True)
    (tmp_path / "models" / "file").write_text("")
    for _ in range(2):
        assert registry.list_models().ids == ("toy:1",)


def test_a_link_among_the_models_is_not_listed(tmp_path: Path) -> None:
    """A linked folder is not listed."""
    registry = ModelRegistry(tmp_path / "here", durable=False)
    registry.register_model({}, "toy")
    ModelRegistry(tmp_path / "there", durable=False).register_model({}, "secret")
    link = tmp_path / "here" / "models" / "linked"
    link.symlink_to(tmp_path / "there" / "models" / "secret", target_is_directory=True)
    assert registry.list_models().ids == ("toy:1",)


def test_the_journal_is_a_source(tmp_path: Path) -> None:
    """The registry passes its own journal to the index."""
    registry = ModelRegistry(tmp_path, durable=False)
    registry.register_model({}, "toy", tags={"a": 1})
    journal = registry._workspace.journal
    assert isinstance(journal, Journal)
    assert journal.read("toy", 1) == journal.skim("toy", 1)


def test_equal_last_versions_do_not_hide_replaced_ones(source: Counted, index: Index) -> None:
    """A model that is removed and registered again is indexed again, up to its last version."""
    for scores in ((0.9, 0.9), (0.1, 0.9)):
        for score in scores:
            source.add("m", metrics={"f1": score})
        found = list(index.search().items)
        assert [item.metrics["f1"] for item in found] == list(scores)
        if scores[0] == 0.9:
            source.remove("m")


NAMES = st.sampled_from(["a", "b"])
TAGS = st.sampled_from(["x", "y"])


class TwoKernels(RuleBasedStateMachine):
    """Two kernels share an index file, which can be deleted; a third one builds its own.

    The registry's clock ticks every two seconds, as that of the coarsest file system does.
    """

    folder: Path

    @initialize()
    def begin(self) -> None:
        """Open both kernels on a registry with two models."""
        self.source = MemorySource()
        for name in ("a", "a", "a", "b"):
            self.register(name, 0.9, {"x"})
        self.clock_ns = self.source.now_ns
        TwoKernels.serial = getattr(TwoKernels, "serial", 0) + 1
        self.path = self.folder / f"{TwoKernels.serial}.sqlite"
        self.kernels = [self.kernel(self.path) for _ in range(2)]

    def kernel(self, path: Path | None = None) -> Index:
        """Open an index."""
        return Index(self.source, path, clock_ns=lambda: self.clock_ns, progress=False)

    def newest(self, name: str) -> int:
        """Return the highest version."""
        return max(self.source.numbers(name), default=0)

    @rule(seconds=st.sampled_from([0.1, 1.0, 2.0, 3.0]))
    def wait(self, seconds: float) -> None:
        """Advance the clock."""
        self.clock_ns += int(seconds * SECOND)
        self.source.now_ns = self.clock_ns - self.clock_ns % (2 * SECOND)

    @rule(name=NAMES, score=st.sampled_from([0.1, 0.9]), tags=st.sets(TAGS))
    def register(self, name: str, score: float, tags: set[str]) -> None:
        """Add a version."""
        fields = dict.fromkeys(sorted(tags), True)
        self.source.add(name, metrics={"f1": score}, hyperparameters={"C": score}, tags=fields)

    @rule(name=NAMES, tag=TAGS, back=st.integers(0, 1), action=st.sampled_from(["tag", "untag"]))
    def tag(self, name: str, tag: str, back: int, action: str) -> None:
        """Change the tags of a version."""
        if self.newest(name) > back:
            fields: dict[str, Any] = {"tags": {tag: True}} if action == "tag" else {"names": [tag]}
            self.source.happen(name, action, version=self.newest(name) - back, **fields)

    @rule(name=NAMES, back=st.integers(0, 1), action=st.sampled_from(["delete", "restore"]))
    def hide(self, name: str, back: int, action: str) -> None:
        """Delete or restore a version."""
        if self.newest(name) > back:
            self.source.happen(name, action, version=self.newest(name) - back)

    @rule(name=NAMES, back=st.integers(0, 1))
    def point(self, name: str, back: int) -> None:
        """Move an alias."""
        if self.newest(name) > back:
            version = self.newest(name) - back
            self.source.happen(name, "alias", alias="champion", version=version, target="")

    @rule(name=NAMES)
    def lose(self, name: str) -> None:
        """Replace a model with a copy that lacks the last version."""
        if self.newest(name):
            self.source.remove(name, self.newest(name))

    @rule(name=NAMES)
    def drop(self, name: str) -> None:
        """Remove a model with its folder."""
        if name in self.source.records:
            self.source.remove(name)

    @rule()
    def delete_index(self) -> None:
        """Delete the file while both kernels have it open, and restart one of them."""
        for kernel in self.kernels:
            kernel.close()
        self.path.unlink(missing_ok=True)

    @rule(which=st.integers(0, 1), name=NAMES)
    def look(self, which: int, name: str) -> None:
        """Refresh one model in one kernel."""
        self.kernels[which].refresh(name)

    @rule()
    def ask(self) -> None:
        """Each result of each kernel equals the result of a new index."""
        fresh = self.kernel()
        for where in (None, "'x' in tags", "'champion' in aliases", "hyperparameters.C > 0.5"):
            for order in (None, "-metrics.f1"):
                asked: dict[str, Any] = {"where": where, "order_by": order}
                expected = list(fresh.search(**asked).items)
                for kernel in self.kernels:
                    assert list(kernel.search(**asked).items) == expected
        for kernel in self.kernels:
            assert kernel.known_fields("metrics") == fresh.known_fields("metrics")

    def teardown(self) -> None:
        """Search a last time and close the file."""
        if hasattr(self, "kernels"):
            self.ask()
        for kernel in getattr(self, "kernels", []):
            kernel.close()


def test_no_order_of_things_leaves_an_index_behind(tmp_path: Path) -> None:
    """Sharing, keeping or deleting the index does not change any result."""
    TwoKernels.folder = tmp_path
    machine = TwoKernels.TestCase
    machine.settings = settings(
        max_examples=settings.default.max_examples * 6 // 10, stateful_step_count=40
    )
    machine().runTest()


def test_an_index_in_memory_has_no_file(source: Counted) -> None:
    """Without a path, no file is written."""
    before = sorted(Path().iterdir())
    source.add("m")
    assert ids(Index(source, progress=False)) == ["m:1"]
    assert sorted(Path().iterdir()) == before
    assert IndexFile(None).run(lambda index, new: (index.total_changes, new))[1]


def test_rows_of_another_kernel_with_other_signers_are_not_used(tmp_path: Path) -> None:
    """If another kernel updates the rows between refresh and query, the query is repeated."""
    source, other = MemorySource(), MemorySource()
    source.trust, other.trust = "mine", "theirs"
    for each in (source, other):
        each.add("m")
    other.happen("m", "tag", version=1, tags={"theirs": True})
    source.happen("m", "tag", version=1, tags={"mine": True})
    path = tmp_path / "index.sqlite"
    mine, theirs = Index(source, path), Index(other, path)
    assert mine.search("'mine' in tags").total == 1
    refresh = mine._freshness.refresh
    turns = [lambda: theirs.search().total, lambda: None]

    def interrupted(*args: Any, **options: Any) -> None:
        refresh(*args, **options)
        turns.pop(0)()

    mine._freshness.refresh = interrupted  # type: ignore[method-assign]
    assert mine.search("'theirs' in tags").total == 0
    assert turns == []
