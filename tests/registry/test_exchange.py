"""Export of versions, and import into another registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
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
    """Return a registry with a version that has data, tags and unusual hyperparameters."""
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
    """Return an empty registry of the same user."""
    return ModelRegistry(tmp_path / "other", durable=False, create=True)


@pytest.fixture
def foreign(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry of another user, who has no trusted signers."""
    return ModelRegistry(
        tmp_path / "strange", durable=False, create=True, keyring=Keyring(tmp_path / "keys")
    )


@pytest.fixture
def bomb(tmp_path: Path, registry: ModelRegistry) -> Callable[[Any], Path]:
    """Return a function that replaces the model with one that creates a file on loading."""

    def replace_model(sign: Any) -> Path:
        artifact = put_model(tmp_path / "registry/models/toy", Bomb(tmp_path / "marker"))
        reseal(tmp_path / "registry" / VERSION, sign, artifact=artifact)
        return tmp_path / "marker"

    return replace_model


def test_a_version_keeps_its_facts(registry: ModelRegistry, other: ModelRegistry) -> None:
    """An imported version has the same model, facts, arrays and tags as the exported one."""
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


def test_an_export_into_the_registry_is_rejected(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export to a folder inside the registry raises an error, for any spelling of the path."""
    (tmp_path / "link").symlink_to(tmp_path / "registry/models")
    monkeypatch.chdir(tmp_path / "registry")
    for place in ("out", tmp_path / "registry/models/toy/out", tmp_path / "link/out", Path()):
        with pytest.raises(StoreError, match=r"is inside the registry.* outside of") as caught:
            registry.export_model("toy:1", place)
        assert str(caught.value).startswith(f"{place} is inside")
    assert registry.verify()
    assert registry.export_model("toy:1", "../registry-export").is_dir(), "this is outside"


def test_a_registry_in_memory_exports_to_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry in memory can export to a folder with the name of its location."""
    registry = ModelRegistry(MemoryStore())
    registry.register_model([1.0], "toy")
    monkeypatch.chdir(tmp_path)
    assert registry.export_model("toy:1", "memory").is_dir()


@pytest.mark.parametrize("model", [{"weights": [1.0]}, [1.0]], ids=["dict", "list"])
def test_a_model_without_predict_is_exported_for_import(
    registry: ModelRegistry,
    other: ModelRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: Any,
) -> None:
    """The export of a model without predict has no program, and its README has the import code."""
    folder = registry.export_model(registry.register_model(model, "thing"), tmp_path / "out")
    text = (folder / "README.md").read_text()
    assert f"- builtins.{type(model).__name__} does not have predict." in text
    assert not (folder / "predict.py").exists()
    code = text.partition("```python\n")[2].partition("```")[0]
    code = code.replace("models/registry", other.location).replace("path/to/this/folder", "out")
    monkeypatch.chdir(tmp_path)
    exec(code)
    assert other.load_model("thing:1")[0] == model


@pytest.mark.parametrize("place", ["missing", "missing/model.joblib", "out/other.joblib"])
def test_a_missing_path_is_named(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, place: str
) -> None:
    """The error about a missing path names the path that was passed."""
    registry.export_model("toy:1", tmp_path / "out")
    with pytest.raises(MissingKeyError) as caught:
        other.import_model(tmp_path / place)
    assert str(caught.value).startswith(f"{tmp_path / place} does not exist; pass")
    assert caught.value.key == str(tmp_path / place)


@pytest.mark.parametrize("by", ["folder", "model", "both"])
def test_an_export_is_imported_by_its_folder_or_its_files(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, by: str
) -> None:
    """A version is imported by its folder, by its model, or by its model and record."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    paths = {"model_path": folder if by == "folder" else folder / "model.joblib"}
    if by == "both":
        paths["metadata_path"] = (folder / "record.json").rename(tmp_path / "elsewhere.json")
    assert other.import_model(**paths, model_name="Copy") == "copy:1"
    assert other.get_metadata("copy").model_name == "Copy"


def test_importing_again_adds_no_version(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """Importing the same export again returns the same version."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    assert other.import_model(model_path=folder) == other.import_model(folder)
    assert len(other.list_models()) == 1


@pytest.mark.parametrize("signature", ["missing", "wrong", "unknown"])
def test_an_export_does_not_unpickle_an_untrusted_model(
    registry: ModelRegistry, bomb: Any, tmp_path: Path, signature: str
) -> None:
    """A model with a missing, wrong or unknown signature is neither exported nor unpickled."""
    wrong = json.loads((tmp_path / "registry" / VERSION).read_text())["signature"]
    signers = {
        "missing": lambda _: None,
        "wrong": lambda _: wrong,
        "unknown": Keyring(tmp_path / "eve").sign,
    }
    marker = bomb(signers[signature])
    with pytest.raises((UntrustedModelError, IntegrityError)):
        registry.export_model("toy:1", tmp_path / "out")
    assert not marker.exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("signature", ["missing", "wrong", "unknown"])
@pytest.mark.parametrize("unsafe", [False, True])
def test_an_import_never_unpickles(
    registry: ModelRegistry,
    other: ModelRegistry,
    bomb: Any,
    tmp_path: Path,
    signature: str,
    unsafe: bool,
) -> None:
    """An import never unpickles the model, for any signature."""
    folder = tmp_path / "out"
    wrong = json.loads((tmp_path / "registry" / VERSION).read_text())["signature"]
    signers = {
        "missing": lambda _: None,
        "wrong": lambda _: wrong,
        "unknown": Keyring(tmp_path / "eve").sign,
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
        assert marker.exists(), "the model creates the marker when it is loaded"
        return
    expected = IntegrityError if signature == "wrong" else UntrustedModelError
    with pytest.raises(expected):
        other.import_model(model_path=folder, unsafe=unsafe)
    assert not marker.exists()
    assert len(other.list_models()) == 0


def test_the_error_of_an_import_has_the_call_that_allows_it(
    registry: ModelRegistry, foreign: ModelRegistry, tmp_path: Path
) -> None:
    """The error names the signer and the call to trust them, after which the import succeeds."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    with pytest.raises(
        UntrustedModelError, match=r"registry\.trust_signer\('(ssh[^']*)'"
    ) as caught:
        foreign.import_model(model_path=folder)
    assert caught.value.signer == registry.get_metadata("toy").signer
    assert any("LogisticRegression" in name for name in caught.value.types)
    foreign.trust_signer(str(caught.value).partition("trust_signer('")[2].partition("'")[0], "ada")
    assert foreign.import_model(model_path=folder) == "toy:1"
    assert foreign.load_model("toy")[1].signer != caught.value.signer


@pytest.mark.parametrize("name", ["model.joblib", "evaluation.npz", "input_example.json"])
def test_a_changed_file_is_not_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """An export with a changed model or attachment is not imported."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=name):
        other.import_model(model_path=folder)
    assert len(other.list_models()) == 0


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, StoreError, "pass the folder that export_model wrote"),
        ("{}", RecordError, "no number"),
        ("[]", RecordError, "must be a JSON object"),
        ('{"model": "toy", "number": 1}', RecordError, "kind is None"),
        ('{"model": "../x", "number": 1}', RegistryError, "Invalid model name"),
    ],
)
def test_an_invalid_record_is_rejected(
    registry: ModelRegistry,
    other: ModelRegistry,
    tmp_path: Path,
    text: str | None,
    error: type[Exception],
    message: str,
) -> None:
    """A missing or invalid record.json raises an error that describes the problem."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / "record.json").unlink()
    if text is not None:
        (folder / "record.json").write_text(text)
    with pytest.raises(error, match=message):
        other.import_model(model_path=folder)


@pytest.mark.parametrize("content", [{"artifact": None}, {"artifact": 3}, {"metrics": 3}], ids=str)
def test_a_record_with_invalid_content_is_rejected(
    registry: ModelRegistry, foreign: ModelRegistry, tmp_path: Path, content: dict[str, Any]
) -> None:
    """A signed record with a missing model or invalid fields raises a RegistryError."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    reseal(folder / "record.json", Keyring().sign, **content)
    with pytest.raises(RegistryError):
        foreign.import_model(model_path=folder)
    with pytest.raises(RecordError):
        foreign.import_model(model_path=folder, unsafe=True)


@pytest.mark.parametrize("name", ["../../escape", "a/b", "", "Ü"])
def test_no_attachment_is_written_outside_of_the_export(
    registry: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """An invalid name of an attachment raises an error, and no file is written."""
    path = tmp_path / "registry" / VERSION
    attachments = json.loads(path.read_text())["content"]["attachments"]
    reseal(path, Keyring().sign, attachments={name: attachments["input_example"]})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RecordError, match="not a valid name of an attachment"):
        registry.export_model("toy:1", tmp_path / "deep/deeper/out")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_deleted_version_is_not_exported(registry: ModelRegistry, tmp_path: Path) -> None:
    """A deleted version is not exported, and a folder with files is not changed."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used/thesis.tex").touch()
    with pytest.raises(KeyExistsError, match="not a new or empty folder"):
        registry.export_model("toy:1", tmp_path / "used")
    registry.delete_model("toy:1")
    with pytest.raises(VersionNotFoundError, match="restore_model"):
        registry.export_model("toy:1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_model_file_is_named(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """The error about an incomplete export names the missing model, and no version is added."""
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / "model.joblib").unlink()
    with pytest.raises(StoreError, match=r"model\.joblib"):
        other.import_model(model_path=folder)
    assert len(other.list_models()) == 0


def test_a_skops_model_is_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """A model in skops format is imported in the same format."""
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
    ids=["different bytes in each file", "no predict", "not fitted"],
)
def test_any_model_is_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, model: Any
) -> None:
    """The registered file is imported unchanged, even if joblib would write different bytes."""
    ref = registry.register_model(model, "any")
    copied = other.import_model(model_path=registry.export_model(ref, tmp_path / "out"))
    here, there = registry.get_metadata(ref).artifact, other.get_metadata(copied).artifact
    assert here == there
    assert str(other.load_model(copied)[0]) == str(model)


def attach_all(registry: ModelRegistry, tmp_path: Path) -> None:
    """Attach files, a figure, a table and an estimator to toy:1."""
    (tmp_path / "plots/deep").mkdir(parents=True)
    (tmp_path / "plots/deep/a.txt").write_text("a")
    (tmp_path / "Report.pdf").write_bytes(b"%PDF")
    figure = Figure()
    figure.subplots().plot([1, 2])
    for name, thing in {
        "roc": figure,
        "table": pd.DataFrame({"a": [1, 2]}),
        "limits": {"depth": 0.5},
        "notes": "Good.",
        "plots": tmp_path / "plots",
        "report": tmp_path / "Report.pdf",
        "scaler": StandardScaler().fit(X),
    }.items():
        registry.attach("toy:1", name, thing)


def test_attachments_are_exported_as_readable_files_and_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """Attachments that were added later are files in the export and belong to the import."""
    attach_all(registry, tmp_path)
    folder = registry.export_model("toy:1", tmp_path / "out")
    names = {path.name for path in (folder / "attachments").iterdir()}
    assert {"roc.png", "roc.svg", "limits.json", "notes.txt", "plots", "Report.pdf"} <= names
    assert (folder / "attachments/plots/deep/a.txt").read_text() == "a"
    ref = other.import_model(folder)
    assert other.get_metadata(ref).attachments == registry.get_metadata("toy:1").attachments
    assert other.load_attachment(ref, "notes") == "Good."
    assert other.load_attachment(ref, "scaler").mean_ == [1.5]
    assert other.load_attachment(ref, "report").read_bytes() == b"%PDF"
    assert other.verify()
    again = other.export_model(ref, tmp_path / "again")
    assert other.import_model(again) == ref, "the import of a copy is a duplicate"


def test_the_exported_card_shows_the_figures(registry: ModelRegistry, tmp_path: Path) -> None:
    """The model card of an export shows each attached figure by the path of its picture."""
    figure = Figure()
    figure.subplots()
    plain = registry.export_model("toy:1", tmp_path / "plain")
    assert "## Figures" not in (plain / "README.md").read_text()
    registry.attach("toy:1", "roc of_test", figure)
    folder = registry.export_model("toy:1", tmp_path / "out")
    card = (folder / "README.md").read_text()
    assert card.endswith("## Figures\n\n![roc of-test](attachments/roc%20of_test.png)\n")
    assert (folder / "attachments/roc of_test.png").exists()


@pytest.mark.parametrize(
    "name", ["roc.png", "roc.svg", "notes.txt", "plots/deep/a.txt", "Report.pdf", "scaler.joblib"]
)
def test_a_changed_attachment_is_not_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """A readable file that was edited after the export is an error."""
    attach_all(registry, tmp_path)
    path = registry.export_model("toy:1", tmp_path / "out") / "attachments" / name
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(IntegrityError, match=r"does not match the checksum"):
        other.import_model(tmp_path / "out")
    assert len(other.list_models()) == 0


def test_a_missing_attachment_is_logged(
    registry: ModelRegistry,
    other: ModelRegistry,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The version is imported without an attachment whose files are missing."""
    attach_all(registry, tmp_path)
    folder = registry.export_model("toy:1", tmp_path / "out")
    (folder / "attachments/notes.txt").unlink()
    ref = other.import_model(folder)
    assert "no files of the attachments 'notes'; they were not imported" in caplog.text
    assert "notes" not in other.get_metadata(ref).attachments
    assert other.verify()


def test_an_attachment_of_an_unknown_signer_is_not_imported(
    registry: ModelRegistry,
    other: ModelRegistry,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The version is imported without it, and the log names the call that imports it."""
    guest = ModelRegistry(registry.location, keyring=Keyring(tmp_path / "keys"))
    guest.attach("toy:1", "scaler", StandardScaler().fit(X))
    registry.attach("toy:1", "notes", "Good.")
    folder = registry.export_model("toy:1", tmp_path / "out")
    ref = other.import_model(folder)
    assert "their signer is not trusted: 'scaler'" in caplog.text
    attachments = other.get_metadata(ref).attachments
    assert ("notes" in attachments, "scaler" in attachments) == (True, False)
    second = other.import_model(folder, unsafe=True)
    assert other.load_attachment(second, "scaler").mean_ == [1.5]


@pytest.mark.parametrize("change", ["content", "signature", "another version"])
def test_a_changed_event_is_not_imported(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, change: str
) -> None:
    """The events of an export are signed, and belong to its record."""
    registry.attach("toy:1", "notes", "Good.")
    path = registry.export_model("toy:1", tmp_path / "out") / "attached.json"
    fields = json.loads(path.read_text())
    if change == "content":
        fields["events"][0]["content"]["name"] = "other"
    elif change == "signature":
        fields["events"][0]["signature"]["value"] = "AAAA"
    else:
        registry.register_model({}, "toy")
        registry.attach("toy:2", "notes", "Good.")
        second = registry.export_model("toy:2", tmp_path / "out2") / "attached.json"
        fields = json.loads(second.read_text())
    path.write_text(json.dumps(fields))
    with pytest.raises(IntegrityError):
        other.import_model(tmp_path / "out")
    assert len(other.list_models()) == 0


@pytest.mark.parametrize("name", ["record", "model_info"])
def test_an_attachment_does_not_replace_a_file_of_the_export(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """An attachment whose file would have the name of another one is in the other folder."""
    registry.register_model({}, "toy", attachments={name: {"a": 1}})
    folder = registry.export_model("toy:2", tmp_path / "out")
    assert (folder / f"attachments/{name}.json").exists()
    assert other.load_attachment(other.import_model(folder), name) == {"a": 1}


def test_an_attachment_with_an_invalid_name_is_skipped(
    registry: ModelRegistry, other: ModelRegistry, tmp_path: Path
) -> None:
    """An event of an unknown signer cannot prevent an export."""
    guest = ModelRegistry(registry.location, keyring=Keyring(tmp_path / "keys"))
    guest.attach("toy:1", "notes", "Bad.")
    event = Path(registry.location) / "models/toy/events/e000001.json"
    reseal(event, Keyring(tmp_path / "keys").sign, name="../../notes")
    again = ModelRegistry(registry.location)
    folder = again.export_model("toy:1", tmp_path / "deep/out")
    assert not list(tmp_path.rglob("notes*"))
    assert other.import_model(folder) == "toy:1"
