"""Copies of a registry: the same bytes, in a folder or a bucket."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import (
    ConflictError,
    IntegrityError,
    InvalidInputError,
    RegistryNotFoundError,
    StoreError,
)
from exo_nbregistry.registry.copying import RegistryCopy
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore, StagedBytes
from tests.registry.bucket_double import Cloud, install

URL = "s3://team/models"


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions, events, an attachment and a purged version."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2, 3):
        registry.register_model({"value": value, "array": np.arange(value)}, "toy")
    registry.register_model({"value": 4}, "other")
    registry.set_alias("toy", "champion", 2)
    registry.attach("toy:1", "notes", "Reviewed.")
    registry.delete_model("toy:3")
    registry.purge_model("toy:3")
    return registry


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Return buckets in memory."""
    return install(monkeypatch)


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder, by key."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def quiet(registry: ModelRegistry, target: Any, **options: Any) -> RegistryCopy:
    """Copy without a progress bar."""
    return registry.copy_to(target, progress=False, **options)


def test_a_copy_has_the_same_bytes(registry: ModelRegistry, tmp_path: Path) -> None:
    """All files are equal, and the copy is the same registry with valid signatures."""
    done = quiet(registry, tmp_path / "copy")
    assert files(tmp_path / "copy") == files(tmp_path / "registry")
    assert (done.versions, done.events, done.present) == (4, 4, 0)
    assert done.size_bytes > 0
    copy = ModelRegistry(tmp_path / "copy")
    assert copy.registry_id == registry.registry_id
    assert copy.load_model("toy@champion")[0]["value"] == 2
    assert copy.verify()


def test_a_registry_goes_to_a_bucket_and_back(
    registry: ModelRegistry, cloud: Cloud, tmp_path: Path
) -> None:
    """A folder that was copied to a bucket and from there to a folder has the same files."""
    quiet(registry, URL, storage_options={"region": "here"})
    assert cloud[URL].options == {"region": "here"}
    bucket = ModelRegistry(URL)
    assert bucket.verify()
    quiet(bucket, tmp_path / "back")
    assert files(tmp_path / "back") == files(tmp_path / "registry") == cloud[URL].contents()


def test_a_second_copy_adds_only_what_is_new(registry: ModelRegistry, tmp_path: Path) -> None:
    """Files of an earlier copy are not copied again."""
    first = quiet(registry, tmp_path / "copy")
    registry.register_model({"value": 5}, "toy")
    registry.set_alias("toy", "champion", 4)
    again = quiet(registry, tmp_path / "copy")
    assert (again.versions, again.events, again.payloads) == (1, 1, 1)
    assert again.present == first.versions + first.events + first.payloads
    assert files(tmp_path / "copy") == files(tmp_path / "registry")
    assert ModelRegistry(tmp_path / "copy").load_model("toy@champion")[0] == {"value": 5}


class Interrupted(MemoryStore):
    """A store in memory that fails after a number of writes."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.writes = writes

    def _count(self) -> None:
        if self.writes <= 0:
            raise StoreError("The network is down.", key="")
        self.writes -= 1

    def create(self, key: str, data: bytes, *, staging: str, first: Any = None) -> None:
        """Create a key, or fail."""
        self._count()
        super().create(key, data, staging=staging, first=first)

    def stage(self, staging: str) -> StagedBytes:
        """Stage a payload, or fail."""
        self._count()
        return super().stage(staging)


@pytest.mark.parametrize("writes", range(13))
def test_an_interrupted_copy_continues(
    registry: ModelRegistry, tmp_path: Path, writes: int
) -> None:
    """After a failure at any write, no record lacks its payload, and the next copy completes."""
    store = Interrupted(writes)
    with pytest.raises(StoreError, match="network is down"):
        quiet(registry, store)
    if "nbregistry.json" in store.names(""):
        damage = ModelRegistry(store).verify().damage
        # That this version was purged is one of the events, which are copied last.
        assert all("version 3 requires it" in fault.message for fault in damage)
    versions = sorted(store.names("models/toy/versions"))
    assert versions == [f"v{number:06d}.json" for number in range(1, len(versions) + 1)]
    store.writes = 1000
    quiet(registry, store)
    quiet(ModelRegistry(store), tmp_path / "copy")
    assert files(tmp_path / "copy") == files(tmp_path / "registry")


KILLED = """
import os, signal, sys
from exo_nbregistry import ModelRegistry
from exo_nbregistry.store.local import LocalStore

source, target, writes = sys.argv[1], sys.argv[2], int(sys.argv[3])
create = LocalStore.create

def killed(store, key, data, **options):
    global writes
    writes -= 1
    if writes < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    create(store, key, data, **options)

LocalStore.create = killed
ModelRegistry(source).copy_to(target, progress=False)
"""


@pytest.mark.skipif(os.name != "posix", reason="requires signals")
def test_a_killed_copy_continues(registry: ModelRegistry, tmp_path: Path) -> None:
    """A copy that was killed three times is completed by the next one."""
    copy = tmp_path / "copy"
    for writes in (0, 2, 3):
        command = [sys.executable, "-c", KILLED, tmp_path / "registry", copy, str(writes)]
        assert subprocess.run(command).returncode == -signal.SIGKILL
    assert ModelRegistry(copy).list_models().total > 0
    quiet(registry, copy)
    complete = {key: data for key, data in files(copy).items() if "/tmp/" not in key}
    assert complete == files(tmp_path / "registry")


def test_a_torn_payload_of_an_earlier_copy_is_replaced(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A payload of the same size with other bytes, as after a power loss, is copied again."""
    quiet(registry, tmp_path / "copy")
    (blob, *_) = sorted((tmp_path / "copy/models/toy/blobs").iterdir())
    blob.write_bytes(b"\0" * blob.stat().st_size)
    assert quiet(registry, tmp_path / "copy").payloads == 1
    assert files(tmp_path / "copy") == files(tmp_path / "registry")


def test_a_dry_run_writes_nothing(registry: ModelRegistry, tmp_path: Path) -> None:
    """A dry run counts what would be copied, and creates no folder."""
    planned = quiet(registry, tmp_path / "copy", dry_run=True)
    assert not (tmp_path / "copy").exists()
    done = quiet(registry, tmp_path / "copy")
    assert (planned.versions, planned.events, planned.payloads, planned.size_bytes) == (
        done.versions,
        done.events,
        done.payloads,
        done.size_bytes,
    )
    assert str(planned).startswith("To copy: 4 versions, 4 events and")
    assert str(done).startswith("Copied: 4 versions, 4 events and")


def test_another_registry_is_rejected(registry: ModelRegistry, tmp_path: Path) -> None:
    """A target with another id stays unchanged."""
    ModelRegistry(tmp_path / "other").register_model({"a": 1}, "toy")
    before = files(tmp_path / "other")
    with pytest.raises(ConflictError, match="is another registry, with the id"):
        quiet(registry, tmp_path / "other")
    assert files(tmp_path / "other") == before


def test_a_folder_with_other_files_is_rejected(registry: ModelRegistry, tmp_path: Path) -> None:
    """A target that is not a registry and not empty stays unchanged."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/table.csv").touch()
    with pytest.raises(RegistryNotFoundError, match=r"holds 'table\.csv'"):
        quiet(registry, tmp_path / "data")
    assert list(files(tmp_path / "data")) == ["table.csv"]


def test_registries_that_have_diverged_are_rejected(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """If both have another version of one number, nothing is copied."""
    quiet(registry, tmp_path / "copy")
    ModelRegistry(tmp_path / "copy").register_model({"value": "copy"}, "toy")
    registry.register_model({"value": "original"}, "toy")
    registry.register_model({"value": "new"}, "new")
    before = files(tmp_path / "copy")
    with pytest.raises(ConflictError, match=r"v000004\.json in .* is different from the one in"):
        quiet(registry, tmp_path / "copy")
    assert files(tmp_path / "copy") == before


class Unreachable(MemoryStore):
    """A store in memory whose records cannot be read together."""

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Yield an error of the network for each key."""
        for key in keys:
            error = StoreError(f"Cannot read {key}: the server answered 503.", key=key)
            error.errno = errno.EIO
            yield error


def test_a_target_that_cannot_be_read_has_not_diverged(registry: ModelRegistry) -> None:
    """A network error is reported as such, not as a changed record."""
    store = Unreachable()
    quiet(registry, store)
    with pytest.raises(StoreError, match="the server answered 503"):
        quiet(registry, store)


def test_records_that_only_the_target_has_are_kept(registry: ModelRegistry, tmp_path: Path) -> None:
    """A copy in which someone has registered keeps its versions, and the result counts them."""
    quiet(registry, tmp_path / "copy")
    ModelRegistry(tmp_path / "copy").register_model({"value": 5}, "toy")
    done = quiet(registry, tmp_path / "copy")
    assert (done.versions, done.extra) == (0, 1)
    assert "also has 1 record that the source lacks" in str(done)
    assert quiet(ModelRegistry(tmp_path / "copy"), tmp_path / "registry").versions == 1
    assert registry.load_model("toy")[0] == {"value": 5}


@pytest.mark.parametrize("folder", ["versions", "events", "blobs"])
def test_damage_is_named_and_the_rest_is_copied(
    registry: ModelRegistry, tmp_path: Path, folder: str
) -> None:
    """A damaged file is not copied; after it was restored, the copy is completed."""
    (path, *_) = sorted((tmp_path / f"registry/models/toy/{folder}").iterdir())
    intact = path.read_bytes()
    path.write_bytes(intact[:-2] + b"!}")
    key = path.relative_to(tmp_path / "registry").as_posix()
    with pytest.raises(IntegrityError, match=r"1 file of .* cannot be copied") as error:
        quiet(registry, tmp_path / "copy")
    assert key in str(error.value)
    expected = {name for name in files(tmp_path / "registry") if name != key}
    assert set(files(tmp_path / "copy")) == expected
    path.write_bytes(intact)
    done = quiet(registry, tmp_path / "copy")
    assert done.versions + done.events + done.payloads == 1
    assert files(tmp_path / "copy") == files(tmp_path / "registry")


def test_a_registry_is_not_copied_into_itself(registry: ModelRegistry, tmp_path: Path) -> None:
    """The registry itself and folders in it are rejected as targets."""
    with pytest.raises(InvalidInputError, match="is this registry"):
        quiet(registry, tmp_path / "registry")
    with pytest.raises(StoreError, match="is inside the registry; copy to a folder outside"):
        quiet(registry, tmp_path / "registry/models/copy")
    with pytest.raises(InvalidInputError, match="got None"):
        quiet(registry, None)


def test_a_lost_descriptor_of_the_target_is_named(registry: ModelRegistry, tmp_path: Path) -> None:
    """A target with models and without its descriptor is not completed by guess."""
    quiet(registry, tmp_path / "copy")
    (tmp_path / "copy/nbregistry.json").unlink()
    with pytest.raises(RegistryNotFoundError, match=r"holds models but no nbregistry\.json"):
        quiet(registry, tmp_path / "copy")


def test_files_of_other_programs_are_not_copied(registry: ModelRegistry, tmp_path: Path) -> None:
    """Only records and payloads are copied, no temporary and no unknown files."""
    before = files(tmp_path / "registry")
    for name in ("README.md", "models/toy/tmp/left", "models/toy/versions/notes.txt"):
        path = tmp_path / "registry" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    quiet(registry, tmp_path / "copy")
    assert files(tmp_path / "copy") == before


def test_a_missing_source_is_an_error(registry: ModelRegistry, tmp_path: Path) -> None:
    """If the folder of the registry disappears, nothing is copied."""
    shutil.rmtree(tmp_path / "registry")
    with pytest.raises(StoreError, match="was removed"):
        quiet(registry, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
