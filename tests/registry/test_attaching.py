"""Attachments of a version, from the first call to another process."""

from __future__ import annotations

import gc
import json
import logging
import os
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib.figure import Figure
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import (
    ConflictError,
    IntegrityError,
    KeyExistsError,
    NotFoundError,
    RecordError,
    StoreError,
    UntrustedModelError,
    VersionMismatchError,
    VersionNotFoundError,
)
from exo_nbregistry.payloads.figure import StoredFigure
from exo_nbregistry.payloads.table import has_parquet
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.views.facts import same
from tests.tamper import reseal

EVENT = "models/toy/events/e000001.json"


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with two versions of toy."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2):
        registry.register_model({"value": value}, "toy")
    return registry


@pytest.fixture
def guest(registry: ModelRegistry, tmp_path: Path) -> ModelRegistry:
    """Return the same registry, opened by another user."""
    return ModelRegistry(registry.location, durable=False, keyring=Keyring(tmp_path / "keys"))


def figure() -> Figure:
    """Return a new figure, always the same."""
    made = Figure(figsize=(2, 1))
    made.subplots().plot([0, 1], [1, 3])
    return made


def things(folder: Path) -> dict[str, Any]:
    """Return one object of each kind."""
    (folder / "plots/deep").mkdir(parents=True, exist_ok=True)
    (folder / "plots/deep/a.txt").write_text("größe")
    (folder / "plots/empty").mkdir(exist_ok=True)
    (folder / "Report (1).pdf").write_bytes(b"%PDF\0")
    return {
        "roc curve": figure(),
        "axes": figure().axes[0],
        "table": pd.DataFrame({"a": [1.5, None], "b": ["x", None]}, index=["r", "s"]),
        "series": pd.Series([1, 2], name="n"),
        "polars": pl.DataFrame({"a": [1, None], "b": [[1], []]}),
        "polars series": pl.Series("n", [1, 2]),
        "array": np.arange(6).reshape(2, 3),
        "arrays": {"y": np.array(["a", "b"])},
        "limits": {"depth": (0.5, None)},
        "list": [1, "a", None],
        "number": 3,
        "text": "Trained at night.\n",
        "bytes": b"\0\1",
        "report": folder / "Report (1).pdf",
        "plots": folder / "plots",
        "scaler": StandardScaler().fit([[1.0], [3.0]]),
    }


# With a library for Parquet, tables of pandas are stored in it.
TABLE_FORMAT = "parquet" if has_parquet() else "csv"
KINDS = {
    "roc curve": ("figure", "png, svg"),
    "axes": ("figure", "png, svg"),
    "table": ("table", TABLE_FORMAT),
    "series": ("table", TABLE_FORMAT),
    "polars": ("table", "parquet"),
    "polars series": ("table", "parquet"),
    "array": ("array", "npz"),
    "arrays": ("arrays", "npz"),
    "limits": ("values", "json"),
    "list": ("value", "json"),
    "number": ("value", "json"),
    "text": ("text", "txt"),
    "bytes": ("bytes", "bin"),
    "report": ("file", "pdf"),
    "plots": ("folder", "folder"),
    "scaler": ("model", "joblib"),
}


def is_equal(loaded: Any, thing: Any) -> bool:
    """Return whether an attachment was loaded as it was attached."""
    if isinstance(loaded, StoredFigure):
        return loaded.png.startswith(b"\x89PNG") and b"<svg" in loaded.svg
    if isinstance(thing, Path):
        files = sorted(path.relative_to(thing) for path in thing.rglob("*"))
        found = sorted(path.relative_to(loaded) for path in loaded.rglob("*"))
        pairs = [(thing / name, loaded / name) for name in files] or [(thing, loaded)]
        contents = (a.read_bytes() == b.read_bytes() for a, b in pairs if a.is_file())
        return found == files and loaded.name == thing.name and all(contents)
    if isinstance(thing, StandardScaler):
        return bool(loaded.mean_ == thing.mean_)
    if isinstance(thing, pd.DataFrame | pd.Series | pl.DataFrame | pl.Series):
        return type(loaded) is type(thing) and bool(loaded.equals(thing))
    if isinstance(thing, np.ndarray):
        return bool(loaded.dtype == thing.dtype and (loaded == thing).all())
    if isinstance(thing, dict) and "y" in thing:
        return bool((loaded["y"] == thing["y"]).all())
    return type(loaded) is type(thing) and same(loaded, thing)


@pytest.mark.parametrize("later", [False, True], ids=["registered", "attached"])
def test_each_kind_of_object_is_loaded_as_it_was_attached(tmp_path: Path, later: bool) -> None:
    """Another handle lists each attachment with its kind and loads an equal object."""
    given = things(tmp_path)
    registry = ModelRegistry(tmp_path / "r", durable=False)
    ref = registry.register_model({}, "toy", attachments=None if later else given)
    if later:
        for name, thing in given.items():
            registry.attach("toy", name, thing)
    other = ModelRegistry(registry.location)
    listed = {item.name: (item.kind, item.format) for item in other.attachments(ref)}
    assert listed == KINDS
    assert other.get_metadata(ref).attachments.keys() == given.keys()
    for name, thing in given.items():
        assert is_equal(other.load_attachment(ref, name), thing), name
    assert other.verify()
    assert other.collect_garbage(grace_s=0, dry_run=True) == []


def test_a_cell_that_is_run_again_adds_no_version(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same model with the same attachments is the existing version."""
    registry = ModelRegistry(tmp_path / "r", durable=False)
    refs = [registry.register_model({}, "toy", attachments=things(tmp_path)) for _ in range(2)]
    assert refs == ["toy:1", "toy:1"]
    assert registry.register_model({}, "toy", attachments={"text": "Other."}) == "toy:2"


def test_a_call_that_is_repeated_adds_no_event(
    registry: ModelRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Attaching equal content under the same name again is only logged."""
    for _ in range(2):
        for name, thing in things(tmp_path).items():
            registry.attach("toy:2", name, thing)
    assert len(registry.history("toy")) == 2 + len(KINDS)
    assert "toy:2 already has this attachment 'roc curve': nothing was added." in caplog.text


def test_a_name_that_is_taken_is_an_error(registry: ModelRegistry) -> None:
    """Another content under a name of the version is rejected, also in another letter case."""
    registry.attach("toy:1", "roc", "one")
    registry.attach("toy:2", "roc", "two")
    for name in ("roc", "ROC"):
        with pytest.raises(ConflictError, match=r"toy:1 has had another attachment 'roc' since 2"):
            registry.attach("toy:1", name, "two")
    assert registry.load_attachment("toy:1", "roc") == "one"


def test_a_registered_name_is_taken(registry: ModelRegistry) -> None:
    """An attachment from the registration cannot be replaced later."""
    registry.register_model({}, "toy", attachments={"limits": {"a": 1}})
    registry.attach("toy", "limits", {"a": 1})
    with pytest.raises(ConflictError, match="'limits 2'"):
        registry.attach("toy", "limits", {"a": 2})
    assert len(registry.history("toy")) == 3


@pytest.mark.parametrize(
    "name", ["trials", "curves", "columns", "model", "sources", "Evaluation", "test_set"]
)
def test_names_of_the_registry_cannot_be_added_later(registry: ModelRegistry, name: str) -> None:
    """A name that the registry reads by itself is rejected."""
    with pytest.raises(RecordError, match="the registry uses it itself"):
        registry.attach("toy", name, {"a": 1})


def test_an_attachment_changes_nothing_else(registry: ModelRegistry) -> None:
    """Aliases, tags and other versions are unchanged, and the history has the name."""
    registry.set_alias("toy", "champion", 1)
    registry.tag_model("toy:1", "reviewed")
    before = [registry.get_metadata(f"toy:{n}") for n in (1, 2)]
    registry.attach("toy@champion", "notes", "Good.")
    after = [registry.get_metadata(f"toy:{n}") for n in (1, 2)]
    assert after[1] == before[1]
    assert (after[0].aliases, after[0].tags) == (("champion",), {"reviewed": True})
    assert registry.history("toy:1")[-1]["name"] == "notes"
    assert "notes (text)" in repr(registry.history("toy:1"))


def test_only_an_active_version_takes_attachments(registry: ModelRegistry) -> None:
    """A deleted or missing version is an error, and nothing is stored."""
    registry.delete_model("toy:1")
    for ref in ("toy:1", "toy:9"):
        with pytest.raises(VersionNotFoundError):
            registry.attach(ref, "notes", "Good.")
    assert not (Path(registry.location) / "models/toy/attachments").exists()


def test_equal_content_is_stored_once(registry: ModelRegistry) -> None:
    """Two versions and two names share one file."""
    for ref in ("toy:1", "toy:2"):
        for name in ("a", "b"):
            registry.attach(ref, name, "same")
    assert len(os.listdir(Path(registry.location) / "models/toy/attachments")) == 1


def test_an_unknown_name_is_named(registry: ModelRegistry) -> None:
    """The error proposes a close name."""
    registry.attach("toy:1", "notes", "Good.")
    with pytest.raises(NotFoundError, match=r"toy:1 has no attachment 'note'.*notes"):
        registry.load_attachment("toy:1", "note")


def test_a_changed_attachment_is_not_loaded(registry: ModelRegistry, tmp_path: Path) -> None:
    """The digest is checked when an attachment of any kind is loaded, and verify names it."""
    for name, thing in things(tmp_path).items():
        registry.attach("toy:1", name, thing)
    folder = Path(registry.location) / "models/toy/attachments"
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    for name in KINDS:
        directory = tmp_path / "out" if KINDS[name][0] in ("file", "folder") else None
        with pytest.raises(IntegrityError):
            registry.load_attachment("toy:1", name, directory=directory)
        with pytest.raises(IntegrityError):
            registry.attachment_bytes("toy:1", name)
    assert {fault.kind for fault in registry.verify().faults} == {"damaged"}


def test_verify_names_a_missing_attachment(registry: ModelRegistry) -> None:
    """A file that an event requires is missing, with the version."""
    registry.attach("toy:2", "notes", "Good.")
    (path,) = (Path(registry.location) / "models/toy/attachments").iterdir()
    path.unlink()
    (fault,) = registry.verify().faults
    assert fault.kind == "missing"
    assert "version 2 requires it" in fault.message
    registry.attach("toy:2", "notes", "Good.")
    assert registry.verify(), "attaching it again repairs it"


def test_garbage_collection_keeps_attachments_of_events(registry: ModelRegistry) -> None:
    """Attachments of active and deleted versions are kept, and unknown files are removed."""
    registry.attach("toy:1", "notes", "Good.")
    registry.delete_model("toy:1")
    stray = Path(registry.location) / f"models/toy/attachments/{'0' * 64}.txt"
    stray.write_text("x")
    assert [item.key for item in registry.collect_garbage(False, grace_s=0)] == [
        f"models/toy/attachments/{stray.name}"
    ]
    registry.restore_model("toy:1")
    assert registry.load_attachment("toy:1", "notes") == "Good."


def test_a_purge_removes_the_attachments_of_its_version(registry: ModelRegistry) -> None:
    """Attachments that another version has too are kept."""
    for name, text in (("shared", "same"), ("own", "only here")):
        registry.attach("toy:1", name, text)
    registry.attach("toy:2", "also", "same")
    registry.purge_model("toy:1")
    assert len(os.listdir(Path(registry.location) / "models/toy/attachments")) == 1
    assert registry.load_attachment("toy:2", "also") == "same"
    with pytest.raises(VersionNotFoundError, match="was purged"):
        registry.load_attachment("toy:1", "own")
    assert registry.verify()


def test_a_purge_at_the_same_time_loses_nothing(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attachment whose file a purge of another version removes is stored again."""
    registry.attach("toy:1", "notes", "same")
    journal, append = registry._workspace.journal, type(registry._workspace.journal).append
    folder = Path(registry.location) / "models/toy/attachments"

    def purge_first(*arguments: Any) -> Any:
        after = append(journal, *arguments)
        # As a purge that has looked for other users of the file before the event was created.
        for path in folder.iterdir():
            path.unlink()
        return after

    monkeypatch.setattr(type(journal), "append", lambda _self, *rest: purge_first(*rest))
    registry.attach("toy:2", "notes", "same")
    assert ModelRegistry(registry.location).load_attachment("toy:2", "notes") == "same"


class OtherScaler(StandardScaler):
    """A scaler that is not on the list of allowed names."""


def test_an_attached_estimator_needs_a_trusted_signer(
    registry: ModelRegistry, guest: ModelRegistry
) -> None:
    """An estimator with other types that an unknown signer attached is listed and not loaded."""
    guest.attach("toy:1", "scaler", OtherScaler().fit([[1.0]]))
    guest.attach("toy:1", "notes", "From elsewhere.")
    registry.attach("toy:1", "own", "Mine.")
    notes, own, scaler = registry.attachments("toy:1")
    assert (own.trusted, notes.trusted, scaler.trusted) == (True, False, False)
    assert str(scaler.signer) in repr(registry.attachments("toy:1"))
    with pytest.raises(UntrustedModelError, match=r"load_attachment\('toy:1', 'scaler', unsafe=T"):
        registry.load_attachment("toy:1", "scaler")
    assert registry.load_attachment("toy:1", "scaler", unsafe=True).mean_ == [1.0]
    assert registry.load_attachment("toy:1", "notes") == "From elsewhere."
    registry.trust_signer(str(scaler.signer))
    assert registry.load_attachment("toy:1", "scaler").mean_ == [1.0]


def test_a_registered_estimator_has_the_signer_of_its_version(
    registry: ModelRegistry, guest: ModelRegistry
) -> None:
    """An estimator in attachments= follows the trust of its version."""
    scalers = {"plain": StandardScaler().fit([[1.0]]), "scaler": OtherScaler().fit([[1.0]])}
    guest.register_model({}, "toy", attachments=scalers)
    assert "scikit-learn" in registry.get_metadata("toy").environment.packages
    assert any("StandardScaler" in n for n in registry["toy"].attachments["plain"].globals)
    assert registry.load_attachment("toy:3", "plain").mean_ == [1.0]
    with pytest.raises(UntrustedModelError):
        registry.load_attachment("toy:3", "scaler")


def test_an_estimator_of_another_release_is_not_loaded(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """The minor version of scikit-learn must be that of the event."""
    registry.attach("toy:1", "scaler", StandardScaler().fit([[1.0]]))
    path = Path(registry.location) / EVENT
    reseal(path, Keyring().sign, packages={"scikit-learn": "0.24.2"})
    again = ModelRegistry(registry.location)
    with pytest.raises(VersionMismatchError, match=r"load_attachment\('toy:1', 'scaler', allow"):
        again.load_attachment("toy:1", "scaler")
    assert again.load_attachment("toy:1", "scaler", allow_version_mismatch=True).mean_ == [1.0]


def test_an_event_cannot_add_what_the_registry_reads_itself(
    registry: ModelRegistry, guest: ModelRegistry
) -> None:
    """An event of another program that names an input example is ignored."""
    guest.attach("toy:1", "notes", {"rows": 1})
    path = Path(registry.location) / EVENT
    reseal(path, Keyring().sign, name="input_example")
    again = ModelRegistry(registry.location)
    assert again.get_metadata("toy:1").attachments == {}
    assert again.verify()


@pytest.mark.parametrize("name", ["../../escape", "a/b", "CON", "ü", "<b>x</b>", ""])
def test_a_hostile_name_never_becomes_a_path(
    registry: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """A name of an unknown signer is listed as text, and its file is not written."""
    registry.attach("toy:1", "notes", "Good.")
    reseal(Path(registry.location) / EVENT, Keyring().sign, name=name)
    again = ModelRegistry(registry.location)
    listed = again.attachments("toy:1")
    assert [item.name for item in listed] == [name]
    assert "<b>" not in listed.to_html()
    before = sorted(tmp_path.rglob("*"))
    if name != "CON":
        with pytest.raises(RecordError, match="not a valid name"):
            again.load_attachment("toy:1", name, directory=tmp_path / "deep/out")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_hostile_file_name_never_becomes_a_path(registry: ModelRegistry, tmp_path: Path) -> None:
    """A file name that is not safe is replaced by the name of the attachment."""
    (tmp_path / "x.pdf").write_bytes(b"x")
    registry.attach("toy:1", "report", tmp_path / "x.pdf")
    path = Path(registry.location) / EVENT
    artifact = json.loads(path.read_text())["content"]["artifact"]
    for file_name in ("../../x.pdf", "/etc/x.pdf", "a\\b.pdf", "nul.pdf", ".bashrc", "x:y", "x\n"):
        reseal(path, Keyring().sign, artifact=artifact | {"file_name": file_name})
        again = ModelRegistry(registry.location)
        saved = again.load_attachment("toy:1", "report", directory=tmp_path / "out")
        assert saved == tmp_path / "out/report.bin"
        assert again.load_attachment("toy:1", "report").name == "report.bin"
    reseal(path, Keyring().sign, artifact=artifact | {"format": "x/../../y", "kind": "z"})
    with pytest.raises(RecordError, match="not a valid format"):
        ModelRegistry(registry.location).load_attachment("toy:1", "report", directory=tmp_path)


def test_an_attachment_is_saved_as_files(registry: ModelRegistry, tmp_path: Path) -> None:
    """Each attachment becomes readable files, and a repeated call keeps them."""
    for name, thing in things(tmp_path).items():
        registry.attach("toy:1", name, thing)
    for _ in range(2):
        saved = registry.save_attachments("toy:1", tmp_path / "out")
        assert registry.load_attachment("toy:1", "axes", directory=tmp_path / "out") in saved
    names = {path.relative_to(tmp_path / "out").as_posix() for path in saved}
    assert {"roc curve.png", "roc curve.svg", "plots", "Report (1).pdf", "limits.json"} <= names
    assert {f"table.{TABLE_FORMAT}", "table.table.json", "text.txt"} <= names
    assert {"bytes.bin", "scaler.joblib"} <= names
    assert (tmp_path / "out/plots/empty").is_dir()
    assert set(os.listdir(tmp_path / "out")) == names
    (tmp_path / "out/text.txt").write_text("mine")
    with pytest.raises(KeyExistsError, match=r"text\.txt already exists with another content"):
        registry.save_attachments("toy:1", tmp_path / "out")
    assert (tmp_path / "out/text.txt").read_text() == "mine"


def test_files_of_the_same_name_are_saved_side_by_side(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """Two files of one name and another attachment that would get it have different names."""
    for number in (1, 2):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}/notes.txt").write_text(f"{number}")
        registry.attach("toy:1", f"file {number}", tmp_path / f"{number}/notes.txt")
    registry.attach("toy:1", "Notes", "3")
    saved = registry.save_attachments("toy:1", tmp_path / "out")
    assert sorted(path.name for path in saved) == ["2 notes.txt", "3 notes.txt", "Notes.txt"]
    assert sorted(path.read_text() for path in saved) == ["1", "2", "3"]


def test_a_folder_that_cannot_be_written_is_named(registry: ModelRegistry, tmp_path: Path) -> None:
    """A file instead of the folder is an error with the path."""
    (tmp_path / "used").write_text("x")
    registry.attach("toy:1", "notes", "Good.")
    for folder in (tmp_path / "used", tmp_path / "used/below"):
        with pytest.raises(StoreError, match=r"Cannot write .*/used.* choose another folder"):
            registry.load_attachment("toy:1", "notes", directory=folder)


def test_a_loaded_file_is_a_copy(registry: ModelRegistry, tmp_path: Path) -> None:
    """Changing a loaded file does not change the registry or the next copy."""
    (tmp_path / "data.csv").write_text("a\n1\n")
    registry.attach("toy:1", "data", tmp_path / "data.csv")
    copy = registry.load_attachment("toy:1", "data")
    assert registry.load_attachment("toy:1", "data") == copy
    copy.write_text("changed")
    again = registry.load_attachment("toy:1", "data")
    assert (again.name, again.read_text()) == ("data.csv", "a\n1\n")
    location = registry.location
    del registry
    gc.collect()
    assert again.exists(), "the copy exists until the process ends"
    assert ModelRegistry(location).verify()


def test_a_figure_and_a_table_are_returned_as_bytes(registry: ModelRegistry) -> None:
    """A figure is a PNG by default, and each format can be chosen."""
    registry.attach("toy:1", "roc", figure())
    registry.attach("toy:1", "table", pl.DataFrame({"a": [1]}))
    registry.attach("toy:1", "text", "Good.")
    read = registry.attachment_bytes
    assert read("toy:1", "roc").startswith(b"\x89PNG")
    assert read("toy:1", "roc", "svg").startswith(b"<?xml")
    assert read("toy:1", "table").startswith(b"PAR1")
    assert read("toy:1", "text") == read("toy:1", "text", "txt") == b"Good."
    with pytest.raises(RecordError, match=r"does not have the format 'pdf'; it has 'png' or 'svg'"):
        read("toy:1", "roc", "pdf")


LOOK_ALIKES: dict[str, Any] = {
    "a path in a list": [Path("roc.png")],
    "a path in a dict": {"a": {"b": Path("roc.png")}},
    "a key path": {"path": "x.csv"},
    "a name and a path": {"roc.png": "plots/roc.png"},
    "text": "plots/roc.png",
    "a folder": "./plots/",
}


@pytest.mark.parametrize("case", LOOK_ALIKES)
def test_what_only_looks_like_a_file_is_an_error(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """A path as text or inside values is rejected, and the error has the call to use."""
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/roc.png").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    for call in (
        lambda: registry.attach("toy:1", "roc", LOOK_ALIKES[case]),
        lambda: registry.register_model({}, "toy", attachments={"roc": LOOK_ALIKES[case]}),
    ):
        with pytest.raises(
            RecordError, match=r"only names a file.*Path\('.*(roc\.png|x\.csv|plots/)'\)"
        ):
            call()
    assert registry.attachments("toy:2") == ()


@pytest.mark.parametrize(
    "values", [{"dataset": "data.csv", "rows": 3}, {"path": "a/b"}, "data", {"a": "data"}, [], {}]
)
def test_facts_about_files_are_values(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: Any
) -> None:
    """A dict with other values, and the name of a folder, are attached unchanged."""
    (tmp_path / "data.csv").write_text("x")
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    registry.attach("toy:1", "facts", values)
    assert registry.load_attachment("toy:1", "facts") == values


def test_a_path_that_cannot_be_read_is_an_error(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing file, a loop, a socket and a link in a folder each have one clear sentence."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/up").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
        for place, message in {
            "missing.csv": r"missing\.csv: it does not exist in",
            "loop": "loop",
            "linked": "linked/up: it is a link; replace it by a regular file",
            "socket": "socket: it is a socket",
        }.items():
            with pytest.raises(RecordError, match=message) as caught:
                registry.attach("toy:1", "thing", Path(place))
            assert str(caught.value).count(". ") == 0
    assert registry.attachments("toy:1") == ()


def test_a_link_to_a_file_attaches_the_file(registry: ModelRegistry, tmp_path: Path) -> None:
    """The path that the user passes can be a link."""
    (tmp_path / "real.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to("real.txt")
    registry.attach("toy:1", "thing", tmp_path / "link.txt")
    assert registry.load_attachment("toy:1", "thing").read_text() == "x"


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (object(), r"unsupported type builtins\.object; attach a figure, a DataFrame"),
        (print, "unsupported type"),
        (StandardScaler, "unsupported type"),
        ({"a": object()}, r"attachments\.x\.a has the unsupported type"),
        ({"a": StandardScaler(), "b": 1}, r"x\.a is an estimator, .* under its own name"),
        ({"a": Figure()}, r"attachments\.x\.a is a figure"),
        ({"a": pd.DataFrame()}, r"attachments\.x\.a is a table"),
        ({"a": b"x"}, r"attachments\.x\.a is bytes"),
        (np.array([object()]), r"attachments\.x is an array of Python objects; convert it with"),
        ({"a": np.array(["b"], dtype=object)}, r"attachments\.x\.a is an array of Python"),
        (np.ma.masked_array([1, 2], [True, False]), "masked array"),
        (pd.DataFrame({"a": [object()]}), "read back equal"),
        ("\udc80", "not valid Unicode"),
    ],
)
def test_an_unsupported_object_is_an_error(
    registry: ModelRegistry, thing: Any, message: str
) -> None:
    """The error names the attachment and what can be attached instead."""
    with pytest.raises(RecordError, match=message) as caught:
        registry.attach("toy:1", "x", thing)
    assert "attachments.x" in str(caught.value)


def test_attachments_must_be_a_dict(registry: ModelRegistry) -> None:
    """A list of objects has no names."""
    with pytest.raises(RecordError, match="attachments must be a dict of names to objects"):
        registry.register_model({}, "toy", attachments=[1])  # type: ignore[arg-type]


def test_values_of_a_few_megabytes_are_attached(registry: ModelRegistry) -> None:
    """Plain values are not limited by the size of a record."""
    values = {"scores": [n / 7 for n in range(100_000)]}
    registry.attach("toy:1", "scores", values)
    assert registry.load_attachment("toy:1", "scores") == values


def test_two_kernels_cannot_take_the_same_name(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel that is second decides again and raises an error."""
    other = ModelRegistry(registry.location, durable=False)
    journal = registry._workspace.journal
    create = type(journal)._create

    def late(self: Any, *arguments: Any, **more: Any) -> Any:
        if self is journal:
            monkeypatch.setattr(type(journal), "_create", create)
            other.attach("toy:1", "roc", "theirs")
        return create(self, *arguments, **more)

    monkeypatch.setattr(type(journal), "_create", late)
    with pytest.raises(ConflictError, match="another attachment 'roc'"):
        registry.attach("toy:1", "roc", "mine")
    assert registry.load_attachment("toy:1", "roc") == "theirs"


def test_attaching_logs_nothing_else(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A new attachment is not logged."""
    caplog.set_level(logging.INFO)
    registry.attach("toy:1", "notes", "Good.")
    assert caplog.text == ""


def test_values_without_an_end_are_an_error(registry: ModelRegistry) -> None:
    """A list that contains itself is refused in one sentence, as a deep one."""
    deep: list[Any] = []
    for _ in range(3000):
        deep = [deep]
    endless: list[Any] = []
    endless.append({"self": endless})
    for thing in (deep, endless):
        with pytest.raises(RecordError, match="nested more than"):
            registry.attach("toy:1", "values", thing)


def test_a_recorded_size_limits_what_is_read(registry: ModelRegistry) -> None:
    """A file with the digest of its record, but another size, is an error."""
    registry.attach("toy:1", "notes", "A long text.")
    path = Path(registry.location) / EVENT
    artifact = json.loads(path.read_text())["content"]["artifact"]
    for size in (-7, 0, 5):
        reseal(path, Keyring().sign, artifact=artifact | {"size_bytes": size})
        again = ModelRegistry(registry.location)
        with pytest.raises(IntegrityError, match="has more than the recorded"):
            again.attachment_bytes("toy:1", "notes")
    # A size that is too large does not take memory.
    reseal(path, Keyring().sign, artifact=artifact | {"size_bytes": 10**30})
    assert ModelRegistry(registry.location).attachment_bytes("toy:1", "notes") == b"A long text."


def test_the_input_example_has_the_container_of_the_training_data(registry: ModelRegistry) -> None:
    """The rows of a frame are a frame with the same dtypes; without X, there is no example."""
    import pandas as pd
    from sklearn.dummy import DummyClassifier

    X = pd.DataFrame({"depth": [0.5, 1.5], "kind": pd.Categorical(["a", "b"])})
    model = DummyClassifier().fit(X, [0, 1])
    registry.register_model(model, "frames", X=X, y=[0, 1])
    found = registry.load_input_example("frames")
    pd.testing.assert_frame_equal(found, X)
    assert model.predict(found).tolist() == [0, 0]
    registry.register_model({"value": 1}, "bare")
    with pytest.raises(NotFoundError, match="pass X="):
        registry.load_input_example("bare")
