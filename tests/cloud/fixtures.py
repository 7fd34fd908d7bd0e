"""Fixtures: the servers of buckets, and a proxy for faults in front of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.cloud.programs import Server, UnavailableError


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running SeaweedFS."""
    yield from _connect("seaweedfs", tmp_path_factory)


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running moto server; use it with a single writer only."""
    yield from _connect("moto", tmp_path_factory)


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running Azurite."""
    yield from _connect("azurite", tmp_path_factory)


def unused_prefix() -> str:
    """Return a prefix that no other test uses."""
    return f"t{uuid4().hex}"


def _connect(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from tests.cloud.servers import connect  # not on Windows

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of the whole run
    try:
        with connect(kind, folder / "servers") as running:
            yield running
    except UnavailableError as error:
        if "TESTED_IN_CI" in os.environ:
            raise
        pytest.skip(str(error))
