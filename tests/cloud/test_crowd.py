"""With many processes in one bucket, no version is lost or duplicated."""

from __future__ import annotations

import multiprocessing

import pytest

from tests.cloud.bucket_registry import open_registry
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server

WRITERS, VERSIONS = 8, 50


def register(server: Server, prefix: str, writer: int) -> list[str]:
    """Register versions in one process."""
    registry = open_registry(server, prefix)
    return [
        registry.register_model(
            model={"writer": writer, "n": n}, model_name="busy", hyperparameters={"n": n}
        )
        for n in range(VERSIONS)
    ]


@pytest.mark.parametrize("kind", ["seaweedfs", "azurite"])
def test_no_registration_is_lost(kind: str, request: pytest.FixtureRequest) -> None:
    """400 registrations of 8 processes get the numbers 1 to 400, each with its own model."""
    server, prefix = request.getfixturevalue(kind), unused_prefix()
    registry = open_registry(server, prefix)
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        results = pool.starmap(register, [(server, prefix, writer) for writer in range(WRITERS)])
    ids = [model_id for result in results for model_id in result]
    assert sorted(int(name.split(":")[1]) for name in ids) == list(range(1, len(ids) + 1))
    for writer, result in enumerate(results):
        for n in (0, VERSIONS // 2, VERSIONS - 1):
            assert registry.load_model(result[n])[0] == {"writer": writer, "n": n}
    assert registry.verify().faults == ()
