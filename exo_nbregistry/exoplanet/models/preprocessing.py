"""Preprocessing of raw archive columns.

The pipeline handles missing values, heavy tails and scale, so a loaded model needs only the raw
table. Every step is from scikit-learn or NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def impute(classifier: Any) -> Pipeline:
    """Return a pipeline that replaces missing values by medians, which is enough for trees.

    Parameters
    ----------
    classifier : estimator
        Unfitted.

    Returns
    -------
    Pipeline
        Steps ``impute`` and ``classify``.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> list(impute(DecisionTreeClassifier()).named_steps)
    ['impute', 'classify']
    """
    from sklearn.pipeline import Pipeline

    return Pipeline([("impute", _imputer()), ("classify", classifier)])


def impute_and_stretch(classifier: Any) -> Pipeline:
    """Return a pipeline that imputes, applies the inverse hyperbolic sine, and scales.

    Depths, fluxes and errors span up to eight decades on both sides of zero. The function asinh
    is linear near zero and logarithmic far from it.

    Parameters
    ----------
    classifier : estimator
        Unfitted.

    Returns
    -------
    Pipeline
        Steps ``impute``, ``stretch``, ``scale`` and ``classify``.

    Notes
    -----
    Source: Lupton, Gunn & Szalay 1999, AJ 118, 1406, for the same use on photometry.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> list(impute_and_stretch(SVC()).named_steps)
    ['impute', 'stretch', 'scale', 'classify']
    """
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    return Pipeline(
        [
            ("impute", _imputer()),
            ("stretch", FunctionTransformer(np.arcsinh, feature_names_out="one-to-one")),
            ("scale", StandardScaler()),
            ("classify", classifier),
        ]
    )


def _imputer() -> Any:
    from sklearn.impute import SimpleImputer

    # Keep columns without values, so that importances match the columns.
    return SimpleImputer(strategy="median", keep_empty_features=True)
