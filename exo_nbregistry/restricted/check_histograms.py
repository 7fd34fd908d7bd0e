"""Histogram gradient boosting: nodes of predictors, bitsets of categories and bins."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_trees import joined, tree_parents
from exo_nbregistry.restricted.check_values import Attributes, full_name, inconsistent

_PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
_ENCODER = "sklearn.compose._column_transformer.ColumnTransformer"
_ORDINAL = "sklearn.preprocessing._encoders.OrdinalEncoder"
_FUNCTION = "sklearn.preprocessing._function_transformer.FunctionTransformer"
_WORDS = 8
_MAX_CATEGORY = 255


def is_predictor(value: object) -> bool:
    """Return whether a value is a tree of histogram gradient boosting."""
    return full_name(type(value)) == _PREDICTOR


def check_histogram_boosting(estimator: object) -> list[Any]:
    """Check a HistGradientBoosting model, and return its predictors."""
    attributes = Attributes(estimator)
    if "_predictors" not in attributes:
        return []
    features = attributes.features
    if "_n_features" in attributes and attributes.count("_n_features") != features:
        attributes.fail("_n_features", f"it must be {features}")
    stages = attributes.items("_predictors")
    predictors = [tree for stage in stages for tree in _stage(attributes, stage)]
    categorical = _check_bins(attributes, features)
    _check_preprocessor(attributes, features)
    if predictors:
        _check_predictors(predictors, features, categorical)
    return predictors


def _stage(attributes: Attributes, stage: object) -> list[Any]:
    if not isinstance(stage, list) or not all(map(is_predictor, stage)):
        attributes.fail("_predictors", "each stage must be a list of trees")
    if "n_trees_per_iteration_" in attributes and len(stage) != attributes.count(
        "n_trees_per_iteration_"
    ):
        attributes.fail("_predictors", "each stage must have one tree for each output")
    return stage


def _check_bins(attributes: Attributes, features: int) -> np.ndarray:
    """Check the bins, and return which features are categorical."""
    mapper = Attributes(attributes.get("_bin_mapper"))
    flags = mapper.array("is_categorical_", ndim=1)
    thresholds = mapper.items("bin_thresholds_", features)
    counts = mapper.array("n_bins_non_missing_", kinds="iu", ndim=1)
    known = mapper.get("known_categories")
    if len(flags) != features or len(counts) != features:
        mapper.fail("is_categorical_", f"it must have the length {features}")
    mapper.count("missing_values_bin_idx_", most=_MAX_CATEGORY)
    for values, categorical in zip(thresholds, flags, strict=True):
        limit = _MAX_CATEGORY + 1
        if not isinstance(values, np.ndarray) or values.ndim != 1 or len(values) > limit:
            mapper.fail("bin_thresholds_", f"it must hold arrays of at most {limit} values")
        # Each category sets a bit of a set with 256 bits.
        if categorical and values.size and not (values.min() >= 0 and values.max() < limit):
            mapper.fail("bin_thresholds_", f"categories must be between 0 and {limit - 1}")
    if known is not None and (not isinstance(known, list) or len(known) != features):
        mapper.fail("known_categories", f"it must have {features} items")
    result: np.ndarray = flags.astype(bool)
    return result


def _check_preprocessor(attributes: Attributes, features: int) -> None:
    """Check that the encoder of categories returns as many columns as the trees read."""
    if "_preprocessor" not in attributes:
        # Without categories, the input has the features of the model.
        return
    encoder = Attributes(attributes.get("_preprocessor"))
    if full_name(type(encoder.owner)) != _ENCODER:
        attributes.fail("_preprocessor", "it must be a ColumnTransformer")
    steps = encoder.items("transformers_") if "transformers_" in encoder else []
    used = np.zeros(features, dtype=np.int64)
    for step in steps:
        if not isinstance(step, tuple) or len(step) != 3:
            encoder.fail("transformers_", "each must be a name, a transformer and columns")
        columns = np.asarray(step[2])
        if step[1] == "drop":
            continue
        if columns.dtype != bool or columns.shape != (features,):
            encoder.fail("transformers_", f"each must have {features} flags")
        used += columns
        _check_step(encoder, step[1], int(columns.sum()))
    if not (used == 1).all():
        encoder.fail("transformers_", "each feature must be encoded once")


def _check_step(encoder: Attributes, transformer: object, columns: int) -> None:
    """Check that a step of the encoder returns each of its columns."""
    if not columns:
        return
    held = Attributes(transformer)
    if full_name(type(transformer)) == _ORDINAL:
        held.items("categories_", columns)
        return
    function = held.get("func")
    if (
        full_name(type(transformer)) != _FUNCTION
        or held.get("kw_args")
        or not isinstance(function, partial)
        or getattr(function.func, "__name__", "") != "check_array"
    ):
        encoder.fail("transformers_", "it must only encode categories")


def _check_predictors(predictors: list[Any], features: int, categorical: np.ndarray) -> None:
    part = "TreePredictor.nodes"
    dtype = predictors[0].nodes.dtype
    for predictor in predictors:
        values = vars(predictor)
        nodes = values.get("nodes")
        if not isinstance(nodes, np.ndarray) or nodes.ndim != 1 or not len(nodes):
            inconsistent(part, "a tree must have a node")
        if nodes.dtype != dtype or "feature_idx" not in (dtype.names or ()):
            inconsistent(part, "all trees must have the same dtype")
        for name in ("raw_left_cat_bitsets", "binned_left_cat_bitsets"):
            bits = values.get(name)
            if (
                not isinstance(bits, np.ndarray)
                or bits.dtype != np.uint32
                or bits.ndim != 2
                or bits.shape[1] != _WORDS
            ):
                inconsistent(f"TreePredictor.{name}", "it must have 256 bits for each split")
    counts = np.array([len(predictor.nodes) for predictor in predictors])
    bitsets = [
        min(len(predictor.raw_left_cat_bitsets), len(predictor.binned_left_cat_bitsets))
        for predictor in predictors
    ]
    nodes = joined([predictor.nodes for predictor in predictors])
    start = np.repeat(np.cumsum(counts) - counts, counts)
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    split = nodes["feature_idx"][inner]
    if not ((split >= 0) & (split < features)).all():
        inconsistent(part, "a node splits on a feature that the model does not have")
    sets = nodes["is_categorical"][inner] != 0
    rows = np.repeat(bitsets, counts)[inner]
    if not (nodes["bitset_idx"][inner] < rows)[sets].all() or not categorical[split[sets]].all():
        inconsistent(part, "a split by categories must have its set of categories")
    left, right = (nodes[side][inner].astype(np.int64) for side in ("left", "right"))
    tree_parents(inner, left, right, counts, start, part=part)
