"""Fit several models in parallel; a failure does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.training.parallel import BackendError, Job, Outcome, run_jobs
from exo_nbregistry.training.progress import ProgressListener, show_progress
from exo_nbregistry.values.metric import higher_is_better

logger = logging.getLogger("exo_nbregistry")


class TrainingError(RegistryError):
    """No model could be fitted.

    Attributes
    ----------
    failures : dict of str to str
        The traceback of each model.
    """

    def __init__(self, message: str, *, failures: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.failures = dict(failures or {})


class Fitted(NamedTuple):
    """Fitted models and failures.

    Attributes
    ----------
    models : dict of str to estimator
        The fitted models, in the order given.
    failures : dict of str to str
        Traceback of each failure.
    durations_s : dict of str to float
        Duration of each successful fit, in seconds.
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
        Unfitted. They are fitted in place, or copies of them in other processes.
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Labels.
    X_val, y_val : array-like, optional
        Validation rows, passed to models whose ``fit`` accepts them.
    n_jobs : int or None, default=None
        Number of parallel fits. None means one, unless ``joblib.parallel_config`` sets another
        number. It also chooses the backend, such as processes or a Dask cluster.
    progress : bool or ProgressListener, default=True
        Whether to show a panel or a progress bar, or a listener for the progress.

    Returns
    -------
    Fitted
        Fitted models, failures and durations.

    Raises
    ------
    TrainingError
        If no model could be fitted.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> fit_models({"dummy": DummyClassifier()}, [[0], [1]], [0, 1], progress=False).models
    {'dummy': DummyClassifier()}
    """
    if isinstance(progress, bool):
        with show_fit_progress(models, n_jobs, progress) as listener:
            return fit_models(models, X, y, X_val, y_val, n_jobs=n_jobs, progress=listener)

    def jobs() -> Iterator[Job]:
        for name, model in models.items():
            progress.begin(name)
            yield Job(name, model, (X, y, X_val, y_val))

    outcomes: dict[str, Outcome] = {}

    def keep(outcome: Outcome) -> None:
        outcomes[outcome.key] = outcome
        if outcome.error:
            progress.fail(outcome.key, outcome.reason)
        else:
            progress.result(outcome.key, time_s=outcome.time_s)

    try:
        for outcome in run_jobs(_fit, jobs(), n_jobs=n_jobs, on_step=progress.step):
            keep(outcome)
    except BackendError as error:
        for name in models.keys() - outcomes.keys():
            keep(Outcome(name, None, str(error), 0.0))
    failures = {name: outcomes[name].error for name in models if outcomes[name].error}
    reasons = {name: outcomes[name].reason for name in failures}
    for name, reason in reasons.items():
        logger.warning("%s failed to fit: %.300s", name, reason)
    fitted = {name: outcomes[name].value for name in models if name not in failures}
    if not fitted:
        each = [f"{name}: {reason.rstrip('.')}" for name, reason in reasons.items()]
        every = name_list(each, separator="; ", width=300)
        raise TrainingError(
            f"No model could be fitted: {every or 'none was passed'}.", failures=failures
        )
    return Fitted(fitted, failures, {name: outcomes[name].time_s for name in fitted})


def show_fit_progress(
    models: Mapping[str, Any], n_jobs: int | None, shown: bool, metric: str = ""
) -> AbstractContextManager[ProgressListener]:
    """Show the progress of fits while the block runs.

    Parameters
    ----------
    models : mapping of str to estimator
        Models to fit.
    n_jobs : int or None
        Number of parallel fits.
    shown : bool
        Whether to show the progress.
    metric : str, default=""
        Validation metric, if models are measured.

    Returns
    -------
    context manager
        Yields a ProgressListener.
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
        note=f"{workers} models are fitted in parallel." if workers > 1 else "",
    )


def fit_model(model: Any, X: Any, y: Any, validation: Mapping[str, Any]) -> Any:
    """Fit a model, with validation rows if its ``fit`` accepts them.

    Parameters
    ----------
    model : estimator
        The model, fitted in place.
    X, y : array-like
        Features and labels, or numbers.
    validation : mapping of str to array-like
        ``X_val`` and ``y_val``, or empty.

    Returns
    -------
    estimator
        The model.
    """
    from sklearn.utils.validation import has_fit_parameter

    return model.fit(X, y, **(validation if has_fit_parameter(model, "X_val") else {}))


def _fit(model: Any, X: Any, y: Any, X_val: Any, y_val: Any) -> Any:
    # A dict of the validation rows would be sent to a cluster once per model.
    return fit_model(model, X, y, {} if X_val is None else {"X_val": X_val, "y_val": y_val})
