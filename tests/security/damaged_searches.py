"""Neighbors and support vector machines with one part that does not fit the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn import neighbors, svm

from tests.security.damage_table import FAR, X, Y, damage


def near(part: int | None = None, value: Any = None, **options: Any) -> Any:
    """Return a neighbors classifier with a changed part of its tree."""
    options = {"algorithm": "kd_tree", "leaf_size": 5} | options
    model = neighbors.KNeighborsClassifier(3, **options).fit(X, Y)
    if part is not None:
        create, arguments, state = model._tree.__reduce__()
        copy = create(*arguments)
        copy.__setstate__((*state[:part], value(state[part].copy()), *state[part + 1 :]))
        model._tree = copy
    return model


def put(place: Any, value: Any, field: str | None = None) -> Callable[[Any], Any]:
    """Return a function that changes one value of an array."""

    def apply(values: Any) -> Any:
        (values if field is None else values[field])[place] = value
        return values

    return apply


@damage("KDTree.idx_array")
def search_index() -> Any:
    """A row number lies outside the data."""
    return near(1, put(0, FAR))


@damage("KDTree.node_data")
def search_range() -> Any:
    """A node has rows behind the end of the data."""
    return near(2, put(3, FAR, "idx_end"))


@damage("KDTree.node_data")
def search_children() -> Any:
    """A last node claims children that do not exist."""
    return near(2, put(-1, 0, "is_leaf"))


@damage("KDTree.node_bounds")
def search_bounds() -> Any:
    """The bounds of nodes have fewer columns than the data."""
    return near(3, lambda values: np.ascontiguousarray(values[:, :, :1]))


@damage("BallTree.node_bounds")
def search_centroids() -> Any:
    """A ball tree has fewer centroids than nodes."""
    return near(3, lambda values: np.ascontiguousarray(values[:, :1]), algorithm="ball_tree")


@damage("KNeighborsClassifier._tree")
def search_rows() -> Any:
    """The tree has other rows than the estimator."""
    model = near()
    model._tree = neighbors.KDTree(X[:10])
    return model


@damage("SEuclideanDistance64")
def search_metric() -> Any:
    """The metric has fewer variances than the data has columns."""
    options = {"metric": "seuclidean", "metric_params": {"V": np.ones(4)}}
    model = near(algorithm="ball_tree", **options)
    create, arguments, state = model._tree.__reduce__()
    made, kind, (power, _, matrix) = state[11].__reduce__()
    metric = made(*kind)
    metric.__setstate__((power, np.ones(1), matrix))
    model._tree = create(*arguments)
    model._tree.__setstate__((*state[:11], metric, state[12]))
    return model


@damage("KNeighborsClassifier._fit_X")
def neighbors_columns() -> Any:
    """Stored rows have fewer columns than the input."""
    model = near(algorithm="brute")
    model._fit_X = np.ascontiguousarray(model._fit_X[:, :1])
    return model


@damage("argument Y_norm_squared")
def neighbors_norms() -> Any:
    """Stored norms are fewer than the rows that they belong to."""
    model = near(algorithm="brute")
    model.effective_metric_params_ = {"Y_norm_squared": np.zeros(1)}
    return model


@damage("KNeighborsClassifier.n_samples_fit_")
def neighbors_count() -> Any:
    """A model claims more rows than it has."""
    model = near(algorithm="brute")
    model.n_samples_fit_ = FAR
    return model


@damage("RadiusNeighborsClassifier._y")
def neighbors_label() -> Any:
    """A label is not the number of a class."""
    model = neighbors.RadiusNeighborsClassifier(9.0, algorithm="brute").fit(X, Y)
    model._y = model._y + FAR
    return model


@damage("KernelDensity.tree_")
def density_columns() -> Any:
    """The tree of a density has other columns than the model."""
    model = neighbors.KernelDensity().fit(X)
    model.tree_ = neighbors.KDTree(X[:, :2])
    return model


def machine(kind: type = svm.SVC, rows: Any = X, **attributes: Any) -> Any:
    """Return a support vector machine with changed attributes."""
    model = kind(**({} if kind is not svm.SVC else {"kernel": "rbf"})).fit(rows, Y)
    for name, value in attributes.items():
        old = model.__dict__.get(name)
        model.__dict__[name] = value(old) if callable(value) else value
    return model


@damage("SVC._n_support")
def vectors_count() -> Any:
    """The counts of support vectors are larger than the vectors."""
    return machine(_n_support=lambda old: old + 1000)


@damage("SVC._n_support")
def vectors_classes() -> Any:
    """There are counts for fewer classes than the model has."""
    return machine(_n_support=lambda old: np.array([old.sum()], dtype=old.dtype))


@damage("OneClassSVM._n_support")
def vectors_one_class() -> Any:
    """Libsvm reads two counts for a model of one class."""
    return machine(svm.OneClassSVM, _n_support=lambda old: old[:1])


@damage("SVC._dual_coef_")
def vectors_coefficients() -> Any:
    """There are fewer coefficients than support vectors."""
    return machine(_dual_coef_=lambda old: np.ascontiguousarray(old[:, :1]))


@damage("SVC._intercept_")
def vectors_intercept() -> Any:
    """There are fewer intercepts than pairs of classes."""
    return machine(_intercept_=lambda old: old[:1])


@damage("SVC.support_vectors_")
def vectors_columns() -> Any:
    """Support vectors have fewer columns than the input."""
    return machine(support_vectors_=lambda old: np.ascontiguousarray(old[:, :1]))


@damage("SVC._probA")
def vectors_probabilities() -> Any:
    """There are fewer parameters of probabilities than pairs of classes."""
    return machine(_probA=np.ones(1), _probB=np.ones(1))


@damage("OneClassSVM._probA")
def vectors_without_probabilities() -> Any:
    """A model of sparse data claims probabilities, for which it has no parameters."""
    return machine(
        svm.OneClassSVM,
        sparse.csr_matrix(X),
        probability=True,
        _effective_probability=True,
    )


@damage("SVC._impl")
def vectors_kind() -> Any:
    """A regression reads the arrays of a classifier."""
    return machine(_impl="epsilon_svr")


@damage("SVC.support_")
def vectors_precomputed() -> Any:
    """A precomputed kernel is read at a column that does not exist."""
    model = svm.SVC(kernel="precomputed").fit(X @ X.T, Y)
    model.support_ = model.support_ + FAR
    model.support_ = model.support_.astype(np.int32)
    return model


@damage("SVC.dual_coef_")
def vectors_sparse_coefficients() -> Any:
    """Sparse coefficients have fewer stored values than native code reads."""
    cut = lambda old: sparse.csr_matrix(old.shape)  # noqa: E731 - an attribute of one line
    return machine(rows=sparse.csr_matrix(X), dual_coef_=cut, _dual_coef_=cut)
