"""Requests at the same time, and the rule for forked processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from exo_nbregistry.store.bucket_threads import MAX_REQUESTS, in_order

_PROGRAM = """
import os, signal, sys
from obstore.store import MemoryStore
from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.bucket import BucketStore

store = BucketStore.over(MemoryStore())
if sys.argv[1] == "used":
    store.names("models")
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
signal.alarm(20)
try:
    if sys.argv[1] == "used":
        store = BucketStore.over(MemoryStore())
    store.create("a/b", b"x", staging="a/tmp")
except StoreError as error:
    print(error, flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("state", ["used", "unused"])
def test_a_forked_process_does_not_wait_forever(state: str) -> None:
    """After a fork, a bucket works, or is refused with a sentence if the parent has used one."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM, state],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    refused = "cannot be used in a process that was forked" in done.stdout
    assert refused == (state == "used")
    assert ("Start processes with 'spawn'" in done.stdout) == refused


def test_results_are_in_the_order_of_the_items() -> None:
    """Results come in order, although the calls are made at the same time."""
    gate = threading.Barrier(MAX_REQUESTS)

    def work(item: int) -> int:
        if item < MAX_REQUESTS:
            gate.wait(timeout=10)
        return item * 2

    assert list(in_order(work, range(500))) == list(range(0, 1000, 2))
    assert list(in_order(work, [])) == []


def test_only_some_items_are_taken_in_advance() -> None:
    """Items far ahead of the last result are not taken."""
    taken = []

    def items():
        for item in range(1000):
            taken.append(item)
            yield item

    results = in_order(lambda item: item, items())
    assert next(results) == 0
    assert len(taken) <= 2 * MAX_REQUESTS + 1
    results.close()
