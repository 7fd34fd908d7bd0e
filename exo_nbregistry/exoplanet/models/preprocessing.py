"""What stands between raw archive columns and a classifier.

Missing values, heavy tails and scale are dealt with inside, so that a loaded model needs nothing
but the table. Every step is scikit-learn's or NumPy's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def impute(classifier: Any) -> Pipeline:
    """Return a pipeline that fills missing values with medians; trees need no more.

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
    """Return a pipeline that imputes, stretches by the inverse hyperbolic sine, and scales.

    Depths, fluxes and errors span up to eight decades on both sides of zero. Like the signed
    logarithm, asinh is linear near zero and logarithmic far from it, and NumPy has it.

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

    # A column without any value stays, so that importances keep their columns.
    return SimpleImputer(strategy="median", keep_empty_features=True)
