"""Quick tests of the usual values of a version's fields.

Many records are read for a listing. A quick test accepts a usual encoded value without decoding
it; False means that the field must be decoded and checked.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

MAX_COUNT = 2**63
_NONE: type = type(None)
_Kinds = frozenset[type]
_SCALARS: _Kinds = frozenset({str, bool, _NONE, float})
_TEXT: _Kinds = frozenset({str})
_OPTIONAL_TEXT: _Kinds = frozenset({str, _NONE})
_OPTIONAL_FLAG: _Kinds = frozenset({bool, _NONE})
_OPTIONAL_FLOAT: _Kinds = frozenset({float, _NONE})
_OPTIONAL_COUNT: _Kinds = frozenset({int, _NONE})
_ARTIFACT: dict[str, _Kinds] = {"format": _TEXT, "sha256": _TEXT, "size_bytes": frozenset({int})}
_ARTIFACT_EXTRA = dict.fromkeys(("content_sha256", "kind", "file_name", "python"), _OPTIONAL_TEXT)
_PROVENANCE: dict[str, _Kinds] = {
    "cell_number": _OPTIONAL_COUNT,
    "git_dirty": _OPTIONAL_FLAG,
    **dict.fromkeys(("notebook", "cell_source", "git_commit", "user", "host"), _OPTIONAL_TEXT),
    "definitions": _OPTIONAL_TEXT,
}
_SCORING: dict[str, _Kinds] = {
    "average": _OPTIONAL_TEXT,
    "pos_label": frozenset({str, bool, int, _NONE}),
    "threshold": _OPTIONAL_FLOAT,
    "sample_weight": frozenset({bool}),
}
# A column as it is written, with its names sorted.
_COLUMN = ("dtype", "maximum", "minimum", "missing", "name")
_DATASET: dict[str, _Kinds] = {"name": _OPTIONAL_TEXT, "rows": frozenset({int}), "sha256": _TEXT}


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_optional_text(value: Any) -> bool:
    return value is None or type(value) is str


def _is_count(value: Any) -> bool:
    return value is None or (type(value) is int and -MAX_COUNT < value < MAX_COUNT)


def is_instant(value: Any) -> bool:
    """Return True for an encoded time in UTC."""
    if type(value) is not dict or len(value) != 1:
        return False
    try:
        instant = datetime.fromisoformat(value["$datetime"])
    except (KeyError, TypeError, ValueError):
        return False
    return instant.tzinfo is UTC and 1 < instant.year < 9999


def _is_texts(value: Any) -> bool:
    return type(value) is list and _TEXT.issuperset(map(type, value))


def _is_tagged(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value))[:1] == "$"


def _is_numbers(value: Any) -> bool:
    return (
        type(value) is dict
        and not _is_tagged(value)
        and all(item is not None and _is_bound(item) for item in value.values())
    )


def _is_plain(value: Any) -> bool:
    """Return True if an encoded value certainly is valid and has no ``$`` objects."""
    kind = type(value)
    if kind is dict:
        if _is_tagged(value):
            return False
        items = value.values()
    elif kind is list:
        items = value
    else:
        return _is_label(value)
    if _SCALARS.issuperset(map(type, items)):
        return True
    for item in items:
        kind = type(item)
        if kind is int:
            if not -MAX_COUNT < item < MAX_COUNT:
                return False
        elif kind not in _SCALARS and not _is_plain(item):
            return False
    return True


def is_plain_dict(value: Any) -> bool:
    """Return True for a dict of plain values, which are equal to their encoded form."""
    return type(value) is dict and _is_plain(value)


def _is_distribution(value: Any) -> bool:
    """Return True for a plain dict, and for a ``$map`` of numbers by label."""
    if type(value) is dict and len(value) == 1 and "$map" in value:
        pairs = value["$map"]
        return type(pairs) is list and all(
            type(pair) is list and len(pair) == 2 and all(map(_is_label, pair)) for pair in pairs
        )
    return is_plain_dict(value)


def _is_label(value: Any) -> bool:
    return type(value) in _SCALARS or (type(value) is int and -MAX_COUNT < value < MAX_COUNT)


def _part(
    required: dict[str, _Kinds], optional: dict[str, _Kinds] | None = None
) -> Callable[[Any], bool]:
    """Return the quick test of a part whose fields are scalars."""
    needed, extra = tuple(required.items()), tuple((optional or {}).items())

    def test(value: Any) -> bool:
        if type(value) is not dict:
            return value is None
        for name, kinds in needed:
            if name not in value or type(value[name]) not in kinds:
                return False
        for name, kinds in extra:  # noqa: SIM110 - a generator takes twice as long
            if name in value and type(value[name]) not in kinds:
                return False
        return True

    return test


_is_scalar_artifact = _part(_ARTIFACT, _ARTIFACT_EXTRA)


def _is_artifact(value: Any) -> bool:
    return value is None or (
        _is_scalar_artifact(value)
        and value["size_bytes"] < MAX_COUNT
        and _is_texts(value.get("globals", []))
    )


def _is_attachments(value: Any) -> bool:
    return type(value) is dict and all(item and _is_artifact(item) for item in value.values())


def _is_environment(value: Any) -> bool:
    return (
        type(value) is dict
        and type(value.get("python", "")) is str
        and type(value.get("platform", "")) is str
        and type(packages := value.get("packages", {})) is dict
        and not _is_tagged(packages)
        and _TEXT.issuperset(map(type, packages.values()))
    )


def _is_usual_columns(columns: list[Any]) -> bool:
    """Return True for columns with all five fields, which are tested together for speed."""
    if set(map(type, columns)) != {dict} or set(map(tuple, columns)) != {_COLUMN}:
        return False
    values = list(itertools.chain.from_iterable(map(dict.values, columns)))
    dtypes, maxima, minima, missing, names = (values[field::5] for field in range(5))
    return (
        _TEXT.issuperset(map(type, (*dtypes, *names)))
        and _OPTIONAL_FLOAT.issuperset(map(type, (*maxima, *minima)))
        and set(map(type, missing)) == {int}
        and max(map(abs, missing)) < MAX_COUNT
    )


def _is_column(value: Any) -> bool:
    return (
        type(value) is dict
        and type(value.get("name")) is str
        and type(value.get("dtype")) is str
        and _is_bound(value.get("minimum"))
        and _is_bound(value.get("maximum"))
        and type(missing := value.get("missing", 0)) is int
        and -MAX_COUNT < missing < MAX_COUNT
    )


def _is_bound(value: Any) -> bool:
    return type(value) is float or _is_count(value)


def _is_signature(value: Any) -> bool:
    if type(value) is not dict:
        return value is None
    columns, classes = value.get("columns"), value.get("classes")
    return (
        type(columns) is list
        and (_is_usual_columns(columns) or all(map(_is_column, columns)))
        and (classes is None or (type(classes) is list and _is_plain(classes)))
        and type(value.get("container")) in _OPTIONAL_TEXT
    )


def _is_small_part(test: Callable[[Any], bool], *counts: str) -> Callable[[Any], bool]:
    return lambda value: (
        test(value) and (not value or all(_is_count(value.get(name)) for name in counts))
    )


_is_quick_provenance = _is_small_part(_part({}, _PROVENANCE), "cell_number")
_is_quick_scoring = _part({"task": _TEXT}, _SCORING)
QUICK: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("model_id", "model_name", "description", "facts_sha256"), _is_text),
    **dict.fromkeys(("algorithm", "training_dataset", "parent"), _is_optional_text),
    **dict.fromkeys(("training_samples", "test_samples"), _is_count),
    "version": lambda value: type(value) is int,
    **dict.fromkeys(("created_at", "training_date"), is_instant),
    "metrics": _is_numbers,
    **dict.fromkeys(("default_hyperparameters", "feature_columns"), _is_texts),
    **dict.fromkeys(("hyperparameters", "tags", "additional_metrics"), is_plain_dict),
    "class_distribution": _is_distribution,
    "signature": _is_signature,
    "dataset": _is_small_part(_part(_DATASET), "rows"),
    "environment": _is_environment,
    "provenance": lambda value: value is not None and _is_quick_provenance(value),
    "artifact": _is_artifact,
    "attachments": _is_attachments,
    "imported": _part({"tool": _TEXT, "source_id": _TEXT}, {"trusted": frozenset({bool})}),
    "scoring": _is_small_part(_is_quick_scoring, "pos_label"),
}
