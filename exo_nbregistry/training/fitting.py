"""Fit several models side by side; one that fails does not take the others down."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.text.markup import count
from exo_nbregistry.training.progress import ProgressListener, show_progress
from exo_nbregistry.values.metric import higher_is_better

logger = logging.getLogger("exo_nbregistry")


class TrainingError(RegistryError):
    """No model of a run could be fitted.

    Attributes
    ----------
    failures : dict of str to str
        The traceback of each model.
    """

    def __init__(self, message: str, *, failures: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.failures = dict(failures or {})


class Fitted(NamedTuple):
    """What became of each model.

    Attributes
    ----------
    models : dict of str to estimator
        Those that could be fitted, in the order given.
    failures : dict of str to str
        The tracebacks of the others.
    durations_s : dict of str to float
        Time of each successful fit, in seconds.
    """

    models: dict[str, Any]
    failures: dict[str, str]
    durations_s: dict[str, float]


def fit_models(
    models: Mapping[str, Any],
    X: Any,
    y: Any,
    X_val: Any = None,
    y_val: Any = None,
    *,
    n_jobs: int | None = None,
    progress: bool | ProgressListener = True,
) -> Fitted:
    """Fit the models on one table.

    Parameters
    ----------
    models : mapping of str to estimator
        Unfitted.
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Labels.
    X_val, y_val : array-like, optional
        Rows to stop by, for the models whose ``fit`` takes them.
    n_jobs : int or None, default=None
        How many at once; None means one, unless ``joblib.parallel_config`` says otherwise.
    progress : bool or ProgressListener, default=True
        Whether to show a panel or a progress bar, or who follows the fits.

    Returns
    -------
    Fitted
        The fitted models, the failures, and how long each fit took.

    Raises
    ------
    TrainingError
        If every model failed.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> fit_models({"dummy": DummyClassifier()}, [[0], [1]], [0, 1], progress=False).models
    {'dummy': DummyClassifier()}
    """
    if isinstance(progress, bool):
        with show_fit_progress(models, n_jobs, progress) as listener:
            return fit_models(models, X, y, X_val, y_val, n_jobs=n_jobs, progress=listener)

    from joblib import Parallel, delayed

    def jobs() -> Iterator[Any]:
        for name, model in models.items():
            progress.begin(name)
            yield delayed(_fit)(name, model, X, y, validation)

    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    validation = {} if X_val is None else {"X_val": X_val, "y_val": y_val}
    outcomes: dict[str, tuple[Any, str, float]] = {}
    for name, *outcome in parallel(jobs()):
        _, trace, time_s = outcomes[name] = tuple(outcome)
        if trace:
            progress.fail(name, trace.splitlines()[-1])
        else:
            progress.result(name, time_s=time_s)
        progress.step()
    failures = {name: outcomes[name][1] for name in models if outcomes[name][1]}
    reasons = {name: trace.splitlines()[-1] for name, trace in failures.items()}
    for name, reason in reasons.items():
        logger.warning("%s failed to fit: %s", name, reason)
    fitted = {name: outcomes[name][0] for name in models if name not in failures}
    if not fitted:
        every = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise TrainingError(
            f"No model could be fitted: {every or 'none was given'}.", failures=failures
        )
    return Fitted(fitted, failures, {name: outcomes[name][2] for name in fitted})


def show_fit_progress(
    models: Mapping[str, Any], n_jobs: int | None, shown: bool, metric: str = ""
) -> AbstractContextManager[ProgressListener]:
    """Show how the fits of models go on, as long as the block runs.

    Parameters
    ----------
    models : mapping of str to estimator
        What is fitted.
    n_jobs : int or None
        How many at once.
    shown : bool
        Whether to show anything.
    metric : str, default=""
        What the models are measured by on validation, if they are.

    Returns
    -------
    context manager
        Of a ProgressListener.
    """
    from joblib import effective_n_jobs

    workers = min(effective_n_jobs(n_jobs), len(models))
    return show_progress(
        f"Training {count(len(models), 'model')}",
        total=len(models),
        unit="model",
        shown=shown,
        names=list(models),
        metric=f"{metric} on validation" if metric else "",
        larger_is_better=higher_is_better(metric) if metric else None,
        note=f"{workers} are fitted at once; the others wait for them." if workers > 1 else "",
    )


def fit_model(model: Any, X: Any, y: Any, validation: Mapping[str, Any]) -> Any:
    """Fit a model, with rows to stop by if its ``fit`` takes them.

    Parameters
    ----------
    model : estimator
        Fitted in place.
    X, y : array-like
        Features and labels.
    validation : mapping of str to array-like
        ``X_val`` and ``y_val``, or nothing.

    Returns
    -------
    estimator
        The model.
    """
    from sklearn.utils.validation import has_fit_parameter

    return model.fit(X, y, **(validation if has_fit_parameter(model, "X_val") else {}))


def _fit(
    name: str, model: Any, X: Any, y: Any, validation: Mapping[str, Any]
) -> tuple[str, Any, str, float]:
    """Fit one model, here or in another process; a failure comes back as its traceback."""
    started = time.perf_counter()
    try:
        fit_model(model, X, y, validation)
    except Exception:  # noqa: BLE001 - whatever a model raises is reported, the others go on
        return name, None, traceback.format_exc(), 0.0
    return name, model, "", time.perf_counter() - started
