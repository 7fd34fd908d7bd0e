"""Checkpoints with any content change no answer of a machine that starts with them."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.checkpoints import (
    answers,
    sealed_checkpoint,
    small_checkpoints,
    without_checkpoints,
)

FOLDER = "nbregistry.json.checkpoint"
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a registry with two checkpoints of the index and some of events."""
    with small_checkpoints():
        registry = ModelRegistry(tmp_path / "template", durable=False)
        for name in ("alpha", "beta"):
            for value in range(3):
                metrics = {"f1_score": value / 3}
                registry.register_model({"value": value}, name, evaluation_results=metrics)
            for number in range(5):
                registry.set_alias(name, "champion", 1 + number % 3)
            registry.tag_model(f"{name}:1", "reviewed")
            registry.list_models()
        ModelRegistry(tmp_path / "template", durable=False)._workspace.journal.state("alpha")
        ModelRegistry(tmp_path / "template", durable=False)._workspace.journal.state("beta")
    assert len(list((tmp_path / "template" / FOLDER).glob("*.json"))) == 2
    assert list((tmp_path / "template").glob("models/*/events/checkpoint-*"))
    return tmp_path / "template"


def register(folder: Path) -> None:
    """Register another version."""
    ModelRegistry(folder, durable=False).register_model(
        {"value": "later"}, "alpha", evaluation_results={"f1_score": 0.95}
    )


def replace_newest(folder: Path) -> None:
    """Replace the newest version by another one, as after a restore of an older copy."""
    (folder / "models/beta/versions/v000003.json").unlink()
    ModelRegistry(folder, durable=False).register_model(
        {"value": "other"}, "beta", evaluation_results={"f1_score": 0.97}
    )


def replace_events(folder: Path) -> None:
    """Replace the newest events by others."""
    for number in (5, 6):
        (folder / f"models/beta/events/e{number:06d}.json").unlink()
    registry = ModelRegistry(folder, durable=False)
    registry.set_alias("beta", "champion", 3)
    registry.tag_model("beta:2", "other")


HAPPENS: dict[str, Callable[[Path], object]] = {
    "register": register,
    "alias": lambda f: ModelRegistry(f, durable=False).set_alias("alpha", "champion", 3),
    "delete": lambda f: ModelRegistry(f, durable=False).delete_model("beta:2", force=True),
    "purge": lambda f: ModelRegistry(f, durable=False).purge_model("alpha:1", force=True),
    "remove a model": lambda f: shutil.rmtree(f / "models/alpha"),
    "lose a version": lambda f: (f / "models/beta/versions/v000003.json").unlink(),
    "lose an event": lambda f: (f / "models/beta/events/e000006.json").unlink(),
    "replace a version": replace_newest,
    "replace events": replace_events,
}


def records(folder: Path) -> list[Path]:
    """Return the files of the records of checkpoints."""
    return sorted((folder / FOLDER).glob("*.json"))


def forged_index(folder: Path) -> bytes:
    """Return an index with other metrics and a version that does not exist."""
    packed = max((folder / FOLDER).glob("*.gz"), key=lambda path: path.stat().st_mtime_ns)
    with TemporaryDirectory() as name:
        path = Path(name, "index.sqlite")
        path.write_bytes(gzip.decompress(packed.read_bytes()))
        connection = sqlite3.connect(path)
        connection.execute("UPDATE facts SET value = 0.999 WHERE typeof(value) = 'real'")
        connection.execute("UPDATE versions SET number = 77 WHERE number = 2")
        connection.execute("UPDATE versions SET status = 'deleted' WHERE number = 1")
        connection.commit()
        connection.close()
        return gzip.compress(path.read_bytes())


def by_unknown(folder: Path, data: bytes, **content: Any) -> None:
    """Write a checkpoint that another user has signed."""
    with TemporaryDirectory() as name:
        sealed_checkpoint(folder, 9, data, Keyring(Path(name)).sign, **content)


def edit(path: Path, **fields: Any) -> None:
    """Change fields of a record."""
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def edit_all(folder: Path, change: Callable[[bytes], bytes], pattern: str) -> None:
    """Change the bytes of all matching files."""
    for path in folder.glob(pattern):
        path.write_bytes(change(path.read_bytes()))


def other_registry(folder: Path) -> None:
    """Copy the checkpoints of another registry of the same user."""
    with TemporaryDirectory() as name, small_checkpoints():
        other = ModelRegistry(Path(name, "other"), durable=False)
        for value in range(3):
            other.register_model({"value": value}, "alpha", evaluation_results={"f1_score": 0.99})
            other.register_model({"value": value}, "beta", evaluation_results={"f1_score": 0.99})
        for number in range(6):
            other.set_alias("alpha", "champion", 1 + number % 3)
            other.set_alias("beta", "champion", 1 + number % 3)
        other.list_models()
        shutil.copytree(Path(name, "other", FOLDER), folder / FOLDER, dirs_exist_ok=True)
        for model in ("alpha", "beta"):
            for path in Path(name, "other").glob(f"models/{model}/events/checkpoint-*"):
                shutil.copy(path, folder / f"models/{model}/events")


def bomb() -> bytes:
    """Return 64 MB of zeros, compressed to 64 kB."""
    return gzip.compress(bytes(1 << 20)) * 64


EVENTS = "models/*/events/checkpoint-*"
DAMAGES: dict[str, Callable[[Path], object]] = {
    "none": lambda f: None,
    "empty index": lambda f: edit_all(f, lambda data: b"", f"{FOLDER}/*.gz"),
    "torn index": lambda f: edit_all(f, lambda data: data[: len(data) // 2], f"{FOLDER}/*.gz"),
    "longer index": lambda f: edit_all(f, lambda data: data + b"x", f"{FOLDER}/*.gz"),
    "no index": lambda f: [path.unlink() for path in (f / FOLDER).glob("*.gz")],
    "folder": lambda f: [(path.unlink(), path.mkdir()) for path in (f / FOLDER).glob("*.gz")],
    "torn record": lambda f: edit_all(f, lambda data: data[:99], f"{FOLDER}/*.json"),
    "huge record": lambda f: (f / FOLDER / "000008.json").write_bytes(b"[" * (3 << 20)),
    "not a record": lambda f: (f / FOLDER / "000008.json").write_text("{}"),
    "wrong number": lambda f: shutil.copy(records(f)[0], f / FOLDER / "000008.json"),
    "changed record": lambda f: [edit(path, content={"schema": 1}) for path in records(f)],
    "unsigned record": lambda f: [edit(path, signature=None) for path in records(f)],
    "unknown signer": lambda f: by_unknown(f, forged_index(f)),
    "no signature": lambda f: sealed_checkpoint(f, 9, forged_index(f), lambda _: None),
    "bomb of an unknown signer": lambda f: by_unknown(f, bomb(), unpacked_bytes=1),
    "bomb of a trusted signer": lambda f: sealed_checkpoint(
        f, 9, bomb(), Keyring().sign, unpacked_bytes=1 << 20
    ),
    "not a database": lambda f: sealed_checkpoint(
        f, 9, gzip.compress(b"not a database" * 999), Keyring().sign
    ),
    "not compressed": lambda f: sealed_checkpoint(f, 9, b"text", Keyring().sign),
    "wrong types": lambda f: sealed_checkpoint(
        f, 9, b"text", Keyring().sign, sha256=7, size_bytes="many", unpacked_bytes=None
    ),
    "a path": lambda f: sealed_checkpoint(f, 9, b"text", Keyring().sign, sha256="../../secret"),
    "other registry": other_registry,
    "torn events": lambda f: edit_all(f, lambda data: data[: len(data) // 2], EVENTS),
    "events of another model": lambda f: [
        shutil.copy(path, f / "models/beta/events")
        for path in f.glob("models/alpha/events/checkpoint-*")
    ],
    "huge events": lambda f: edit_all(f, lambda data: data + b" " * (2 << 20), EVENTS),
}


@given(
    happens=st.lists(st.sampled_from(sorted(HAPPENS)), max_size=3, unique=True),
    damage=st.sampled_from(sorted(DAMAGES)),
)
@SETTINGS
def test_no_checkpoint_changes_an_answer(template: Path, happens: list[str], damage: str) -> None:
    """A stale, torn, foreign or hostile checkpoint gives the answers of the files."""
    with TemporaryDirectory() as name:
        place = Path(name)
        folder = Path(shutil.copytree(template, place / "registry", copy_function=shutil.copy2))
        with small_checkpoints(records=10_000, events=10_000):
            for happened in happens:
                try:
                    HAPPENS[happened](folder)
                except (OSError, RegistryError):
                    # An earlier step has removed the model or the file.
                    continue
        DAMAGES[damage](folder)
        bare = without_checkpoints(folder, place / "bare")
        with small_checkpoints(records=10_000):
            assert answers(folder, place / "one") == answers(bare, place / "two")


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_no_damage_changes_an_answer(template: Path, tmp_path: Path, damage: str) -> None:
    """Each kind of damage alone gives the answers of the files."""
    DAMAGES[damage](template)
    bare = without_checkpoints(template, tmp_path / "bare")
    with small_checkpoints(records=10_000):
        assert answers(template, tmp_path / "one") == answers(bare, tmp_path / "two")


@given(data=st.binary(max_size=200), at=st.floats(0, 1))
@SETTINGS
def test_random_bytes_change_no_answer(template: Path, data: bytes, at: float) -> None:
    """Bytes at any place of the files of checkpoints are noticed."""
    with TemporaryDirectory() as name:
        place = Path(name)
        folder = Path(shutil.copytree(template, place / "registry", copy_function=shutil.copy2))
        bare = without_checkpoints(folder, place / "bare")
        for path in [*(folder / FOLDER).iterdir(), *folder.glob(EVENTS)]:
            content = path.read_bytes()
            start = int(at * len(content))
            path.write_bytes(content[:start] + data + content[start + len(data) :])
        with small_checkpoints(records=10_000):
            assert answers(folder, place / "one") == answers(bare, place / "two")
