"""With many processes in one bucket, no version is lost or duplicated."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest

from tests.cloud.bucket_registry import open_registry
from tests.cloud.fixtures import unused_prefix
from tests.cloud.network_fault import Fault
from tests.cloud.programs import Server
from tests.cloud.proxy import proxy

WRITERS, VERSIONS = 8, 50
FEW_WRITERS, FEW_VERSIONS = 4, 10
SPAWN = multiprocessing.get_context("spawn")


def register(server: Server, prefix: str, writer: int, versions: int) -> Iterator[str]:
    """Register versions, and yield each model ID."""
    registry = open_registry(server, prefix)
    for n in range(versions):
        yield registry.register_model(
            model={"writer": writer, "n": n}, model_name="busy", hyperparameters={"n": n}
        )


def register_all(server: Server, prefix: str, writer: int, versions: int) -> list[str]:
    """Register versions in one process, and return the model IDs."""
    return list(register(server, prefix, writer, versions))


def register_and_report(server: Server, prefix: str, writer: int, reports: Connection) -> None:
    """Register versions in one process, and report each until the process is killed."""
    for model_id in register(server, prefix, writer, sys.maxsize):
        reports.send(model_id)


def in_processes(server: Server, prefix: str, writers: int, versions: int) -> list[list[str]]:
    """Register versions in several processes."""
    with SPAWN.Pool(writers) as pool:
        tasks = [(server, prefix, writer, versions) for writer in range(writers)]
        return pool.starmap(register_all, tasks)


@pytest.mark.parametrize("kind", ["seaweedfs", "azurite"])
def test_no_registration_is_lost(kind: str, request: pytest.FixtureRequest) -> None:
    """400 registrations of 8 processes get the numbers 1 to 400, each with its own model."""
    server, prefix = request.getfixturevalue(kind), unused_prefix()
    registry = open_registry(server, prefix)
    results = in_processes(server, prefix, WRITERS, VERSIONS)
    ids = [model_id for result in results for model_id in result]
    assert sorted(int(name.split(":")[1]) for name in ids) == list(range(1, len(ids) + 1))
    for writer, result in enumerate(results):
        for n in (0, VERSIONS // 2, VERSIONS - 1):
            assert registry.load_model(result[n])[0] == {"writer": writer, "n": n}
    assert registry.verify().faults == ()


@pytest.mark.parametrize("fault", [{"drop": True}, {"answer": 500, "committed": True}])
def test_a_crowd_with_lost_replies_writes_nothing_twice(
    seaweedfs: Server, fault: dict[str, Any]
) -> None:
    """If each third reply to a write is lost, 40 registrations of 4 processes are 40 versions."""
    prefix = unused_prefix()
    registry = open_registry(seaweedfs, prefix)
    with proxy(seaweedfs) as front:
        lost = front.add(Fault("CREATE", every=3, **fault))
        results = in_processes(front.server, prefix, FEW_WRITERS, FEW_VERSIONS)
    expected = FEW_WRITERS * FEW_VERSIONS
    numbers = sorted(int(name.split(":")[1]) for result in results for name in result)
    assert numbers == list(range(1, expected + 1))
    assert len(registry.list_models()) == expected
    assert lost.applied > expected // 10
    assert registry.verify().faults == ()


def test_killed_writers_lose_nothing(seaweedfs: Server) -> None:
    """After writers were killed, each version that they reported exists, and none is damaged."""
    prefix = unused_prefix()
    registry = open_registry(seaweedfs, prefix)
    reported: list[str] = []
    for writer in range(FEW_WRITERS):
        reports, far_end = SPAWN.Pipe(duplex=False)
        process = SPAWN.Process(
            target=register_and_report, args=(seaweedfs, prefix, writer, far_end), daemon=True
        )
        process.start()
        far_end.close()
        reported += [reports.recv() for _ in range(3 + writer)]
        process.kill()
        process.join()
        while True:
            try:
                reported.append(reports.recv())
            except (EOFError, OSError):  # the last report may be incomplete
                break
        reports.close()
    assert len(set(reported)) == len(reported)
    assert {item.model_id for item in registry.list_models()} >= set(reported)
    for model_id in reported:
        registry.load_model(model_id)
    assert registry.verify().faults == ()
