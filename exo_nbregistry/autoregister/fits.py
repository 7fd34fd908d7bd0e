"""Fits that wait for their registration, and those that are registered."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.introspection.column_values import is_polars
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.introspection.provenance import Cell
from exo_nbregistry.introspection.structure import is_pipeline

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
    X : array-like or None
        Training data, the object that was passed.
    rows, y : array-like or None
        Training data with the columns of the fit, and the target.
    cell : tuple of (int or None, str or None)
        Number and source of the cell.
    attributes : dict
        Attributes of the estimator after the fit, of which some are its parameters.
    scored : Scored or None
        The held-out data of the last scoring call.
    """

    estimator: Any
    X: Any
    rows: Any
    y: Any
    cell: Cell
    attributes: dict[str, Any]
    scored: Scored | None = None

    def model(self) -> Any:
        """Return the estimator, with the parameters that it had in the fit."""
        try:
            names = self.estimator.get_params(deep=False)
        except Exception:  # noqa: BLE001 - code of the user; registering reports its faults
            return self.estimator
        now = vars(self.estimator)
        # `model.n_estimators = 20` calls no method that could be watched.
        changed = {
            name: self.attributes[name]
            for name in names
            if name in self.attributes and now.get(name) is not self.attributes[name]
        }
        if not changed:
            return self.estimator
        model = copy.copy(self.estimator)
        for name, value in changed.items():
            setattr(model, name, value)
        return model


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
    attributes = getattr(estimator, "__dict__", {}).items()
    parameters = {name: value for name, value in attributes if not name.endswith("_")}
    # A clustering and a pipeline take y and ignore it.
    return Fit(estimator, X, kept(X), kept(y), cell, parameters)


def changed_parts(name: str, estimator: Any) -> list[Any]:
    """Return the estimators that a call of a method changes.

    Parameters
    ----------
    name : str
        Name of the method.
    estimator : estimator
        Its estimator.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> inner = make_pipeline(SVC())
    >>> [type(part).__name__ for part in changed_parts("fit", make_pipeline(inner))]
    ['Pipeline', 'Pipeline', 'SVC']
    """
    if name == "set_params":  # `estimator__C=2` changes the estimator in a search.
        parts = estimator.get_params(deep=True).values()
        return [estimator, *(part for part in parts if hasattr(part, "get_params"))]
    found = [estimator]
    for part in found:  # A pipeline fits its steps in place.
        if is_pipeline(part):
            found += [step for _, step in part.steps]
    return found


def kept(data: Any) -> Any:
    """Return data whose columns stay when the user adds or replaces some in a table.

    A notebook often stores predictions as a column of the table before the cell ends. Values are
    not copied, so those of an array that is changed in place change here too.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"depth": [0.1, 0.2]})
    >>> rows = kept(table)
    >>> table["predicted"] = [1, 0]
    >>> list(rows)
    ['depth']
    """
    if hasattr(data, "iloc"):
        return data.copy(deep=False)
    return data.clone() if is_polars(data) else data


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
