"""A store in a folder for the tests: a JSON file for each model, and the files of versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exo_nbregistry.sources.found import (
    AliasMove,
    FoundFile,
    FoundModel,
    FoundVersion,
    MetricPoint,
)


class FolderStore:
    """A reader of such a folder, as those of the other tools."""

    kind = "Shelf"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.location = str(path)
        self.lost: tuple[str, ...] = ("2 webhooks",)

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a folder has such a store."""
        return (path / "shelf").is_dir()

    def models(self) -> Iterator[FoundModel]:
        """Yield the models."""
        for file in sorted((self.path / "shelf").glob("*.json")):
            fields = json.loads(file.read_text())
            moves = [_move(move) for move in fields.get("moves", ())]
            known = ("description", "tags")
            facts = {name: fields[name] for name in known if name in fields}
            yield FoundModel(name=fields["name"], alias_moves=tuple(moves), **facts)

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model."""
        for file in sorted((self.path / "shelf").glob("*.json")):
            fields = json.loads(file.read_text())
            if fields["name"] == name:
                for version in fields["versions"]:
                    yield self._version(version)

    def _version(self, fields: dict[str, Any]) -> FoundVersion:
        values = dict(fields)
        for name in ("aliases", "lost", "feature_columns"):
            values[name] = tuple(values.get(name, ()))
        if model := values.pop("model", None):
            values["model_file"] = _file(self.path / model)
        values["files"] = {
            n: _file(self.path / path) for n, path in fields.get("files", {}).items()
        }
        values["metric_history"] = {
            name: tuple(MetricPoint(step=s, value=v) for s, v in points)
            for name, points in fields.get("metric_history", {}).items()
        }
        values["created_at"] = datetime(2024, 5, 1, tzinfo=UTC)
        return FoundVersion(**values)


class InterruptedStore(FolderStore):
    """A store that is read once for the plan; then its user presses Ctrl-C."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._is_planned = False

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model."""
        if self._is_planned:
            raise KeyboardInterrupt
        yield from super().versions(name)
        self._is_planned = True


def write_store(path: Path, models: dict[str, dict[str, Any]]) -> FolderStore:
    """Write a store.

    Parameters
    ----------
    path : Path
        Its folder.
    models : dict of str to dict
        Fields of the models by their names: ``versions``, a list of fields of `FoundVersion` in
        which ``model`` and ``files`` are bytes, and ``moves``.
    """
    (path / "shelf").mkdir(parents=True, exist_ok=True)
    for place, (name, fields) in enumerate(models.items()):
        versions = []
        for number, version in enumerate(fields["versions"]):
            entry = dict(version)
            for part, data in version.get("files", {}).items():
                target = f"m{place}-{number}-{part.replace('/', '_')}"
                (path / target).write_bytes(data)
                entry["files"] = entry["files"] | {part: target}
            if "model" in version:
                ending = version.get("ending", "pkl")
                entry["model"] = f"m{place}-{number}.{ending}"
                (path / entry["model"]).write_bytes(version["model"])
            entry.pop("ending", None)
            versions.append(entry)
        content = fields | {"name": name, "versions": versions}
        (path / "shelf" / f"{place:03}.json").write_text(json.dumps(content))
    return FolderStore(path)


def _file(path: Path) -> FoundFile:
    return FoundFile(path=path, size_bytes=path.stat().st_size if path.exists() else 0)


def _move(fields: dict[str, Any]) -> AliasMove:
    at = datetime(2024, 1, 1 + fields.get("day", 0), tzinfo=UTC)
    return AliasMove(
        alias=fields["alias"], source_id=fields["source_id"], at=at, by=fields.get("by", "ada")
    )
