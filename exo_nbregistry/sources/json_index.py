"""Read the registry of this project's predecessor: an index, one JSON file a model, pickles.

The folder has ``index.json`` with ``{"models": {name: [entry, ...]}, "latest_versions": {name:
number}}``, ``models/<model_id>.pkl`` and ``metadata/<model_id>.json``. An entry has model_id,
version, algorithm, f1_score, accuracy and training_date. A model_id is
``<name>_v<version>_<YYYYmmdd>_<HHMMSS>`` in local time.

Source: the layout that is written by public copies of the predecessor, ``model_registry.py`` with
the classes ModelMetadata and ModelRegistry "for managing trained exoplanet classification models".
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from exo_nbregistry.errors import InvalidInputError, ModelNotFoundError
from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.sources.found import FoundFile, FoundModel, FoundVersion
from exo_nbregistry.sources.json_facts import (
    DAMAGED,
    PATHS,
    count_of,
    distribution_of,
    doubts,
    metrics_of,
    name_of,
    number_of,
    tags_of,
    text,
    time_of,
)
from exo_nbregistry.sources.yaml_text import mapping

_MAX_JSON_BYTES = 64 << 20
_MISSING = "the model (its file is missing)"
_SUFFIXES = (".pkl", ".joblib", ".pickle")


class JsonIndex:
    """A folder of this project's predecessor, which is read without unpickling anything.

    Each version of the index, each file of metadata and each model file arrives once. If the index
    is damaged, or another process replaced it with an older one, the files of metadata replace it.

    Parameters
    ----------
    path : Path
        The folder, such as ``models/registry``.

    Attributes
    ----------
    kind : str
        ``json-index``.
    location : str
        Path of the folder.
    lost : tuple of str
        Damaged files.

    Raises
    ------
    InvalidInputError
        If the folder has neither an index nor metadata nor models.
    """

    kind = "json-index"

    def __init__(self, path: Path) -> None:
        self.location = str(path)
        self._root = path
        self._damaged: list[str] = []
        self._entries = self._collect()
        self.lost: tuple[str, ...] = tuple(self._damaged)
        if not self._entries and not (path / "index.json").is_file():
            raise InvalidInputError(f"{path} has no models; pass the folder with index.json.")
        self._names: dict[str, list[str]] = defaultdict(list)
        for model_id, facts in self._entries.items():
            self._names[name_of(model_id, facts)].append(model_id)

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a folder is a registry of the predecessor.

        Parameters
        ----------
        path : Path
            The folder.
        """
        if not path.is_dir() or (path / "nbregistry.json").exists():
            return False
        index = mapping(_read_json(path / "index.json"))
        if "latest_versions" in index or any(True for _ in _index_entries(index)):
            return True
        # Its index can be damaged or missing.
        metadata = [*_json_files(path / "metadata")]
        return any("model_id" in mapping(_read_json(file)) for file in metadata[:20])

    def models(self) -> Iterator[FoundModel]:
        """Yield the models in the order of their names."""
        for name in sorted(self._names):
            yield FoundModel(name=name)

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model, oldest first.

        Parameters
        ----------
        name : str
            Name of the model.

        Raises
        ------
        ModelNotFoundError
            If the model does not exist.
        """
        if name not in self._names:
            message = f"{self.location} has no model {name!r}."
            raise ModelNotFoundError(message, name=name, known=self._names)
        taken: set[int] = set()
        for model_id in sorted(self._names[name], key=self._order):
            facts = self._entries[model_id]
            number = number_of(model_id, facts)
            # The predecessor wrote a version twice if two processes registered at once.
            free = number is not None and number not in taken
            taken |= {number} if number is not None else set()
            yield self._version(model_id, facts, number if free else None)

    def _collect(self) -> dict[str, dict[str, Any]]:
        """Return the facts of each version by its id: of the index, then of its metadata."""
        entries: dict[str, dict[str, Any]] = defaultdict(dict)
        index = _read_json(self._root / "index.json")
        if not isinstance(index, dict) and (self._root / "index.json").exists():
            self._damaged.append("index.json (damaged; the files of metadata replace it)")
        for model_id, facts in _index_entries(index):
            entries[model_id].update(facts)
        for path in _json_files(self._root / "metadata"):
            metadata = mapping(_read_json(path))
            model_id = text(metadata.get("model_id")) or path.stem
            if metadata:
                entries[model_id].update(metadata)
            else:
                self._damaged.append(f"metadata/{path.name} (damaged)")
                entries[model_id].setdefault(DAMAGED, True)
        found = {self._model_path(model_id, facts) for model_id, facts in entries.items()}
        for path in self._model_files():
            if Path(os.path.realpath(path)) not in found:
                entries.setdefault(path.stem, {})
        return dict(entries)

    def _model_files(self) -> Iterator[Path]:
        for folder in (self._root / "models", self._root):
            with contextlib.suppress(OSError):
                yield from (path for path in sorted(folder.iterdir()) if _is_model(path))

    def _order(self, model_id: str) -> tuple[int, str, str]:
        facts = self._entries[model_id]
        return number_of(model_id, facts) or 0, text(facts.get("training_date")), model_id

    def _version(self, model_id: str, facts: dict[str, Any], number: int | None) -> FoundVersion:
        path = self._model_path(model_id, facts)
        created_at = time_of(model_id, facts)
        metrics = metrics_of(facts)
        columns = facts.get("feature_columns")
        dataset = text(facts.get("training_dataset"))
        return FoundVersion(
            source_id=f"json-index:{model_id}",
            number=number,
            model_file=FoundFile(path=path, size_bytes=path.stat().st_size) if path else None,
            created_at=created_at,
            description=text(facts.get("description")),
            algorithm=text(facts.get("algorithm")) or None,
            metrics=metrics,
            hyperparameters=dict(mapping(facts.get("hyperparameters"))),
            feature_columns=tuple(map(str, columns)) if isinstance(columns, list) else (),
            training_dataset=dataset if dataset != "unknown" else None,
            training_samples=count_of(facts.get("training_samples")),
            test_samples=count_of(facts.get("test_samples")),
            class_distribution=distribution_of(facts.get("class_distribution")),
            tags=tags_of(model_id, facts, created_at),
            lost=(*([] if path else [_MISSING]), *doubts(facts, metrics)),
        )

    def _model_path(self, model_id: str, facts: Mapping[str, Any]) -> Path | None:
        """Return the model file: by its id, or by the end of a path, which can be stale."""
        names = [
            f"{folder}{model_id}{suffix}" for suffix in _SUFFIXES for folder in ("models/", "")
        ]
        for field in PATHS:
            # A path of Windows has other separators.
            parts = PureWindowsPath(text(facts.get(field))).parts
            names += ["/".join(parts[-depth:]) for depth in (3, 2, 1) if len(parts) >= depth]
        root = os.path.realpath(self._root)
        for name in names:
            path = Path(os.path.realpath(os.path.join(root, name)))
            # An id or a path can lead out of the folder.
            if path.is_relative_to(root) and _is_model(path):
                return path
        return None


def _index_entries(index: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the versions of an index by their ids: of lists by model, or of a mapping by id."""
    for name, value in mapping(mapping(index).get("models", index)).items():
        listed = value if isinstance(value, list) else []
        found = [{"model_name": name, **mapping(entry)} for entry in listed]
        for facts in found or [{"model_id": name, **mapping(value)}]:
            model_id = text(facts.get("model_id"))
            if model_id and "version" in facts:
                yield model_id, facts


def _json_files(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(path for path in folder.iterdir() if path.suffix == ".json")


def _read_json(path: Path) -> Any:
    """Return the content of a JSON file, or None if it is damaged or missing."""
    try:
        return json.loads(read_regular(path, _MAX_JSON_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None


def _is_model(path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return path.suffix in _SUFFIXES and stat.S_ISREG(path.lstat().st_mode)
    return False
