"""Vocabularies and hashing: positions of columns, and the number of columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_sparse import is_sparse
from exo_nbregistry.restricted.check_values import Attributes


def check_vocabulary(estimator: object) -> list[Any]:
    """Check that a vocabulary maps each term to its own column."""
    attributes = Attributes(estimator)
    for name in ("vocabulary_", "_cached_dict"):
        if name in attributes:
            _check_positions(attributes, name)
    return []


def _check_positions(attributes: Attributes, name: str) -> None:
    terms = attributes.get(name)
    if not isinstance(terms, dict):
        attributes.fail(name, "it must be a dict")
    kinds = set(map(type, terms.values()))
    if not all(kind is int or issubclass(kind, np.integer) for kind in kinds):
        attributes.fail(name, "its values must be integers")
    size = len(terms)
    if size and not 0 <= min(terms.values()) <= max(terms.values()) < size:
        attributes.fail(name, f"its values must be between 0 and {size - 1:,}")
    if len(set(terms.values())) != size:
        attributes.fail(name, "a column is duplicated")


def check_classes(estimator: object) -> list[Any]:
    """Check that MultiLabelBinarizer has one column for each of its classes."""
    attributes = Attributes(estimator)
    if "_cached_dict" in attributes:
        _check_positions(attributes, "_cached_dict")
        classes = attributes.get("classes_")
        if np.shape(classes) != (len(attributes.get("_cached_dict")),):
            attributes.fail("classes_", "it must have the classes of _cached_dict")
    return []


def check_hashing(estimator: object) -> list[Any]:
    """Check that hashing has at least one column: the native code divides by their number."""
    attributes = Attributes(estimator)
    attributes.count("n_features", least=1)
    return []


def check_weights(estimator: object) -> list[Any]:
    """Check that TfidfTransformer has a weight for each feature."""
    attributes = Attributes(estimator)
    for name in ("idf_", "_idf_diag"):
        if name not in attributes:
            continue
        values = attributes.get(name)
        if not is_sparse(values):
            values = attributes.array(name, ndim=1)
        if values.shape[-1] != attributes.features:
            attributes.fail(name, "it must have one weight for each feature")
    return []
