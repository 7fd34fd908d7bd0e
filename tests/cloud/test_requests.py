"""The requests that a server receives are those that the benchmark counts."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from benchmarks.requests import N_VERSIONS, prepared, requests_of
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.values.keys import HEAD
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server
from tests.cloud.proxy import Proxy, proxy

DELAY_S = 0.03
N_FEW = 8
CALLS = (
    *("load_model by alias", "set_alias", "tag_model", "revision", "list_models"),
    *("register_model with data", "register_model again"),
)


@pytest.fixture(scope="module")
def front(seaweedfs: Server) -> Iterator[Proxy]:
    """Return a proxy in front of SeaweedFS, without a delay."""
    with proxy(seaweedfs) as running:
        yield running


def store_behind(front: Proxy, prefix: str) -> BucketStore:
    """Return a store whose requests the proxy counts, without copies in the cache."""
    return BucketStore(front.url(prefix), {**front.options, "cache_bytes": 0})


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("what", CALLS)
def test_a_server_receives_the_counted_requests(front: Proxy, what: str, warm: bool) -> None:
    """A call makes the same number of requests to a real server as to the one in memory."""
    prefix = unused_prefix()
    work = prepared(what, lambda: store_behind(front, prefix), warm=warm, n_versions=N_FEW)
    front.clear()
    work()
    # A thread moves the head after a call; only `revision` waits for it.
    made = [kind for kind, target in front.log if what == "revision" or HEAD not in target]
    assert len(made) == requests_of(what, warm=warm).total(), front.log


def test_a_page_waits_for_one_round(seaweedfs: Server) -> None:
    """With a delay, the rows of a page are requested at the same time."""
    with proxy(seaweedfs) as front:
        prefix = unused_prefix()
        work = prepared("list_models, 25 rows", lambda: store_behind(front, prefix), warm=False)
        front.clear()
        front.delay_s = DELAY_S
        start = time.monotonic()
        work()
        took_s = time.monotonic() - start
    assert front.requests["GET"] == N_VERSIONS
    assert took_s < N_VERSIONS * DELAY_S
