"""Columns of a table by name, in the order that a model was fitted on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.errors import SignatureMismatchError


def name_columns(X: Any, feature_names: Sequence[str] | None) -> Any:
    """Return the named columns of a frame, or an array as a frame with these names.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features.
    feature_names : sequence of str or None
        Names of the columns; None returns `X` unchanged.

    Returns
    -------
    array-like of shape (n_samples, n_names)
        A frame, if names were given.

    Raises
    ------
    SignatureMismatchError
        If a column is missing.

    Examples
    --------
    >>> list(name_columns([[1.0, 2.0]], ["age", "dose"]))
    ['age', 'dose']
    """
    if feature_names is None:
        return X
    if hasattr(X, "columns"):
        return select_columns(X, feature_names)

    import pandas as pd

    return pd.DataFrame(X, columns=list(feature_names))


def select_columns(X: Any, feature_names: Iterable[str]) -> Any:
    """Return these columns of a frame in this order; other columns are ignored.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        A frame. An array has no names and is returned unchanged.
    feature_names : iterable of str
        Names of the columns.

    Returns
    -------
    array-like of shape (n_samples, n_names)
        A frame, if `X` is a frame.

    Raises
    ------
    SignatureMismatchError
        If columns are missing. The error names all of them.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"dose": [2.0], "age": [1.0], "city": [9.0]})
    >>> list(select_columns(table, ["age", "dose"]))
    ['age', 'dose']
    """
    names = list(feature_names)
    if not hasattr(X, "columns") or list(X.columns) == names:
        return X
    present = set(X.columns)
    if missing := [name for name in names if name not in present]:
        noun = "column" if len(missing) == 1 else "columns"
        raise SignatureMismatchError(
            f"The table lacks the {noun} {', '.join(map(repr, missing))}, which the model "
            "requires. Add the measured values, with NaN for a missing value.",
            missing=missing,
        )
    return X[names]
