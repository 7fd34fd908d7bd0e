"""Record which files and folders are flushed to disk, in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

Synced = list[str]

needs_proc = pytest.mark.skipif(
    not os.path.isdir("/proc/self/fd"), reason="names of open files are read from /proc"
)


def record(monkeypatch: pytest.MonkeyPatch) -> Synced:
    """Return a list that receives the name of each flushed file or folder; a fixture."""
    names: Synced = []
    real = os.fsync

    def fsync(handle: int) -> None:
        names.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return names
