"""Each call stays within its number of store operations."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.roundtrips import CALLS, LIMITS, CountingStore, counts
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Store
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
