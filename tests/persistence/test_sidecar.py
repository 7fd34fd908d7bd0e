"""A model file and its card are always replaced together."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import reduce
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import joblib
import pytest

from exo_nbregistry.errors import IntegrityError, RecordError, RegistryError, UntrustedModelError
from exo_nbregistry.persistence.file_card import card_path
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.signing.keyring import Keyring
from tests.persistence.bomb import Bomb
from tests.persistence.kill_runner import needs_fork, states_after_kills
from tests.persistence.tamper import reseal
from tests.sync_recorder import Synced, needs_proc, record

save, load = ModelPersistence.save_model, ModelPersistence.load_model


synced = pytest.fixture(record)


@needs_proc
def test_a_saved_model_is_safe_when_its_name_appears(tmp_path: Path, synced: Synced) -> None:
    """Model and card are flushed before they are renamed, and the folder after each."""
    Keyring().sign("a key is made here")
    synced.clear()
    save([1], tmp_path / "m.joblib")
    folder = tmp_path.name
    assert [name.startswith(".tmp-") or name for name in synced] == [True, True, folder, folder]


def test_each_change_of_a_file_is_detected(tmp_path: Path) -> None:
    """With any byte flipped or cut in either file, only the saved pair is ever loaded."""
    path = save({"w": [1, 2]}, tmp_path / "m.joblib", {"rows": 7})
    for file in (path, card_path(path)):
        whole = file.read_bytes()
        for i in range(len(whole)):
            for torn in (whole[:i], whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :]):
                file.write_bytes(torn)
                try:
                    assert load(path) == ({"w": [1, 2]}, {"rows": 7})
                except RegistryError:
                    continue
                assert file != path
        file.write_bytes(whole)


def test_a_card_of_another_model_is_rejected(tmp_path: Path) -> None:
    """A model is not loaded with the card of another model."""
    one = save([1], tmp_path / "a.joblib")
    two = save([2, 3], tmp_path / "b.joblib")
    two.replace(one)
    with pytest.raises(IntegrityError):
        load(one)


def test_a_changed_card_is_rejected(tmp_path: Path) -> None:
    """A changed card with a corrected checksum does not match its signature."""
    path = save([1], tmp_path / "m.joblib", {"rows": 7})
    bomb = tmp_path / "bomb.joblib"
    joblib.dump(Bomb(tmp_path / "ran"), bomb)
    bomb.replace(path)
    forged = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "size_bytes": path.stat().st_size,
    }
    reseal(path, **forged)
    for unsafe in (False, True):
        with pytest.raises(IntegrityError, match="changed after it was signed"):
            load(path, unsafe=unsafe)
    reseal(path, signature=None)
    with pytest.raises(UntrustedModelError, match="is unsigned"):
        load(path)
    assert not (tmp_path / "ran").exists()


def test_a_damaged_pair_can_be_replaced(tmp_path: Path) -> None:
    """Saving over a damaged model or card creates a complete pair."""
    path = save([1], tmp_path / "m.joblib")
    card_path(path).write_bytes(b"torn")
    assert load(save([2], path)) == ([2], {})
    path.write_bytes(b"torn")
    assert load(save([3], path)) == ([3], {})
    assert sorted(os.listdir(tmp_path)) == ["m.joblib", "m.joblib.json"]


@pytest.mark.parametrize(
    "facts",
    [{"a": "x" * 600_000}, {"a": reduce(lambda inner, _: [inner], range(62), 0)}],
    ids=["large", "deep"],
)
def test_metadata_of_two_models_can_be_too_large(tmp_path: Path, facts: dict[str, Any]) -> None:
    """If one card cannot describe both models, the old pair is kept and the error explains it."""
    path = save("old", tmp_path / "m.joblib", facts)
    with pytest.raises(RecordError, match="Save under another name"):
        save("new", path, facts)
    assert load(path) == ("old", facts)
    assert load(save("new", tmp_path / "n.joblib", facts)) == ("new", facts)


@pytest.mark.crash
@needs_fork
@pytest.mark.parametrize("how", ["save", "bare"])
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, how: str) -> None:
    """Killed before any change to the disk, a save leaves the old or the new pair, complete."""
    states = states_after_kills(how, tmp_path)
    assert set(states) == {"old", "new"}
    assert states.count("old") >= 3
    assert states == sorted(states, reverse=True)


def save_many(path: Path, writer: int) -> None:
    """Save ten models to one path."""
    for i in range(10):
        save([writer, i], path, {"model": [writer, i]})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot lock a folder")
def test_writers_of_one_path_do_not_mix(tmp_path: Path) -> None:
    """While four processes replace one model, each loaded model has its own metadata."""
    path = tmp_path / "m.joblib"
    save_many(path, 0)
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        writers = [pool.submit(save_many, path, writer) for writer in range(4)]
        loads = 0
        while not all(writer.done() for writer in writers) or loads == 0:
            model, metadata = load(path)
            assert metadata == {"model": model}
            loads += 1
        for writer in writers:
            writer.result()
    model, metadata = load(path)
    assert metadata == {"model": model}
    assert "previous" not in json.loads(card_path(path).read_bytes())


def test_threads_share_a_path(tmp_path: Path) -> None:
    """Threads of one process can replace one model."""
    path = tmp_path / "m.joblib"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda writer: save_many(path, writer), range(4)))
    model, metadata = load(path)
    assert metadata == {"model": model}
