"""Checkpoints are numbered, complete and safe with several writers."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import pytest

from exo_nbregistry.errors import (
    InvalidReferenceError,
    NotFoundError,
    RecordError,
    SerializationError,
    StoreError,
    UntrustedModelError,
)
from exo_nbregistry.persistence import checkpoint
from exo_nbregistry.persistence.model_files import ModelPersistence
from tests.persistence.kill_runner import needs_fork, states_after_kills

save = ModelPersistence.save_model_checkpoint
latest = ModelPersistence.load_latest_checkpoint


@pytest.mark.slow
def test_the_latest_is_the_last_saved(tmp_path: Path) -> None:
    """The last saved checkpoint is the latest, however fast checkpoints are saved."""
    for epoch in range(1000):
        path = save([epoch], tmp_path / "ck", "run", {"epoch": epoch})
    assert path == tmp_path / "ck" / "run-001000" / "model.joblib"
    assert latest(tmp_path / "ck", "run") == ([999], {"epoch": 999})
    names = sorted(entry.name for entry in (tmp_path / "ck").iterdir())
    assert names == [f"run-{number:06d}" for number in range(1, 1001)]
    for number in range(1, 1001, 37):
        path = tmp_path / "ck" / f"run-{number:06d}" / "model.joblib"
        assert ModelPersistence.load_model(path) == ([number - 1], {"epoch": number - 1})


def test_a_checkpoint_is_a_model_file(tmp_path: Path) -> None:
    """The returned path can be loaded as a model file."""
    path = save("m", tmp_path, "run", {"a": 1})
    assert ModelPersistence.load_model(path) == ("m", {"a": 1})


def test_numbers_sort_as_numbers(tmp_path: Path) -> None:
    """Checkpoint 1000000 comes after checkpoint 999999."""
    save("early", tmp_path, "run").parent.rename(tmp_path / "run-999999")
    assert save("late", tmp_path, "run").parent.name == "run-1000000"
    assert latest(tmp_path, "run")[0] == "late"


def test_series_do_not_mix(tmp_path: Path) -> None:
    """Series with similar names, or names that look like a checkpoint, are separate."""
    for name in ("run", "run-000009", "runner", "r.u_n"):
        save(name, tmp_path, name)
    for name in ("run", "run-000009", "runner", "r.u_n"):
        assert latest(tmp_path, name)[0] == name


@pytest.mark.parametrize("damage", ["payload", "card", "no payload", "no files"])
def test_a_damaged_checkpoint_is_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """The newest intact checkpoint is loaded, and the log names the damaged ones."""
    save("good", tmp_path, "run")
    torn = save("torn", tmp_path, "run")
    card = torn.with_name("model.joblib.json")
    if damage == "payload":
        torn.write_bytes(torn.read_bytes()[:-3])
    elif damage == "card":
        card.write_bytes(card.read_bytes()[:50])
    else:
        torn.unlink()
    if damage == "no files":
        card.unlink()
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert latest(tmp_path, "run")[0] == "good"
    assert "Skipped checkpoint run-000002" in caplog.text


def test_without_a_checkpoint_the_error_names_the_series(tmp_path: Path) -> None:
    """Without an intact checkpoint, the error names similar series or the damage."""
    with pytest.raises(NotFoundError, match="no checkpoint has this name"):
        latest(tmp_path / "absent", "run")
    path = save("m", tmp_path, "kepler")
    (tmp_path / ".tmp-1-ab").mkdir()
    (tmp_path / "notes-1.txt").write_text("")
    with pytest.raises(NotFoundError, match=r"Did you mean kepler\?$"):
        latest(tmp_path, "keppler")
    path.write_bytes(b"")
    with pytest.raises(NotFoundError, match=r"all 1 are damaged\.$"):
        latest(tmp_path, "kepler")


def test_a_checkpoint_of_an_unknown_signer_is_not_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the newest checkpoint requires a trusted signer, no older one is loaded instead."""
    save("plain", tmp_path / "ck", "run")
    save(Fraction(1, 3), tmp_path / "ck", "run")
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))
    with pytest.raises(UntrustedModelError):
        latest(tmp_path / "ck", "run")
    assert latest(tmp_path / "ck", "run", unsafe=True)[0] == Fraction(1, 3)


def test_a_plain_checkpoint_of_an_unknown_signer_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint without code of its author loads although its signer is unknown."""
    save("theirs", tmp_path / "ck", "run")
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))
    assert latest(tmp_path / "ck", "run")[0] == "theirs"


def test_unsupported_metadata_is_rejected_first(tmp_path: Path) -> None:
    """An unsupported metadata value is an error that names its key, before anything is written."""
    with pytest.raises(RecordError, match=r"^metadata\.loss"):
        save("m", tmp_path / "ck", "run", {"loss": 1j})
    assert list(tmp_path.iterdir()) == []


def test_none_is_rejected(tmp_path: Path) -> None:
    """None is an error and does not use a number."""
    save("m", tmp_path, "run")
    with pytest.raises(SerializationError, match="The model is None"):
        save(None, tmp_path, "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run-000001"]


def test_a_file_is_not_a_checkpoint_folder(tmp_path: Path) -> None:
    """A file cannot be written to as a checkpoint folder, and does not contain checkpoints."""
    (tmp_path / "ck").write_text("")
    with pytest.raises(StoreError, match="is a file; choose another folder"):
        save("m", tmp_path / "ck", "run")
    with pytest.raises(NotFoundError, match="no checkpoint has this name"):
        latest(tmp_path / "ck", "run")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a..b", "a" * 121, "x\n"])
def test_an_invalid_name_is_rejected(tmp_path: Path, name: str) -> None:
    """A name that leads out of the folder, or would be hidden in it, is an error."""
    with pytest.raises(InvalidReferenceError):
        save(1, tmp_path, name)
    with pytest.raises(InvalidReferenceError):
        latest(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_used_number_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another process uses the chosen number first, the next number is used."""
    publish = checkpoint.publish_folder

    def overtaken(staged: Path, target: Path) -> None:
        monkeypatch.setattr(checkpoint, "publish_folder", publish)
        save("first", tmp_path, "run")
        publish(staged, target)

    monkeypatch.setattr(checkpoint, "publish_folder", overtaken)
    assert save("second", tmp_path, "run").parent.name == "run-000002"
    assert latest(tmp_path, "run")[0] == "second"


@pytest.mark.crash
@needs_fork
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Killed before any change to the disk, a checkpoint is complete or does not exist."""
    states = states_after_kills("checkpoint", tmp_path)
    assert set(states) == {"old", "new"}
    assert states.count("old") >= 3
    assert states == sorted(states, reverse=True)


def save_many(folder: Path) -> None:
    """Save 250 checkpoints without pause."""
    for i in range(250):
        save([os.getpid(), i], folder, "run", {"model": [os.getpid(), i]})


@pytest.mark.slow
def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """Two processes write 500 numbers to one series, and readers see each one's values in order."""
    save([0, -1], tmp_path, "run", {"model": [0, -1]})
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        writers = [pool.submit(save_many, tmp_path) for _ in range(2)]
        seen: dict[int, int] = {}
        while not all(writer.done() for writer in writers):
            (pid, i), metadata = latest(tmp_path, "run")
            assert metadata == {"model": [pid, i]}
            assert seen.setdefault(pid, i) <= i
            seen[pid] = i
        for writer in writers:
            writer.result()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"run-{number:06d}" for number in range(1, 502)]
    found = [ModelPersistence.load_model(tmp_path / name / "model.joblib")[0] for name in names]
    for pid in {pid for pid, _ in found} - {0}:
        assert [i for other, i in found if other == pid] == list(range(250))
