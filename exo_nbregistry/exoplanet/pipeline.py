"""The three classifiers, each a pipeline that takes raw archive columns.

Missing values, heavy tails and scale are dealt with inside, so that a loaded model needs nothing
but the table. Every part is scikit-learn's or NumPy's own: a registered model loads on a machine
where this package is not installed, for serving too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.errors import NotFoundError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def random_forest(*, random_state: int = 42, **hyperparameters: Any) -> Pipeline:
    """Return a random forest on median-imputed columns; trees need no scaling.

    Parameters
    ----------
    random_state : int, default=42
        Seed.
    **hyperparameters : object
        Arguments of scikit-learn's RandomForestClassifier.

    Returns
    -------
    Pipeline
        Unfitted.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline

    arguments = {"n_estimators": 200, "min_samples_leaf": 2, **hyperparameters}
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median")),
            ("classify", RandomForestClassifier(random_state=random_state, **arguments)),
        ]
    )


def neural_network(*, random_state: int = 42, **hyperparameters: Any) -> Pipeline:
    """Return a multi-layer perceptron that stops early on a tenth of the training rows.

    Parameters
    ----------
    random_state : int, default=42
        Seed.
    **hyperparameters : object
        Arguments of scikit-learn's MLPClassifier.

    Returns
    -------
    Pipeline
        Unfitted.
    """
    from sklearn.neural_network import MLPClassifier

    arguments = {
        "hidden_layer_sizes": (128, 64, 32),
        "early_stopping": True,
        "n_iter_no_change": 15,
        "max_iter": 300,
        **hyperparameters,
    }
    return _after_stretch(MLPClassifier(random_state=random_state, **arguments))


def svm(*, random_state: int = 42, **hyperparameters: Any) -> Pipeline:
    """Return a support vector machine, its scores calibrated to probabilities by five folds.

    Parameters
    ----------
    random_state : int, default=42
        Seed of the folds.
    **hyperparameters : object
        Arguments of scikit-learn's SVC.

    Returns
    -------
    Pipeline
        Unfitted.

    Notes
    -----
    ``SVC(probability=True)`` is deprecated since scikit-learn 1.9 in favour of this.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    folds = StratifiedKFold(5, shuffle=True, random_state=random_state)
    machine = SVC(**{"C": 10.0, "gamma": "scale", **hyperparameters})
    return _after_stretch(CalibratedClassifierCV(machine, ensemble=False, cv=folds))


PIPELINES: Mapping[str, Callable[..., Pipeline]] = MappingProxyType(
    {"RandomForest": random_forest, "NeuralNetwork": neural_network, "SVM": svm}
)


def build_pipeline(name: str, *, random_state: int = 42, **hyperparameters: Any) -> Pipeline:
    """Return the unfitted pipeline of this name.

    Parameters
    ----------
    name : {"RandomForest", "NeuralNetwork", "SVM"}
        Which one.
    random_state : int, default=42
        Seed.
    **hyperparameters : object
        Arguments of the classifier in it.

    Returns
    -------
    Pipeline
        Unfitted.

    Raises
    ------
    NotFoundError
        If there is no pipeline of this name.

    Examples
    --------
    >>> build_pipeline("RandomForest", n_estimators=50)["classify"].n_estimators
    50
    """
    if name not in PIPELINES:
        raise NotFoundError(f"There is no model {name!r}.", name=name, known=PIPELINES)
    return PIPELINES[name](random_state=random_state, **hyperparameters)


def _after_stretch(classifier: Any) -> Pipeline:
    """Impute, stretch by the inverse hyperbolic sine, scale, classify.

    Depths, fluxes and errors span up to eight decades on both sides of zero. Like the signed
    logarithm, asinh is linear near zero and logarithmic far from it, and NumPy has it.

    Source: Lupton, Gunn & Szalay 1999, AJ 118, 1406, for the same use on photometry.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median")),
            ("stretch", FunctionTransformer(np.arcsinh, feature_names_out="one-to-one")),
            ("scale", StandardScaler()),
            ("classify", classifier),
        ]
    )
