"""No byte of a registry changes unnoticed, and nothing changed or strange is unpickled."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import IntegrityError, RegistryError, UntrustedModelError
from exo_nbregistry.records.record import VERSION, seal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.tamper import reseal

EXPECTED = [0, 1]


class Marker:
    """An object whose unpickling leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Write the marker when loaded."""
        return (_touch, (str(self.path),))


def _touch(path: str) -> str:
    Path(path).touch()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with two versions, an alias and a tag."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for C in (1.0, 2.0):
        model = LogisticRegression(C=C).fit([[0.0], [1.0]], EXPECTED)
        registry.register_model(
            model=model, model_name="toy", X_test=[[0.0], [1.0]], y_test=EXPECTED
        )
    registry.set_alias("toy", "champion", 1)
    registry.tag_model("toy:2", "reviewed")
    return tmp_path / "registry"


def damages(path: Path) -> Iterator[bytes]:
    """Yield a file's content cut, emptied, and with a bit flipped at several places."""
    data = path.read_bytes()
    yield b""
    yield data[: len(data) // 2]
    yield data[:-1]
    for place in {0, len(data) // 3, len(data) // 2, len(data) - 1}:
        changed = bytearray(data)
        changed[place] ^= 1
        yield bytes(changed)


def test_every_damaged_file_is_named_and_never_loaded(folder: Path) -> None:
    """Cut, empty or flip any file: verify names it, and load_model gives no other model."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        key = str(path.relative_to(folder))
        whole = path.read_bytes()
        for damaged in damages(path):
            path.write_bytes(damaged)
            try:
                registry = ModelRegistry(folder)
            except RegistryError as error:
                assert key in str(error)  # noqa: PT017 - either the opening or the audit names it
                continue
            if key != "nbregistry.json":
                assert key in {fault.key for fault in registry.verify().faults}, damaged[:40]
            for ref in ("toy:1", "toy:2", "toy@champion"):
                try:
                    model, metadata = registry.load_model(ref)
                except RegistryError:
                    continue
                assert float(metadata.version) == model.C
        path.write_bytes(whole)
    assert ModelRegistry(folder).verify()


def test_a_removed_file_is_named(folder: Path) -> None:
    """Whatever file is lost, verify says so."""
    for path in sorted(p for p in (folder / "models").rglob("*") if p.is_file()):
        whole = path.read_bytes()
        path.unlink()
        last_event = path.parent.name == "events" and path.name == "e000002.json"
        last_version = path.parent.name == "versions" and path.name == "v000002.json"
        if not (last_event or last_version):
            assert not ModelRegistry(folder).verify(), path
        path.write_bytes(whole)


def test_the_index_remembers_what_the_folder_lost(folder: Path) -> None:
    """A newest record that is gone leaves no trace in the folder: the index has seen it."""
    registry = ModelRegistry(folder)
    assert len(registry.list_models()) == 2
    (folder / "models/toy/versions/v000002.json").unlink()
    faults = ModelRegistry(folder).verify().faults
    assert [fault.kind for fault in faults if fault.kind == "backwards"]


def test_foreign_files_are_reported_and_left_alone(folder: Path) -> None:
    """What does not belong is named, never opened and never removed."""
    strays = ["notes.txt", "models/UPPER", "models/toy/versions/v7.json", "models/toy/blobs/x"]
    for stray in strays:
        (folder / stray).write_text("x")
    (folder / "models/toy/blobs/link.joblib").symlink_to("/etc/hostname")
    registry = ModelRegistry(folder)
    found = {fault.key for fault in registry.verify().faults if fault.kind == "foreign"}
    assert found == {*strays, "models/toy/blobs/link.joblib"}
    assert len(registry.list_models()) == 2


@pytest.mark.parametrize("signature", ["missing", "wrong", "stranger"])
def test_what_nobody_trusted_signed_is_not_unpickled(
    folder: Path, tmp_path: Path, signature: str
) -> None:
    """A record with no signature, a wrong one or a stranger's never runs its pickle."""
    import joblib

    marker = tmp_path / "marker"
    payload = tmp_path / "payload.joblib"
    joblib.dump(Marker(marker), payload)
    sha256 = hashlib.sha256(payload.read_bytes()).hexdigest()
    shutil.copy(payload, folder / f"models/toy/blobs/{sha256}.joblib")
    path = folder / "models/toy/versions/v000002.json"
    fields = json.loads(path.read_text())
    content = fields["content"] | {
        "artifact": {
            "format": "joblib",
            "sha256": sha256,
            "size_bytes": payload.stat().st_size,
            "globals": [],
        }
    }
    signers = {
        "missing": lambda _: None,
        "wrong": lambda _: fields["signature"],
        "stranger": Keyring(tmp_path / "stranger").sign,
    }
    forged = seal(
        key=str(path),
        kind=VERSION,
        model="toy",
        number=2,
        content=content,
        prev=ModelRegistry(folder)._workspace.journal.read("toy", 1),
        txn="0" * 32,
        sign=signers[signature],
    )
    path.write_bytes(forged.to_bytes())
    with pytest.raises((UntrustedModelError, IntegrityError)):
        ModelRegistry(folder).load_model("toy:2")
    assert not marker.exists()
    assert "models/toy/versions/v000002.json" in {
        fault.key for fault in ModelRegistry(folder).verify().faults
    }
    if signature != "wrong":
        ModelRegistry(folder).load_model("toy:2", unsafe=True)
        assert marker.exists(), "the marker works: only the guard kept it away"


@pytest.mark.parametrize("damage", ["stranger", "nobody", "missing", "cut", "changed"])
def test_a_refusal_begins_with_what_the_user_knows(
    folder: Path, tmp_path: Path, damage: str
) -> None:
    """Loading and exporting speak of toy:1, whatever is wrong with it, and of their own way out."""
    registry = ModelRegistry(folder)
    artifact = registry.get_metadata("toy:1").artifact
    assert artifact is not None
    payload = folder / f"models/toy/blobs/{artifact.sha256}.joblib"
    if damage == "stranger":
        registry = ModelRegistry(folder, keyring=Keyring(tmp_path / "me"))
    elif damage == "nobody":
        reseal(folder / "models/toy/versions/v000001.json", lambda _: None)
    elif damage == "missing":
        payload.unlink()
    else:
        data = payload.read_bytes()
        payload.write_bytes(data[:-1] if damage == "cut" else data[:-1] + b"!")
    with pytest.raises((UntrustedModelError, IntegrityError), match=r"^toy:1 ") as load:
        registry.load_model("toy@champion" if damage != "nobody" else "toy:1")
    with pytest.raises(type(load.value), match=r"^toy:1 ") as export:
        registry.export_model("toy:1", tmp_path / "out")
    ways = {
        "stranger": ("load_model('toy:1', unsafe=True)", "then export it again"),
        "nobody": ("load_model('toy:1', unsafe=True)", "register it and export it"),
    }
    for way, error in zip(ways.get(damage, (payload.name,) * 2), (load, export), strict=True):
        assert way in str(error.value)
        assert "trust_signer(None)" not in str(error.value)
