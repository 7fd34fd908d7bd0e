"""Checkpoints: numbered, whole, and by many writers."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ProcessPoolExecutor
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
from exo_nbregistry.persistence.files import ModelPersistence
from tests.persistence.killed import needs_fork, states_after_kills

save = ModelPersistence.save_model_checkpoint
latest = ModelPersistence.load_latest_checkpoint


@pytest.mark.slow
def test_the_latest_is_the_last_saved(tmp_path: Path) -> None:
    """However fast checkpoints follow each other, the last one saved is the latest."""
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
    """What saving returns can be loaded as any model file."""
    path = save("m", tmp_path, "run", {"a": 1})
    assert ModelPersistence.load_model(path) == ("m", {"a": 1})


def test_numbers_sort_as_numbers(tmp_path: Path) -> None:
    """The millionth checkpoint comes after the one before it."""
    save("early", tmp_path, "run").parent.rename(tmp_path / "run-999999")
    assert save("late", tmp_path, "run").parent.name == "run-1000000"
    assert latest(tmp_path, "run")[0] == "late"


def test_series_do_not_mix(tmp_path: Path) -> None:
    """A series whose name begins like another's, or looks like a checkpoint, is its own."""
    for name in ("run", "run-000009", "runner", "r.u_n"):
        save(name, tmp_path, name)
    for name in ("run", "run-000009", "runner", "r.u_n"):
        assert latest(tmp_path, name)[0] == name


@pytest.mark.parametrize("damage", ["payload", "card", "no payload", "no files"])
def test_a_damaged_checkpoint_is_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """The newest whole checkpoint is loaded, and the log names the damaged ones."""
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


def test_nothing_to_load_is_said(tmp_path: Path) -> None:
    """Without a whole checkpoint the error says which series there are, or that all are damaged."""
    with pytest.raises(NotFoundError, match="there is none"):
        latest(tmp_path / "absent", "run")
    path = save("m", tmp_path, "kepler")
    (tmp_path / ".tmp-1-ab").mkdir()
    (tmp_path / "notes-1.txt").write_text("")
    with pytest.raises(NotFoundError, match=r"Did you mean kepler\?$"):
        latest(tmp_path, "keppler")
    path.write_bytes(b"")
    with pytest.raises(NotFoundError, match=r"all 1 are damaged\.$"):
        latest(tmp_path, "kepler")


def test_a_strangers_checkpoint_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newest checkpoint by a stranger is refused, not silently skipped for an older one."""
    save("theirs", tmp_path / "ck", "run")
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))
    with pytest.raises(UntrustedModelError):
        latest(tmp_path / "ck", "run")
    assert latest(tmp_path / "ck", "run", unsafe=True)[0] == "theirs"


def test_facts_that_cannot_be_kept_are_refused_first(tmp_path: Path) -> None:
    """A fact that a card cannot keep is refused by its key before anything is written."""
    with pytest.raises(RecordError, match=r"^metadata\.loss"):
        save("m", tmp_path / "ck", "run", {"loss": 1j})
    assert list(tmp_path.iterdir()) == []


def test_no_model_is_refused(tmp_path: Path) -> None:
    """Without a model there is no new number."""
    save("m", tmp_path, "run")
    with pytest.raises(SerializationError, match="it is None"):
        save(None, tmp_path, "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run-000001"]


def test_a_file_for_a_folder_is_refused(tmp_path: Path) -> None:
    """A checkpoint folder that is a file is told in one sentence, and holds no checkpoint."""
    (tmp_path / "ck").write_text("")
    with pytest.raises(StoreError, match="a file stands in the way"):
        save("m", tmp_path / "ck", "run")
    with pytest.raises(NotFoundError, match="there is none"):
        latest(tmp_path / "ck", "run")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a..b", "a" * 121, "x\n"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    """A name that could leave the folder, or hide in it, is refused."""
    with pytest.raises(InvalidReferenceError):
        save(1, tmp_path, name)
    with pytest.raises(InvalidReferenceError):
        latest(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_was_just_taken_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that is overtaken between choosing its number and taking it goes on to the next."""
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
    """Killed before any change to the disk, a checkpoint is not there or it is whole."""
    states = states_after_kills("checkpoint", tmp_path)
    assert set(states) == {"old", "new"}
    assert states.count("old") >= 3
    assert states == sorted(states, reverse=True)


def save_many(folder: Path) -> None:
    """Save 250 checkpoints as fast as it goes."""
    for i in range(250):
        save([os.getpid(), i], folder, "run", {"model": [os.getpid(), i]})


@pytest.mark.slow
def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """Two processes writing one series get 500 numbers; a reader never sees one go backwards."""
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
