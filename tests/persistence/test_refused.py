"""Each error of the disk is one sentence with the action, the path and the reason."""

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

OTHER_USER = 65534
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
    """Return a folder of an ordinary user, and be that user during the test."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(OTHER_USER)
        try:
            (Path(folder) / "own").mkdir()
            yield Path(folder) / "own"
        finally:
            (Path(folder) / "own").chmod(0o755)
            if root:
                os.seteuid(0)


def refuse(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each flush to disk fail."""

    def fail(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    Keyring().sign("0" * 64)
    monkeypatch.setattr(os, "fsync", fail)


@pytest.mark.parametrize("call", WRITERS)
def test_a_full_disk_is_named_with_the_path(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk, the error has the path and the number, and no file remains."""
    refuse(errno.ENOSPC, monkeypatch)
    place = tmp_path / "out"
    with pytest.raises(StoreError) as caught:
        WRITERS[call](place)
    assert str(caught.value) == (
        f"Cannot write {place}: the disk is full; free some space and try again."
    )
    assert (caught.value.errno, caught.value.key) == (errno.ENOSPC, str(place))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows folders have no such modes")
@pytest.mark.parametrize("call", WRITERS)
def test_a_folder_without_write_permission_is_named(call: str, own_folder: Path) -> None:
    """Without write permission, the error has the path and what to do."""
    own_folder.chmod(0o555)
    for place in (own_folder / "out", own_folder / "new" / "out"):
        with pytest.raises(StoreError, match="ask the owner for permission, or choose") as caught:
            WRITERS[call](place)
        assert str(caught.value).startswith(f"Cannot write {place}: Permission denied;")
    assert os.listdir(own_folder) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows folders have no such modes")
@pytest.mark.parametrize("call", READERS)
def test_a_folder_without_read_permission_is_named(call: str, own_folder: Path) -> None:
    """A file without read permission is not reported as missing."""
    place = own_folder / "m" if call == "load" else own_folder
    own_folder.chmod(0)
    with pytest.raises(StoreError, match=r"Cannot read .*: Permission denied") as caught:
        READERS[call](place)
    assert str(caught.value).startswith(f"Cannot read {place}: ")


@pytest.mark.parametrize("call", WRITERS)
@pytest.mark.skipif(
    not os.path.isdir("/proc/self"), reason="requires a folder that cannot be changed"
)
def test_a_parent_that_cannot_be_created_is_named(call: str) -> None:
    """If a parent folder cannot be created, the error names the given path."""
    place = Path("/proc/self/absent/out")
    with pytest.raises(StoreError, match="check the path and the disk") as caught:
        WRITERS[call](place)
    assert str(caught.value).startswith(f"Cannot write {place}: No such file")


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    """A file in place of a folder is one error, not an error of the disk within another."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="is a file; choose another folder"):
        ModelPersistence.save_model(MODEL, tmp_path / "file" / "m")
