"""Fork while another thread works; the child lists, registers and verifies."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from exo_nbregistry import ModelRegistry

FOLDER = Path(sys.argv[2])
# Far less than the minute for which SQLite waits for a lock.
MAX_S = 30
_SLOW = """
    WITH RECURSIVE number(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM number WHERE x < 300000000)
    SELECT count(*) FROM number
"""
registry = ModelRegistry(FOLDER / "registry", durable=False)
busy = threading.Event()


def write_index() -> None:
    """Keep a transaction of the index for much longer than a fork waits."""
    index = registry._workspace.index

    def task(connection: object, _is_new: bool) -> None:
        connection.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        busy.set()
        connection.execute(_SLOW).fetchall()  # type: ignore[attr-defined]

    with index._lock:
        index._file.run(task)  # type: ignore[arg-type]


def query_index() -> None:
    """Read and update the index."""
    registry.tag_model("toy:1", now=time.time())
    registry.list_models()


def sign() -> None:
    """Create a keyring and sign with it."""
    from exo_nbregistry.signing.keyring import Keyring

    Keyring(FOLDER / f"keys{time.time_ns()}").sign("abc")


def log() -> None:
    """Write to the log of the package."""
    logging.getLogger("exo_nbregistry").warning("A message of %s.", "x" * 1000)


def take_snapshots() -> None:
    """Read events, and add some."""
    registry.annotate("toy:1", "A note.")
    registry.history("toy")


class SlowImport:
    """A finder of modules that keeps the first import of the signing library waiting."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Wait while the module is imported."""
        if name == "cryptography.exceptions":
            busy.set()
            time.sleep(1)


class Scaler:
    """A class of the main program, which is stored by value."""


def store_by_value() -> None:
    """Keep the lock of storing code by value for much longer than a fork waits."""
    from exo_nbregistry.persistence import by_value

    with by_value._registering:
        busy.set()
        time.sleep(60)


def first_registration() -> None:
    """Import the signing library by the first signature of a process."""
    ModelRegistry(FOLDER / "another", durable=False).register_model({"value": 1}, "toy")
    time.sleep(60)


def child() -> None:
    """Use the registry, and end the process."""
    before = len(registry.list_models())
    registry.register_model({"child": os.getpid(), "scaler": Scaler}, "toy")
    assert len(registry.list_models()) == before + 1
    assert registry.verify(), registry.verify()
    os._exit(0)


def repeat(call: Callable[[], None]) -> None:
    """Call a function until the process ends."""
    while True:
        call()
        busy.set()


def main(kind: str) -> None:
    """Fork eight times while two threads make a call, or once while one thread waits in it."""
    logging.basicConfig(filename=FOLDER / "log")
    imports, waits = kind == "first_registration", kind in ("write_index", "store_by_value")
    if imports:
        sys.meta_path.insert(0, SlowImport())  # type: ignore[arg-type]
    else:
        registry.register_model({"value": 1}, "toy")
        registry.list_models()
    for _ in range(1 if imports or waits else 2):
        threading.Thread(target=repeat, args=(globals()[kind],), daemon=True).start()
    assert busy.wait(60)
    for _ in range(1 if imports or waits else 8):
        started = time.monotonic()
        forked = os.fork()
        if forked == 0:
            signal.alarm(MAX_S)
            if imports:
                registry.register_model({"value": 1}, "toy")
            child()
        _, status = os.waitpid(forked, 0)
        assert status == 0, f"the child ended with the status {status}"
        assert time.monotonic() - started < MAX_S
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
