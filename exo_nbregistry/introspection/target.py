"""True labels and numbers as arrays, without missing values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.input_columns import is_missing

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def to_array(values: Any) -> Array:
    """Return labels or numbers as an array that numpy saves without pickle.

    Examples
    --------
    >>> to_array(["a", "b"]).dtype.kind, to_array([1, 2]).dtype.kind
    ('U', 'i')
    """
    import numpy as np

    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values)
    if array.dtype.kind == "O" and array.size and _are_decimals(array):
        return array.astype(float)
    if array.dtype.kind in "OT":
        array = np.array(array.tolist())
    return array.astype(str) if array.dtype.kind in "OT" else array


def read_target(values: Any, name: str = "y_test") -> Array:
    """Return the true labels or numbers of a test set.

    Parameters
    ----------
    values : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The labels or numbers.
    name : str
        Name of the argument, for the error.

    Raises
    ------
    RecordError
        If a value is missing: NaN, None, NA, NaT or masked.

    Examples
    --------
    >>> read_target(["a", None])
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.RecordError: y_test has 1 missing value, first in row 1 ...
    """
    import numpy as np

    missing = _missing_rows(values)
    if len(missing):
        count = f"{len(missing)} missing value{'s' if len(missing) > 1 else ''}"
        raise RecordError(
            f"{name} has {count}, first in row {missing[0]} (counted from 0); remove these rows "
            "from X_test and y_test.",
            key=name,
        )
    return to_array(np.ma.getdata(values) if isinstance(values, np.ma.MaskedArray) else values)


def read_weights(values: Any) -> Array:
    """Return the weights of the test rows.

    Raises
    ------
    RecordError
        If they are not one number of at least 0 for each row, with one above 0.

    Examples
    --------
    >>> read_weights([1, -1])
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.RecordError: sample_weight must be one number of at least 0 ...
    """
    import numpy as np

    try:
        weight = np.asarray(to_array(values), dtype=float)
    except (TypeError, ValueError):
        weight = np.array([np.nan])
    if weight.ndim == 2 and weight.shape[1] == 1:
        weight = weight.ravel()
    is_valid = weight.ndim == 1 and np.isfinite(weight).all() and (weight >= 0).all()
    if not is_valid or not weight.any():
        raise RecordError(
            "sample_weight must be one number of at least 0 for each row of X_test, and not all 0.",
            key="sample_weight",
        )
    return weight


def output_names(values: Any, n_outputs: int) -> list[str]:
    """Return the names of the columns of a target, or their positions.

    Examples
    --------
    >>> output_names([[0, 1]], 2)
    ['0', '1']
    """
    columns = getattr(values, "columns", None)
    if columns is None or len(columns) != n_outputs:
        columns = range(n_outputs)
    return [str(name) for name in columns]


def _are_decimals(array: Array) -> bool:
    """Return whether all values are exact numbers, as a database returns them."""
    return all(isinstance(value, Decimal | Fraction) for value in array.ravel())


def _missing_rows(values: Any) -> Any:
    """Return the positions of the rows with a missing value."""
    import numpy as np

    if hasattr(values, "toarray"):
        values = values.toarray()
    masked = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    # Text and NaN in a list would become text.
    is_list = isinstance(values, list | tuple)
    array = np.array(values, dtype=object) if is_list else np.asarray(values)
    kind = array.dtype.kind
    if kind in "fc":
        missing = np.isnan(array)
    elif kind in "mM":
        missing = np.isnat(array)
    elif kind in "OT":
        flat = [_is_missing(value) for value in array.ravel()]
        missing = np.array(flat, dtype=bool).reshape(array.shape)
    else:
        missing = np.zeros(array.shape, dtype=bool)
    if masked is not None:
        missing = missing | masked
    return np.flatnonzero(missing.reshape(len(missing), -1).any(axis=1))


def _is_missing(value: Any) -> bool:
    if is_missing(value):
        return True
    try:  # such as a NaN of decimal, or a NaT of NumPy
        return bool(value != value)
    except (TypeError, ValueError):
        return False
