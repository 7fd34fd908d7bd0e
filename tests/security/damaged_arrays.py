"""Indices, shapes and parameters of other models that do not fit the rest of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn import cluster, ensemble, feature_extraction, linear_model
from sklearn.feature_extraction import text
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MultiLabelBinarizer,
    OneHotEncoder,
    SplineTransformer,
    StandardScaler,
)

from tests.security.damage_table import BINS, FAR, TARGET, TEXTS, X, Y, damage


@damage("csr_matrix.indices")
def sparse_index() -> Any:
    """A sparse coefficient has a column that does not exist."""
    model = linear_model.SGDClassifier(random_state=0).fit(X, Y).sparsify()
    model.coef_.indices[0] = FAR
    return model


@damage("csr_matrix.indptr")
def sparse_pointer() -> Any:
    """A row of a sparse matrix ends behind the stored values."""
    model = linear_model.SGDClassifier(random_state=0).fit(X, Y).sparsify()
    model.coef_.indptr[-1] = FAR
    return model


@damage("coo_matrix.coords")
def sparse_coordinates() -> Any:
    """A coordinate lies outside the matrix."""
    matrix = sparse.coo_matrix(X)
    matrix.coords[1][0] = FAR
    return [matrix]


@damage("CountVectorizer.vocabulary_")
def vocabulary_column() -> Any:
    """A term has a column that does not exist."""
    model = text.CountVectorizer().fit(TEXTS)
    model.vocabulary_["planet"] = FAR
    return make_pipeline(model)


@damage("DictVectorizer.vocabulary_")
def vocabulary_of_names() -> Any:
    """A name has a column that does not exist."""
    model = feature_extraction.DictVectorizer(sparse=False).fit([{"a": 1.0, "b": 2.0}])
    model.vocabulary_["a"] = FAR
    return model


@damage("MultiLabelBinarizer._cached_dict")
def labels_column() -> Any:
    """A label has a column that does not exist."""
    model = MultiLabelBinarizer().fit([[0, 1], [2]])
    model._cached_dict = {0: 0, 1: FAR, 2: 2}
    return model


@damage("HashingVectorizer.n_features")
def hashing_size() -> Any:
    """The native code divides by the number of columns."""
    return text.HashingVectorizer(n_features=0)


@damage("TfidfTransformer.idf_")
def text_weights() -> Any:
    """There are fewer weights than columns."""
    model = text.TfidfTransformer().fit(sparse.csr_matrix(X))
    model.idf_ = model.idf_[:1]
    return model


@damage("KMeans.cluster_centers_")
def centers_columns() -> Any:
    """Centers have fewer columns than the input."""
    model = cluster.KMeans(3, n_init=1).fit(X)
    model.cluster_centers_ = np.ascontiguousarray(model.cluster_centers_[:, :1])
    return model


@damage("KMeans._n_threads")
def centers_threads() -> Any:
    """A model starts more threads than the system has."""
    model = cluster.KMeans(3, n_init=1).fit(X)
    model._n_threads = 10**6
    return model


@damage("MiniBatchKMeans._counts")
def centers_counts() -> Any:
    """There are fewer counts than centers."""
    model = cluster.MiniBatchKMeans(3, n_init=1).fit(X)
    model._counts = model._counts[:1]
    return model


@damage("center")
def bisecting_center() -> Any:
    """A node of the bisections has a short center."""
    model = cluster.BisectingKMeans(3).fit(X)
    for side in (model._bisecting_tree.left, model._bisecting_tree.right):
        side.center = side.center[:1]
    return model


@damage("Birch.dummy_leaf_")
def birch_loop() -> Any:
    """The list of leaves never ends."""
    model = cluster.Birch(n_clusters=None).fit(X)
    model.dummy_leaf_.next_leaf_.next_leaf_ = model.dummy_leaf_
    return model


@damage("FeatureAgglomeration.labels_")
def group_label() -> Any:
    """A group has a number that requires gigabytes to count."""
    model = cluster.FeatureAgglomeration(2).fit(X)
    model.labels_ = model.labels_ + 10**9
    return model


@damage("HDBSCAN._single_linkage_tree_")
def merge_of_cluster() -> Any:
    """A merge refers to a cluster that does not exist."""
    model = cluster.HDBSCAN(min_cluster_size=4, copy=True).fit(X)
    model._single_linkage_tree_["left_node"][0] = FAR
    return model


@damage("OneHotEncoder.categories_")
def categories_order() -> Any:
    """Categories are not sorted, so the position of a value can be behind the last column."""
    model = OneHotEncoder(sparse_output=False).fit(BINS)
    model.categories_[3] = model.categories_[3][::-1]
    return model


def grouped() -> OneHotEncoder:
    """Return an encoder that groups rare categories."""
    return OneHotEncoder(sparse_output=False, max_categories=2).fit(BINS)


@damage("OneHotEncoder._default_to_infrequent_mappings")
def categories_group() -> Any:
    """A category belongs to a group that has no column."""
    model = grouped()
    model._default_to_infrequent_mappings[0] += FAR
    return model


@damage("OneHotEncoder._drop_idx_after_grouping")
def categories_dropped() -> Any:
    """A dropped category has a negative column, so that the others move before the first."""
    model = OneHotEncoder(sparse_output=False, drop="first").fit(BINS)
    model._drop_idx_after_grouping[0] = -FAR
    return model


@damage("BSpline.k")
def spline_degree() -> Any:
    """A spline has a higher degree than its knots allow."""
    model = SplineTransformer(n_knots=4).fit(X)
    _spline(model).k = FAR
    return model.bsplines_


@damage("BSpline")
def spline_coefficients() -> Any:
    """A spline has fewer coefficients than knots."""
    model = SplineTransformer(n_knots=4).fit(X)
    parts = vars(_spline(model))
    name = "_c" if "_c" in parts else "c"
    parts[name] = parts[name][:1]
    return model


def _spline(model: Any) -> Any:
    """Return the object with the arrays of the first spline; SciPy 1.18 holds it in another."""
    return getattr(model.bsplines_[0], "_delegate_to", model.bsplines_[0])


@damage("SGDClassifier._standard_coef")
def stochastic_weights() -> Any:
    """Weights that partial_fit updates are shorter than the rows."""
    model = linear_model.SGDClassifier(average=True, random_state=0).fit(X, Y)
    model._standard_coef = model._standard_coef[:, :1]
    return model


@damage("Lasso.coef_")
def warm_start_weights() -> Any:
    """Weights that a warm start updates are shorter than the rows."""
    model = linear_model.Lasso(warm_start=True).fit(X, TARGET)
    model.coef_ = model.coef_[:1]
    return model


@damage("MLPRegressor.coefs_")
def layer_width() -> Any:
    """A layer does not have the width of the one before."""
    model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, tol=1e9).fit(X, TARGET)
    model.coefs_[1] = model.coefs_[1][:1]
    return model


@damage("GaussianProcessRegressor.L_")
def process_factor() -> Any:
    """The factor of the covariance has fewer rows than the training data."""
    model = GaussianProcessRegressor().fit(X, TARGET)
    model.L_ = model.L_[:2, :2]
    return model


@damage("Pipeline.memory")
def cache_folder() -> Any:
    """A pipeline loads files of a cache folder when it is fitted."""
    return make_pipeline(StandardScaler(), memory="/shared/cache")


@damage("RandomForestClassifier.n_jobs")
def workers() -> Any:
    """A model starts more workers than any machine has processors."""
    return ensemble.RandomForestClassifier(n_jobs=10**6)


@damage("builtins.print")
def stored_function() -> Any:
    """A model stores a function that is not on the list."""
    return {"score": [print]}
