"""Servers of buckets on this machine, which all workers of a test run share.

A keeper (``tests/cloud/keeper.py``) runs each server while any process holds a lock. The system
releases the lock of a process that ends in any way, so no server outlives the tests.
"""

from __future__ import annotations

import fcntl
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.cloud.programs import PROGRAMS, Server

ROOT = Path(__file__).resolve().parents[2]
START_S, POLL_S = 120, 0.05


def seaweedfs(folder: Path | None = None) -> AbstractContextManager[Server]:
    """Run SeaweedFS: the S3 of the tests, which is atomic."""
    return connect("seaweedfs", folder)


def moto(folder: Path | None = None) -> AbstractContextManager[Server]:
    """Run moto: an S3 for a single writer, because it is not atomic."""
    return connect("moto", folder)


def azurite(folder: Path | None = None) -> AbstractContextManager[Server]:
    """Run Azurite: the Azure Blob Storage of the tests."""
    return connect("azurite", folder)


@contextmanager
def connect(kind: str, folder: Path | None = None) -> Iterator[Server]:
    """Use a server during the block; it runs until its last user ends.

    Parameters
    ----------
    kind : {'seaweedfs', 'moto', 'azurite'}
        The program.
    folder : Path, optional
        A folder that the users of one server share. The default is a new server.

    Raises
    ------
    UnavailableError
        If the program is not installed.
    RuntimeError
        If the server does not start.
    """
    if folder is None:
        with TemporaryDirectory(prefix="exo-nbregistry-") as own, connect(kind, Path(own)) as one:
            yield one
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{kind}.users").open("a") as users:
        with (folder / f"{kind}.start").open("a") as starters:
            fcntl.flock(starters, fcntl.LOCK_EX)
            # A keeper that ends holds this lock until its server has ended.
            fcntl.flock(users, fcntl.LOCK_SH)
            server = _running(folder / f"{kind}.json") or _start(kind, folder)
        yield server


def _running(state: Path) -> Server | None:
    try:
        server = Server(**json.loads(state.read_text()))
        address = urlsplit(server.endpoint)
        socket.create_connection((address.hostname, address.port), timeout=10).close()
    except OSError:
        return None
    return server


def _start(kind: str, folder: Path) -> Server:
    with TemporaryDirectory() as probe:
        PROGRAMS[kind](Path(probe))  # raises UnavailableError
    state, log = folder / f"{kind}.json", folder / f"{kind}.log"
    state.unlink(missing_ok=True)
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.cloud.keeper", kind, str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_S
    while not state.exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            keeper.terminate()
            keeper.wait()
            raise RuntimeError(f"{kind} did not start:\n{log.read_text()}")
        time.sleep(POLL_S)
    # Python warns about a process that is forgotten while it runs; this one ends by itself.
    keeper.returncode = 0
    server = _running(state)
    if server is None:
        raise RuntimeError(f"{kind} ended immediately:\n{log.read_text()}")
    return server
