"""Checkpoints: numbered, whole, and by many writers."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidReferenceError, NotFoundError, UntrustedModelError
from exo_nbregistry.persistence.files import ModelPersistence

save = ModelPersistence.save_model_checkpoint
latest = ModelPersistence.load_latest_checkpoint


def test_the_latest_is_the_last_saved(tmp_path: Path) -> None:
    """However fast checkpoints follow each other, the last one saved is the latest."""
    for epoch in range(12):
        path = save([epoch], tmp_path / "ck", "run", {"epoch": epoch})
    assert path == tmp_path / "ck" / "run-000012" / "model.joblib"
    assert latest(tmp_path / "ck", "run") == ([11], {"epoch": 11})
    names = sorted(entry.name for entry in (tmp_path / "ck").iterdir())
    assert names == [f"run-{number:06d}" for number in range(1, 13)]


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
    with pytest.raises(NotFoundError, match="Did you mean kepler"):
        latest(tmp_path, "keppler")
    path.write_bytes(b"")
    with pytest.raises(NotFoundError, match="all 1 are damaged"):
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


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a..b", "a" * 121, "x\n"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    """A name that could leave the folder, or hide in it, is refused."""
    with pytest.raises(InvalidReferenceError):
        save(1, tmp_path, name)
    with pytest.raises(InvalidReferenceError):
        latest(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def save_some(folder: Path) -> None:
    """Save ten checkpoints."""
    for i in range(10):
        save(i, folder, "run")


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """Four processes writing one series get forty numbers, none twice and none left out."""
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        list(pool.map(save_some, [tmp_path] * 4))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"run-{number:06d}" for number in range(1, 41)
    ]
    for path in tmp_path.iterdir():
        assert ModelPersistence.validate_model_file(path / "model.joblib")
