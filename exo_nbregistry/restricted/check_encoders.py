"""One-hot encoders: categories and groups become columns of a sparse matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import Attributes, check_indices, int_in_range


def check_one_hot(estimator: object) -> list[Any]:
    """Check that each category of each feature has a column within those of the encoder."""
    attributes = Attributes(estimator)
    if "categories_" not in attributes:
        return []
    features = attributes.features
    categories = attributes.items("categories_", features)
    for values in categories:
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            attributes.fail("categories_", "it must hold arrays")
        _check_order(attributes, values)
    sizes = [len(values) for values in categories]
    groups = _groups(attributes, sizes)
    dropped = _dropped(attributes, groups)
    if "_n_features_outs" in attributes:
        wanted = [size - drop for size, drop in zip(groups, dropped, strict=True)]
        found = attributes.items("_n_features_outs", features)
        if [int_in_range(n, attributes.part("_n_features_outs"), 0) for n in found] != wanted:
            attributes.fail("_n_features_outs", "it must be the number of columns of each feature")
    return []


def _check_order(attributes: Attributes, values: np.ndarray) -> None:
    """Check that numbers increase: their positions are found by a binary search."""
    if values.dtype.kind not in "fiub":
        return
    numbers = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    if (numbers[1:] <= numbers[:-1]).any() or len(values) - len(numbers) > 1:
        attributes.fail("categories_", "numbers must increase")


def _groups(attributes: Attributes, sizes: list[int]) -> list[int]:
    """Return the number of categories of each feature after grouping rare ones."""
    if not attributes.get("_infrequent_enabled"):
        return sizes
    mappings = attributes.items("_default_to_infrequent_mappings", len(sizes))
    rare = attributes.items("_infrequent_indices", len(sizes))
    result = []
    for size, mapping, indices in zip(sizes, mappings, rare, strict=True):
        if (mapping is None) != (indices is None):
            attributes.fail("_infrequent_indices", "it must have the groups of the mappings")
        if mapping is None:
            result.append(size)
            continue
        if not all(isinstance(each, np.ndarray) and each.ndim == 1 for each in (mapping, indices)):
            attributes.fail("_infrequent_indices", "it must hold arrays")
        check_indices(indices, size, attributes.part("_infrequent_indices"))
        groups = size - len(indices) + 1
        if len(mapping) != size:
            attributes.fail("_default_to_infrequent_mappings", "it must map each category")
        check_indices(mapping, groups, attributes.part("_default_to_infrequent_mappings"))
        result.append(groups)
    return result


def _dropped(attributes: Attributes, groups: list[int]) -> list[int]:
    """Return the number of dropped columns of each feature: 0 or 1."""
    positions = attributes.get("_drop_idx_after_grouping")
    if positions is None:
        return [0] * len(groups)
    if not isinstance(positions, np.ndarray) or positions.shape != (len(groups),):
        attributes.fail("_drop_idx_after_grouping", "it must have one item for each feature")
    for position, size in zip(positions.tolist(), groups, strict=True):
        if position is not None:
            part = attributes.part("_drop_idx_after_grouping")
            int_in_range(position, part, 0, max(size - 1, 0))
    return [int(position is not None) for position in positions.tolist()]
