"""Fitted arrays whose last axis has one item for each feature of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_sparse import is_sparse
from exo_nbregistry.restricted.check_values import Attributes

# By class, of which subclasses inherit: native loops of fit and partial_fit use these arrays.
LAST_AXIS: dict[str, tuple[str, ...]] = {
    "BaseSGD": ("coef_", "standard_coef_", "average_coef_", "_standard_coef", "_average_coef"),
    "LinearModel": ("coef_",),
    "LinearClassifierMixin": ("coef_",),
    "ElasticNet": ("coef_",),
    "LogisticRegression": ("coef_",),
    "StandardScaler": ("mean_", "var_", "scale_"),
    "MinMaxScaler": ("min_", "scale_", "data_min_", "data_max_"),
    "MaxAbsScaler": ("scale_", "max_abs_"),
    "RobustScaler": ("center_", "scale_"),
    "_BasePCA": ("components_", "mean_"),
    "TruncatedSVD": ("components_",),
    "_BaseNMF": ("components_",),
    "FactorAnalysis": ("components_", "mean_", "noise_variance_"),
    "FastICA": ("components_",),
    "LatentDirichletAllocation": ("components_", "exp_dirichlet_component_"),
    "BernoulliRBM": ("components_",),
    "_BaseSparseCoding": ("components_",),
    "BaseRandomProjection": ("components_",),
    "NeighborhoodComponentsAnalysis": ("components_",),
    "GaussianProcessRegressor": ("X_train_",),
    "NearestCentroid": ("centroids_",),
    "MeanShift": ("cluster_centers_",),
    "BaseMixture": ("means_",),
    "GaussianNB": ("theta_", "var_"),
}


def shape_check(names: tuple[str, ...]) -> Callable[[object], list[Any]]:
    """Return a check that some arrays have an item for each feature."""

    def check(estimator: object) -> list[Any]:
        attributes = Attributes(estimator)
        for name in names:
            # A scalar is a value that applies to all features.
            if name in attributes and np.ndim(attributes.get(name)):
                attributes.last_axis(name, attributes.features)
        return []

    return check


def check_gradient_descent(estimator: object) -> list[Any]:
    """Check that stochastic gradient descent has a row of coefficients for each problem.

    ``partial_fit`` writes as many as the input has features.
    """
    attributes = Attributes(estimator)
    shape = np.shape(attributes.get("coef_")) if "coef_" in attributes else None
    if shape is None or is_sparse(attributes.get("coef_")):
        return []
    classes = np.size(attributes.get("classes_")) if "classes_" in attributes else 0
    rows = 1 if classes == 2 else classes
    if shape != ((rows, attributes.features) if classes else (attributes.features,)):
        attributes.fail("coef_", "it must have a row for each problem")
    for name in LAST_AXIS["BaseSGD"]:
        if name in attributes and np.shape(attributes.get(name)) not in (shape, shape[-1:]):
            attributes.fail(name, "it must have the shape of coef_")
    return []


def check_layers(estimator: object) -> list[Any]:
    """Check that the layers of a network follow each other."""
    attributes = Attributes(estimator)
    if "coefs_" not in attributes:
        return []
    width = attributes.features
    weights = attributes.items("coefs_")
    offsets = attributes.items("intercepts_", len(weights))
    for matrix, offset in zip(weights, offsets, strict=True):
        if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or len(matrix) != width:
            attributes.fail("coefs_", "each layer must have the width of the one before")
        width = matrix.shape[1]
        if not isinstance(offset, np.ndarray) or offset.shape != (width,):
            attributes.fail("intercepts_", "each must have the width of its layer")
    return []


def check_process(estimator: object) -> list[Any]:
    """Check that a Gaussian process has a weight and a factor for each training row."""
    attributes = Attributes(estimator)
    if "X_train_" not in attributes:
        return []
    rows = len(attributes.get("X_train_"))
    for name in ("alpha_", "y_train_"):
        if name in attributes and len(attributes.array(name)) != rows:
            attributes.fail(name, f"it must have {rows:,} rows")
    if "L_" in attributes and attributes.array("L_", kinds="f").shape != (rows, rows):
        attributes.fail("L_", f"it must have {rows:,} rows and columns")
    return []
