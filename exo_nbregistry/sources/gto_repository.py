"""Read the models that gto registered by the tags of a git repository."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from exo_nbregistry.errors import InvalidInputError, ModelNotFoundError
from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.sources.found import FoundFile, FoundModel, FoundVersion
from exo_nbregistry.sources.git_objects import GitObjects, TagRef
from exo_nbregistry.sources.gto_artifacts import MODEL_SUFFIXES, Annotation, CommitReader
from exo_nbregistry.sources.gto_tags import (
    GtoHistory,
    GtoTag,
    GtoVersion,
    own_message,
    parse_tag,
    read_history,
)

_MAX_REFS_BYTES = 64 << 20
_DATA_TYPES = ("data", "dataset", "datasets")


class GtoRepository:
    """A git repository with tags of gto. Nothing in it is checked out, changed or run.

    The stages of gto become aliases, with their history. The numbers of this registry count the
    registrations; the tag ``gto.version`` of a version keeps its semantic version.

    Parameters
    ----------
    path : Path
        The root folder of the repository, or a bare repository.

    Attributes
    ----------
    kind : str
        ``gto``.
    location : str
        Path of the repository.
    lost : tuple of str
        What does not move: data sets, and tags that gto does not read either.

    Raises
    ------
    InvalidInputError
        If git is not installed or cannot read the repository, or if it has no tags of gto.
    """

    kind = "gto"

    def __init__(self, path: Path) -> None:
        self.location = str(path)
        self._repository = GitObjects(path)
        listed = [tag for tag in map(parse_tag, self._repository.tags()) if tag]
        if not listed:
            raise InvalidInputError(f"{path} has no tags of gto; pass a repository that has some.")
        by_artifact: dict[str, list[GtoTag]] = defaultdict(list)
        for tag in listed:
            # Without author and time, gto does not read a tag either.
            if tag.tag.commit:
                by_artifact[tag.artifact].append(tag)
        light = sum(not tag.tag.commit for tag in listed)
        self._histories = {name: read_history(tags) for name, tags in sorted(by_artifact.items())}
        self._annotations = self._newest_annotations()
        data = [name for name, about in self._annotations.items() if about.type in _DATA_TYPES]
        for name in data:
            del self._histories[name]
        self.lost: tuple[str, ...] = (
            *(f"artifact {name} of the type {self._annotations[name].type}" for name in data),
            *([f"{light} tags without an author, which gto ignores"] if light else []),
        )

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a folder is the root of a git repository with tags of gto.

        Parameters
        ----------
        path : Path
            The folder.
        """
        git = path / ".git"
        if not git.exists() and not ((path / "HEAD").is_file() and (path / "refs").is_dir()):
            return False
        try:
            names = [tag.name for tag in GitObjects(path).tags()]
        except InvalidInputError:
            # Opening the repository then gives the reason.
            names = [*_tag_names(git if git.is_dir() else path)]
        return any(parse_tag(TagRef(name, "", "", "", "", "")) for name in names)

    def models(self) -> Iterator[FoundModel]:
        """Yield the artifacts in the order of their names.

        Yields
        ------
        FoundModel
            Its `alias_moves` are the changes of its stages, oldest first.
        """
        for name, history in self._histories.items():
            at = history.deprecated_at
            yield FoundModel(
                name=name,
                description=self._annotations[name].description,
                tags={"gto.deprecated_at": at.isoformat()} if at else {},
                alias_moves=tuple(history.moves),
                lost=("that it is deprecated",) if at else (),
            )

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of an artifact in the order of their registration.

        Parameters
        ----------
        name : str
            Name of the artifact.

        Yields
        ------
        FoundVersion
            Its files are extracted from git when their path is read, and removed with it.

        Raises
        ------
        ModelNotFoundError
            If the artifact does not exist.
        """
        if name not in self._histories:
            message = f"{self.location} has no artifact {name!r}."
            raise ModelNotFoundError(message, name=name, known=self._histories)
        history = self._histories[name]
        with self._repository.reader() as texts:
            commits = CommitReader(self._repository, texts)
            for number, version in enumerate(history.versions, 1):
                yield self._version(commits, history, version, number)

    def _newest_annotations(self) -> dict[str, Annotation]:
        with self._repository.reader() as texts:
            commits = CommitReader(self._repository, texts)
            return {
                name: commits.annotation(history.versions[-1].commit, name)
                if history.versions
                else Annotation()
                for name, history in self._histories.items()
            }

    def _version(
        self, commits: CommitReader, history: GtoHistory, version: GtoVersion, number: int
    ) -> FoundVersion:
        artifact = version.tag.artifact
        about = commits.annotation(version.commit, artifact)
        content = commits.content(version.commit, artifact, about.path)
        model_file, files = split_files(content.files, about.path)
        return FoundVersion(
            source_id=version.source_id,
            number=number,
            model_file=model_file,
            files=files,
            created_at=version.tag.at,
            description=about.description,
            metrics=content.metrics,
            hyperparameters=content.hyperparameters,
            tags=_tags(version, about),
            aliases=tuple(sorted(_stages(history, version))),
            deleted=not version.active,
            lost=tuple(content.lost),
        )


def split_files(
    files: Mapping[str, FoundFile], path: str | None
) -> tuple[FoundFile | None, dict[str, FoundFile]]:
    """Return the model file and the other files by their path below the artifact.

    Parameters
    ----------
    files : mapping of str to FoundFile
        All files by their path below the root of the repository.
    path : str or None
        Path of the artifact: the file or a folder.

    Returns
    -------
    model_file : FoundFile or None
        The only file with the suffix of a model.
    files : dict of str to FoundFile
        The others.
    """
    models = [name for name in files if name.endswith(MODEL_SUFFIXES)]
    model = models[0] if len(models) == 1 else None
    others = {_relative(name, path): file for name, file in sorted(files.items()) if name != model}
    return files[model] if model else None, others


def _relative(name: str, path: str | None) -> str:
    if path and name.startswith(f"{path}/"):
        return name.removeprefix(f"{path}/")
    return PurePosixPath(name).name


def _tags(version: GtoVersion, about: Annotation) -> dict[str, Any]:
    tag = version.tag.tag
    tags: dict[str, Any] = {
        "gto.version": version.name,
        "gto.tag": tag.name,
        "gto.commit": version.commit,
        "gto.created_at": version.tag.at.isoformat() if version.tag.at else None,
        "gto.author": tag.author,
        "gto.author_email": tag.email,
        "gto.message": own_message(tag),
        "gto.type": about.type,
        "gto.path": about.path,
        "gto.labels": about.labels,
        **{f"gto.{key}": value for key, value in about.custom.items()},
    }
    if version.deregistered_at:
        tags["gto.deregistered_at"] = version.deregistered_at.isoformat()
    return {key: value for key, value in tags.items() if value not in (None, "", [])}


def _stages(history: GtoHistory, version: GtoVersion) -> Iterator[str]:
    return (stage for stage, shown in history.stages.items() if shown == version.source_id)


def _tag_names(git: Path) -> Iterator[str]:
    """Yield the names of the tags without git, such as in the repository of another user."""
    tags = git / "refs" / "tags"
    with contextlib.suppress(OSError, ValueError):
        yield from (path.relative_to(tags).as_posix() for path in tags.rglob("*"))
    with contextlib.suppress(OSError, ValueError):
        packed = read_regular(git / "packed-refs", _MAX_REFS_BYTES)
        for line in packed.decode().splitlines():
            yield line.partition(" refs/tags/")[2]
