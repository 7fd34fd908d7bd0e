"""Tables are scored on a Dask cluster of real processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from distributed import Client, LocalCluster

from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.scoring import engines
from exo_nbregistry.scoring.disk_folder import DiskFolder
from exo_nbregistry.scoring.parquet_source import parquet_pieces
from exo_nbregistry.scoring.piece import Layout
from tests.scoring.tables import COLUMNS, contents, folder_of, table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Return a cluster of two processes."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster


def workers(cluster: Any) -> list[int]:
    """Return the process ids of the workers."""
    return [nanny.pid for nanny in cluster.workers.values() if nanny.pid]


def test_a_cluster_writes_the_same_files(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, cluster: Any
) -> None:
    """A cluster by its address writes the bytes of one process, and continues a run."""
    registry.score("kepler", parquet, tmp_path / "one", n_jobs=1, progress=False)
    address = cluster.scheduler_address
    registry.score("kepler", parquet, tmp_path / "two", cluster=address, progress=False)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    sorted((tmp_path / "two").iterdir())[0].unlink()
    summary = registry.score("kepler", parquet, tmp_path / "two", cluster=address, progress=False)
    assert (summary.files, summary.resumed) == (7, 6)


def test_two_calls_on_one_cluster_are_independent(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, cluster: Any
) -> None:
    """A call that starts before another one has ended writes its own files."""
    scorer = registry.scorer("kepler")
    pieces = list(parquet_pieces(folder_of(parquet), parquet.name, lambda names: None))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with Client(cluster.scheduler_address) as client:
        one, two = (DiskFolder(str(tmp_path / name)) for name in ("one", "two"))
        first = engines.run_dask(scorer, pieces, one, Layout(), client)
        next(first)
        second = list(engines.run_dask(scorer, pieces, two, Layout(), client))
        assert len([*first]) + 1 == len(second) == len(pieces)
    assert len(contents(tmp_path / "one")) == len(pieces)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_client_is_not_closed(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, cluster: Any
) -> None:
    """A client that was passed, and the current client, remain open."""
    with Client(cluster.scheduler_address) as client:
        registry.score("kepler", parquet, tmp_path / "one", cluster=client, progress=False)
        registry.score("kepler", parquet, tmp_path / "two", engine="dask", progress=False)
        assert client.status == "running"
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_killed_worker_changes_nothing(
    registry: ModelRegistry, tmp_path: Path, cluster: Any
) -> None:
    """A worker that is killed is replaced, and its pieces are scored again to the same bytes."""
    source, target = tmp_path / "table.parquet", tmp_path / "killed"
    table(80_000).to_parquet(source, row_group_size=2000, index=False)
    registry.score("kepler", source, tmp_path / "whole", progress=False)
    killed: list[int] = []

    def kill() -> None:
        while len(list(target.glob("*.parquet"))) < 5:
            time.sleep(0.005)
        killed.append(workers(cluster)[0])
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    address = cluster.scheduler_address
    summary = registry.score("kepler", source, target, cluster=address, progress=False)
    thread.join()
    assert killed
    assert (summary.rows, summary.files) == (80_000, 40)
    assert contents(target) == contents(tmp_path / "whole")


def test_a_scorer_maps_the_partitions_of_dask(registry: ModelRegistry, cluster: Any) -> None:
    """A scorer works in map_partitions, and its meta has the dtypes of the result."""
    import dask.dataframe as dd

    rows = table(300)
    scorer = registry.scorer("kepler")
    with Client(cluster.scheduler_address):
        found = dd.from_pandas(rows, npartitions=3).map_partitions(scorer, meta=scorer.meta)
        assert found.dtypes.astype(str).tolist() == scorer.meta.dtypes.astype(str).tolist()
        computed = found.compute()
    assert computed["prediction"].tolist() == scorer(rows)["prediction"].tolist()
    assert computed["probability"].tolist() == scorer(rows)["probability"].tolist()


def test_an_error_of_a_worker_stops_the_run(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, cluster: Any
) -> None:
    """An error of a piece is raised in the client with its text."""
    rows = pd.read_parquet(parquet)
    rows.loc[650, COLUMNS[0]] = None
    rows.to_parquet(parquet, row_group_size=100, index=False)
    address = cluster.scheduler_address
    options: dict[str, Any] = {"cluster": address, "on_mismatch": "raise", "progress": False}
    with pytest.raises(RegistryError, match="koi_depth must have a value"):
        registry.score("kepler", parquet, tmp_path / "scores", **options)


def test_a_library_that_workers_do_not_have_is_named(
    registry: ModelRegistry,
    parquet: Path,
    tmp_path: Path,
    cluster: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that cannot import a library is an error with the place to install it."""
    monkeypatch.setattr(engines, "score_piece", lambda *args: __import__("absent_library"))
    address = cluster.scheduler_address
    with pytest.raises(RegistryError, match=r"absent_library.*install exo-nbregistry\[dask\]"):
        registry.score("kepler", parquet, tmp_path / "s", cluster=address, progress=False)


def test_a_closed_scheduler_is_explained(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the cluster is closed during a run, the error explains how to continue."""
    monkeypatch.setattr(engines, "score_piece", lambda *args: time.sleep(8))
    options: dict[str, Any] = {"processes": False, "dashboard_address": ":0"}
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as own:
        thread = threading.Timer(2, own.close)
        thread.start()
        with pytest.raises(RegistryError, match="run it again"):
            registry.score(
                "kepler", parquet, tmp_path / "s", cluster=own.scheduler_address, progress=False
            )
        thread.join()


def test_wrong_clusters_are_rejected(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """Another object, an address without a scheduler and a missing client are clear errors."""
    for cluster, words in ((7, "Client of Dask, got int"), (None, "requires cluster='tcp:")):
        with pytest.raises(InvalidInputError, match=words):
            registry.score("kepler", parquet, tmp_path / "s", engine="dask", cluster=cluster)
    with pytest.raises(RegistryError, match="Cannot connect to the Dask scheduler at tcpp://x"):
        registry.score("kepler", parquet, tmp_path / "s", cluster="tcpp://x")
