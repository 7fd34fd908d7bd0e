"""Selection of the columns that a model was fitted on, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.errors import SignatureMismatchError
from exo_nbregistry.text.names import name_list


def name_columns(X: Any, feature_names: Sequence[str] | None) -> Any:
    """Return the named columns of a frame, or an array as a frame with these names.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features.
    feature_names : sequence of str or None
        The names; None returns `X` unchanged.

    Returns
    -------
    array-like of shape (n_samples, n_names)
        A frame if `feature_names` was given.

    Raises
    ------
    SignatureMismatchError
        If the frame lacks a column.

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
    """Return the named columns of a frame, in the order of the names.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        A frame. An array has no column names and is returned unchanged.
    feature_names : iterable of str
        The names.

    Returns
    -------
    array-like of shape (n_samples, n_names)
        A frame or an array, as `X`.

    Raises
    ------
    SignatureMismatchError
        If columns are missing; its `missing` has all of them.

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
            f"The table lacks the {noun} {name_list(missing, quoted=True)}, which the model "
            "requires. Add the measured values, with NaN for a missing value.",
            missing=missing,
        )
    return X[names]
