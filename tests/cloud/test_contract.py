"""A bucket on each server keeps the contract of a store."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.bucket import BucketStore
from tests.cloud.bucket_registry import open_registry, open_store
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server
from tests.registry_crash import OLD, look, prepare
from tests.registry_machine import RegistryMachine
from tests.store.conformance import StoreContract


class BucketContract(StoreContract):
    """The contract on one server."""

    kind: ClassVar[str]
    rounds = 5  # a loser waits for a second on SeaweedFS

    @pytest.fixture(autouse=True)
    def _server(self, request: pytest.FixtureRequest) -> None:
        self.server: Server = request.getfixturevalue(self.kind)

    def make(self, folder: Path) -> BucketStore:
        """Return a store with an unused prefix that checks its guard at each call."""
        store = open_store(self.server, unused_prefix())
        store._guard._recheck_s = 0
        return store


class TestSeaweedFS(BucketContract):
    """S3."""

    kind = "seaweedfs"


class TestAzurite(BucketContract):
    """Azure Blob Storage."""

    kind = "azurite"


@pytest.mark.parametrize("kind", ["seaweedfs", "azurite"])
def test_a_registry_in_a_bucket_is_a_dict(kind: str, request: pytest.FixtureRequest) -> None:
    """A registry in a bucket and a dict agree after any sequence of calls."""
    server = request.getfixturevalue(kind)

    class BucketMachine(RegistryMachine):
        def open_twice(self) -> list[ModelRegistry]:
            prefix = unused_prefix()
            return [open_registry(server, prefix) for _ in range(2)]

    run_state_machine_as_test(
        BucketMachine,
        settings=settings(
            max_examples=5, stateful_step_count=15, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_single_writer_can_use_moto(moto: Server) -> None:
    """A registry on moto, which is not atomic, works for a single writer."""
    registry = open_registry(moto, unused_prefix())
    prepare(registry)
    assert look(registry) == (OLD, [])
