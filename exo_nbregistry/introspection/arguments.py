"""Checks of the arguments of `register_model`."""

from __future__ import annotations

import difflib
import inspect
import logging
import os
from collections.abc import Iterable, Mapping, Set
from typing import Any

from exo_nbregistry.errors import RecordError, SerializationError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.names import short_repr
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.plain_values import to_plain, to_plain_tags

log = logging.getLogger("exo_nbregistry")
TRAINING_INFO = ("dataset", "training_samples", "test_samples", "class_distribution")


def require_model(model: Any) -> None:
    """Check that a model is an object, not a class, a path or the result of `load_model`.

    Raises
    ------
    SerializationError
        If it is one of these.

    Examples
    --------
    >>> require_model("model.joblib")
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.SerializationError: 'model.joblib' is a path, not a model; load it first.
    """
    if inspect.isclass(model):
        raise SerializationError(
            f"{model.__name__} is a class, not a model; pass a fitted instance.",
            model_type="type",
        )
    if isinstance(model, tuple) and len(model) == 2 and isinstance(model[1], ModelMetadata):
        raise SerializationError(
            "The model is a pair, as load_model returns it; pass the first item: "
            "model, metadata = registry.load_model(...).",
            model_type="tuple",
        )
    if isinstance(model, str | os.PathLike):
        raise SerializationError(
            f"{short_repr(model)} is a path, not a model; load it first.",
            model_type=type(model).__name__,
        )


def require_pair(X: Any, y: Any, data: str, target: str) -> None:
    """Check that data and target are array-like and have the same number of rows.

    Parameters
    ----------
    X, y : array-like or None
        Data and target.
    data, target : str
        Names of the arguments.

    Raises
    ------
    RecordError
        If one is not array-like, if their rows do not match, or if a value is masked.
    """
    for name, value in ((data, X), (target, y)):
        _check_mask(name, value)
        if isinstance(value, str | bytes | os.PathLike) or not _is_sized(value):
            raise RecordError(
                f"{name} must be array-like, such as the result of pandas.read_csv(...), got "
                f"{short_repr(value)}.",
                key=name,
            )
    if y is None:
        return
    if X is None:
        raise RecordError(f"{data} is required with {target}; pass both.", key=data)
    if row_count(X) != row_count(y):
        raise RecordError(
            f"{data} has {row_count(X)} rows and {target} has {row_count(y)}; pass data and "
            "target with the same rows.",
            key=target,
        )


def _check_mask(name: str, value: Any) -> None:
    """Raise RecordError for masked values, because models and metrics do not see the mask."""
    mask = getattr(value, "mask", None)
    if mask is None or not hasattr(value, "filled") or not hasattr(mask, "__len__"):
        return
    count = _count_masked(mask)
    if count:
        raise RecordError(
            f"{name} has {count:,} masked value{'s' if count > 1 else ''}, which a model does not "
            f"see; remove these rows, or pass {name}.filled(...).",
            key=name,
        )


def _count_masked(mask: Any) -> int:
    # The mask of an Astropy table has a column for each of its columns.
    if hasattr(mask, "itercols"):
        return sum(int(column.sum()) for column in mask.itercols())
    return int(mask.sum())


def row_count(data: Any) -> int | None:
    """Return the number of rows, or None if there is no data."""
    if data is None:
        return None
    shape = getattr(data, "shape", None)
    return int(shape[0]) if shape else len(data)


def read_mapping(value: Mapping[str, Any] | None, key: str) -> dict[str, Any]:
    """Return a mapping as plain values; None is an empty mapping.

    Raises
    ------
    RecordError
        If it is not a mapping, or has a value that a record cannot store.

    Examples
    --------
    >>> read_mapping([0.9], "evaluation_results")
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.RecordError: evaluation_results must be a dict, got [0.9].
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        what = short_repr(value)
        if hasattr(value, "to_dict"):
            what = f"a {type(value).__name__}; pass its .to_dict()"
        raise RecordError(f"{key} must be a dict, got {what}.", key=key)
    plain: dict[str, Any] = to_plain(value, key)
    return plain


def read_results(metrics: Any, evaluation_results: Any) -> dict[str, Any]:
    """Return the results that the user passed under one of two names.

    Raises
    ------
    RecordError
        If both are passed, or if the results are not a mapping.

    Examples
    --------
    >>> read_results({"f1_score": 0.9}, None)
    {'f1_score': 0.9}
    """
    if metrics is not None and evaluation_results is not None:
        raise RecordError(
            "metrics= and evaluation_results= are two names of one argument; pass one dict with "
            "all results.",
            key="metrics",
        )
    if metrics is not None:
        return read_mapping(metrics, "metrics")
    return read_mapping(evaluation_results, "evaluation_results")


def read_tags(tags: Any) -> dict[str, Any]:
    """Return tags from a mapping, or from a list of names without values.

    Raises
    ------
    RecordError
        If the tags are neither, or if a name or value is invalid.

    Examples
    --------
    >>> read_tags(["reviewed"]), read_tags({"team": "survey"})
    ({'reviewed': True}, {'team': 'survey'})
    """
    if isinstance(tags, str):
        raise RecordError(
            f"tags must be a dict or a list of names, such as tags=[{tags!r:.60}].", key="tags"
        )
    if isinstance(tags, list | tuple | Set):
        if unnamed := [name for name in tags if not isinstance(name, str)]:
            raise RecordError(
                f"A tag name must be non-empty text, got {short_repr(unnamed[0])}.", key="tags"
            )
        tags = dict.fromkeys(tags, True)
    return to_plain_tags(read_mapping(tags, "tags"))


def read_training_info(info: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the training info as plain values; a misspelled name is logged.

    Raises
    ------
    RecordError
        If a number of rows is negative, or the class distribution is not a mapping.
    """
    plain = read_mapping(info, "training_info")
    read_mapping(plain.get("class_distribution"), "training_info.class_distribution")
    for name in ("training_samples", "test_samples"):
        if isinstance(plain.get(name), int) and plain[name] < 0:
            raise RecordError(
                f"training_info.{name} must be at least 0, got {plain[name]}.", key=name
            )
    for name in plain.keys() - {*TRAINING_INFO, "training_date"}:
        meant = difflib.get_close_matches(str(name), TRAINING_INFO, n=1, cutoff=0.75)
        if meant:
            log.warning(
                "training_info.%s is stored in additional_metrics; did you mean %s?", name, meant[0]
            )
    return plain


def read_feature_columns(columns: Any, model: Any) -> tuple[str, ...]:
    """Return the passed column names; a mismatch with the model is logged.

    Raises
    ------
    RecordError
        If they are not an ordered list of names.

    Examples
    --------
    >>> read_feature_columns(["depth", 2], model=None)
    ('depth', '2')
    """
    ordered = isinstance(columns, Iterable) and not isinstance(columns, str | bytes | Mapping | Set)
    names = list(columns) if ordered else [None]
    if any(name is None for name in names):
        raise RecordError(
            "feature_columns must be a list of column names, such as ['depth', 'period'], got "
            f"{short_repr(columns)}.",
            key="feature_columns",
        )
    taken = read_attribute(model, "n_features_in_")
    if names and isinstance(taken, int) and taken != len(names):
        log.warning(
            "feature_columns has %d names, but the model was fitted on %d columns.",
            len(names),
            taken,
        )
    return tuple(str(name) for name in names)


def _is_sized(value: Any) -> bool:
    return value is None or bool(getattr(value, "shape", None)) or hasattr(value, "__len__")
