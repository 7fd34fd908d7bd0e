"""Each call stays within its number of store operations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from obstore.store import MemoryStore

from benchmarks import requests
from benchmarks.__main__ import main
from benchmarks.roundtrips import CALLS, LIMITS, CountingStore, counts
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.store.local import LocalStore
from tests.store.calls import KEY, TMP
from tests.store.tree_contract import TreeContract


class TestCountingStore(TreeContract):
    """A counting store behaves like its store."""

    def make(self, folder: Path) -> Store:
        """Return a counting store on a folder."""
        return cast(Store, CountingStore(LocalStore(folder / "store", durable=False)))


def test_each_operation_is_counted(tmp_path: Path) -> None:
    """Staging and publishing a blob count as two operations."""
    store = CountingStore(LocalStore(tmp_path, durable=False))
    store.create(KEY, b"{}", staging=TMP)
    assert store.read(KEY, max_bytes=9) == store.read(KEY, max_bytes=9) == b"{}"
    with store.stage(TMP) as staged:
        staged.write(b"x")
        staged.publish("models/toy/blobs/ab.joblib")
    assert store.calls == {"create": 1, "read": 2, "stage": 1, "publish": 1}


def test_warm_calls_stay_within_their_limits(tmp_path: Path) -> None:
    """Each call on a used handle stays within its limit and uses the store."""
    assert LIMITS["load_model by alias"] == 4
    assert LIMITS["set_alias"] == 6
    assert LIMITS["register_model with data"] == 11
    assert LIMITS["Confirm in the panel"] == 12
    found = {what: calls.total() for what, calls in counts(tmp_path, warm=True).items()}
    assert found.keys() == LIMITS.keys() == CALLS.keys()
    assert {what: n for what, n in found.items() if not 0 < n <= LIMITS[what]} == {}


def test_a_cold_handle_costs_a_little_more(tmp_path: Path) -> None:
    """A new handle needs at most 4 operations more, to read events and confirm records."""
    warm = counts(tmp_path / "warm", warm=True)
    cold = counts(tmp_path / "cold", warm=False)
    for what in set(LIMITS) - {"Confirm in the panel"}:
        assert warm[what].total() <= cold[what].total() <= LIMITS[what] + 4, what


@pytest.mark.parametrize("n_versions", [1, 40])
def test_a_call_costs_the_same_in_a_long_history(tmp_path: Path, n_versions: int) -> None:
    """The cost on a used handle does not depend on the number of versions and events."""
    store = CountingStore(LocalStore(tmp_path, durable=False))
    registry = ModelRegistry(cast(Store, store))
    for value in range(n_versions):
        registry.register_model({"value": value}, "toy")
        registry.set_alias("toy", "champion", value + 1)
    store.calls.clear()
    registry.load_model("toy@champion")
    assert store.calls == {"names": 1, "read": 1, "open": 1}


def test_the_command_prints_the_counts() -> None:
    """The table has the limit of each call, and the counts of both kinds of handle."""
    done = CliRunner().invoke(main, ["roundtrips"])
    assert done.exit_code == 0, done.output
    assert "set_alias, warm (at most 6)" in done.output
    assert "set_alias, cold" in done.output
    assert "MISSED" not in done.output


# What a call may cost in a bucket, as promised to users.
PROMISED = {
    "load_model by alias": 2,
    "set_alias": 3,
    "tag_model": 3,
    "register_model with data": 6,
    "revision": 1,
    "list_models, 25 rows": 2,
}


@pytest.mark.parametrize("what", requests.LIMITS)
def test_a_warm_call_in_a_bucket_stays_within_its_limit(what: str) -> None:
    """Each call on a used handle makes at most its number of requests."""
    assert requests.LIMITS.keys() == requests.CALLS.keys()
    assert requests.LIMITS[what] <= PROMISED.get(what, requests.LIMITS[what])
    found = requests.requests_of(what, warm=True)
    assert 0 < found.total() <= requests.LIMITS[what], found


@pytest.mark.parametrize("what", sorted(requests.LIMITS.keys() - {"Confirm in the panel"}))
def test_a_cold_call_in_a_bucket_costs_a_little_more(what: str) -> None:
    """A new handle reads the event and the records that it needs, and the rows of a page."""
    found = requests.requests_of(what, warm=False)
    parallel = requests.PARALLEL.get(what, 0)
    assert found.total() <= requests.LIMITS[what] + parallel + 3, found


def test_a_page_in_a_bucket_is_read_at_once() -> None:
    """The records of 25 rows are one round of requests, after at most two listings."""
    found = requests.requests_of("list_models, 25 rows", warm=False)
    assert found["LIST"] <= 2
    assert found == {"LIST": found["LIST"], "GET": 25}


@pytest.mark.parametrize("n_versions", [1, 40])
def test_a_call_in_a_bucket_costs_the_same_in_a_long_history(n_versions: int) -> None:
    """The number of requests of a used handle does not depend on versions and events."""
    registry = ModelRegistry(cast(Store, BucketStore.over(MemoryStore(), cache_bytes=0)))
    for value in range(n_versions):
        registry.register_model({"value": value}, "toy")
        registry.set_alias("toy", "champion", value + 1)
    with requests.counted_requests() as found:
        registry.load_model("toy@champion")
    assert found == {"LIST": 1, "GET": 1}


def test_a_model_in_the_cache_is_not_requested() -> None:
    """With a verified copy of the model, only the events are listed."""
    registry = ModelRegistry(cast(Store, BucketStore.over(MemoryStore())))
    registry.register_model({"value": 1}, "toy")
    registry.set_alias("toy", "champion", 1)
    registry.load_model("toy@champion")
    with requests.counted_requests() as found:
        assert registry.load_model("toy@champion")[0] == {"value": 1}
    assert found == {"LIST": 1}


def test_long_listings_are_several_requests() -> None:
    """A request lists at most a thousand names, with and without folders."""
    store = BucketStore.over(MemoryStore(), cache_bytes=0)
    with store.stage("a/tmp") as staged:
        for number in range(1001):
            staged.place(f"a/b/{number}")[0]()
    with requests.counted_requests() as found:
        assert len(store.names("a/b")) == 1001
    assert found == {"LIST": 2}
    with requests.counted_requests() as found:
        store.stamps("a", ["b"])
        store.names("a/missing")
    assert found == {"LIST": 3}


def test_the_page_on_requests_has_the_counts() -> None:
    """The table in the documentation is what the benchmark counts."""
    text = (Path(__file__).parents[1] / "docs/explanation/requests.md").read_text("utf-8")
    rows = re.findall(r"^\| `?(.+?)`? \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    stated = {name: (int(warm), int(cold)) for name, warm, cold in rows}
    counted = {
        what: tuple(requests.requests_of(what, warm=warm).total() for warm in (True, False))
        for what in requests.CALLS
    }
    assert stated == counted


def test_the_command_prints_the_requests() -> None:
    """The table has the limit of each call in a bucket."""
    done = CliRunner().invoke(main, ["requests"])
    assert done.exit_code == 0, done.output
    assert "set_alias, warm (at most 2)" in done.output
    assert "set_alias, cold" in done.output
