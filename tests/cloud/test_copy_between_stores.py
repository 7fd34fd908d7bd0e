"""Copies between a folder and real servers, and the command line with their URLs."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryNotFoundError, StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server

READ_MODEL = """
import pickle, sys
registry = pickle.load(sys.stdin.buffer)
print(registry.load_model("toy@champion")[0])
"""


@pytest.fixture(params=["seaweedfs", "azurite"])
def server(request: pytest.FixtureRequest) -> Server:
    """Return a server of each cloud."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with two models, an alias and an attachment."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    registry.register_model({"value": 4}, "other")
    registry.set_alias("toy", "champion", 2)
    registry.attach("toy:1", "notes", "Reviewed.")
    return registry


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder, by key."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_copy_to_a_bucket_and_back_has_the_same_bytes(
    server: Server, registry: ModelRegistry, tmp_path: Path
) -> None:
    """The bucket loads and verifies the models, and the copy of the copy equals the original."""
    url = server.url(unused_prefix())
    done = registry.copy_to(url, storage_options=server.options, progress=False)
    assert (done.versions, done.events) == (4, 2)
    bucket = ModelRegistry(url, create=False, storage_options=server.options)
    assert bucket.load_model("toy@champion")[0] == {"value": 2}
    assert bucket.verify()
    bucket.copy_to(tmp_path / "back", progress=False)
    assert files(tmp_path / "back") == files(tmp_path / "registry")
    registry.register_model({"value": 5}, "toy")
    assert registry.copy_to(url, storage_options=server.options, progress=False).versions == 1


def test_the_workers_of_a_pickled_registry_use_their_environment(
    seaweedfs: Server, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pickle works where the environment has the credentials, and is explained elsewhere."""
    url = seaweedfs.url(unused_prefix())
    registry.copy_to(url, storage_options=seaweedfs.options, progress=False)
    sent = pickle.dumps(ModelRegistry(url, storage_options=seaweedfs.options))
    for name in ("access_key_id", "secret_access_key"):
        monkeypatch.setenv(f"AWS_{name.upper()}", str(seaweedfs.options[name]))
    command = [sys.executable, "-c", READ_MODEL]
    done = subprocess.run(command, input=sent, capture_output=True, check=True)
    assert done.stdout.strip() == b"{'value': 2}"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    failed = subprocess.run(command, input=sent, capture_output=True)
    assert failed.returncode != 0
    assert b"access_key_id, secret_access_key may be secret" in failed.stderr


def test_a_missing_bucket_is_not_created(server: Server) -> None:
    """A misspelled bucket is named, and neither founded nor created."""
    url = server.url("models", bucket="nobucket")
    for _ in range(2):
        with pytest.raises(StoreError, match="there is no bucket 'nobucket'"):
            ModelRegistry(url, create=True, storage_options=server.options)


def test_a_registry_below_is_suggested(server: Server, registry: ModelRegistry) -> None:
    """Opening the prefix above a registry is an error that names the registry."""
    prefix = unused_prefix()
    url = server.url(f"{prefix}/team")
    registry.copy_to(url, storage_options=server.options, progress=False)
    with pytest.raises(RegistryNotFoundError, match=f"Did you mean {url}"):
        ModelRegistry(server.url(prefix), storage_options=server.options)
