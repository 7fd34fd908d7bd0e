"""A save that is stopped at any place does not block other saves for ever."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs import file_lock
from exo_nbregistry.persistence.model_files import ModelPersistence
from tests.crash import stopped

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the stopped program forks"),
]
save, load = ModelPersistence.save_model, ModelPersistence.load_model


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the times until the message and the error."""
    monkeypatch.setattr(file_lock, "MESSAGE_AFTER_S", 0.05)
    monkeypatch.setattr(file_lock, "LIMIT_S", 0.2)


def save_or_wait(path: Path) -> str:
    """Save a model, and return the error or ``saved``."""
    try:
        save("second", path, {"name": "second"})
    except StoreError as error:
        return str(error)
    return "saved"


def test_a_stopped_save_blocks_nobody_for_ever(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Beside a stopped save, others succeed; one of the same file may name the process instead."""
    path = save("old", tmp_path / "m.joblib", {"name": "old"})
    outcomes = []
    for point in range(1, 100):
        with stopped(str(tmp_path), point, lambda: save("first", path, {"name": "first"})) as place:
            if not place:
                break
            assert load(save("x", tmp_path / "other.joblib")) == ("x", {})
            ModelPersistence.save_model_checkpoint("x", tmp_path)
            model, metadata = load(path)
            assert metadata == {"name": model}
            caplog.clear()
            with caplog.at_level(logging.WARNING, "exo_nbregistry"):
                outcomes.append(save_or_wait(path))
            assert ("Waiting up to " in caplog.text) == (outcomes[-1] != "saved")
            if outcomes[-1] == "saved":
                assert load(path) == ("second", {"name": "second"})
        model, metadata = load(path)
        assert metadata == {"name": model}
    assert len(outcomes) > 20
    errors = set(outcomes) - {"saved"}
    assert 0 < outcomes.count("saved") < len(outcomes)
    named = rf"Cannot write {path}: process \d+ on \S+ has been .* End or continue that process"
    # Between the lock and its text, the process is not known.
    expected = f"{named}|Cannot write {path}: another process"
    assert any(re.match(named, error) for error in errors)
    assert [error for error in errors if not re.match(expected, error)] == []
    assert [name for name in os.listdir(tmp_path) if name.startswith(".tmp-")] == []


def test_a_stopped_checkpoint_blocks_nobody(tmp_path: Path) -> None:
    """Beside a checkpoint that is stopped at any place, another one succeeds."""
    write = ModelPersistence.save_model_checkpoint
    write("old", tmp_path)
    for point in range(1, 100):
        with stopped(str(tmp_path), point, lambda: write("first", tmp_path)) as place:
            if not place:
                break
            write("second", tmp_path)
    assert point > 10
    assert len([name for name in os.listdir(tmp_path) if name.startswith("checkpoint-")]) >= point
