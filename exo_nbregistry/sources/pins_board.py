"""A board of the pins package in a folder, whose pins of models become models with versions."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.file_content import DATA, OTHER, FileContent, read_content
from exo_nbregistry.sources.file_names import is_model_file
from exo_nbregistry.sources.file_walk import shown
from exo_nbregistry.sources.found import FoundFile, FoundModel, FoundVersion
from exo_nbregistry.sources.pins_metadata import pin_facts
from exo_nbregistry.sources.safe_yaml import read_yaml
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list

_META, _MANIFEST = "data.txt", "_pins.yaml"
# Source: pins, ``versions.py``: the time, "-", and the first digits of the hash of the files.
_VERSION = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{5})", re.ASCII)
_TIME = "%Y%m%dT%H%M%SZ"
_MODEL_TYPES = frozenset({"joblib", "file", "pickle", "skops", "pkl"})


@dataclass(slots=True)
class _Pin:
    """A version of a pin: its folder, its metadata and its single file of a model."""

    version: str
    meta: Mapping[str, Any]
    file: FoundFile
    content: FileContent
    others: dict[str, FoundFile] = field(default_factory=dict)
    shares_second: bool = False


class PinsBoard:
    """A folder that ``pins.board_folder`` wrote. Its files are not unpickled.

    A pin with a model in one file becomes a model, and each of its versions a version. Pins of
    tables and of other data are not models; `lost` names them.

    Parameters
    ----------
    path : str or Path
        The folder of the board.

    Attributes
    ----------
    kind : str
        ``pins``.
    location : str
        The path.
    lost : tuple of str
        The pins that are not models, and the time zone, which pins does not store.

    Raises
    ------
    InvalidInputError
        If the path is not a board.

    Examples
    --------
    >>> PinsBoard("no_such_folder")
    Traceback (most recent call last):
    exo_nbregistry.errors.InvalidInputError: no_such_folder is not a board of pins; pass the ...

    Source: https://rstudio.github.io/pins-python/, and ``pins/meta.py`` for ``data.txt``.
    """

    kind = "pins"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        place = Path(path)
        if not self.detects(place):
            raise InvalidInputError(
                f"{place} is not a board of pins; pass the folder that pins.board_folder uses."
            )
        self.location = str(place)
        self._path = place
        self._board = _text(place.resolve().name)
        self._pins: dict[str, list[_Pin]] = {}
        data: list[str] = []
        damaged: list[str] = []
        for name in _folder_names(place):
            found = list(_read_pin(place / name, data, damaged))
            if found:
                self._pins[name] = found
        self.lost = (*_losses(data, damaged), *self._time_losses())

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a path is the folder of a board.

        Parameters
        ----------
        path : Path
            The path.

        Examples
        --------
        >>> PinsBoard.detects(Path("no_such_folder"))
        False
        """
        if not path.is_dir():
            return False
        if (path / _MANIFEST).is_file():
            return True
        return any(
            (path / pin / version / _META).is_file()
            for pin in _folder_names(path)
            for version in _folder_names(path / pin)
            if _VERSION.fullmatch(version)
        )

    def models(self) -> Iterator[FoundModel]:
        """Yield the pins with models in the order of their names."""
        for name in self._pins:
            yield FoundModel(name=name)

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a pin, oldest first; of one second, in the order of their hashes.

        Parameters
        ----------
        name : str
            Name of the pin.
        """
        for pin in self._pins[name]:
            yield _found_version(f"pins:{self._board}:{_text(name)}:{_text(pin.version)}", pin)

    def _time_losses(self) -> Iterator[str]:
        if self._pins:
            yield "the time zone of the versions: pins writes the local time as UTC"
        shared = sum(pin.shares_second for pins in self._pins.values() for pin in pins)
        if shared:
            yield f"the order of {shared:,} versions, which were written within the same second"


def _folder_names(path: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted; links are not followed."""
    try:
        with os.scandir(path) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            )
    except OSError:
        return []


def _text(name: str) -> str:
    return shown(PurePosixPath(name))


def _read_pin(folder: Path, data: list[str], damaged: list[str]) -> Iterator[_Pin]:
    """Yield the versions of a pin that are models; add the others to the lists."""
    found = []
    for version in sorted(_folder_names(folder), key=_time_key):
        label = f"{_text(folder.name)} {_text(version)}"
        meta = _read_meta(folder / version / _META)
        if meta is None:
            damaged.append(label)
            continue
        pin = _pin_of(folder / version, version, meta)
        if pin is None or (pin.content.holds == OTHER and meta.get("type") != "file"):
            damaged.append(label)
        elif pin.content.holds in (DATA, OTHER):
            data.append(label)
        else:
            found.append(pin)
    seconds = [_time_text(pin) for pin in found]
    for pin, second in zip(found, seconds, strict=True):
        pin.shares_second = bool(second) and seconds.count(second) > 1
        yield pin


def _time_key(version: str) -> tuple[str, str]:
    match = _VERSION.fullmatch(version)
    return (match[1], version) if match else ("", version)


def _read_meta(path: Path) -> Mapping[str, Any] | None:
    """Return the content of ``data.txt``, or None if it is missing or damaged."""
    try:
        meta = read_yaml(path)
    except (OSError, ValueError):
        return None
    return meta if isinstance(meta, Mapping) and isinstance(meta.get("type"), str) else None


def _pin_of(folder: Path, version: str, meta: Mapping[str, Any]) -> _Pin | None:
    """Return a version of a pin, or None if a file is missing or is not a regular file."""
    # Pins of the first API have `path`.
    listed = meta.get("file", meta.get("path"))
    names = [listed] if isinstance(listed, str) else listed
    if not isinstance(names, list) or not names:
        return None
    files: dict[str, FoundFile] = {}
    for name in names:
        found = _regular_file(folder, name)
        if found is None:
            return None
        files[name] = found
    models = [name for name in names if is_model_file(name)]
    if meta["type"] == "joblib" and len(names) == 1:
        models = names
    if meta["type"] not in _MODEL_TYPES or len(models) != 1:
        return _Pin(version, meta, files[names[0]], FileContent(DATA))
    file = files.pop(models[0])
    try:
        return _Pin(version, meta, file, read_content(file.path), files)
    except OSError:
        return None


def _regular_file(folder: Path, name: Any) -> FoundFile | None:
    """Return a file of a pin; its name comes from ``data.txt`` and must not leave the folder."""
    if not isinstance(name, str) or Path(name).name != name or "\\" in name or "\0" in name:
        return None
    path = folder / name
    try:
        status = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FoundFile(path=path, size_bytes=status.st_size)


def _found_version(source_id: str, pin: _Pin) -> FoundVersion:
    facts = pin_facts(pin.meta)
    own = {
        "pins.version": _text(pin.version),
        "pins.compression": pin.content.compression,
        "pins.same_second": pin.shares_second,
    }
    return FoundVersion(
        source_id=source_id,
        model_file=pin.file,
        files=pin.others,
        created_at=_created_at(pin),
        description=facts.description,
        algorithm=pin.content.algorithm,
        metrics=facts.metrics,
        hyperparameters=facts.hyperparameters,
        feature_columns=facts.feature_columns,
        packages=facts.packages,
        python=facts.python,
        training_dataset=facts.training_dataset,
        tags=facts.tags | {name: value for name, value in own.items() if value},
        lost=(f"{facts.left_out:,} items of nested metadata",) if facts.left_out else (),
    )


def _created_at(pin: _Pin) -> datetime | None:
    try:
        return datetime.strptime(_time_text(pin), _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _time_text(pin: _Pin) -> str:
    """Return the time in the name of the folder, or else in ``data.txt``."""
    match = _VERSION.fullmatch(pin.version)
    return match[1] if match else str(pin.meta.get("created") or "")


def _losses(data: Sequence[str], damaged: Sequence[str]) -> Iterator[str]:
    for versions, reason in ((data, "data and not a model"), (damaged, "damaged")):
        if versions:
            yield f"{count(len(versions), 'version')} ({reason}): {name_list(versions)}"
