"""Early stopping of a network on rows that it does not learn from."""

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
    """Fit a network epoch by epoch and leave it as it was in the best one.

    scikit-learn's own early stopping takes its validation rows from the training rows at random,
    so that rows of one star are on both sides.

    Parameters
    ----------
    network : MLPClassifier
        With solver ``"adam"`` or ``"sgd"``; fitted in place. A seed in ``random_state`` would
        shuffle each epoch alike: pass a RandomState.
    train : tuple of array-like of shape (n_samples, n_features) and (n_samples,)
        Features and labels to learn from.
    validation : tuple of array-like
        Features and labels to stop by.
    epochs : int
        The largest number of passes over the training rows.
    patience : int
        How many epochs without a smaller log loss end the fit.

    Returns
    -------
    list of float
        Log loss on validation after each epoch.
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
    """Part a tenth of the rows, of each label alike, from the others.

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
        Features and labels of both parts; all rows in both where a tenth would be too few to
        hold each label.

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
