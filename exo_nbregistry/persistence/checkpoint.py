"""Numbered checkpoints: folders that are written atomically.

::

    checkpoints/kepler-000001/model.joblib
    checkpoints/kepler-000001/model.joblib.json
    checkpoints/kepler-000002/...
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidReferenceError,
    MissingKeyError,
    NotFoundError,
    RecordError,
)
from exo_nbregistry.fs.atomic import make_folder, publish_folder, staged_folder
from exo_nbregistry.persistence.file_card import Facts, encode_facts
from exo_nbregistry.persistence.file_errors import raising_store_errors
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.sidecar import read_model, write_model

MODEL_FILE = "model.joblib"

_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,118}[A-Za-z0-9_])?")
_NUMBERED = re.compile(r"(.+)-([0-9]{6,})")
_NAME_RULE = "letters, digits and '_', with '.' and '-' inside, at most 120 characters"
_log = logging.getLogger("exo_nbregistry")


def write_checkpoint(model: Any, folder: Path, name: str, metadata: Facts = None) -> Path:
    """Write the next checkpoint of a series, as `ModelPersistence.save_model_checkpoint`."""
    _check_name(name)
    facts = encode_facts(metadata)
    with raising_store_errors("write", folder):
        make_folder(folder)
        with staged_folder(folder / name) as staged:
            write_model(partial(JOBLIB.write, model), staged / MODEL_FILE, facts)
            return _publish(staged, folder, name) / MODEL_FILE


def _publish(staged: Path, folder: Path, name: str) -> Path:
    number = max(_numbered(folder, name), default=0) + 1
    while True:
        target = folder / f"{name}-{number:06d}"
        try:
            publish_folder(staged, target)
        except FileExistsError:
            number += 1  # of another process
        else:
            return target


def read_latest_checkpoint(
    folder: Path, name: str, *, trust: Sequence[str] = (), unsafe: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """Load the newest intact checkpoint, as `ModelPersistence.load_latest_checkpoint`."""
    _check_name(name)
    with raising_store_errors("read", folder):
        numbered = _numbered(folder, name)
    for number in sorted(numbered, reverse=True):
        try:
            path = folder / numbered[number] / MODEL_FILE
            return read_model(path, trust=trust, unsafe=unsafe)
        except (IntegrityError, RecordError, MissingKeyError) as error:
            _log.warning("Skipped checkpoint %s: %s", numbered[number], error)
    state = f"all {len(numbered)} are damaged" if numbered else "no checkpoint has this name"
    raise NotFoundError(
        f"Cannot load a checkpoint {name!r} from {folder}: {state}.",
        name=name,
        known=_series(folder) - {name},
    )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or ".." in name:
        raise InvalidReferenceError(
            f"Invalid checkpoint name {name!r}; use {_NAME_RULE}.", text=name, rule=_NAME_RULE
        )


def _numbered(folder: Path, name: str) -> dict[int, str]:
    return {int(match[2]): match[0] for match in _checkpoints(folder) if match[1] == name}


def _series(folder: Path) -> set[str]:
    return {match[1] for match in _checkpoints(folder)}


def _checkpoints(folder: Path) -> list[re.Match[str]]:
    names = os.listdir(folder) if folder.is_dir() else []
    return [match for name in names if (match := _NUMBERED.fullmatch(name))]
