"""A lock is free in a forked process, although another thread held it during the fork."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from exo_nbregistry.fs.process_lock import ProcessLock

ROOT = Path(__file__).parents[2]
# A thread holds the locks of a registry while the process forks.
FORK = """
import os, signal, sys, threading
from exo_nbregistry import ModelRegistry
registry = ModelRegistry(sys.argv[1], durable=False)
registry.register_model({"value": 1}, "toy")
registry.list_models(), registry.revision()
work = registry._workspace
held, end = threading.Event(), threading.Event()
def hold():
    with work.journal._lock, work.index._lock, work.revision._lock:
        held.set()
        end.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(20)
    registry.annotate("toy:1", "from the child")
    registry.revision()
    os._exit(len(registry.list_models()) - 1)
_, status = os.waitpid(child, 0)
end.set()
thread.join()
print(status, len(registry.history("toy")))
"""


def test_one_thread_at_a_time() -> None:
    """Only one thread has the lock, and it can take it twice."""
    lock, order = ProcessLock(), []

    def other() -> None:
        with lock:
            order.append("other")

    thread = threading.Thread(target=other)
    with lock, lock:
        thread.start()
        thread.join(timeout=0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_uses_a_registry_that_another_thread_used(tmp_path: Path) -> None:
    """A forked process reads and writes, although a thread used the registry during the fork."""
    command = [sys.executable, "-W", "ignore", "-c", FORK, str(tmp_path / "registry")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (result.stdout.split(), result.stderr) == (["0", "2"], "")
