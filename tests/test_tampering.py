"""Each change of a registry is found, and no changed or untrusted model is unpickled."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from fractions import Fraction
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
    """An object whose unpickling creates a file."""

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
    """Yield truncated and empty contents of a file, and contents with one flipped bit."""
    data = path.read_bytes()
    yield b""
    yield data[: len(data) // 2]
    yield data[:-1]
    for place in {0, len(data) // 3, len(data) // 2, len(data) - 1}:
        changed = bytearray(data)
        changed[place] ^= 1
        yield bytes(changed)


def test_every_damaged_file_is_named_and_never_loaded(folder: Path) -> None:
    """verify() names each damaged file, and load_model never returns a different model."""
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
    """verify() reports each missing file."""
    for path in sorted(p for p in (folder / "models").rglob("*") if p.is_file()):
        whole = path.read_bytes()
        path.unlink()
        last_event = path.parent.name == "events" and path.name == "e000002.json"
        last_version = path.parent.name == "versions" and path.name == "v000002.json"
        if not (last_event or last_version):
            assert not ModelRegistry(folder).verify(), path
        path.write_bytes(whole)


def test_the_index_detects_a_lost_latest_record(folder: Path) -> None:
    """A lost latest record is reported, because the index remembers its number."""
    registry = ModelRegistry(folder)
    assert len(registry.list_models()) == 2
    (folder / "models/toy/versions/v000002.json").unlink()
    faults = ModelRegistry(folder).verify().faults
    assert [fault.kind for fault in faults if fault.kind == "backwards"]


def test_foreign_files_are_reported_and_left_alone(folder: Path) -> None:
    """Unexpected files are reported, and never opened or removed."""
    strays = ["notes.txt", "models/UPPER", "models/toy/versions/v7.json", "models/toy/blobs/x"]
    for stray in strays:
        (folder / stray).write_text("x")
    (folder / "models/toy/blobs/link.joblib").symlink_to("/etc/hostname")
    registry = ModelRegistry(folder)
    audit = registry.verify()
    assert {fault.key for fault in audit.notes} == {*strays[:2]}
    found = {fault.key for fault in audit.faults if fault.kind == "foreign"}
    assert found == {*strays[2:], "models/toy/blobs/link.joblib"}
    assert len(registry.list_models()) == 2


@pytest.mark.parametrize("signature", ["missing", "wrong", "unknown"])
def test_an_untrusted_model_is_not_unpickled(folder: Path, tmp_path: Path, signature: str) -> None:
    """A model without a valid signature of a trusted signer is not unpickled."""
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
        "unknown": Keyring(tmp_path / "unknown").sign,
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
        assert marker.exists(), "without the check, loading creates the marker"


@pytest.mark.parametrize("damage", ["unknown", "unsigned", "missing", "cut", "changed"])
def test_an_error_begins_with_the_model_id(tmp_path: Path, damage: str) -> None:
    """Errors of loading and exporting begin with the model ID and name a solution."""
    folder = tmp_path / "fractions"
    registry = ModelRegistry(folder, durable=False)
    registry.register_model({"share": Fraction(1, 3)}, "toy", algorithm="dict")
    registry.set_alias("toy", "champion", 1)
    artifact = registry.get_metadata("toy:1").artifact
    assert artifact is not None
    payload = folder / f"models/toy/blobs/{artifact.sha256}.joblib"
    if damage == "unknown":
        registry = ModelRegistry(folder, keyring=Keyring(tmp_path / "me"))
    elif damage == "unsigned":
        reseal(folder / "models/toy/versions/v000001.json", lambda _: None)
    elif damage == "missing":
        payload.unlink()
    else:
        data = payload.read_bytes()
        payload.write_bytes(data[:-1] if damage == "cut" else data[:-1] + b"!")
    with pytest.raises((UntrustedModelError, IntegrityError), match=r"^toy:1 ") as load:
        registry.load_model("toy@champion" if damage != "unsigned" else "toy:1")
    with pytest.raises(type(load.value), match=r"^toy:1 ") as export:
        registry.export_model("toy:1", tmp_path / "out")
    ways = {
        "unknown": ("load_model('toy:1', unsafe=True)", "then export it again"),
        "unsigned": ("load_model('toy:1', unsafe=True)", "register it and export it"),
    }
    for way, error in zip(ways.get(damage, (payload.name,) * 2), (load, export), strict=True):
        assert way in str(error.value)
        assert "trust_signer(None)" not in str(error.value)
