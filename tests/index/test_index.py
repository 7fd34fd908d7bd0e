"""Results of the index: order, pages, the best version and missing records."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import IntegrityError, MissingKeyError, QueryError
from exo_nbregistry.index.index import Index
from exo_nbregistry.registry.facade import ModelRegistry
from tests.index_source import AT, MemorySource


@pytest.fixture
def source() -> MemorySource:
    """Return an empty registry."""
    return MemorySource()


@pytest.fixture
def index(source: MemorySource) -> Index:
    """Return an index in memory."""
    return made(source)


def made(source: MemorySource, path: Path | None = None) -> Index:
    """Return an index for whose clock every folder has just changed."""
    return Index(source, path, clock_ns=lambda: source.now_ns, progress=False)


def ids(index: Index, *arguments: Any, **options: Any) -> list[str]:
    """Return the ids that a search finds, in order."""
    return [item.model_id for item in index.search(*arguments, **options).items]


def test_without_an_order_it_is_name_and_version(source: MemorySource, index: Index) -> None:
    """Names are sorted as text, versions as numbers."""
    for name in ("b", "a-b", "a"):
        for number in (2, 10):
            source.add(name, number)
    assert ids(index) == ["a:2", "a:10", "a-b:2", "a-b:10", "b:2", "b:10"]


def test_missing_values_come_last_in_both_orders(source: MemorySource, index: Index) -> None:
    """In either direction, versions without the value are last."""
    for score in (0.5, math.nan, 0.9, None, math.inf):
        source.add("m", metrics={} if score is None else {"f1": score})
    assert ids(index, order_by="-metrics.f1") == ["m:5", "m:3", "m:1", "m:4", "m:2"]
    assert ids(index, order_by="metrics.f1") == ["m:1", "m:3", "m:5", "m:4", "m:2"]


def test_equal_ones_are_sorted_newer_first(source: MemorySource, index: Index) -> None:
    """Versions are sorted by created_at, then by version, then by name."""
    for name, number, hours in (("a", 1, 0), ("a", 2, 0), ("b", 2, 0), ("b", 3, -1), ("a", 5, 9)):
        source.add(name, number, metrics={"f1": 1.0}, created_at=AT + timedelta(hours=hours))
    newest = ["a:5", "a:2", "b:2", "a:1", "b:3"]
    assert ids(index, order_by="-metrics.f1") == newest
    assert ids(index, order_by="metrics.f1") == newest
    assert ids(index, order_by="-created_at") == newest
    assert ids(index, order_by="algorithm") == newest


def test_a_second_order_decides_between_equal_ones(source: MemorySource, index: Index) -> None:
    """Sort fields of any kind apply from left to right."""
    for c, kernel, score in ((1, "rbf", 0.1), (2, "rbf", 0.2), (1, "poly", 0.3), (2, None, 0.4)):
        source.add("m", hyperparameters={"C": c, "kernel": kernel}, metrics={"f1": score})
    assert ids(index, order_by=["hyperparameters.C", "-metrics.f1"]) == ["m:3", "m:1", "m:4", "m:2"]
    assert ids(index, order_by=["hyperparameters.kernel", "-version"]) == [
        *("m:3", "m:2", "m:1"),
        "m:4",
    ]
    assert ids(index, order_by=("model_name", "hyperparameters.C", "version"))[0] == "m:1"


def test_nested_hyperparameters_have_two_names(source: MemorySource, index: Index) -> None:
    """A parameter of a nested estimator is found by its name in views, and by its place."""
    ridge = {"class": "Ridge", "params": {"alpha": 2.0}}
    for outer in ({"regressor": ridge}, {"regressor": ridge, "n": 1}, {"alpha": 2.0}):
        source.add("m", hyperparameters=outer)
    for field in ("regressor__alpha == 2", "regressor.params.alpha == 2", "regressor == 'Ridge'"):
        assert ids(index, where=f"hyperparameters.{field}") == ["m:1", "m:2"]
    assert ids(index, where="hyperparameters.alpha == 2") == ["m:3"]


def test_numbers_come_before_text(source: MemorySource, index: Index) -> None:
    """In a field with numbers and text, numbers are sorted before text."""
    for value in ("10", 9, "9", True, -1.5):
        source.add("m", hyperparameters={"x": value})
    assert ids(index, order_by="hyperparameters.x") == ["m:5", "m:4", "m:2", "m:1", "m:3"]


@given(st.data())
def test_pages_are_parts_of_the_whole(data: st.DataObject) -> None:
    """Limit and offset apply to any listing; the total counts all matching versions."""
    scores = st.sampled_from([0.0, 0.5, math.nan, None])
    source = MemorySource()
    for score in data.draw(st.lists(scores, max_size=7)):
        source.add("m", metrics={} if score is None else {"f1": score})
    index = made(source)
    options: dict[str, Any] = {
        "where": data.draw(st.sampled_from([None, "version > 2", "metrics.f1 is None"])),
        "order_by": data.draw(st.sampled_from([None, "-metrics.f1", "metrics.f1", "-version"])),
    }
    limit, offset = data.draw(st.none() | st.integers(0, 8)), data.draw(st.integers(0, 8))
    whole = ids(index, **options)
    found = index.search(limit=limit, offset=offset, **options)
    stop = None if limit is None else offset + limit
    assert [item.model_id for item in found.items] == whole[offset:stop]
    assert found.total == len(whole)


def test_the_best_is_never_a_missing_value(source: MemorySource, index: Index) -> None:
    """NaN, infinite, missing and deleted values are ignored; of equal ones the newer is best."""
    for score in (0.5, 0.9, 0.9, math.nan, 0.99):
        source.add("m", metrics={"f1": score})
    source.add("other", metrics={"f1": 0.95, "loss": -math.inf})
    source.happen("m", "delete", version=5)
    assert index.best("f1", higher_is_better=True) == ("other", 1)
    assert index.best("f1", higher_is_better=True, model="m") == ("m", 3)
    assert index.best("f1", higher_is_better=False) == ("m", 1)
    assert index.best("f1", higher_is_better=True, where="version < 3 and name == 'm'") == ("m", 2)
    assert index.best("loss", higher_is_better=False) is None
    assert index.best("auc", higher_is_better=True) is None


def test_the_journal_moves_what_is_found(source: MemorySource, index: Index) -> None:
    """Aliases, tags and status are those after the last event."""
    source.add("m", tags={"team": "vetting", "old": True})
    source.add("m")
    assert ids(index, "'old' in tags") == ["m:1"]
    source.happen("m", "alias", alias="champion", version=1, target="")
    source.happen("m", "untag", version=1, names=["old"])
    source.happen("m", "tag", version=2, tags={"team": "survey"})
    source.happen("m", "note", version=2, text="good")
    assert ids(index, "'champion' in aliases") == ["m:1"]
    assert ids(index, "'old' in tags") == []
    assert ids(index, "tags.team == 'survey'") == ["m:2"]
    first, second = index.search().items
    assert (first.tags, first.aliases) == ({"team": "vetting"}, ("champion",))
    assert [note.text for note in second.notes] == ["good"]
    source.happen("m", "alias", alias="champion", version=2, target="")
    assert ids(index, "'champion' in aliases") == ["m:2"]
    source.happen("m", "delete", version=2)
    assert ids(index) == ["m:1"]
    assert ids(index, include_deleted=True) == ["m:1", "m:2"]
    assert index.search(include_deleted=True).total == 2
    source.happen("m", "restore", version=2)
    assert ids(index) == ["m:1", "m:2"]


def test_totals_leave_the_hidden_out(source: MemorySource, index: Index) -> None:
    """Deleted and purged versions are in no count or result."""
    for _ in range(5):
        source.add("m")
    source.happen("m", "delete", version=2)
    source.happen("m", "purge", version=3)
    assert index.search(limit=1).total == 3
    assert index.search(limit=1, model="m").total == 3
    assert index.search("version > 0", limit=1).total == 3
    assert index.search(limit=1, include_deleted=True).total == 5


def test_fields_are_those_that_any_version_has(source: MemorySource, index: Index) -> None:
    """A name in a group is listed once, while any version has it."""
    source.add("a", metrics={"f1": 0.5}, hyperparameters={"C": 1, "none": None})
    source.add("b", metrics={"auc": 0.5, "f1": math.nan}, hyperparameters={"deep": {"er": 2}})
    assert index.known_fields("metrics") == ["auc", "f1"]
    assert index.known_fields("hyperparameters") == ["C", "deep.er"]
    source.remove("b")
    assert index.known_fields("metrics") == ["f1"]
    assert index.known_fields("hyperparameters") == ["C"]
    assert index.known_fields("tags") == []


def test_a_damaged_version_is_omitted_with_a_warning(
    source: MemorySource, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    """Other versions are listed, and the damaged one is listed again after its repair."""
    for _ in range(3):
        source.add("m")
    source.damaged.add(("m", 2, "version"))
    assert ids(index) == ["m:1", "m:3"]
    assert "m:2 is omitted from listings" in caplog.text
    source.damaged.clear()
    source.touch("m")
    assert ids(index) == ["m:1", "m:2", "m:3"]


def test_a_version_damaged_after_it_was_indexed_is_never_shown(
    source: MemorySource, index: Index
) -> None:
    """Reading a damaged record raises an error; later listings omit it."""
    source.add("m")
    source.add("m")
    items = index.search().items
    source.damaged.add(("m", 1, "version"))
    assert items[1].version == 2
    with pytest.raises(IntegrityError):
        items[0]
    assert ids(index) == ["m:2"] == ids(made(source))


def test_a_version_replaced_after_it_was_listed_is_never_shown(
    source: MemorySource, index: Index
) -> None:
    """The error names the replaced record; the next listing has the new one."""
    source.add("m", description="old")
    source.add("m")
    item = index.search(limit=1).items
    source.add("m", 1, description="new")
    with pytest.raises(IntegrityError, match="replaced after it was listed"):
        item[0]
    assert [item.description for item in index.search().items] == ["new", ""]


def test_a_version_removed_after_a_listing_is_missing(source: MemorySource, index: Index) -> None:
    """Reading a removed record for the first time raises MissingKeyError."""
    source.add("m")
    items = index.search().items
    source.remove("m")
    with pytest.raises(MissingKeyError):
        items[0]
    assert ids(index) == []


def test_a_version_with_invalid_content_is_omitted(
    source: MemorySource, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    """An intact record without a date, which another program wrote, is omitted."""
    source.add("m")
    source._put("m", "version", 2, {"created_at": 5})
    source._put("m", "version", 3, {"created_at": {"$datetime": "2026-01-01"}, "metrics": [1]})
    assert ids(index, limit=1) == ["m:1"]
    assert "m:2 is omitted" in caplog.text


def _lower(source: MemorySource) -> None:
    source.remove("m", 2)


def _no_event(source: MemorySource) -> None:
    source.remove("m", 1, "event")


def _nothing(source: MemorySource) -> None:
    source.remove("m")


def _replaced(source: MemorySource) -> None:
    source.add("m", 2, description="another")


@pytest.mark.parametrize(
    ("change", "kind", "found", "replaced"),
    [
        (_lower, "version", 1, 0),
        (_no_event, "event", 0, 0),
        (_nothing, "version", 0, 0),
        (_replaced, "version", 2, 1),
    ],
)
def test_a_registry_that_went_backwards_is_reported(
    source: MemorySource,
    index: Index,
    change: Callable[[MemorySource], None],
    kind: str,
    found: int,
    replaced: int,
) -> None:
    """Each kind of loss is reported with the known and the remaining number."""
    source.add("m")
    source.add("m")
    source.happen("m", "tag", version=1, tags={"a": True})
    assert index.went_backwards() == []
    change(source)
    mark = index.went_backwards()[0]
    assert (mark.model, mark.kind, mark.found, mark.replaced) == ("m", kind, found, replaced)
    assert mark.number == (1 if kind == "event" else 2)


def test_a_registry_that_came_back_is_not_reported(source: MemorySource, index: Index) -> None:
    """A restored or growing registry has no losses."""
    source.add("m")
    second = source.add("m", description="second")
    assert len(ids(index)) == 2
    source.remove("m", 2)
    assert [mark.number for mark in index.went_backwards()] == [2]
    source.add("m", 2, description=second.description)
    source.add("m")
    assert index.went_backwards() == []
    assert ids(index) == ["m:1", "m:2", "m:3"]


def test_a_reused_number_is_reported_permanently(source: MemorySource, index: Index) -> None:
    """An older copy with a new version has another version under a known number."""
    source.add("m")
    source.add("m", description="lost")
    assert len(ids(index)) == 2
    source.remove("m", 2)
    assert ids(index) == ["m:1"]
    source.add("m", 2, description="another")
    source.add("m", 3)
    assert [mark.replaced for mark in index.went_backwards()] == [1]
    source.add("m")
    assert [mark.replaced for mark in index.went_backwards()] == [1]
    assert index.search("version == 2").items[0].description == "another"


def test_an_older_copy_that_was_replaced_is_indexed_again(
    source: MemorySource, index: Index
) -> None:
    """Listings show the current records, even if a higher number was known."""
    for text in ("first", "second", "third"):
        source.add("m", description=text)
    assert len(ids(index)) == 3
    source.remove("m", 3)
    assert len(ids(index)) == 2
    source.remove("m")
    source.add("m", description="other")
    source.add("m", description="another")
    assert [item.description for item in index.search().items] == ["other", "another"]
    assert [mark.number for mark in index.went_backwards()] == [3]


def test_an_invalid_filter_is_rejected_before_the_registry_is_read(
    source: MemorySource, index: Index
) -> None:
    """An invalid filter or sort order is an error before any record is read."""
    source.add("m")
    for call in (
        lambda: index.search("version > x"),
        lambda: index.search(order_by=["version", "tags"]),
        lambda: index.best("f1", higher_is_better=True, where="f1 >"),
    ):
        with pytest.raises(QueryError):
            call()
    assert source.reads == 0


def test_one_model_is_refreshed_without_the_others(source: MemorySource, index: Index) -> None:
    """A search in one model reads only its records."""
    source.add("a")
    source.add("b")
    assert ids(index, model="b") == ["b:1"]
    assert source.reads == 2
    assert ids(index, model="c") == []
    assert ids(index) == ["a:1", "b:1"]


def test_threads_share_an_index(source: MemorySource, index: Index) -> None:
    """Each thread gets complete results while the index is updated."""
    for _ in range(30):
        source.add("m", metrics={"f1": 0.5})
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: ids(index, order_by="-metrics.f1"), range(32)))
    assert all(answer == [f"m:{n}" for n in range(30, 0, -1)] for answer in answers)


def test_another_registry_in_the_same_place_is_not_mixed_up(tmp_path: Path) -> None:
    """A registry that is removed and created again is empty; a copy has its own index."""
    place = tmp_path / "registry"
    first = ModelRegistry(place, durable=False)
    first.register_model({}, "toy", evaluation_results={"f1_score": 0.5})
    assert first.list_models().ids == ("toy:1",)
    shutil.copytree(place, tmp_path / "copy")
    copy = ModelRegistry(tmp_path / "copy", durable=False)
    copy.register_model({"a": 1}, "toy")
    assert copy.list_models().ids == ("toy:1", "toy:2")
    assert first.list_models().ids == ("toy:1",)
    shutil.rmtree(place)
    second = ModelRegistry(place, durable=False, create=True)
    assert second.list_models().ids == ()
    assert second.verify().faults == ()


def test_a_closed_index_opens_again(source: MemorySource, tmp_path: Path) -> None:
    """A closed index opens its file again at the next search."""
    index = made(source, tmp_path / "index.sqlite")
    source.add("m")
    assert ids(index) == ["m:1"]
    index.close()
    source.add("m")
    assert ids(index) == ["m:1", "m:2"]


def test_an_index_that_others_keep_updating_is_left_to_them(
    source: MemorySource, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If another kernel always updates the rows with other signers, an index in memory answers."""
    source.add("a")
    index = made(source, tmp_path / "index.sqlite")
    own = index._freshness.has_own_trust
    index._freshness.has_own_trust = (  # type: ignore[method-assign]
        lambda connection: own(connection) and index._file._path is None
    )
    assert ids(index) == ["a:1"]
    assert "using an index in memory" in caplog.text
