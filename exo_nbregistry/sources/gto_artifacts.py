"""An artifact of gto at a commit: its annotation, its files, its metrics.

Source: ``artifacts.yaml`` as ``gto/index.py`` of gto 1.10 reads it, ``dvc.yaml`` and ``dvc.lock``
(https://dvc.org/doc/user-guide/project-structure/dvcyaml-files), pointers of Git LFS
(https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.dvc_cache import (
    DvcCache,
    MissingFromCacheError,
    Out,
    below_root,
    read_outs,
)
from exo_nbregistry.sources.found import FoundFile
from exo_nbregistry.sources.git_objects import GitObjects, TextReader
from exo_nbregistry.sources.yaml_text import flat, mapping, mapping_in, numbers

MODEL_SUFFIXES = (".joblib", ".pkl", ".pickle", ".skops")

_LFS = re.compile(
    r"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n"
)
_LFS_BYTES = 1024


@dataclass(slots=True, kw_only=True)
class Annotation:
    """The description of an artifact in the files of a commit.

    Attributes
    ----------
    path : str or None
        Path of the file or folder below the root of the repository, or its address elsewhere.
    type, description : str
        As the user wrote them; empty if they are missing.
    labels : list of str
        As the user wrote them.
    custom : dict of str to Any
        Values of the user by their dotted names.
    """

    path: str | None = None
    type: str = ""
    description: str = ""
    labels: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Content:
    """Files and measurements of an artifact at a commit.

    Attributes
    ----------
    files : dict of str to FoundFile
        By path below the root of the repository.
    metrics : dict of str to float
        Numbers of the files that ``dvc.yaml`` lists as metrics.
    hyperparameters : dict of str to Any
        Parameters of the stage that made the model.
    lost : list of str
        Files that were not found, each with the reason.
    """

    files: dict[str, FoundFile] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


class CommitReader:
    """Reads what commits hold of artifacts.

    Parameters
    ----------
    repository : GitObjects
        The repository.
    texts : TextReader
        A running reader of its small files.
    """

    def __init__(self, repository: GitObjects, texts: TextReader) -> None:
        self._repository, self._texts = repository, texts
        self._cache = DvcCache(repository.root)

    def annotation(self, commit: str, artifact: str) -> Annotation:
        """Return the entry of an artifact in ``artifacts.yaml`` or ``dvc.yaml``.

        Parameters
        ----------
        commit : str
            The commit.
        artifact : str
            Its name; before a colon, the folder of its ``dvc.yaml``.
        """
        folder, _, name = artifact.rpartition(":")
        facts: Mapping[str, Any] = {}
        if not folder:
            facts = mapping(self._yaml(commit, "artifacts.yaml").get(name))
        if not facts:
            stages = self._yaml(commit, _join(folder, "dvc.yaml"))
            facts = mapping(mapping(stages.get("artifacts")).get(name))
        labels = facts.get("labels")
        custom = {"custom": facts.get("custom"), "meta": facts.get("meta")}
        return Annotation(
            path=below_root(folder, facts.get("path")) or _text(facts.get("path")) or None,
            type=_text(facts.get("type")),
            description=_text(facts.get("description") or facts.get("desc")),
            labels=[str(label) for label in labels] if isinstance(labels, list) else [],
            custom={key: value for key, value in flat(custom) if value is not None},
        )

    def content(self, commit: str, artifact: str, path: str | None) -> Content:
        """Return the files and the measurements of an artifact.

        Parameters
        ----------
        commit, artifact : str
            As for `annotation`.
        path : str or None
            Path of the annotation. Without it, the only model file with the artifact's name.
        """
        found = Content()
        try:
            path = path or self._path_by_name(commit, artifact)
            if path is None:
                found.lost.append("the files (gto has no path of the artifact at this commit)")
                return found
            if path != below_root("", path):
                found.lost.append(f"the files ({path} is outside of the repository)")
                return found
            folder = artifact.rpartition(":")[0]
            stage = self._stage_of(commit, folder, path)
            self._add_files(found, commit, path, stage)
            self._add_measurements(found, commit, folder, stage)
        except InvalidInputError:
            # A shallow or partial clone.
            found.lost.append("the files (this clone does not have them; fetch all of it)")
        return found

    def _yaml(self, commit: str, path: str) -> dict[str, Any]:
        return mapping_in(self._texts.text(commit, path))

    def _path_by_name(self, commit: str, artifact: str) -> str | None:
        folder, _, name = artifact.rpartition(":")
        stem = name.rpartition("/")[2]
        names = {f"{stem}{suffix}" for suffix in MODEL_SUFFIXES}
        paths = {
            path.removesuffix(".dvc")
            for path in self._repository.files(commit, folder)
            if PurePosixPath(path.removesuffix(".dvc")).name in names
        }
        return paths.pop() if len(paths) == 1 else None

    def _stage_of(self, commit: str, folder: str, path: str) -> Mapping[str, Any]:
        """Return the stage of dvc.lock that made a path."""
        for place in dict.fromkeys((folder, "")):
            stages = mapping(self._yaml(commit, _join(place, "dvc.lock")).get("stages"))
            for stage in stages.values():
                if any(_is_at(path, out.path) for out in read_outs(mapping(stage), place)):
                    return {**mapping(stage), "folder": place}
        return {}

    def _add_files(self, found: Content, commit: str, path: str, stage: Mapping[str, Any]) -> None:
        try:
            for name, file in self._repository.files(commit, path).items():
                found.files[name] = self._smudged(file, name)
            if not found.files and (out := self._out(commit, path, stage)):
                cached = self._cache.files(out)
                found.files = {name: cached[name] for name in cached if _is_at(name, path)}
        except MissingFromCacheError as error:
            found.files.clear()
            found.lost.append(f"the files ({error})")
            return
        if not found.files:
            found.lost.append(f"the files ({path} is not in this commit)")

    def _out(self, commit: str, path: str, stage: Mapping[str, Any]) -> Out | None:
        parts = path.split("/")
        for end in range(len(parts), 0, -1):
            name, folder = "/".join(parts[:end]), "/".join(parts[: end - 1])
            for out in read_outs(self._yaml(commit, f"{name}.dvc"), folder):
                if _is_at(path, out.path):
                    return out
        outs = read_outs(stage, _text(stage.get("folder")))
        return next((out for out in outs if _is_at(path, out.path)), None)

    def _smudged(self, file: FoundFile, name: str) -> FoundFile:
        """Return the file that a pointer of Git LFS names, or the file itself."""
        if file.size_bytes > _LFS_BYTES or not name.endswith(MODEL_SUFFIXES):
            return file
        match = _LFS.match(file.path.read_bytes().decode("utf-8", "replace"))
        if match is None:
            return file
        path = lfs_object(self._repository.root, match[1])
        if path is None:
            raise MissingFromCacheError(f"{name} is in Git LFS only (run git lfs pull)")
        return FoundFile(path=path, size_bytes=path.stat().st_size)

    def _add_measurements(
        self, found: Content, commit: str, folder: str, stage: Mapping[str, Any]
    ) -> None:
        place = _text(stage.get("folder")) if stage else folder
        for path in _metric_paths(self._yaml(commit, _join(place, "dvc.yaml"))):
            name = below_root(place, path)
            values = numbers(self._yaml(commit, name)) if name else {}
            for metric, value in values.items():
                # Two files with the same metric, such as of training and test.
                key = f"{PurePosixPath(path).stem}.{metric}" if metric in found.metrics else metric
                found.metrics[key] = value
        for values in mapping(stage.get("params")).values():
            found.hyperparameters.update(flat(mapping(values)))


def lfs_object(root: Path, digest: str) -> Path | None:
    """Return the file that Git LFS keeps under a SHA-256, or None."""
    for git in (root / ".git", root):
        path = git / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
        try:
            if stat.S_ISREG(os.lstat(path).st_mode):
                return path
        except OSError:
            continue
    return None


def _metric_paths(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the metric files of a dvc.yaml: its own and those of its stages."""
    stages = mapping(document.get("stages")).values()
    for part in (document, *map(mapping, stages)):
        entries = part.get("metrics")
        for entry in entries if isinstance(entries, list) else ():
            yield from entry if isinstance(entry, dict) else [str(entry)]


def _is_at(path: str, parent: str) -> bool:
    return path == parent or path.startswith(f"{parent}/")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
