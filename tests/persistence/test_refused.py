"""Every call that touches the disk says in one sentence what it could not do, where, and why."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import StoreError
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.signing.keyring import Keyring

NOBODY = 65534
MODEL = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
WRITERS: dict[str, Callable[[Path], Any]] = {
    "save": lambda place: ModelPersistence.save_model(MODEL, place),
    "checkpoint": lambda place: ModelPersistence.save_model_checkpoint(MODEL, place),
    "export": lambda place: ModelPersistence.export_model_for_deployment(MODEL, place),
}
READERS: dict[str, Callable[[Path], Any]] = {
    "load": ModelPersistence.load_model,
    "load checkpoint": ModelPersistence.load_latest_checkpoint,
}


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """Give a folder of this user, who is an ordinary one for as long."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(NOBODY)
        try:
            (Path(folder) / "own").mkdir()
            yield Path(folder) / "own"
        finally:
            (Path(folder) / "own").chmod(0o755)
            if root:
                os.seteuid(0)


def refuse(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk refuse whatever is flushed to it."""

    def fail(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    Keyring().sign("0" * 64)
    monkeypatch.setattr(os, "fsync", fail)


@pytest.mark.parametrize("call", WRITERS)
def test_a_full_disk_is_told_with_the_path(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no room is left, the path is named, the number kept, and nothing left behind."""
    refuse(errno.ENOSPC, monkeypatch)
    place = tmp_path / "out"
    with pytest.raises(StoreError) as caught:
        WRITERS[call](place)
    assert str(caught.value) == (
        f"Cannot write {place}: the disk is full; free some space, then run the call again."
    )
    assert (caught.value.errno, caught.value.key) == (errno.ENOSPC, str(place))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows folders have no such modes")
@pytest.mark.parametrize("call", WRITERS)
def test_a_closed_folder_is_told_with_the_path(call: str, own_folder: Path) -> None:
    """Where this user may not write, the path is named, and so is what to do."""
    own_folder.chmod(0o555)
    for place in (own_folder / "out", own_folder / "new" / "out"):
        with pytest.raises(StoreError, match="ask its owner for the right, or choose") as caught:
            WRITERS[call](place)
        assert str(caught.value).startswith(f"Cannot write {place}: Permission denied;")
    assert os.listdir(own_folder) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows folders have no such modes")
@pytest.mark.parametrize("call", READERS)
def test_what_may_not_be_read_is_told_with_the_path(call: str, own_folder: Path) -> None:
    """What is closed to this user is not reported as missing."""
    place = own_folder / "m" if call == "load" else own_folder
    own_folder.chmod(0)
    with pytest.raises(StoreError, match=r"Cannot read .*: Permission denied") as caught:
        READERS[call](place)
    assert str(caught.value).startswith(f"Cannot read {place}: ")


@pytest.mark.parametrize("call", WRITERS)
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a place where nothing is made")
def test_a_place_where_no_folder_can_be_made_is_told(call: str) -> None:
    """A parent that cannot be made is an error about the path that was given."""
    place = Path("/proc/self/absent/out")
    with pytest.raises(StoreError, match="check that the place is sound") as caught:
        WRITERS[call](place)
    assert str(caught.value).startswith(f"Cannot write {place}: No such file")


def test_the_refusal_of_a_model_is_no_refusal_of_the_disk(tmp_path: Path) -> None:
    """An error of this package passes through as it is."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="is a file; choose another folder"):
        ModelPersistence.save_model(MODEL, tmp_path / "file" / "m")
