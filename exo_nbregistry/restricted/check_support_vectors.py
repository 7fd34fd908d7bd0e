"""Support vector machines: libsvm reads its arrays by the counts of support vectors alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_sparse import is_sparse
from exo_nbregistry.restricted.check_values import Attributes, check_indices


def check_support_vectors(estimator: object) -> list[Any]:
    """Check SVC, NuSVC, SVR, NuSVR and OneClassSVM."""
    attributes = Attributes(estimator)
    if "_impl" in attributes:
        attributes.fail("_impl", "the kind of model is part of the class")
    if "support_vectors_" not in attributes:
        return []
    classifies = "classes_" in attributes
    classes = len(attributes.array("classes_", kinds="fiubOUS", ndim=1)) if classifies else 2
    counts = attributes.array("_n_support", kinds="iu", ndim=1)
    if len(counts) != classes or classes < 2 or (classifies and (counts < 0).any()):
        attributes.fail("_n_support", f"it must have {classes} counts")
    support = attributes.array("support_", kinds="iu", ndim=1)
    # Regression and outlier detection do not use the counts, which can be uninitialized.
    total = int(counts.sum()) if classifies else len(support)
    if len(support) != total:
        attributes.fail("_n_support", "its sum must be the number of support vectors")
    vectors = attributes.get("support_vectors_")
    precomputed = attributes.get("kernel") == "precomputed" or not isinstance(
        attributes.get("kernel"), str
    )
    _check_vectors(attributes, vectors, total, precomputed=precomputed)
    pairs = classes * (classes - 1) // 2
    rows = classes - 1
    for name in ("dual_coef_", "_dual_coef_"):
        _check_coefficients(attributes, name, rows, total)
    for name in ("intercept_", "_intercept_"):
        if name in attributes and attributes.array(name, kinds="f").shape != (pairs,):
            attributes.fail(name, f"it must have {pairs} values")
    _check_calibration(attributes, pairs, classifies=classifies)
    _check_indices(attributes, support)
    return []


def _check_vectors(attributes: Attributes, vectors: Any, total: int, *, precomputed: bool) -> None:
    if bool(attributes.get("_sparse")) != is_sparse(vectors):
        attributes.fail("support_vectors_", "it must be sparse if the training data was")
    if not is_sparse(vectors):
        vectors = attributes.array("support_vectors_", kinds="f", ndim=2)
    elif not _has_rows(vectors):
        attributes.fail("support_vectors_", "it must be a sparse matrix of rows")
    if precomputed:
        if is_sparse(vectors):
            attributes.fail("kernel", "sparse data cannot have a precomputed kernel")
        # The kernel is computed outside libsvm, which gets no vectors.
        if vectors.size and len(vectors) != total:
            attributes.fail("support_vectors_", "it must be empty")
        return
    if vectors.shape[0] != total:
        attributes.fail("support_vectors_", f"it must have {total:,} rows")
    if vectors.shape[1] != attributes.features:
        attributes.fail("support_vectors_", "it must have the features of the model")


def _has_rows(matrix: Any) -> bool:
    return type(matrix).__name__ in ("csr_matrix", "csr_array")


def _check_coefficients(attributes: Attributes, name: str, rows: int, total: int) -> None:
    values = attributes.get(name)
    if is_sparse(values):
        stored = values.data.size
        # The native code reads the stored values as if no value were zero.
        if not _has_rows(values) or values.shape != (rows, total) or stored != rows * total:
            attributes.fail(name, f"it must have {rows} x {total:,} values")
    elif name in attributes and attributes.array(name, kinds="f").shape != (rows, total):
        attributes.fail(name, f"it must have {rows} x {total:,} values")


def _check_calibration(attributes: Attributes, pairs: int, *, classifies: bool) -> None:
    """Check the parameters of the probabilities, which are both present or both absent."""
    first, second = (attributes.get(name) for name in ("_probA", "_probB"))
    sizes = []
    for name, values in (("_probA", first), ("_probB", second)):
        if values is None:
            sizes.append(0)
            continue
        sizes.append(len(attributes.array(name, kinds="f", ndim=1)))
    expected = [(0, 0), (pairs, pairs)] if classifies else [(0, 0), (1, 0)]
    # For sparse data, native code reads them by this flag alone.
    flag = attributes.get("_effective_probability", attributes.get("probability"))
    if flag and attributes.get("_sparse"):
        expected = [(pairs, pairs)]
    if tuple(sizes) not in expected:
        attributes.fail("_probA", f"it must have {pairs} values, or none")


def _check_indices(attributes: Attributes, support: np.ndarray) -> None:
    """Check the numbers of training rows, at which a precomputed kernel is read."""
    shape = attributes.get("shape_fit_")
    if type(shape) is not tuple or not shape or type(shape[0]) is not int:
        attributes.fail("shape_fit_", "it must be the shape of the training data")
    check_indices(support, shape[0], attributes.part("support_"))
