"""A new machine starts from the checkpoint in a bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.bucket import BucketStore
from tests.checkpoints import cold_machine, small_checkpoints
from tests.cloud.bucket_registry import open_registry, open_store
from tests.cloud.fixtures import unused_prefix
from tests.cloud.proxy import proxy

MODELS, VERSIONS = 4, 6


@pytest.mark.parametrize("kind", ["seaweedfs", "azurite"])
def test_a_cold_list_reads_a_checkpoint(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Descriptor, listings, record and index are requested, instead of each record."""
    server, prefix = request.getfixturevalue(kind), unused_prefix()
    with small_checkpoints(), proxy(server) as front:
        registry = open_registry(server, prefix)
        for name in range(MODELS):
            for value in range(VERSIONS):
                registry.register_model({"value": value}, f"m{name}", tags={"value": value})
            registry.set_alias(f"m{name}", "champion", 2)
        expected = registry.list_models()
        assert len(list(open_store(server, prefix).names("nbregistry.json.checkpoint"))) == 2
        with cold_machine(tmp_path / "cache"):
            cold = ModelRegistry(BucketStore(front.url(prefix), front.options))
            found = cold.list_models()
            assert len(found) == MODELS * VERSIONS
            assert front.requests == {"LIST": 2, "GET": 3}
            assert found.ids == expected.ids
        assert cold.verify().faults == ()
