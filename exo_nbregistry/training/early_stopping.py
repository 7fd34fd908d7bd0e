"""Early stopping of a neural network on validation rows."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from sklearn.neural_network import MLPClassifier


def fit_with_early_stopping(
    network: MLPClassifier,
    train: tuple[ArrayLike, ArrayLike],
    validation: tuple[ArrayLike, ArrayLike],
    *,
    epochs: int,
    patience: int,
) -> list[float]:
    """Fit a network epoch by epoch and keep the weights of the best epoch.

    scikit-learn's own early stopping draws its validation rows from the training rows at random,
    so that rows of one group can be in both parts.

    Parameters
    ----------
    network : MLPClassifier
        With solver ``"adam"`` or ``"sgd"``; fitted in place. Its ``random_state`` must be a
        RandomState, because a seed would shuffle each epoch in the same way.
    train : tuple of array-like of shape (n_samples, n_features) and (n_samples,)
        Features and labels of the training rows.
    validation : tuple of array-like
        Features and labels of the validation rows.
    epochs : int
        Maximum number of passes over the training rows.
    patience : int
        Number of epochs without a smaller log loss after which the fit stops.

    Returns
    -------
    list of float
        Validation log loss after each epoch.
    """
    from sklearn.metrics import log_loss

    X, y = train
    X_val, y_val = validation
    classes = np.unique(y)
    losses: list[float] = []
    best_epoch = 0
    for epoch in range(epochs):
        network.partial_fit(X, y, classes=classes)
        losses.append(float(log_loss(y_val, network.predict_proba(X_val), labels=classes)))
        if epoch == 0 or losses[epoch] < losses[best_epoch]:
            best_epoch, best = epoch, deepcopy((network.coefs_, network.intercepts_))
        elif epoch - best_epoch >= patience:
            break
    network.coefs_, network.intercepts_ = best
    return losses


def split_validation_tenth(
    X: NDArray[Any], y: NDArray[Any], *, random_state: int
) -> tuple[tuple[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]:
    """Split off a tenth of the rows for validation, stratified by label.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Features.
    y : ndarray of shape (n_samples,)
        Labels.
    random_state : int
        Seed.

    Returns
    -------
    train, validation : tuple of ndarray
        Features and labels of both parts. If a tenth would be too few to contain each label,
        both parts are all rows.

    Examples
    --------
    >>> X, y = np.arange(40)[:, np.newaxis], np.arange(40) % 2
    >>> train, validation = split_validation_tenth(X, y, random_state=0)
    >>> len(train[1]), len(validation[1])
    (36, 4)
    """
    from sklearn.model_selection import train_test_split

    labels, counts = np.unique(y, return_counts=True)
    if min(counts) < 2 or len(y) < 10 * len(labels):
        return (X, y), (X, y)
    X, X_val, y, y_val = train_test_split(
        X, y, test_size=0.1, stratify=y, random_state=random_state
    )
    return (X, y), (X_val, y_val)
