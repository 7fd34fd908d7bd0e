"""The proposal which files of a folder are versions of the same model, and in which order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.file_names import GENERIC, NameParts, bare_name, parse_name
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.reference import check_version, is_model_key, suggested_key

Names = Mapping[str, str | tuple[str, int] | None]
"""The choices of a user: by file name, path or pattern, a model or a model and a version.

A file with None is left out."""

_UNKNOWN = datetime.min.replace(tzinfo=UTC)
_LAST_DIGITS = re.compile(r"(.*[A-Za-z])(\d{1,2})", re.ASCII)


@dataclass(slots=True)
class FilePlace:
    """A file and the place that is proposed for it.

    Attributes
    ----------
    path : PurePosixPath
        Path relative to the folder.
    parts : NameParts
        The parts of its name.
    modified_at : datetime
        Time of its last change, in UTC.
    model : str
        Name of the model.
    number : int or None
        Number of the version.
    chosen : bool
        Whether the user chose the model.
    folders : tuple of str
        Names of its folders, without those that have only a version, a date or a kind of model.
    """

    path: PurePosixPath
    parts: NameParts
    modified_at: datetime
    model: str = ""
    number: int | None = None
    chosen: bool = False
    folders: tuple[str, ...] = ()


def group_files(
    files: Iterable[tuple[PurePosixPath, datetime]], names: Names | None = None
) -> dict[str, list[FilePlace]]:
    """Group the files of a folder into models with versions.

    Parameters
    ----------
    files : iterable of (PurePosixPath, datetime)
        Path relative to the folder, and time of the last change, of each model file.
    names : mapping of str to str, (str, int) or None, optional
        Model, or model and version, by file name, path or pattern, instead of the proposal.

    Returns
    -------
    dict of str to list of FilePlace
        The versions of each model, oldest first: files with an explicit version by this version,
        then the others by the date in the name, the number of the copy, and the time of the last
        change.

    Raises
    ------
    InvalidInputError
        If an item of `names` is invalid or does not match any file.

    Examples
    --------
    >>> at = datetime(2024, 1, 1, tzinfo=UTC)
    >>> names = ["rf_v2.pkl", "rf_v10.pkl", "svm.pkl", "svm (1).pkl"]
    >>> groups = group_files((PurePosixPath(name), at) for name in names)
    >>> {model: [place.path.name for place in places] for model, places in groups.items()}
    {'rf': ['rf_v2.pkl', 'rf_v10.pkl'], 'svm': ['svm.pkl', 'svm (1).pkl']}
    >>> [place.number for place in groups["rf"]]
    [2, 10]
    """
    places = [_propose(path, at) for path, at in files]
    places = _choose(places, names or {})
    proposed = [place for place in places if not place.chosen]
    _split_last_digits(proposed)
    _separate_folders(proposed)
    for group in _grouped(proposed, _key):
        name = _slug(group[0].model)
        for place in group:
            place.model = name
    # A model that the user chose can have the name of a proposed one.
    groups = {_name(group): group for group in _grouped(places, lambda model: model.lower())}
    for group in groups.values():
        _number(group)
    return dict(sorted(groups.items(), key=lambda item: item[0].lower()))


def _grouped(places: Sequence[FilePlace], key: Callable[[str], str]) -> list[list[FilePlace]]:
    """Return the places of each model, oldest first."""
    groups: dict[str, list[FilePlace]] = defaultdict(list)
    for place in places:
        groups[key(place.model)].append(place)
    return [sorted(group, key=_order) for group in groups.values()]


def _name(group: Sequence[FilePlace]) -> str:
    """Return the name of a model as the user wrote it, or else as its first file has it."""
    return next((place.model for place in group if place.chosen), group[0].model)


def _propose(path: PurePosixPath, modified_at: datetime) -> FilePlace:
    parts = parse_name(bare_name(path.name))
    folders = []
    for folder in reversed(path.parts[:-1]):
        outer = parse_name(folder)
        parts.version = parts.version or outer.version
        parts.date = parts.date or outer.date
        parts.facts = {**outer.facts, **parts.facts}
        if outer.stem and outer.stem.lower() not in GENERIC:
            folders.append(outer.stem)
    model = parts.stem
    if folders and (not model or model.lower() in GENERIC):
        model = folders.pop(0)
    return FilePlace(path, parts, modified_at, model or "model", folders=tuple(folders))


def chosen_key(path: PurePosixPath, names: Names) -> str | None:
    """Return the item of `names` that applies to a file, or None.

    A name or a path has precedence over a pattern.

    Examples
    --------
    >>> chosen_key(PurePosixPath("old/rf_1.pkl"), {"rf_*": "forest", "rf_1.pkl": "first"})
    'rf_1.pkl'
    """
    texts = (str(path), path.name)
    # Brackets are common in names of copies, so a name is first compared as it was written.
    exact = (text for text in texts if text in names)
    patterns = (key for key in names if any(fnmatchcase(text, key) for text in texts))
    return next(exact, None) or next(patterns, None)


def _choose(places: Sequence[FilePlace], names: Names) -> list[FilePlace]:
    """Apply the choices of the user."""
    kept = []
    unused = {
        key
        for key in names
        if not any(key == chosen_key(place.path, {key: None}) for place in places)
    }
    if unused:
        raise InvalidInputError(
            f"{name_list(sorted(unused), quoted=True)} does not match any model file of the "
            "folder; use the name or the path of a file, or a pattern such as 'rf_*'."
        )
    for place in places:
        key = chosen_key(place.path, names)
        choice = None if key is None else names[key]
        if key is not None and choice is None:
            continue
        if key is not None:
            place.chosen = True
            place.model, place.number = _checked(key, choice)
        kept.append(place)
    return kept


def _checked(key: str, choice: object) -> tuple[str, int | None]:
    model, number = choice if isinstance(choice, tuple) and len(choice) == 2 else (choice, None)
    if not isinstance(model, str) or not model.strip():
        raise InvalidInputError(
            f"names[{key!r}] must be a model name, a tuple of a model name and a version, or None, "
            f"got {choice!r}."
        )
    return model.strip(), None if number is None else check_version(number)


def _split_last_digits(places: Sequence[FilePlace]) -> None:
    """Read rf1, rf2 and rf3 as versions if they count from one; resnet18 and resnet50 do not."""
    groups: dict[str, list[tuple[FilePlace, int]]] = defaultdict(list)
    bases = {_key(place.model) for place in places}
    for place in places:
        match = _LAST_DIGITS.fullmatch(place.model)
        if match and not place.parts.version:
            groups[_key(match[1])].append((place, int(match[2])))
    for base, members in groups.items():
        numbers = sorted({number for _, number in members})
        first = numbers[0]
        counts = numbers == [*range(first, first + len(numbers))]
        if counts and (first <= 1 < len(numbers) or (base in bases and first <= 2)):
            for place, number in members:
                place.model = place.model.rstrip("0123456789")
                place.parts.version = (number,)


def _separate_folders(places: Sequence[FilePlace]) -> None:
    """Write the folder before the name of models that several folders have."""
    folders: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for place in places:
        folders[_key(place.model)].add(place.folders)
    for place in places:
        if len(folders[_key(place.model)]) > 1 and place.folders:
            place.model = "_".join((*reversed(place.folders), place.model))


def _key(model: str) -> str:
    return re.sub(r"[-_.]+", "_", _slug(model)).lower()


def _order(place: FilePlace) -> tuple[object, ...]:
    parts = place.parts
    version = (place.number,) if place.number else parts.version
    return (
        not version,
        version,
        parts.date or _UNKNOWN,
        parts.rank,
        parts.copy,
        place.modified_at,
        str(place.path),
    )


def _number(group: Sequence[FilePlace]) -> None:
    """Set the numbers of the versions that are explicit and not ambiguous."""
    taken = Counter(
        place.number or place.parts.version[0]
        for place in group
        if place.number or len(place.parts.version) == 1
    )
    for place in group:
        version = place.parts.version
        if place.number is None and len(version) == 1 and taken[version[0]] == 1 and version[0]:
            place.number = version[0]
    chosen = Counter(place.number for place in group if place.chosen and place.number)
    for number, count in chosen.items():
        if count > 1:
            raise InvalidInputError(
                f"The names assign version {number} of {group[0].model} to {count} files; give "
                "each file its own version."
            )


def _slug(model: str) -> str:
    """Return a valid name of a model that is similar to a name of a file."""
    is_valid = model.isascii() and is_model_key(model.lower())
    return model if is_valid else suggested_key(model) or "model"
