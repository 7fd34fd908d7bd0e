"""A Jupyter server in its own process, and a client that sends any request unchanged."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.route_caller import fill

TOKEN = "a-secret-token"
BASE = "/nb"
API = f"{BASE}/exo-nbregistry/api"
CANARY = "canary-in-a-coal-mine"
CONFIG = """
c.ServerApp.jpserver_extensions = {"exo_nbregistry.lab": True}
c.ServerApp.allow_unauthenticated_access = False
"""


@dataclass
class Answer:
    """A reply.

    Attributes
    ----------
    status : int
        HTTP status.
    headers : mapping of str to str
        Headers by lower-case name.
    body : bytes
        The body.
    cookies : dict of str to str
        Cookies that are set.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Running:
    """A running server.

    Attributes
    ----------
    port : int
        Port of the server.
    root : Path
        Root folder, which contains the registry ``models/registry``.
    outside : Path
        Folder outside the root, with a registry and files that must not be disclosed.
    log : Path
        Log file.
    """

    port: int
    root: Path
    outside: Path
    log: Path

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        token: str | None = TOKEN,
        **headers: str,
    ) -> Answer:
        """Send a request unchanged, including its path."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"token {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        # http.client would reject some paths of attackers.
        connection._validate_path = lambda url: None
        connection._encode_request = lambda request: request.encode("utf-8")
        with contextlib.closing(connection):
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            data = reply.read()
        set_cookies = reply.msg.get_all("Set-Cookie", [])
        cookies = dict(item.partition(";")[0].split("=", 1) for item in set_cookies)
        found = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(reply.status, found, data, cookies)

    def api(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Send a request to a route of the extension, with a JSON body."""
        if body is not None:
            options.setdefault("Content_Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(method, f"{API}{path}", body, **options)

    @property
    def registry_id(self) -> str:
        """The ID of the registry below the root."""
        (found,) = self.api("GET", "/registries").json["registries"]
        return str(found["id"])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start a server with the extension, and stop it at the end."""
    root, outside = folder / "root", folder / "outside"
    fill(root / "models" / "registry")
    fill(outside / "registry", 2, CANARY).tag_model(f"{CANARY}:1", CANARY)
    (outside / "secret.txt").write_text(CANARY)
    (outside / "secret.ipynb").write_text(json.dumps({"cells": [CANARY]}))
    (root / "link").symlink_to(outside)
    (root / "linked").mkdir()
    (root / "linked/nbregistry.json").symlink_to(outside / "registry/nbregistry.json")
    (root / "linked/models").symlink_to(outside / "registry/models")
    (root / "secret.ipynb").symlink_to(outside / "secret.ipynb")
    (folder / "jupyter_server_config.py").write_text(CONFIG)
    port = _free_port()
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ip=127.0.0.1", "--ServerApp.port_retries=0"]
    command += [f"--ServerApp.base_url={BASE}", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={root}", f"--config={folder / 'jupyter_server_config.py'}"]
    own = {"IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"}
    environ = os.environ | {name: str(folder / name.lower()) for name in own}
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environ, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            server = Running(port, root, outside, log)
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(60)


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(server: Running, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + 120
    while time.monotonic() < ends_at and process.poll() is None:
        with contextlib.suppress(OSError):
            if server.send("GET", f"{BASE}/api").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{server.log.read_text()}")
