"""A folder of model files, such as ``model_final2.pkl``, as models with versions."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.fs.file import open_file
from exo_nbregistry.sources.file_content import DATA, OTHER, FileContent, read_content
from exo_nbregistry.sources.file_groups import FilePlace, Names, chosen_key, group_files
from exo_nbregistry.sources.file_names import bare_name, is_model_file, parse_name
from exo_nbregistry.sources.file_walk import ListedFile, Listing, is_text, list_files, shown
from exo_nbregistry.sources.found import SAME_CONTENT, FoundFile, FoundModel, FoundVersion
from exo_nbregistry.sources.side_files import MAX_BYTES, SHARED_NAMES, read_facts, side_names
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.os_errors import store_failure
from exo_nbregistry.values.digest import stream_digest
from exo_nbregistry.values.keys import DESCRIPTOR

_ID_CHARACTERS = 16
# joblib before 0.10 wrote each array into a file of its own.
_ARRAY_FILE = re.compile(r"(.+)_\d+\.npy(?:\.z)?")

_MAX_COPIES = 50


class ModelFiles:
    """The model files in a folder and its subfolders, grouped into models by their names.

    Files with the extensions ``.joblib``, ``.pkl``, ``.pickle`` and ``.skops`` are read, also
    compressed, and never unpickled. The groups are a proposal, which `FoundModel.proposal` and the
    plan of a move-in show; correct it with `names`.

    Parameters
    ----------
    path : str or Path
        The folder, or one model file.
    names : mapping of str to str, (str, int) or None, optional
        By the name of a file, its path or a pattern: the model, or the model and the version,
        that replaces the proposed one; None leaves the file out.

    Attributes
    ----------
    kind : str
        ``files``.
    location : str
        The path.
    lost : tuple of str
        The files that are not models, links, and stores of other tools, which are not read.
    confirm : bool
        True, because the models and versions are guessed.

    Raises
    ------
    InvalidInputError
        If the path does not exist, is a registry, or has too many files, or an item of `names` is
        invalid or does not match any model file.

    Examples
    --------
    >>> import joblib
    >>> from sklearn.linear_model import Ridge
    >>> Path("old_models").mkdir()
    >>> for name in ["ridge_v1.joblib", "ridge_v2_best.joblib"]:
    ...     _ = joblib.dump(Ridge(alpha=len(name)), f"old_models/{name}")
    >>> source = ModelFiles("old_models", names={"ridge_v2*": ("ridge", 5)})
    >>> [(version.number, version.algorithm) for version in source.versions("ridge")]
    [(1, 'Ridge'), (5, 'Ridge')]
    """

    kind = "files"
    confirm = True

    def __init__(self, path: str | os.PathLike[str], *, names: Names | None = None) -> None:
        place = Path(path)
        self.location = str(place)
        listing = _list(place)
        self._files = {file.relative: file for file in listing.files}
        self._arrays = _array_files(listing.files)
        self._contents: dict[PurePosixPath, FileContent] = {}
        self._digests: dict[tuple[PurePosixPath, int, int], str] = {}
        self._same: dict[PurePosixPath, list[str]] = {}
        skipped = self._read_contents(names or {})
        kept = self._without_copies(names or {})
        self._groups = group_files(((file.relative, file.modified_at) for file in kept), names)
        self._models_in = Counter(file.relative.parent for file in kept)
        self.lost: tuple[str, ...] = (*_losses(skipped), *_folder_losses(listing))

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a path is a model file or a folder with one.

        Parameters
        ----------
        path : Path
            The path.

        Examples
        --------
        >>> ModelFiles.detects(Path("no_such_folder"))
        False
        """
        if path.is_file():
            return is_model_file(path.name)
        if not path.is_dir() or (path / DESCRIPTOR).exists():
            return False
        return any(is_model_file(file.relative.name) for file in list_files(path).files)

    def models(self) -> Iterator[FoundModel]:
        """Yield the proposed models in the order of their names."""
        for name, places in self._groups.items():
            proposal = tuple((self._label(place), place.number) for place in places)
            yield FoundModel(name=name, proposal=proposal)

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model, oldest first.

        Parameters
        ----------
        name : str
            Name of the model.

        Raises
        ------
        StoreError
            If a file was removed or cannot be read any more.
        """
        for place in self._groups[name]:
            yield self._version(place)

    def _read_contents(self, names: Names) -> dict[str, list[str]]:
        """Read what the model files hold; return those that are not models, by the reason."""
        skipped: dict[str, list[str]] = defaultdict(list)
        for relative, file in self._files.items():
            if not is_model_file(relative.name):
                continue
            try:
                content = read_content(file.path)
            except OSError:
                skipped["cannot be read"].append(shown(relative))
                continue
            if not file.size_bytes:
                skipped["empty"].append(shown(relative))
            elif content.holds == OTHER:
                skipped["not a complete pickle or skops file"].append(shown(relative))
            elif content.holds == DATA and chosen_key(relative, names) is None:
                skipped["data and not a model"].append(shown(relative))
            else:
                self._contents[relative] = content
        return skipped

    def _without_copies(self, names: Names) -> list[ListedFile]:
        """Return one file for each content; the others are remembered as its copies."""
        sizes = Counter(self._files[relative].size_bytes for relative in self._contents)
        groups: dict[object, list[ListedFile]] = defaultdict(list)
        for relative in self._contents:
            file = self._files[relative]
            alone = sizes[file.size_bytes] == 1
            content = relative if alone else self._digest(file)
            # A user who names two copies wants both.
            groups[content, chosen_key(relative, names)].append(file)
        kept = []
        for same in groups.values():
            first, *others = sorted(same, key=_preference)
            self._same[first.relative] = [shown(file.relative) for file in others]
            kept.append(first)
        return kept

    def _digest(self, file: ListedFile) -> str:
        try:
            with open(open_file(file.path), "rb") as stream:
                status = os.fstat(stream.fileno())
                # A file can change between the plan and its execution.
                content = file.relative, status.st_size, status.st_mtime_ns
                if content not in self._digests:
                    self._digests[content] = stream_digest(stream)
                return self._digests[content]
        except OSError as error:
            key = shown(file.relative)
            raise store_failure(
                error, "read", key, key=key, elsewhere="move in another folder"
            ) from error

    def _label(self, place: FilePlace) -> str:
        same = self._same[place.path]
        name = shown(place.path)
        return f"{name}{SAME_CONTENT}{name_list(same)})" if same else name

    def _version(self, place: FilePlace) -> FoundVersion:
        file, parts = self._files[place.path], place.parts
        sides, arrays = self._beside(place.path)
        facts = read_facts(side.path for side in sides)
        return FoundVersion(
            # The content alone, so that a file that was renamed is the same version. A part of the
            # digest is enough: the registry compares the whole one too, and lists show the id.
            source_id=f"file:{self._digest(file)[:_ID_CHARACTERS]}",
            number=place.number,
            model_file=FoundFile(path=file.path, size_bytes=file.size_bytes),
            files={
                side.relative.name: FoundFile(path=side.path, size_bytes=side.size_bytes)
                for side in (*sides, *arrays)
            },
            created_at=parts.date or file.modified_at,
            description=facts.description,
            algorithm=self._contents[place.path].algorithm,
            metrics=parts.metrics | facts.metrics,
            hyperparameters=facts.hyperparameters,
            feature_columns=facts.feature_columns,
            packages=facts.packages,
            training_dataset=facts.training_dataset,
            tags=self._tags(place),
            lost=("arrays in files of their own, which loading needs beside the model",)
            if arrays
            else (),
        )

    def _tags(self, place: FilePlace) -> dict[str, Any]:
        file, parts = self._files[place.path], place.parts
        known = {
            "name": shown(place.path),
            "modified_at": file.modified_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "version": ".".join(map(str, parts.version)),
            "label": ", ".join(parts.qualifiers),
            "compression": self._contents[place.path].compression,
            "same_content": name_list(self._same[place.path], width=200, limit=_MAX_COPIES),
        }
        tags = {f"file.{name}": value for name, value in known.items() if value}
        return tags | {f"file.{name}": value for name, value in parts.facts.items()}

    def _beside(self, path: PurePosixPath) -> tuple[list[ListedFile], list[ListedFile]]:
        """Return the files with facts of a model, and old files with its arrays."""
        names = [*side_names(path.name, bare_name(path.name))]
        if self._models_in[path.parent] == 1:
            names += sorted(SHARED_NAMES)
        found = (self._files.get(path.with_name(name)) for name in dict.fromkeys(names))
        sides = [file for file in found if file is not None and file.size_bytes <= MAX_BYTES]
        arrays = self._arrays.get(path, [])
        # An archive cannot have a name that is not text.
        return [file for file in sides if is_text(file)], [file for file in arrays if is_text(file)]


def _list(place: Path) -> Listing:
    """List the files of a folder, or those beside a single file."""
    if place.is_dir():
        if (place / DESCRIPTOR).exists():
            raise InvalidInputError(
                f"{place} is a registry of this package; run exo-nbregistry copy to copy it."
            )
        return list_files(place)
    if not place.is_file():
        raise InvalidInputError(
            f"{place} does not exist; pass a folder with model files, or one model file."
        )
    listing = list_files(place.parent, below=False)
    listing.files = [
        file
        for file in listing.files
        if file.relative.name == place.name or not is_model_file(file.relative.name)
    ]
    return listing


def _array_files(files: Iterable[ListedFile]) -> dict[PurePosixPath, list[ListedFile]]:
    """Return the files with arrays of old model files, by the model file."""
    found: dict[PurePosixPath, list[ListedFile]] = defaultdict(list)
    for file in files:
        match = _ARRAY_FILE.fullmatch(file.relative.name)
        if match:
            found[file.relative.with_name(match[1])].append(file)
    return found


def _preference(file: ListedFile) -> tuple[object, ...]:
    """Return the order in which one of several files with the same content is chosen."""
    parts = parse_name(bare_name(file.relative.name))
    depth, name = len(file.relative.parts), str(file.relative)
    return not parts.version, bool(parts.copy), abs(parts.rank), depth, len(name), name


def _losses(skipped: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for reason, names in skipped.items():
        yield f"{count(len(names), 'file')} ({reason}): {name_list(names)}"


def _folder_losses(listing: Listing) -> Iterator[str]:
    for paths, noun, reason in (
        (listing.links, "link", "not followed"),
        (listing.stores, "folder", "a registry, or a store to move in by its path"),
        (listing.unreadable, "folder", "cannot be listed"),
        (listing.deep, "folder", "too deep, to move in by its path"),
    ):
        if paths:
            yield f"{count(len(paths), noun)} ({reason}): {name_list(paths)}"
