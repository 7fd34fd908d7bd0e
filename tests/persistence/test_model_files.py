"""Single model files: saving, loading, errors and validation."""

from __future__ import annotations

import logging
import math
import os
import re
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import (
    MissingKeyError,
    RecordError,
    SerializationError,
    StoreError,
    UntrustedModelError,
)
from exo_nbregistry.persistence.file_card import card_path
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.values.json_codec import to_plain
from tests.persistence.bomb import Bomb


def other_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Change to a user with another key and without trusted signers."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))


def test_a_model_comes_back_with_its_metadata(tmp_path: Path) -> None:
    """Model and metadata are loaded unchanged, and parent folders are created."""
    facts = {"rows": np.int64(3), "at": datetime(2026, 1, 1, tzinfo=UTC), "loss": float("inf")}
    path = ModelPersistence.save_model({"w": np.arange(3)}, tmp_path / "a" / "m.joblib", facts)
    model, metadata = ModelPersistence.load_model(path)
    assert model["w"].tolist() == [0, 1, 2]
    assert metadata == facts
    assert sorted(os.listdir(tmp_path / "a")) == ["m.joblib", "m.joblib.json"]


def test_any_joblib_reads_the_file(tmp_path: Path) -> None:
    """The model file is a plain joblib file."""
    assert joblib.load(ModelPersistence.save_model([1, "a"], tmp_path / "m.joblib")) == [1, "a"]


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.dictionaries(st.text(), _plain, max_size=3))
def test_metadata_round_trips(tmp_path: Path, metadata: dict[str, Any]) -> None:
    """Any metadata of plain values loads equal, NaN included."""
    path = ModelPersistence.save_model(1, tmp_path / "m.joblib", metadata)
    # to_plain makes each NaN the one NaN that equals itself.
    assert ModelPersistence.load_model(path)[1] == to_plain(metadata, "metadata")


FACTS = {
    "loss": np.float64(0.25),
    "gap": float("nan"),
    "bounds": (-float("inf"), np.float32("inf")),
    "rows": np.int64(2**40),
    "done": np.bool_(True),
    "at": datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC),
    "local": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-7))),
    "day": date(2026, 1, 1),
    "name": "Kepler-22b \u2014 планета 行星 🪐",
    "nested": {"ключ": [{"a": (1, [None, {}])}], 3: "three", "$float": "nan"},
    "scores": np.array([[0.5, np.nan]]),
}


def test_every_kind_of_fact_round_trips(tmp_path: Path) -> None:
    """NumPy scalars, NaN, infinities, datetimes, nested values and text become plain values."""
    path = ModelPersistence.save_model(1, tmp_path / "m.joblib", FACTS)
    found = ModelPersistence.load_model(path)[1]
    # to_plain makes each NaN the one NaN that equals itself.
    assert found == to_plain(FACTS, "metadata")
    assert type(found["loss"]) is float
    assert type(found["rows"]) is int
    assert found["done"] is True
    assert math.isnan(found["gap"])
    assert found["at"] == FACTS["at"]
    assert found["nested"] == FACTS["nested"]


def test_metadata_of_a_version_round_trips(tmp_path: Path) -> None:
    """A ModelMetadata can be passed, and created again from the loaded metadata."""
    metadata = ModelMetadata(
        model_id="kepler:1",
        model_name="kepler",
        version=1,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        metrics={"log_loss": float("nan")},
    )
    path = ModelPersistence.save_model(1, tmp_path / "m.joblib", metadata)
    assert ModelMetadata.from_dict(ModelPersistence.load_model(path)[1]) == metadata


@pytest.mark.parametrize(
    ("model", "metadata", "error", "message"),
    [
        (
            "new",
            {"a": {"b": object()}},
            RecordError,
            r"^metadata\.a\.b has the unsupported type builtins\.object",
        ),
        ("new", [1], RecordError, "^metadata must be a dict, got a list"),
        (None, {}, SerializationError, "^The model is None; pass the fitted model"),
        ((i for i in ()), {}, SerializationError, "a generator cannot be pickled"),
        ({"f": [len, sys.stdout]}, {}, SerializationError, r" in model\['f'\]\[1\]"),
    ],
    ids=["object in facts", "list as facts", "none", "generator", "open file inside"],
)
@pytest.mark.parametrize("exists", [True, False])
def test_a_failed_save_changes_nothing(
    tmp_path: Path, model: Any, metadata: Any, error: Any, message: str, exists: bool
) -> None:
    """An unsupported model or metadata value is an error, and an existing file is unchanged."""
    path = tmp_path / "m.joblib"
    if exists:
        ModelPersistence.save_model("old", path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(error, match=message) as caught:
        ModelPersistence.save_model(model, path, metadata)
    assert "\n" not in str(caught.value)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_invalid_metadata_creates_nothing(tmp_path: Path) -> None:
    """Metadata is checked before anything is written, also before folders are created."""
    with pytest.raises(RecordError):
        ModelPersistence.save_model(1, tmp_path / "new" / "m.joblib", {"a": object()})
    assert os.listdir(tmp_path) == []


def test_a_class_of_the_notebook_is_saved_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By name, a class from __main__ is saved, and the log has what other processes need."""
    model = type("Scaler", (), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], "Scaler", model, raising=False)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        path = ModelPersistence.save_model(model(), tmp_path / "m.joblib", by_value=False)
    assert "__main__.Scaler is defined in the notebook or script, and only its" in caplog.text
    assert type(ModelPersistence.load_model(path)[0]) is model
    monkeypatch.delattr(sys.modules["__main__"], "Scaler")
    with pytest.raises(SerializationError, match="Define it here under the same name"):
        ModelPersistence.load_model(path)


def test_a_path_that_cannot_be_a_file_is_rejected(tmp_path: Path) -> None:
    """A folder, or a path below a file, is an error, and nothing is written."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, Path(), "", tmp_path / "file" / "m.joblib"):
        with pytest.raises(StoreError, match=r"not a regular file|is a file; choose") as caught:
            ModelPersistence.save_model(1, path)
        assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == ["file"]


def test_an_unsigned_file_can_be_adopted(tmp_path: Path) -> None:
    """An unsigned pickle is not unpickled; the code in the error loads and signs it."""
    path = tmp_path / "m.joblib"
    joblib.dump([Bomb(tmp_path / "ran"), 5], path)
    with pytest.raises(UntrustedModelError, match="unsafe=True") as caught:
        ModelPersistence.load_model(path)
    assert not (tmp_path / "ran").exists()
    load, save = re.findall(r"ModelPersistence\.\w+\(.*?\)", str(caught.value))
    model, metadata = eval(load)
    assert (tmp_path / "ran").exists()
    assert (model, metadata) == ([None, 5], {})
    assert eval(save) == path
    assert ModelPersistence.load_model(path) == ([None, 5], {})


def test_a_file_of_an_unknown_signer_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of an unknown signer is loaded only after the call in the error trusts the signer."""
    path = ModelPersistence.save_model(Bomb(tmp_path / "ran"), tmp_path / "m.joblib", {"a": 1})
    author = Keyring().fingerprint
    other_user(monkeypatch, tmp_path)
    with pytest.raises(UntrustedModelError, match=r"Keyring\(\)\.trust\('ssh-ed25519 ") as caught:
        ModelPersistence.load_model(path)
    assert caught.value.signer == author
    assert caught.value.types == ("posix.mkdir",)
    assert not ModelPersistence.validate_model_file(path)
    assert not (tmp_path / "ran").exists()
    public_key = str(caught.value).partition("trust('")[2].partition("'")[0]
    Keyring().trust(public_key, "author")
    assert ModelPersistence.load_model(path)[1] == {"a": 1}
    assert (tmp_path / "ran").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A missing file and a folder have different errors, which name the path."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "absent.joblib", tmp_path / "file" / "m.joblib", "a\0b"):
        with pytest.raises(MissingKeyError, match="does not exist"):
            ModelPersistence.load_model(path)
    with pytest.raises(StoreError, match="not a regular file"):
        ModelPersistence.load_model(tmp_path)


def validity(path: Path | str, caplog: pytest.LogCaptureFixture) -> tuple[bool, str]:
    """Return the result and the log of validate_model_file."""
    caplog.clear()
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        valid = ModelPersistence.validate_model_file(path)
    return valid, caplog.text


def test_an_unchanged_file_is_valid(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An unchanged file of this user is valid, and nothing is logged."""
    path = ModelPersistence.save_model([1], tmp_path / "m.joblib")
    assert validity(path, caplog) == (True, "")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: path.unlink(), "does not exist"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is damaged"),
        (lambda path: path.write_bytes(b""), "is damaged"),
        (lambda path: card_path(path).unlink(), "is unsigned"),
        (lambda path: card_path(path).write_bytes(b""), "not a valid record"),
        (lambda path: path.unlink() or path.mkdir(), "not a regular file"),
    ],
    ids=["missing", "cut", "empty", "bare", "card empty", "folder"],
)
def test_an_invalid_file_is_not_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Any, reason: str
) -> None:
    """For a damaged, unsigned or missing file, the log has the reason and nothing is executed."""
    path = ModelPersistence.save_model(Bomb(tmp_path / "ran"), tmp_path / "m.joblib")
    damage(path)
    valid, log = validity(path, caplog)
    assert not valid
    assert f"{path} is not a valid model file" in log
    assert reason in log
    assert not (tmp_path / "ran").exists()


def test_a_file_of_an_unknown_signer_is_not_valid(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of an unknown signer is not executed to check whether it loads."""
    path = ModelPersistence.save_model(Bomb(tmp_path / "ran"), tmp_path / "m.joblib")
    other_user(monkeypatch, tmp_path)
    valid, log = validity(path, caplog)
    assert not valid
    assert "who is not trusted" in log
    assert not (tmp_path / "ran").exists()


def test_no_changed_byte_is_run(tmp_path: Path) -> None:
    """A model file with any cut or flipped byte is invalid, and its pickle is not run."""
    path = ModelPersistence.save_model([Bomb(tmp_path / "ran"), 7], tmp_path / "m.joblib")
    whole = path.read_bytes()
    for i in range(len(whole)):
        for torn in (whole[:i], whole[:i] + bytes([whole[i] ^ 1 << i % 8]) + whole[i + 1 :]):
            path.write_bytes(torn)
            assert not ModelPersistence.validate_model_file(path)
    assert not (tmp_path / "ran").exists()
    path.write_bytes(whole)
    assert ModelPersistence.validate_model_file(path)
    assert (tmp_path / "ran").exists()


def test_a_file_that_requires_a_missing_module_is_not_valid(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that requires a missing module is not valid, and the log names the module."""
    path = ModelPersistence.save_model(Bomb, tmp_path / "m.joblib", by_value=False)
    monkeypatch.setitem(sys.modules, Bomb.__module__, None)
    valid, log = validity(path, caplog)
    assert not valid
    assert "it is a local file of its author" in log
