"""Fits that wait for their registration, and those that are registered."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.introspection.provenance import Cell

# Solving whether two strided arrays overlap can take long; numpy stops after this many candidates.
_MAX_WORK = 1000


@dataclass(frozen=True)
class Scored:
    """Data that a model was scored on.

    Attributes
    ----------
    X, y : array-like or None
        Rows, and their true labels or numbers; clusterings have no `y`.
    sample_weight : array-like or None
        Weights of the rows.
    pos_label : object
        The positive class, if the call names one.
    """

    X: Any
    y: Any = None
    sample_weight: Any = None
    pos_label: Any = None


# Compared by identity: arrays have no single truth value.
@dataclass(eq=False)
class Fit:
    """A fit that waits for its registration.

    Attributes
    ----------
    estimator : estimator
        The fitted estimator.
    X, y : array-like or None
        Training data.
    cell : tuple of (int or None, str or None)
        Number and source of the cell.
    scored : Scored or None
        The held-out data of the last scoring call.
    """

    estimator: Any
    X: Any
    y: Any
    cell: Cell
    scored: Scored | None = None


@dataclass(eq=False)
class Known:
    """A fit that is registered; it does not keep the estimator or its data alive.

    Attributes
    ----------
    estimator, X : callable
        Return the object, or None if it does not exist any more.
    ref : str
        model_id of the version.
    trained_on : str or None
        Fingerprint of the training data.
    measured : set of str or None
        Fingerprints of the data that the version was measured on.
    scored : Scored or None
        Held-out data of a scoring call that is not yet stored.
    """

    estimator: Callable[[], Any]
    X: Callable[[], Any]
    ref: str
    trained_on: str | None
    measured: set[str | None] = field(default_factory=set)
    scored: Scored | None = None


@dataclass(frozen=True)
class Prediction:
    """Predictions of an estimator, which are not kept alive.

    Attributes
    ----------
    estimator, X, result : callable
        Return the object, or None if it does not exist any more.
    """

    estimator: Callable[[], Any]
    X: Callable[[], Any]
    result: Callable[[], Any]


def reference(value: Any) -> Callable[[], Any]:
    """Return a function that returns an object while others use it.

    A list cannot be referenced weakly, so it is kept.
    """
    try:
        return weakref.ref(value)
    except TypeError:
        return lambda: value


def read_fit(
    estimator: Any, args: Sequence[Any], kwargs: Mapping[str, Any], cell: Cell
) -> Fit | None:
    """Return the fit of a call, or None if the estimator only transforms.

    Parameters
    ----------
    estimator : estimator
        The fitted estimator.
    args, kwargs : sequence and mapping
        Arguments of ``fit``.
    cell : tuple of (int or None, str or None)
        The running cell.
    """
    if not (hasattr(estimator, "predict") or hasattr(estimator, "fit_predict")):
        return None
    X, y = rows_and_target(args, kwargs)
    if hasattr(X, "__next__"):  # An iterator of texts, which is used up.
        X = y = None
    # A clustering and a pipeline take y and ignore it.
    return Fit(estimator, X, y, cell)


def rows_and_target(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return X and y of a call of ``fit`` or ``score``.

    Examples
    --------
    >>> rows_and_target(([[1.0]],), {"y": [0]})
    ([[1.0]], [0])
    """
    X = args[0] if args else kwargs.get("X")
    # Partial least squares call it Y.
    y = args[1] if len(args) > 1 else kwargs.get("y", kwargs.get("Y"))
    return X, y


def is_same_data(X: Any, trained: Any) -> bool:
    """Return whether rows are the training data: the object, a part of its memory, or its values.

    Parameters
    ----------
    X, trained : array-like or None
        Rows, and the rows that the model was fitted on.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(6.0).reshape(3, 2)
    >>> is_same_data(X[:2], X), is_same_data(X.copy(), X), is_same_data(X[:1], X[1:])
    (True, True, False)
    """
    if trained is None or X is trained:
        return X is trained
    if _shares_memory(X, trained):
        return True
    if _shape(X) != _shape(trained):
        return False
    found = digest_of(X)
    return found is not None and found == digest_of(trained)


def digest_of(X: Any, y: Any = None) -> str | None:
    """Return the fingerprint of data, or None if they are in a container without one."""
    try:
        return fingerprint(X, y)
    except Exception:  # noqa: BLE001 - any container may be passed; registering reports its faults
        return None


def _shape(data: Any) -> Any:
    return getattr(data, "shape", None) or (len(data) if hasattr(data, "__len__") else None)


def _shares_memory(X: Any, trained: Any) -> bool:
    import numpy as np

    if not (isinstance(X, np.ndarray) and isinstance(trained, np.ndarray)):
        return False
    try:
        return np.shares_memory(X, trained, max_work=_MAX_WORK)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return False
