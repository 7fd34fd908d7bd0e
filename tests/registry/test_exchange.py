"""One version out of a registry and into another, with its trust."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import (
    IntegrityError,
    KeyExistsError,
    MissingKeyError,
    RecordError,
    RegistryError,
    StoreError,
    UntrustedModelError,
    VersionNotFoundError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.memory import MemoryStore
from tests.persistence.bomb import Bomb
from tests.tamper import put_model, reseal

X, Y = np.array([[0.0], [1.0], [2.0], [3.0]]), ["dust", "dust", "planet", "planet"]
VERSION = "models/toy/versions/v000001.json"


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with one version that has everything."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(
        LogisticRegression().fit(X, Y),
        "toy",
        X=X,
        y=Y,
        X_test=X,
        y_test=Y,
        hyperparameters={"größe": (np.nan, 1)},
        tags={"team": "vetting"},
    )
    return registry


@pytest.fixture
def other(tmp_path: Path) -> ModelRegistry:
    """Return the empty registry of the same user."""
    return ModelRegistry(tmp_path / "other", durable=False)


@pytest.fixture
def stranger(tmp_path: Path) -> ModelRegistry:
    """Return the empty registry of somebody who trusts nobody yet."""
    return ModelRegistry(tmp_path / "strange", durable=False, keyring=Keyring(tmp_path / "keys"))


@pytest.fixture
def bomb(tmp_path: Path, registry: ModelRegistry) -> Callable[[Any], Path]:
    """Make the version's model one that leaves a marker, under a given signature."""

    def forge(sign: Any) -> Path:
        artifact = put_model(tmp_path / "registry/models/toy", Bomb(tmp_path / "marker"))
        reseal(tmp_path / "registry" / VERSION, sign, artifact=artifact)
        return tmp_path / "marker"

    return forge


def test_a_version_keeps_its_facts(registry: ModelRegistry, other: ModelRegistry) -> None:
    """Bytes, facts, arrays and tags are the same; number, time and signer are the new one's own."""
    folder = registry.export_model("toy:1", Path(registry.location).parent / "out")
    other.register_model({}, "toy")
    assert other.import_model(model_path=folder) == "toy:2"
    model, there = other.load_model("toy")
    here = registry.get_metadata("toy")
    assert list(model.predict(X)) == Y
    for name in ("artifact", "hyperparameters", "metrics", "signature", "dataset", "attachments"):
        assert getattr(there, name) == getattr(here, name)
    assert there.tags == {"team": "vetting", "imported_from": "toy:1"}
    arrays = other.load_evaluation("toy")
    assert list(arrays["y_true"]) == Y
    assert other.verify()


def test_the_registrys_own_folder_is_no_place_for_an_export(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside the registry, by whatever path, nothing is exported: verify would find strangers."""
    (tmp_path / "link").symlink_to(tmp_path / "registry/models")
    monkeypatch.chdir(tmp_path / "registry")
    for place in ("out", tmp_path / "registry/models/toy/out", tmp_path / "link/out", Path()):
        with pytest.raises(StoreError, match=r"is inside the registry.* outside of") as refused:
            registry.export_model("toy:1", place)
        assert str(refused.value).startswith(f"{place} is inside")
    assert registry.verify()
    assert registry.export_model("toy:1", "../registry-export").is_dir(), "beside it is outside"


def test_a_registry_in_memory_has_no_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a store without files calls its place is no folder."""
    registry = ModelRegistry(MemoryStore())
    registry.register_model([1.0], "toy")
    monkeypatch.chdir(tmp_path)
    assert registry.export_model("toy:1", "memory").is_dir()


@pytest.mark.parametrize("model", [{"weights": [1.0]}, [1.0]], ids=["dict", "list"])
def test_what_cannot_predict_is_carried_and_no_deployment(
    registry: ModelRegistry,
    other: ModelRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: Any,
) -> None:
    """The README of such an export says so and has no program; the line in it imports it."""
    folder = registry.export_model(registry.register_model(model, "thing"), tmp_path / "out")
    text = (folder / "README.md").read_text()
    assert f"- builtins.{type(model).__name__} does not have predict." in text
    assert not (folder / "predict.py").exists()
    code = text.partition("```python\n")[2].partition("```")[0]
    code = code.replace("models/registry", other.location).replace("path/to/this/folder", "out")
    monkeypatch.chdir(tmp_path)
    exec(code)
    assert other.load_model("thing:1")[0] == model


@pytest.mark.parametrize("place", ["nowhere", "nowhere/model.joblib", "out/other.joblib"])
def test_what_is_not_there_is_reported_as_itself(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, place: str
) -> None:
    """A mistyped path is named, and not a record beside it."""
    registry.export_model("toy:1", tmp_path / "out")
    with pytest.raises(MissingKeyError) as refused:
        other.import_model(tmp_path / place)
    assert str(refused.value).startswith(f"There is no file or folder {tmp_path / place}; pass")
    assert refused.value.key == str(tmp_path / place)


@pytest.mark.parametrize("by", ["folder", "model", "both"])
def test_an_export_is_imported_by_its_folder_or_its_files(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, by: str
) -> None:
    """The folder, the model in it, or model and record apart all mean the same version."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    paths = {"model_path": folder if by == "folder" else folder / "model.joblib"}
    if by == "both":
        paths["metadata_path"] = (folder / "record.json").rename(tmp_path / "elsewhere.json")
    assert other.import_model(**paths, model_name="Copy") == "copy:1"
    assert other.get_metadata("copy").model_name == "Copy"


def test_importing_again_makes_no_new_version(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """A cell that imports may be run again."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    assert other.import_model(model_path=folder) == other.import_model(folder)
    assert len(other.list_models()) == 1


@pytest.mark.parametrize("signature", ["missing", "wrong", "stranger"])
def test_an_export_does_not_unpickle_what_nobody_trusted_signed(
    registry: ModelRegistry, bomb: Any, tmp_path: Path, signature: str
) -> None:
    """Without a signature, or with a wrong or a stranger's one, nothing is exported or run."""
    wrong = json.loads((tmp_path / "registry" / VERSION).read_text())["signature"]
    signers = {
        "missing": lambda _: None,
        "wrong": lambda _: wrong,
        "stranger": Keyring(tmp_path / "eve").sign,
    }
    marker = bomb(signers[signature])
    with pytest.raises((UntrustedModelError, IntegrityError)):
        registry.export_model("toy:1", tmp_path / "out")
    assert not marker.exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("signature", ["missing", "wrong", "stranger"])
@pytest.mark.parametrize("unsafe", [False, True])
def test_an_import_never_unpickles(
    registry: ModelRegistry,
    other: ModelRegistry,
    bomb: Any,
    tmp_path: Path,
    signature: str,
    unsafe: bool,
) -> None:
    """Whoever signed, the marker appears only when the imported version is loaded on purpose."""
    folder = tmp_path / "out"
    wrong = json.loads((tmp_path / "registry" / VERSION).read_text())["signature"]
    signers = {
        "missing": lambda _: None,
        "wrong": lambda _: wrong,
        "stranger": Keyring(tmp_path / "eve").sign,
    }
    marker = bomb(signers[signature])
    record = tmp_path / "registry" / VERSION
    sha256 = json.loads(record.read_text())["content"]["artifact"]["sha256"]
    folder.mkdir()
    (folder / "record.json").write_bytes(record.read_bytes())
    model = tmp_path / f"registry/models/toy/blobs/{sha256}.joblib"
    (folder / "model.joblib").write_bytes(model.read_bytes())
    if unsafe and signature != "wrong":
        ref = other.import_model(model_path=folder, unsafe=True)
        assert not marker.exists()
        other.load_model(ref)
        assert marker.exists(), "the marker works: only the import left it alone"
        return
    expected = IntegrityError if signature == "wrong" else UntrustedModelError
    with pytest.raises(expected):
        other.import_model(model_path=folder, unsafe=unsafe)
    assert not marker.exists()
    assert len(other.list_models()) == 0


def test_a_refused_import_has_the_call_that_allows_it(
    registry: ModelRegistry, stranger: ModelRegistry, tmp_path: Path
) -> None:
    """The message names the signer and the line to run; after it the import succeeds."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    with pytest.raises(UntrustedModelError, match=r"registry\.trust_signer\('(ssh[^']*)'") as no:
        stranger.import_model(model_path=folder)
    assert no.value.signer == registry.get_metadata("toy").signer
    assert any("LogisticRegression" in name for name in no.value.types)
    stranger.trust_signer(str(no.value).partition("trust_signer('")[2].partition("'")[0], "ada")
    assert stranger.import_model(model_path=folder) == "toy:1"
    assert stranger.load_model("toy")[1].signer != no.value.signer


@pytest.mark.parametrize("name", ["model.joblib", "evaluation.npz", "input_example.json"])
def test_changed_bytes_are_not_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """Model and attachments must be those that the record names; nothing else gets a version."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=name):
        other.import_model(model_path=folder)
    assert len(other.list_models()) == 0


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, StoreError, "pass the record.json"),
        ("{}", RecordError, "no number"),
        ("[]", RecordError, "must be a JSON object"),
        ('{"model": "toy", "number": 1}', RecordError, "kind is None"),
        ('{"model": "../x", "number": 1}', RegistryError, "Invalid model name"),
    ],
)
def test_what_is_no_record_is_refused(
    registry: ModelRegistry,
    other: ModelRegistry,
    tmp_path: Path,
    text: str | None,
    error: type[Exception],
    message: str,
) -> None:
    """A missing or foreign record.json says what is expected."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / "record.json").unlink()
    if text is not None:
        (folder / "record.json").write_text(text)
    with pytest.raises(error, match=message):
        other.import_model(model_path=folder)


@pytest.mark.parametrize("content", [{"artifact": None}, {"artifact": 3}, {"metrics": 3}], ids=str)
def test_a_record_that_makes_no_sense_is_refused(
    registry: ModelRegistry, stranger: ModelRegistry, tmp_path: Path, content: dict[str, Any]
) -> None:
    """A record that is whole and sealed may lack a model: that is an error and no crash."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    reseal(folder / "record.json", Keyring().sign, **content)
    with pytest.raises(RegistryError):
        stranger.import_model(model_path=folder)
    with pytest.raises(RecordError):
        stranger.import_model(model_path=folder, unsafe=True)


@pytest.mark.parametrize("name", ["../../escape", "a/b", "", "Ü"])
def test_no_attachment_is_written_elsewhere(
    registry: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """A record cannot name a file outside of the folder that is exported."""
    path = tmp_path / "registry" / VERSION
    attachments = json.loads(path.read_text())["content"]["attachments"]
    reseal(path, Keyring().sign, attachments={name: attachments["input_example"]})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RecordError, match="not a valid name of an attachment"):
        registry.export_model("toy:1", tmp_path / "deep/deeper/out")
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_missing_is_not_exported(registry: ModelRegistry, tmp_path: Path) -> None:
    """A deleted version is hidden from exports too, and a folder in use is left as it is."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used/thesis.tex").touch()
    with pytest.raises(KeyExistsError, match="not empty"):
        registry.export_model("toy:1", tmp_path / "used")
    registry.delete_model("toy:1")
    with pytest.raises(VersionNotFoundError, match="restore_model"):
        registry.export_model("toy:1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_model_file_is_named(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """Half an export is refused, and nothing of it is kept."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / "model.joblib").unlink()
    with pytest.raises(StoreError, match=r"model\.joblib"):
        other.import_model(model_path=folder)
    assert len(other.list_models()) == 0


def test_a_skops_model_goes_over_too(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """What was registered in another format is imported in that format."""
    pytest.importorskip("skops", reason="the skops extra is not installed")
    ref = registry.register_model(LogisticRegression().fit(X, Y), "safe", format="skops")
    folder = registry.export_model(ref, tmp_path / "out")
    model, metadata = other.load_model(other.import_model(model_path=folder))
    assert metadata.artifact is not None
    assert metadata.artifact.format == "skops"
    assert list(model.predict(X)) == Y


@pytest.mark.parametrize(
    "model",
    [AdaBoostClassifier(n_estimators=2).fit(X, Y), StandardScaler().fit(X), LogisticRegression()],
    ids=["written otherwise the second time", "no predict", "not fitted"],
)
def test_any_model_goes_over(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, model: Any
) -> None:
    """The registered bytes travel, also where joblib would write others now or nothing can run."""
    ref = registry.register_model(model, "any")
    copied = other.import_model(model_path=registry.export_model(ref, tmp_path / "out"))
    here, there = registry.get_metadata(ref).artifact, other.get_metadata(copied).artifact
    assert here == there
    assert str(other.load_model(copied)[0]) == str(model)
