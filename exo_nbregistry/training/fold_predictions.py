"""Predictions of each fold by models that were fitted on the other folds, in parallel."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.text.names import short_error
from exo_nbregistry.training.data_split import take_rows
from exo_nbregistry.training.fitting import fit_model
from exo_nbregistry.training.parallel import BackendError, Job, run_jobs
from exo_nbregistry.training.progress import ProgressListener

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger("exo_nbregistry")


def unfitted(models: Mapping[str, Any]) -> dict[str, Any]:
    """Return clones of the models, which are smaller to send than fitted models.

    A model that cannot be cloned is omitted, and the reason is logged.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> unfitted({"bayes": GaussianNB().fit([[0], [1]], [0, 1])})
    {'bayes': GaussianNB()}
    """
    from sklearn.base import clone

    found = {}
    for name, model in models.items():
        try:
            found[name] = clone(model)
        except Exception as error:  # noqa: BLE001 - any error of a model is reported
            logger.warning("%s has no out-of-fold predictions: %s", name, short_error(error))
    return found


def predict_folds(
    models: Mapping[str, Any],
    data: tuple[Any, ...],
    splits: Sequence[tuple[Any, Any]],
    *,
    n_jobs: int | None,
    listener: ProgressListener,
) -> dict[str, NDArray[np.float64]]:
    """Fit each model on each fold, in parallel, and predict the rows of the fold.

    Parameters
    ----------
    models : mapping of str to classifier
        Unfitted classifiers of two classes.
    data : tuple
        ``X``, ``y``, ``X_val`` and ``y_val``. `y` is an array; the validation rows can be None.
    splits : sequence of tuple of ndarray
        Positions of the training rows and the test rows of each fold.
    n_jobs : int or None
        Number of parallel fits, as for `run_jobs`.
    listener : ProgressListener
        Receives the progress.

    Returns
    -------
    dict of str to ndarray of shape (n_samples, 2)
        The probabilities. A model is omitted if it failed on a fold; the reason is logged.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from exo_nbregistry.training.progress import NullProgress
    >>> X, y = np.array([[0.0], [1.0], [0.1], [1.1]]), np.array([0, 1, 0, 1])
    >>> halves = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]
    >>> models, data = {"bayes": GaussianNB()}, (X, y, None, None)
    >>> found = predict_folds(models, data, halves, n_jobs=1, listener=NullProgress())
    >>> found["bayes"].argmax(axis=1).tolist()
    [0, 1, 0, 1]
    """
    rows = len(data[1])
    cells = {name: np.full((rows, 2), np.nan) for name in models}
    left = dict.fromkeys(models, len(splits))

    def jobs() -> Iterator[Job]:
        for name, model in models.items():
            listener.begin(name)
            for fold, (train, test) in enumerate(splits):
                if name in cells:
                    yield Job((name, fold), model, (*data, train, test))

    def fail(name: str, reason: str) -> None:
        del cells[name]
        logger.warning("%s has no out-of-fold predictions: %.300s", name, reason)
        listener.fail(name, reason)

    try:
        for outcome in run_jobs(_fold, jobs(), n_jobs=n_jobs, on_step=listener.step):
            name, fold = outcome.key
            if name not in cells:
                continue
            if outcome.error:
                fail(name, outcome.reason)
                continue
            cells[name][splits[fold][1]] = outcome.value
            left[name] -= 1
            if not left[name]:
                listener.result(name)
    except BackendError as error:
        for name in [name for name in cells if left[name]]:
            fail(name, str(error))
    return cells


def _fold(
    model: Any, X: Any, y: Any, X_val: Any, y_val: Any, train: Any, test: Any
) -> NDArray[np.float64]:
    from joblib import parallel_config
    from sklearn.base import clone

    validation = {} if X_val is None else {"X_val": X_val, "y_val": y_val}
    # Threads share the model.
    fitted = fit_model(clone(model), take_rows(X, train), y[train], validation)
    # Threads add the votes of a forest in any order, which changes the last digit.
    with parallel_config(backend="sequential"):
        probabilities: NDArray[np.float64] = np.asarray(fitted.predict_proba(take_rows(X, test)))
    if probabilities.shape != (len(test), 2):
        raise ValueError(
            f"predict_proba must return the shape {(len(test), 2)}, got {probabilities.shape}"
        )
    return probabilities
