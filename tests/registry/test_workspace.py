"""Opening a registry: its folder, its descriptor, and pickling."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import (
    FormatVersionError,
    RecordError,
    RegistryError,
    RegistryNotFoundError,
    StoreError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.json_codec import digest_json

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with a version, an alias and a tag."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": 1}, "toy", evaluation_results={"f1_score": 0.5})
    registry.set_alias("toy", "champion", 1)
    registry.tag_model("toy:1", "reviewed")
    return tmp_path / "registry"


def change_descriptor(folder: Path, **fields: Any) -> None:
    """Change fields of the descriptor of a registry."""
    path = folder / "nbregistry.json"
    changed = {k: v for k, v in json.loads(path.read_text()).items() if k != "check"} | fields
    path.write_text(json.dumps(changed | {"check": digest_json(changed)}))


def read_all(folder: Path) -> Any:
    """Return the results of the reading methods."""
    registry = ModelRegistry(folder, create=False)
    model, metadata = registry.load_model("toy@champion")
    best, _ = registry.get_best_model("f1_score")
    listed = registry.list_models(where="'reviewed' in tags").ids
    return registry.registry_id, model, best, metadata, listed, bool(registry.verify())


@pytest.mark.parametrize("how", ["moved", "copied", "copied by cp -r", "linked"])
def test_a_registry_is_its_folder(folder: Path, tmp_path: Path, how: str) -> None:
    """A moved, copied or linked folder is the same registry, and a copy is independent."""
    before, there = read_all(folder), tmp_path / "there"
    if how == "moved":
        shutil.move(folder, there)
    elif how == "copied":
        shutil.copytree(folder, there)
    elif how == "linked":
        there.symlink_to(folder)
    else:
        subprocess.run(["cp", "-r", folder, there], check=True)
    assert read_all(there) == before
    assert ModelRegistry(there).register_model({"value": 2}, "toy") == "toy:2"
    if how.startswith("copied"):
        assert len(ModelRegistry(folder).list_models()) == 1


READER = """
import os, sys
from exo_nbregistry import ModelRegistry

try:
    open(os.path.join(sys.argv[1], "models", "toy", "versions", "x"), "w")
except PermissionError:
    pass
else:
    sys.exit("the folder is writable, so this test cannot fail")
registry = ModelRegistry(sys.argv[1])
assert registry.load_model("toy@champion")[0] == {"value": 1}
assert registry.get_best_model("f1_score")[0] == {"value": 1}
assert registry.list_models(where="'reviewed' in tags").ids == ("toy:1",)
assert registry.verify(), registry.verify()
assert registry.collect_garbage() == []
try:
    registry.register_model({"value": 2}, "toy")
except OSError as error:
    print(error)
"""


def _obey_permissions() -> None:
    """Drop the capability of root to ignore file permissions."""
    import ctypes

    drop_from_bounding_set, may_override_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, may_override_permissions, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="drops root's capability as Linux does it")
def test_a_read_only_registry_lists_and_loads(folder: Path) -> None:
    """A read-only registry can be read, and registering raises a permission error."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READER, str(folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=_obey_permissions,
            capture_output=True,
            text=True,
        )
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    assert "Permission denied" in done.stdout


@pytest.mark.parametrize(
    "fields",
    [
        {"format_version": 2},
        {"format_version": "1"},
        {"format_version": None},
        {"reader_features": ["zstd"]},
    ],
    ids=str,
)
def test_a_registry_of_a_newer_release_is_rejected(folder: Path, fields: dict[str, Any]) -> None:
    """The error names the required format, the supported format and the package to install."""
    change_descriptor(folder, min_release="2.1", **fields)
    with pytest.raises(FormatVersionError, match=r"--upgrade 'exo-nbregistry>=2.1'") as caught:
        ModelRegistry(folder)
    assert "reads format 1" in str(caught.value)
    assert caught.value.supported == 1
    ((name, value),) = fields.items()
    assert (value[0] if name == "reader_features" else str(value)) in str(caught.value)


def test_an_invalid_release_is_not_read_all(folder: Path) -> None:
    """An invalid release in the descriptor is not part of the error."""
    change_descriptor(folder, min_release="1'; rm -rf '.", format_version=2)
    with pytest.raises(FormatVersionError, match=r"pip install --upgrade exo-nbregistry\.$"):
        ModelRegistry(folder)


def test_unknown_fields_of_the_descriptor_are_ignored(folder: Path) -> None:
    """Unknown fields of the descriptor are ignored."""
    change_descriptor(folder, written_by="9.9", hints={"index": True})
    assert read_all(folder)[-1]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", RecordError),
        ("[]", RecordError),
        ("{", RecordError),
        ("{}", RegistryError),
        ('{"format": "mlflow"}', RegistryError),
    ],
)
def test_a_damaged_descriptor_is_named(folder: Path, text: str, error: type[Exception]) -> None:
    """A damaged descriptor is an error that names it, and the file is unchanged."""
    (folder / "nbregistry.json").write_text(text)
    with pytest.raises(error, match=r"nbregistry\.json"):
        ModelRegistry(folder)
    assert (folder / "nbregistry.json").read_text() == text


def test_a_missing_descriptor_is_created_again(folder: Path) -> None:
    """If the descriptor is lost, create=True creates it again and all versions can be loaded."""
    (folder / "nbregistry.json").unlink()
    with pytest.raises(RegistryNotFoundError, match=r"holds models but no .*json.*create=True"):
        ModelRegistry(folder).load_model("toy")
    assert ModelRegistry(folder, create=True).load_model("toy")[0] == {"value": 1}


def test_two_kernels_create_one_registry(tmp_path: Path) -> None:
    """If two kernels create a registry at the same time, both use the id of the first."""
    store = MemoryStore()
    read, late = store.read, []

    def create_between(key: str, *, max_bytes: int) -> bytes:
        if not late:
            late.append(True)
            late.append(ModelRegistry(store).registry_id)
            # The first kernel reads before the other creates the registry.
            return read("nothing", max_bytes=max_bytes)
        return read(key, max_bytes=max_bytes)

    store.read = create_between  # type: ignore[method-assign]
    assert ModelRegistry(store).registry_id == late[1]


def test_a_path_to_a_file_is_rejected(tmp_path: Path) -> None:
    """The path of a registry cannot be a file."""
    (tmp_path / "model.joblib").write_bytes(b"x")
    with pytest.raises(StoreError, match="is a file"):
        ModelRegistry(tmp_path / "model.joblib")


def test_a_url_of_another_kind_is_rejected() -> None:
    """The error about a URL that is not one of a bucket names the accepted ones."""
    with pytest.raises(RegistryError, match=r"Unknown scheme 'sqlite'.* or the path of a folder"):
        ModelRegistry("sqlite:///mlflow.db")


@pytest.mark.parametrize("path", [3, b"models", "a\0b"])
def test_an_invalid_path_is_rejected(path: Any) -> None:
    """The error about an invalid path has an example."""
    with pytest.raises(RegistryError, match="such as 'models/registry'"):
        ModelRegistry(path)


def test_opening_does_not_create_a_key(tmp_path: Path) -> None:
    """Opening and reading a registry do not create a key."""
    keyring = Keyring(tmp_path / "keys")
    registry = ModelRegistry(tmp_path / "registry", keyring=keyring, create=True)
    assert len(registry.list_models()) == 0
    assert registry.verify()
    assert keyring.public_key is None


@pytest.mark.parametrize("durable", [True, False])
def test_a_registry_can_be_pickled(folder: Path, durable: bool) -> None:
    """A pickled registry opens the same folder in another process, with the same durability."""
    sent = pickle.dumps(ModelRegistry(folder, durable=durable))
    code = (
        "import pickle, sys\n"
        "registry = pickle.load(sys.stdin.buffer)\n"
        "work = registry._workspace\n"
        "print(registry.register_model({'value': 2}, 'toy'), work.store._folder.durable)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=sent, cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.decode().split() == ["toy:2", str(durable)]


def test_a_relative_path_is_pickled_as_absolute(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry with a relative path opens the same folder in another working directory."""
    monkeypatch.chdir(folder.parent)
    sent = pickle.dumps(ModelRegistry(folder.name))
    monkeypatch.chdir(tmp_path.parent)
    assert pickle.loads(sent).location == str(folder)


def test_unpickling_does_not_create_a_registry(folder: Path) -> None:
    """Unpickling a registry without its folder raises an error and does not create it."""
    sent = pickle.dumps(ModelRegistry(folder))
    shutil.rmtree(folder)
    with pytest.raises(RegistryError, match="No registry"):
        pickle.loads(sent)


def test_a_missing_registry_can_be_pickled(tmp_path: Path) -> None:
    """A worker that receives a registry without versions creates it with its first model."""
    copy = pickle.loads(pickle.dumps(ModelRegistry(tmp_path / "new", durable=False)))
    assert not (tmp_path / "new").exists()
    assert copy.register_model({"value": 1}, "toy") == "toy:1"


@pytest.mark.parametrize("own", ["store", "keyring", "now", "new_id"])
def test_a_registry_with_own_parts_cannot_be_pickled(folder: Path, own: str) -> None:
    """A registry with its own store, keyring, clock or ids cannot be pickled."""
    parts: dict[str, Any] = {
        "keyring": Keyring(folder),
        "now": lambda: datetime.now(UTC),
        "new_id": lambda: "0",
    }
    registry = ModelRegistry(
        MemoryStore() if own == "store" else folder,
        **{name: part for name, part in parts.items() if name == own},
    )
    with pytest.raises(TypeError, match="cannot be pickled; open it where it is used"):
        pickle.dumps(registry)
