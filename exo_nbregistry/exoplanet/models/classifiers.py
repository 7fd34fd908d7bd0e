"""The Kepler classifiers, scikit-learn estimators for raw archive columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import ensemble, neural_network, svm
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.models.gradient_boosting import HistGradientBoostingClassifier
from exo_nbregistry.exoplanet.models.preprocessing import impute, impute_and_stretch
from exo_nbregistry.exoplanet.models.threads import one_thread
from exo_nbregistry.training import (
    BaseClassifier,
    fit_with_early_stopping,
    split_validation_tenth,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Part = tuple[NDArray[np.float64], NDArray[Any]]

# Epochs without a smaller validation log loss; a network is best after about twenty epochs.
PATIENCE = 15
FOLDS = 5


class RandomForestClassifier(BaseClassifier):
    """A random forest on median-imputed columns.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    max_depth : int or None, default=None
        Maximum depth of a tree; None for no limit.
    min_samples_split, min_samples_leaf : int or float, default=2 and 1
        Minimum number of rows to split, and in a leaf; as float a share of the rows.
    random_state : int, default=42
        Seed.

    Notes
    -----
    Source: Breiman 2001, Machine Learning 45, 5.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import load_koi
    >>> koi = load_koi("five")
    >>> forest = RandomForestClassifier(n_estimators=10).fit(koi.data, koi.target)
    >>> forest.get_feature_importance().index[0]
    'koi_prad'
    """

    def __init__(
        self,
        n_estimators: int = 100,
        max_depth: int | None = None,
        min_samples_split: float = 2,
        min_samples_leaf: float = 1,
        random_state: int = 42,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.random_state = random_state

    def _learn(self, X: NDArray[np.float64], y: NDArray[Any], _validation: Part | None) -> None:
        self.pipeline_ = impute(ensemble.RandomForestClassifier(**self.get_params())).fit(X, y)

    def get_feature_importance(self, X: Any = None, y: Any = None) -> pd.Series[float]:
        """Return the importance of each column, the most important first.

        Parameters
        ----------
        X, y : array-like, optional
            Held-out rows and their labels.

        Returns
        -------
        Series
            Permutation importance on these rows, as for the other classifiers. Without rows,
            the mean decrease of impurity, with the sum 1; it favors columns of many values.
        """
        if X is not None:
            return super().get_feature_importance(X, y)
        check_is_fitted(self)
        return self._by_column(self.pipeline_["classify"].feature_importances_)


class NeuralNetworkClassifier(BaseClassifier):
    """A multi-layer perceptron with early stopping.

    It keeps the weights of the epoch with the smallest log loss on the validation rows of
    ``fit``. Without validation rows, a tenth of the training rows is used.

    Parameters
    ----------
    hidden_layers : sequence of int, default=(128, 64, 32)
        Units of each hidden layer.
    learning_rate : float, default=0.001
        Learning rate of Adam.
    epochs : int, default=200
        Maximum number of passes over the training rows; the fit stops 15 after the best.
    batch_size : int, default=64
        Number of rows per step.
    random_state : int, default=42
        Seed.

    Attributes
    ----------
    validation_losses_ : list of float
        Validation log loss after each epoch.

    Notes
    -----
    Source: Kingma & Ba 2015, ICLR, arXiv:1412.6980, for Adam.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import load_koi, split_by_star
    >>> koi = load_koi("five")
    >>> split = split_by_star(koi.data, koi.target, koi.groups)
    >>> network = NeuralNetworkClassifier(hidden_layers=(16,), epochs=5)
    >>> network = network.fit(split.X_train, split.y_train, split.X_val, split.y_val)
    >>> network.score(split.X_test, split.y_test) > 0.8, len(network.validation_losses_)
    (True, 5)
    """

    def __init__(
        self,
        hidden_layers: Sequence[int] = (128, 64, 32),
        learning_rate: float = 0.001,
        epochs: int = 200,
        batch_size: int = 64,
        random_state: int = 42,
    ) -> None:
        self.hidden_layers = hidden_layers
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def _learn(self, X: NDArray[np.float64], y: NDArray[Any], validation: Part | None) -> None:
        train = (X, y)
        if validation is None:
            train, validation = split_validation_tenth(X, y, random_state=self.random_state)
        network = neural_network.MLPClassifier(
            hidden_layer_sizes=tuple(self.hidden_layers),
            learning_rate_init=self.learning_rate,
            batch_size=min(self.batch_size, len(train[1])),
            random_state=np.random.RandomState(self.random_state),
        )
        pipeline = impute_and_stretch(network)
        before = pipeline[:-1].fit(train[0])
        with one_thread():
            self.validation_losses_ = fit_with_early_stopping(
                network,
                (before.transform(train[0]), train[1]),
                (before.transform(validation[0]), validation[1]),
                epochs=self.epochs,
                patience=PATIENCE,
            )
        network.set_params(random_state=self.random_state)
        self.pipeline_ = pipeline


def _gives_probabilities(classifier: SVMClassifier) -> bool:
    return bool(classifier.probability)


def _gives_decisions(classifier: SVMClassifier) -> bool:
    return not classifier.probability


class SVMClassifier(BaseClassifier):
    """A support vector machine.

    Parameters
    ----------
    kernel : {"rbf", "linear", "poly", "sigmoid"}, default="rbf"
        Kernel.
    C : float, default=10.0
        Inverse strength of the regularization.
    gamma : {"scale", "auto"} or float, default="scale"
        Width of the kernel.
    probability : bool, default=True
        Whether to calibrate the scores to probabilities by five folds. If False, there is a
        ``decision_function`` instead of ``predict_proba``, and the fit is several times as fast.
    random_state : int, default=42
        Seed of the folds.

    Notes
    -----
    Source: Platt 1999, Advances in Large Margin Classifiers, 61, for the calibration.
    ``SVC(probability=True)`` is deprecated since scikit-learn 1.9 in favor of this.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import load_koi
    >>> koi = load_koi("five")
    >>> machine = SVMClassifier(probability=False).fit(koi.data, koi.target)
    >>> machine.score(koi.data, koi.target) > 0.8, hasattr(machine, "predict_proba")
    (True, False)
    """

    def __init__(
        self,
        kernel: str = "rbf",
        C: float = 10.0,
        gamma: str | float = "scale",
        probability: bool = True,
        random_state: int = 42,
    ) -> None:
        self.kernel = kernel
        self.C = C
        self.gamma = gamma
        self.probability = probability
        self.random_state = random_state

    def _learn(self, X: NDArray[np.float64], y: NDArray[Any], _validation: Part | None) -> None:
        machine = svm.SVC(kernel=self.kernel, C=self.C, gamma=self.gamma)
        if self.probability:
            machine = CalibratedClassifierCV(machine, ensemble=False, cv=self._folds(y))
        self.pipeline_ = impute_and_stretch(machine).fit(X, y)

    def _folds(self, y: NDArray[Any]) -> StratifiedKFold:
        labels, counts = np.unique(y, return_counts=True)
        if min(counts) < 2:
            rare = labels[counts.argmin()].item()
            raise InvalidInputError(
                f"The class {rare!r} has one row, but calibration requires two per class; add "
                "rows or pass probability=False."
            )
        folds = min(FOLDS, *counts.tolist())
        return StratifiedKFold(folds, shuffle=True, random_state=self.random_state)

    @available_if(_gives_probabilities)
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the calibrated probability of each label for each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        return super().predict_proba(X)

    @available_if(_gives_decisions)
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return the signed distance of each row from the decision boundary.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            With two labels, positive values are for the second one.
        """
        X = self._table(X)
        decisions: NDArray[np.float64] = self.pipeline_.decision_function(X)
        return decisions


CLASSIFIERS: Mapping[str, type[BaseClassifier]] = MappingProxyType(
    {
        "RandomForest": RandomForestClassifier,
        "NeuralNetwork": NeuralNetworkClassifier,
        "SVM": SVMClassifier,
        "HistGradientBoosting": HistGradientBoostingClassifier,
    }
)
"""Classifiers by their names in ``model_configs``."""
