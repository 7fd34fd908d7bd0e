"""Single model files: pairs that belong together, whatever happens in between."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.codec import normalise
from exo_nbregistry.errors import (
    IntegrityError,
    MissingKeyError,
    RecordError,
    RegistryError,
    SerializationError,
    StoreError,
    UntrustedModelError,
)
from exo_nbregistry.persistence.files import ModelPersistence
from exo_nbregistry.signing import Keyring

ROOT = Path(__file__).resolve().parents[2]


class Bomb:
    """Unpickling this makes a folder: the proof that something was unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)


def other_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Become a user with another key and no trusted signers."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))


def test_a_model_comes_back_with_its_metadata(tmp_path: Path) -> None:
    """Model and metadata load as they were saved; parent folders are made."""
    told = {"rows": np.int64(3), "at": datetime(2026, 1, 1, tzinfo=UTC), "loss": float("inf")}
    path = ModelPersistence.save_model({"w": np.arange(3)}, tmp_path / "a" / "m.joblib", told)
    model, metadata = ModelPersistence.load_model(path)
    assert model["w"].tolist() == [0, 1, 2]
    assert metadata == told
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
    # normalise makes each NaN the one NaN that equals itself.
    assert ModelPersistence.load_model(path)[1] == normalise(metadata, "metadata")


def test_metadata_that_cannot_be_kept_changes_nothing(tmp_path: Path) -> None:
    """A value that cannot be kept is refused by its key, and the standing model stays."""
    path = ModelPersistence.save_model("old", tmp_path / "m.joblib")
    with pytest.raises(RecordError, match=r"metadata\.a\.b"):
        ModelPersistence.save_model("new", path, {"a": {"b": object()}})
    with pytest.raises(SerializationError):
        ModelPersistence.save_model(lambda: None, path)
    assert ModelPersistence.load_model(path) == ("old", {})
    assert sorted(os.listdir(tmp_path)) == ["m.joblib", "m.joblib.json"]


def test_a_bare_file_says_the_next_step(tmp_path: Path) -> None:
    """A pickle that nobody signed is not unpickled; the refusal's own code adopts it."""
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


def test_a_strangers_file_is_not_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file by an unknown signer is refused until the signer is trusted, as the refusal says."""
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


def test_no_change_of_either_file_goes_unseen(tmp_path: Path) -> None:
    """Each byte of both files flipped or cut off: nothing else than the saved pair ever loads."""
    path = ModelPersistence.save_model({"w": [1, 2]}, tmp_path / "m.joblib", {"rows": 7})
    for file in (path, path.with_name("m.joblib.json")):
        whole = file.read_bytes()
        for i in range(len(whole)):
            for torn in (whole[:i], whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :]):
                file.write_bytes(torn)
                try:
                    assert ModelPersistence.load_model(path) == ({"w": [1, 2]}, {"rows": 7})
                except RegistryError:
                    continue
                assert file != path
        file.write_bytes(whole)


def test_a_pair_that_was_mixed_is_refused(tmp_path: Path) -> None:
    """The card of one model does not open another."""
    one = ModelPersistence.save_model([1], tmp_path / "a.joblib")
    two = ModelPersistence.save_model([2, 3], tmp_path / "b.joblib")
    two.replace(one)
    with pytest.raises(IntegrityError):
        ModelPersistence.load_model(one)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    """A missing file and a folder are named, each with its own error."""
    with pytest.raises(MissingKeyError, match="no model file"):
        ModelPersistence.load_model(tmp_path / "absent.joblib")
    with pytest.raises(StoreError, match="no regular file"):
        ModelPersistence.load_model(tmp_path)


def test_validation_logs_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A sound file of one's own is valid; of a damaged, bare or missing one the log says why."""
    path = ModelPersistence.save_model([1], tmp_path / "m.joblib")
    assert ModelPersistence.validate_model_file(path)
    joblib.dump(Bomb(tmp_path / "ran"), tmp_path / "bare.joblib")
    path.write_bytes(path.read_bytes()[:-1])
    reasons = {path: "bytes", tmp_path / "bare.joblib": "signed by nobody", tmp_path / "x": "no"}
    for file, reason in reasons.items():
        caplog.clear()
        with caplog.at_level(logging.WARNING, "exo_nbregistry"):
            assert not ModelPersistence.validate_model_file(file)
        assert reason in caplog.text
    assert not (tmp_path / "ran").exists()


def kill(how: str, folder: Path) -> list[str]:
    """Kill a save at each of its changes to the disk; return what loads after each kill."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killing.py")), how, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    states: list[str] = json.loads(done.stdout)
    return states


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killer forks")
@pytest.mark.parametrize("how", ["save", "checkpoint", "bare"])
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, how: str) -> None:
    """Killed before any change to the disk, a save leaves the old pair or the new, whole."""
    states = kill(how, tmp_path)
    assert set(states) == {"old", "new"}
    assert states.count("old") >= 3
    assert states == sorted(states, reverse=True)


def save_many(path: Path, writer: int) -> None:
    """Save ten models over each other."""
    for i in range(10):
        ModelPersistence.save_model([writer, i], path, {"model": [writer, i]})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot lock a folder")
def test_writers_of_one_path_do_not_mix(tmp_path: Path) -> None:
    """While four processes replace one model, each load gives a model with its own metadata."""
    path = tmp_path / "m.joblib"
    save_many(path, 0)
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        writers = [pool.submit(save_many, path, writer) for writer in range(4)]
        loads = 0
        while not all(writer.done() for writer in writers) or loads == 0:
            model, metadata = ModelPersistence.load_model(path)
            assert metadata == {"model": model}
            loads += 1
        for writer in writers:
            writer.result()
    model, metadata = ModelPersistence.load_model(path)
    assert metadata == {"model": model}
    assert "previous" not in json.loads(path.with_name("m.joblib.json").read_bytes())


def test_threads_share_a_path(tmp_path: Path) -> None:
    """Threads of one process may replace one model too."""
    path = tmp_path / "m.joblib"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda writer: save_many(path, writer), range(4)))
    model, metadata = ModelPersistence.load_model(path)
    assert metadata == {"model": model}
