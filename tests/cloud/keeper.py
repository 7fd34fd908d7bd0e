"""A program that runs one server until no process uses it any more.

``python -m tests.cloud.keeper <kind> <folder>`` writes ``<kind>.json`` to the folder when the
server is ready. It ends when it gets the exclusive lock of ``<kind>.users``, of which each user
holds a shared lock.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import obstore

from tests.cloud.programs import BUCKET, PROGRAMS, Server, environment

READY_S, POLL_S, ATTEMPTS = 60, 0.1, 3
SERVER_ERROR = 500


def run(kind: str, folder: Path) -> None:
    """Run a server until no process uses it."""
    state = folder / f"{kind}.json"
    with TemporaryDirectory(prefix=f"exo-nbregistry-{kind}-") as home:
        process, server = start(kind, Path(home))
        try:
            ready = folder / f"{kind}.ready"
            ready.write_text(json.dumps(asdict(server)))
            ready.rename(state)
            with (folder / f"{kind}.users").open("a") as users:
                fcntl.flock(users, fcntl.LOCK_EX)
                state.unlink(missing_ok=True)
                stop(process)
        finally:
            stop(process)


def start(kind: str, home: Path) -> tuple[subprocess.Popen[bytes], Server]:
    """Start a server, and wait until it is ready for requests.

    Another program can take a port between the choice and the start, so this is repeated.
    """
    for attempt in range(ATTEMPTS):
        place = home / str(attempt)
        place.mkdir()
        command, server = PROGRAMS[kind](place)
        process = subprocess.Popen(command, cwd=place, env=environment())
        try:
            if _answers(process, server):
                prepare(server)
                return process, server
        except BaseException:
            stop(process)
            raise
    raise RuntimeError(f"{kind} ended {ATTEMPTS} times")


def prepare(server: Server) -> None:
    """Create the bucket, and an object in it: the first one takes seconds."""
    server.make_bucket(BUCKET)
    store = server.objects()
    obstore.put(store, "first", b"1")
    obstore.delete(store, "first")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server; its data is temporary, so it need not be saved."""
    process.kill()
    process.wait()
    # SeaweedFS has sockets outside its own folder.
    for part, port in re.findall(r"-(\w+)\.port\.grpc=(\d+)", " ".join(process.args)):
        Path(f"/tmp/seaweedfs-{part}-grpc-{port}.sock").unlink(missing_ok=True)


def _answers(process: subprocess.Popen[bytes], server: Server) -> bool:
    deadline = time.monotonic() + READY_S
    while process.poll() is None:
        try:
            urllib.request.urlopen(server.endpoint, timeout=5).close()
            return True
        except urllib.error.HTTPError as error:
            error.close()  # an anonymous request is rejected
            if error.code < SERVER_ERROR:
                return True
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"{server.kind} does not answer after {READY_S} s")
        time.sleep(POLL_S)
    return False


def main(kind: str, folder: str) -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    os.umask(0o077)
    run(kind, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
