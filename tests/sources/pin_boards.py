"""Boards that the pins package writes."""

from __future__ import annotations

import warnings
from datetime import datetime
from pathlib import Path
from typing import Any


def board_in(folder: Path) -> Any:
    """Return a board of pins in a new folder."""
    import pins

    folder.mkdir(parents=True)
    return pins.board_folder(str(folder), versioned=True, allow_pickle_read=True)


def pin(board: Any, name: str, value: Any, kind: str = "joblib", **options: Any) -> str:
    """Write a pin and return its version."""
    with warnings.catch_warnings():
        # pins does not close its files.
        warnings.simplefilter("ignore")
        meta = board.pin_write(value, name, type=kind, **options)
    return str(meta.version.version)


def upload(board: Any, path: Path, name: str) -> str:
    """Upload a file as a pin and return its version."""
    with warnings.catch_warnings():
        # pins does not close the file.
        warnings.simplefilter("ignore")
        return str(board.pin_upload(str(path), name).version.version)


def at(second: int) -> datetime:
    """Return a naive local time, as pins uses it."""
    return datetime(2024, 3, 1, 12, 0, second)  # noqa: DTZ001
