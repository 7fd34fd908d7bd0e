"""Checkpoints of the index: a new machine starts from them, and they change no answer."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks.roundtrips import CountingStore
from exo_nbregistry.index import checkpoint
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from tests.checkpoints import (
    answers,
    cold_machine,
    sealed_checkpoint,
    small_checkpoints,
    without_checkpoints,
)
from tests.flat_store import FlatStore
from tests.store.bucket_stores import bucket

N_VERSIONS = 12


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    """Write checkpoints of few records."""
    with small_checkpoints():
        yield


def fill(registry: ModelRegistry, *, versions: int = 4) -> None:
    """Register versions of three models, with aliases and tags."""
    for name in ("alpha", "beta", "gamma"):
        for value in range(versions):
            metrics = {"f1_score": value / 4}
            registry.register_model({"value": value}, name, evaluation_results=metrics)
        registry.set_alias(name, "champion", 2)
        registry.tag_model(f"{name}:1", "reviewed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with twelve versions and a checkpoint of all of them."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    fill(registry)
    # A folder that has just changed is listed again at each call.
    settle(tmp_path / "registry")
    registry.list_models()
    return tmp_path / "registry"


def numbers(folder: Path) -> list[str]:
    """Return the names of the records of checkpoints."""
    return sorted(path.name for path in folder.glob("nbregistry.json.checkpoint/*.json"))


def cold_calls(folder: Path, cache: Path) -> Counter[str]:
    """Return the store operations of the first list on a new machine."""
    with cold_machine(cache):
        store = CountingStore(LocalStore(folder, durable=False))
        assert len(ModelRegistry(cast(Store, store)).list_models(include_deleted=True)) > 0
        return store.calls


def test_the_first_list_of_many_versions_writes_a_checkpoint(folder: Path) -> None:
    """A record and a compressed index are written."""
    assert numbers(folder) == ["000001.json"]
    content = json.loads((folder / "nbregistry.json.checkpoint/000001.json").read_text())["content"]
    assert content["versions"] == N_VERSIONS
    assert (
        folder / f"nbregistry.json.checkpoint/{content['sha256']}.sqlite.gz"
    ).stat().st_size == (content["size_bytes"])


def test_a_cold_machine_reads_no_record_and_lists_the_same(folder: Path, tmp_path: Path) -> None:
    """With a checkpoint, only the records of the listed versions are read."""
    bare = without_checkpoints(folder, tmp_path / "bare")
    assert answers(folder, tmp_path / "one") == answers(bare, tmp_path / "two")
    with_it = cold_calls(folder, tmp_path / "three")
    assert with_it["read"] + with_it["read_many"] <= N_VERSIONS + 3
    # Nothing was new, so no other checkpoint was written.
    assert numbers(folder) == ["000001.json"]


def test_few_records_write_no_checkpoint(tmp_path: Path) -> None:
    """A list writes nothing unless it had to read many records."""
    with small_checkpoints(records=N_VERSIONS + 6):
        registry = ModelRegistry(tmp_path / "registry", durable=False)
        fill(registry)
        registry.list_models()
    assert not (tmp_path / "registry/nbregistry.json.checkpoint").exists()


def test_a_small_share_of_new_records_writes_no_checkpoint(folder: Path) -> None:
    """The next checkpoint is written when a share of the versions is new."""
    with small_checkpoints(share=1 / 2):
        registry = ModelRegistry(folder, durable=False)
        for value in range(10, 16):
            registry.register_model({"value": value}, "alpha")
            registry.list_models()
        assert numbers(folder) == ["000001.json"]
        for value in range(20, 27):
            registry.register_model({"value": value}, "alpha")
            registry.list_models()
        assert numbers(folder) == ["000001.json", "000002.json"]


def test_two_checkpoints_are_kept(folder: Path) -> None:
    """Older ones are removed with their indexes."""
    registry = ModelRegistry(folder, durable=False)
    for value in range(10, 13):
        registry.register_model({"value": value}, "alpha")
        registry.list_models()
    assert numbers(folder) == ["000003.json", "000004.json"]
    assert len(list(folder.glob("nbregistry.json.checkpoint/*.gz"))) == 2
    assert registry.collect_garbage() == []


def test_a_stale_checkpoint_hides_and_adds_nothing(folder: Path, tmp_path: Path) -> None:
    """Later versions, events, deletions and removed models are as in the files."""
    with small_checkpoints(records=10_000):
        registry = ModelRegistry(folder, durable=False)
        registry.register_model({"value": 9}, "alpha", evaluation_results={"f1_score": 0.9})
        registry.register_model({"value": 9}, "delta")
        registry.set_alias("beta", "champion", 4)
        registry.delete_model("beta:1")
        registry.purge_model("beta:3")
        shutil.rmtree(folder / "models/gamma")
        bare = without_checkpoints(folder, tmp_path / "bare")
        assert answers(folder, tmp_path / "one") == answers(bare, tmp_path / "two")


def settle(folder: Path) -> None:
    """Set the times of the folders to those in the checkpoint."""
    for path in folder.glob("models/*/*"):
        os.utime(path, (10**9, 10**9))


CHANGES: dict[str, Callable[[ModelRegistry], object]] = {
    "register": lambda registry: registry.register_model({"value": 9}, "alpha"),
    "set_alias": lambda registry: registry.set_alias("beta", "champion", 4),
    "delete_model": lambda registry: registry.delete_model("beta:1"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_with_its_earlier_time_hides_nothing(
    folder: Path, tmp_path: Path, change: str
) -> None:
    """A backup that is unpacked over newer files sets the times of their folders."""
    with small_checkpoints(records=10_000):
        CHANGES[change](ModelRegistry(folder, durable=False))
        settle(folder)
        bare = without_checkpoints(folder, tmp_path / "bare")
        assert answers(folder, tmp_path / "one") == answers(bare, tmp_path / "two")


def test_a_checkpoint_of_a_lost_future_is_corrected(folder: Path, tmp_path: Path) -> None:
    """After a restore of an older copy, other versions with the same numbers are listed."""
    with small_checkpoints(records=10_000):
        for number in (3, 4):
            (folder / f"models/alpha/versions/v{number:06d}.json").unlink()
        registry = ModelRegistry(folder, durable=False)
        registry.register_model({"value": "new"}, "alpha", evaluation_results={"f1_score": 0.99})
        registry.register_model({"value": "newer"}, "alpha", evaluation_results={"f1_score": 0.98})
        bare = without_checkpoints(folder, tmp_path / "bare")
        assert answers(folder, tmp_path / "one") == answers(bare, tmp_path / "two")


def test_a_reader_with_other_signers_gets_its_own_rows(folder: Path, tmp_path: Path) -> None:
    """Fields from the journal follow from the signers that the reader trusts."""
    writer = Keyring()
    reader = Keyring(tmp_path / "reader")
    reader.sign("0" * 64)
    reader.trust(str(writer.public_key), "ada")
    with cold_machine(tmp_path / "one"):
        registry = ModelRegistry(folder, durable=False, keyring=reader)
        found = [(item.model_id, item.aliases, item.tags) for item in registry.list_models()]
    with cold_machine(tmp_path / "two"):
        bare = without_checkpoints(folder, tmp_path / "bare")
        registry = ModelRegistry(bare, durable=False, keyring=reader)
        assert found == [
            (item.model_id, item.aliases, item.tags) for item in registry.list_models()
        ]


def test_names_of_trusted_signers_are_not_published(folder: Path, tmp_path: Path) -> None:
    """The copy has a digest instead of the trusted signers of its writer."""
    keyring = Keyring()
    other = Keyring(tmp_path / "other")
    other.sign("0" * 64)
    keyring.trust(str(other.public_key), "secret-colleague")
    with cold_machine(tmp_path / "one"):
        registry = ModelRegistry(folder, durable=False)
        registry.register_model({"value": 77}, "alpha")
        registry.list_models()
    for path in folder.glob("nbregistry.json.checkpoint/*.gz"):
        assert b"secret-colleague" not in gzip.decompress(path.read_bytes())


def test_a_checkpoint_of_an_unknown_signer_is_not_used(folder: Path, tmp_path: Path) -> None:
    """Its reader reads the records, and trusts nothing else."""
    reader = Keyring(tmp_path / "reader")
    with cold_machine(tmp_path / "one"):
        store = CountingStore(LocalStore(folder, durable=False))
        registry = ModelRegistry(cast(Store, store), keyring=reader)
        assert len(registry.list_models()) == N_VERSIONS
    assert store.calls["open"] == 0


def test_an_older_checkpoint_is_used_if_the_newest_is_damaged(folder: Path, tmp_path: Path) -> None:
    """The newest checkpoint that can be used fills the index."""
    (folder / "nbregistry.json.checkpoint/000002.json").write_text("{}")
    assert cold_calls(folder, tmp_path / "one")["open"] == 1


def test_another_release_reads_the_records(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint with other tables is not opened."""
    monkeypatch.setattr(checkpoint, "SCHEMA_VERSION", 10_000)
    assert cold_calls(folder, tmp_path / "one")["open"] == 0


def test_a_reader_without_a_key_writes_no_checkpoint(folder: Path, tmp_path: Path) -> None:
    """A list never creates a signing key."""
    shutil.rmtree(folder / "nbregistry.json.checkpoint")
    reader = Keyring(tmp_path / "reader")
    with cold_machine(tmp_path / "one"):
        assert len(ModelRegistry(folder, keyring=reader).list_models()) == N_VERSIONS
    assert reader.public_key is None
    assert numbers(folder) == []


class FullStore(LocalStore):
    """A folder whose disk has no space for payloads."""

    def stage(self, staging: str) -> Any:
        """Raise the error of a full disk."""
        raise OSError(28, "No space left on device")


def test_a_full_disk_does_not_fail_the_list(folder: Path, tmp_path: Path) -> None:
    """A checkpoint that cannot be written is not missed."""
    shutil.rmtree(folder / "nbregistry.json.checkpoint")
    with cold_machine(tmp_path / "one"):
        registry = ModelRegistry(FullStore(folder, durable=False))
        assert len(registry.list_models()) == N_VERSIONS
        assert len(registry.list_models()) == N_VERSIONS
    assert numbers(folder) == []


def test_a_checkpoint_of_a_copied_registry_is_replaced(folder: Path, tmp_path: Path) -> None:
    """The stamps of a copy differ, so that the newest records of all models are read once."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile))
    for path in copy.glob("models/*/*"):
        os.utime(path, (10**9 + 5, 10**9 + 5))
    first, second = (cold_calls(copy, tmp_path / name) for name in ("one", "two"))
    assert numbers(copy) == ["000001.json", "000002.json"]
    assert first["names"] > second["names"]
    assert first["read"] > second["read"]


def test_an_index_in_use_is_not_replaced(folder: Path) -> None:
    """A machine with an index reads only the new records."""
    store = CountingStore(LocalStore(folder, durable=False))
    ModelRegistry(cast(Store, store)).list_models()
    assert store.calls["open"] == 0


@pytest.mark.parametrize("make", [MemoryStore, bucket], ids=["memory", "bucket"])
def test_a_store_without_paths_has_checkpoints(make: Callable[[], Store], tmp_path: Path) -> None:
    """A checkpoint is written to any store, and used by other machines."""
    store = make()
    registry = ModelRegistry(store)
    fill(registry)
    ids = registry.list_models().ids
    assert len(store.names("nbregistry.json.checkpoint")) == 2
    calls = CountingStore(store)
    with cold_machine(tmp_path / "one"):
        assert ModelRegistry(cast(Store, calls)).list_models().ids == ids
    assert calls.calls["open"] == 1


def test_a_cold_list_in_a_bucket_needs_few_requests(tmp_path: Path) -> None:
    """Descriptor, names, checkpoint and its record, and the listed records at once."""
    store = FlatStore()
    registry = ModelRegistry(store)
    fill(registry)
    registry.list_models()
    with cold_machine(tmp_path / "one"):
        store.requests.clear()
        store.rounds.clear()
        assert len(list(ModelRegistry(store).list_models(limit=5))) == 5
    # The records on the page are read in one round.
    assert store.rounds == [5]
    assert store.requests == {"LIST": 2, "GET": 3}


def test_rows_that_cannot_be_used_are_replaced(folder: Path, tmp_path: Path) -> None:
    """An index that proves to be damaged is built from the files, also if it was signed."""
    packed = next(folder.glob("nbregistry.json.checkpoint/*.gz"))
    path = tmp_path / "index.sqlite"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE versions SET journal = 'not JSON', digest = 7")
    connection.commit()
    connection.close()
    sealed_checkpoint(folder, 2, gzip.compress(path.read_bytes()), Keyring().sign)
    with small_checkpoints(records=10_000):
        bare = without_checkpoints(folder, tmp_path / "bare")
        assert answers(folder, tmp_path / "one") == answers(bare, tmp_path / "two")


def test_verify_and_garbage_know_the_files(folder: Path) -> None:
    """A checkpoint is neither a fault nor unused."""
    registry = ModelRegistry(folder, durable=False)
    audit = registry.verify()
    assert (audit.faults, audit.notes) == ((), ())
    assert registry.collect_garbage(grace_s=0) == []


def test_an_index_that_no_checkpoint_names_is_garbage(folder: Path) -> None:
    """A writer that stopped leaves it, and it is removed after the grace period."""
    stray = folder / f"nbregistry.json.checkpoint/{'0' * 64}.sqlite.gz"
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    ModelRegistry(folder).collect_garbage(dry_run=False)
    assert not stray.exists()
    assert len(list(folder.glob("nbregistry.json.checkpoint/*.gz"))) == 1


def test_a_checkpoint_has_the_rows_of_one_state(folder: Path) -> None:
    """The copy is an intact database with all versions."""
    path = next(folder.glob("nbregistry.json.checkpoint/*.gz"))
    copy = folder / "copy.sqlite"
    copy.write_bytes(gzip.decompress(path.read_bytes()))
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT count(*) FROM versions").fetchone() == (N_VERSIONS,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
