"""Each server does what a registry requires of a bucket, measured with obstore itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
import pytest
from obstore.exceptions import AlreadyExistsError, PreconditionError

from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server
from tests.cloud.servers import ROOT, connect

# moto looks for a key and then writes it, without a lock: it is not in the second list.
ALL, ATOMIC = ["seaweedfs", "azurite", "moto"], ["seaweedfs", "azurite"]
RACERS, ROUNDS = 8, 10
END_S = 30


@pytest.fixture(params=ALL)
def server(request: pytest.FixtureRequest) -> Server:
    """Return each server."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def bucket(server: Server) -> Any:
    """Return a store of obstore below an unused prefix."""
    return open_bucket(server)


def open_bucket(server: Server) -> Any:
    """Return a store of obstore below an unused prefix."""
    return server.objects(unused_prefix())


def content(bucket: Any, key: str) -> bytes:
    """Return the content of an object."""
    return bytes(obstore.get(bucket, key).bytes())


def test_a_key_is_created_once(bucket: Any) -> None:
    """A second conditional PUT is rejected, and the first content remains."""
    obstore.put(bucket, "a", b"first", mode="create")
    with pytest.raises(AlreadyExistsError):
        obstore.put(bucket, "a", b"second", mode="create")
    assert content(bucket, "a") == b"first"


@pytest.mark.parametrize("kind", ATOMIC)
def test_a_race_has_one_winner(kind: str, request: pytest.FixtureRequest) -> None:
    """Of eight conditional PUTs at the same time, one succeeds, and its content is stored."""
    bucket = open_bucket(request.getfixturevalue(kind))
    gate = threading.Barrier(RACERS)

    def race(racer: int) -> list[bool]:
        won = []
        for number in range(ROUNDS):
            gate.wait()
            try:
                obstore.put(bucket, f"k{number}", b"%d" % racer, mode="create")
            except AlreadyExistsError:
                won.append(False)
            else:
                won.append(True)
        return won

    with ThreadPoolExecutor(RACERS) as pool:
        results = list(pool.map(race, range(RACERS)))
    for number in range(ROUNDS):
        (winner,) = [racer for racer in range(RACERS) if results[racer][number]]
        assert content(bucket, f"k{number}") == b"%d" % winner


def test_an_object_is_swapped_by_its_etag(bucket: Any) -> None:
    """A PUT with the present etag succeeds, and one with an older etag is rejected."""
    old = obstore.put(bucket, "head", b"1")["e_tag"]
    new = obstore.put(bucket, "head", b"2", mode={"e_tag": old})["e_tag"]
    assert new != old
    with pytest.raises(PreconditionError):
        obstore.put(bucket, "head", b"3", mode={"e_tag": old})
    assert content(bucket, "head") == b"2"


def test_an_unchanged_object_is_not_sent(bucket: Any) -> None:
    """A GET with the present etag is answered by 304, and one with an older etag by the content."""
    old = obstore.put(bucket, "head", b"1")["e_tag"]
    with pytest.raises(obstore.exceptions.NotModifiedError):
        obstore.get(bucket, "head", options={"if_none_match": old})
    obstore.put(bucket, "head", b"2")
    assert bytes(obstore.get(bucket, "head", options={"if_none_match": old}).bytes()) == b"2"


def test_a_list_begins_after_a_name(bucket: Any) -> None:
    """A list is sorted, has all objects of earlier writes, and begins after a given name."""
    names = [f"m/v{number:03}" for number in range(30)]
    for name in reversed(names):
        obstore.put(bucket, name, b"1")
    obstore.delete(bucket, names.pop(7))

    def listed(**options: str) -> list[str]:
        return [item["path"] for page in obstore.list(bucket, "m", **options) for item in page]

    assert listed() == names
    assert listed(offset="m/v019") == names[19:]


def test_a_list_separates_folders(bucket: Any) -> None:
    """A list of one level has its objects, and its folders without their content."""
    for name in ("m/a", "m/b/c", "m/b/d"):
        obstore.put(bucket, name, b"1")
    found = obstore.list_with_delimiter(bucket, "m")
    assert [item["path"] for item in found["objects"]] == ["m/a"]
    assert found["common_prefixes"] == ["m/b"]


def test_a_large_object_is_sent_in_parts(bucket: Any) -> None:
    """An object that is sent in parts of 5 MiB is read back unchanged, also by range."""
    data = os.urandom(1 << 20) * 12
    obstore.put(bucket, "large", data, use_multipart=True, chunk_size=5 << 20)
    assert content(bucket, "large") == data
    middle = obstore.get_range(bucket, "large", start=6_000_000, length=100)
    assert bytes(middle) == data[6_000_000:6_000_100]


def test_a_new_bucket_is_empty(server: Server) -> None:
    """A bucket can be created twice, and is empty."""
    name = unused_prefix()
    server.make_bucket(name)
    server.make_bucket(name)
    assert obstore.list_with_delimiter(server.objects(bucket=name))["objects"] == []


def test_a_server_ends_with_its_last_user(tmp_path: Path) -> None:
    """Two users share one server, which ends after the second one was killed."""
    program = (
        "import sys, time, pathlib\n"
        "from tests.cloud.servers import connect\n"
        "with connect('moto', pathlib.Path(sys.argv[1])) as server:\n"
        "    print(server.endpoint, flush=True)\n"
        "    time.sleep(600)\n"
    )
    users = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    try:
        first, second = [user.stdout.readline().decode().strip() for user in users]
        assert first == second
        users[0].kill()
        assert is_open(first)
    finally:
        for user in users:
            user.send_signal(signal.SIGKILL)
            user.communicate()
    deadline = time.monotonic() + END_S
    while is_open(first) or (tmp_path / "moto.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with connect("moto", tmp_path) as server:
        assert is_open(server.endpoint)


def is_open(endpoint: str) -> bool:
    """Return whether a program listens at an address."""
    address = urlsplit(endpoint)
    try:
        socket.create_connection((address.hostname, address.port), timeout=5).close()
    except OSError:
        return False
    return True
