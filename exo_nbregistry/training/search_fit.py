"""The fit of a search, with its errors as one sentence."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import ArrayLike

from exo_nbregistry.text.names import short_error
from exo_nbregistry.training.cluster_errors import cluster_errors
from exo_nbregistry.training.fitting import TrainingError
from exo_nbregistry.training.parallel import explain_stop

_BACKENDS = ("distributed", "joblib", "concurrent")
# Errors of several classes: "Can't pickle", "cannot pickle", "Could not pickle", and those of
# Python 3.13 for a local function and for one that is not in its module.
_NOT_SENT = (" pickle ", "Can't get local object", "it's not found as")


def fit_search(search: Any, algorithm: str, X: Any, y: ArrayLike, groups: Any) -> None:
    """Fit a search of scikit-learn under the active backend of joblib.

    Parameters
    ----------
    search : estimator
        The search.
    algorithm : str
        Name of the algorithm, for errors.
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Labels, or numbers.
    groups : ndarray of shape (n_samples,) or None
        Group of each row.

    Raises
    ------
    TrainingError
        If all trials failed, the model cannot be sent to the workers, or a worker was killed.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> search = GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2)
    >>> fit_search(search, "Ridge", [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0], None)
    >>> search.best_params_
    {'alpha': 1.0}
    """
    try:
        with _quiet(), cluster_errors():
            search.fit(X, y, groups=groups)
    except ValueError as error:
        if "fits failed" not in str(error):
            raise
        reason = str(error).strip().splitlines()[-1]
        raise TrainingError(
            f"All trials of {algorithm} failed: {reason}", failures={algorithm: str(error)}
        ) from None
    except Exception as error:
        if any(text in str(error) for text in _NOT_SENT):
            raise TrainingError(
                f"Cannot send {algorithm} to the workers: {short_error(error).rstrip('.')}. Use "
                "parallel_config(backend='threading'), or loky for a function of a notebook."
            ) from error
        if type(error).__module__.startswith(_BACKENDS):
            raise TrainingError(explain_stop(error)) from error
        raise
    if math.isnan(search.best_score_):
        raise TrainingError(f"No trial of {algorithm} has a score; each failed in some fold.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Ignore scikit-learn's warnings about failed fits, which are reported with their reasons."""
    from sklearn.exceptions import FitFailedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)
        warnings.filterwarnings("ignore", "One or more of the test scores are non-finite")
        yield
