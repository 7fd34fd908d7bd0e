"""Model files of other tools, which are inspected without loading them."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest

from exo_nbregistry.persistence.foreign_file import inspect_file


class Trap:
    """An object that runs code when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = str(target)

    def __reduce__(self) -> tuple[object, ...]:
        """Return a call that creates a folder."""
        return os.mkdir, (self.target,)


def test_names_are_read_without_running_code(tmp_path: Path) -> None:
    """The names are those that loading imports, and no code of the file runs."""
    path = tmp_path / "trap.pkl"
    path.write_bytes(pickle.dumps(Trap(tmp_path / "trapped")))
    found = inspect_file(path, digest=True)
    assert found.names == (f"{os.mkdir.__module__}.mkdir",)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.size_bytes == path.stat().st_size
    assert not (tmp_path / "trapped").exists()


def test_large_arrays_are_skipped(tmp_path: Path) -> None:
    """A mapped file of joblib with arrays has the same names as a small one."""
    for name, size in (("small", 10), ("large", 1 << 20)):
        joblib.dump([np.zeros(size), range(3)], tmp_path / name)
    small, large = (inspect_file(tmp_path / name) for name in ("small", "large"))
    assert small.names == large.names
    assert "builtins.range" in large.names
    assert (large.problem, large.sha256) == ("", "")


@pytest.mark.parametrize("name", ["model.pkl", "model.skops"])
def test_a_file_of_another_kind_has_a_problem(name: str, tmp_path: Path) -> None:
    """A file that is not a model is inspected, too; the problem states why it cannot be read."""
    (tmp_path / name).write_bytes(b"text" * 100)
    found = inspect_file(tmp_path / name)
    assert found.names == ()
    assert found.problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    """Only regular files are read, so that a pipe cannot block the plan."""
    os.mkfifo(tmp_path / "model.pkl")
    with pytest.raises(OSError, match="not a regular file"):
        inspect_file(tmp_path / "model.pkl")
