"""Facts of a data set: columns and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.introspection.column_values import (
    Values,
    array_values,
    iterate_columns,
)
from exo_nbregistry.introspection.containers import is_records, record_columns
from exo_nbregistry.records.metadata import Column

MAX_COLUMNS = 4096


def column_names(X: Any) -> tuple[str, ...]:
    """Return the column names of a frame as text; empty for anything else.

    Examples
    --------
    >>> import pandas as pd
    >>> column_names(pd.DataFrame({"koi_period": [1.0], 2: [0]}))
    ('koi_period', '2')
    """
    return tuple(str(name) for name in getattr(X, "columns", ()))


def read_columns(X: Any, names: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return dtype, range and missing values of each column.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        A one-dimensional `X`, such as a list of texts, is one column. A list of mappings has a
        column for each name.
    names : sequence of str, optional
        Used if there are as many as columns, else ``x0``, ``x1``, ...

    Returns
    -------
    tuple of Column
        Empty for more than 4096 columns or two dimensions.

    Examples
    --------
    >>> import pandas as pd
    >>> read_columns(pd.DataFrame({"depth": [1.5, None]}), ["depth"])
    (Column(name='depth', dtype='float64', minimum=1.5, maximum=1.5, missing=1),)
    """
    if is_records(X):
        found = record_columns(X).items()
        return tuple(_describe(name, array_values(values)) for name, values in found)
    shape = _shape(X)
    if len(shape) > 2 or (width := shape[1] if len(shape) == 2 else 1) > MAX_COLUMNS:
        return ()
    if len(names) != width:
        names = [f"x{position}" for position in range(width)]
    columns = zip(names, iterate_columns(X), strict=True)
    return tuple(_describe(name, values) for name, values in columns)


def _shape(X: Any) -> tuple[int, ...]:
    import numpy as np

    return tuple(X.shape) if hasattr(X, "shape") else np.asarray(X).shape


def _describe(name: str, column: Values) -> Column:
    import numpy as np

    dtype, values, mask = column
    if values.dtype.kind == "O":
        return Column(name, dtype, missing=sum(map(is_missing, values.tolist())))
    missing = np.isnan(values) if values.dtype.kind in "fcmM" else mask
    count = 0 if missing is None else int(missing.sum())
    if values.dtype.kind not in "iuf" or count == values.size:
        return Column(name, dtype, missing=count)
    present = values if not count or missing is None else values[~missing]
    return Column(name, dtype, float(present.min()), float(present.max()), count)


def class_distribution(y: Any) -> dict[Any, int]:
    """Return the number of rows of each class.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.

    Returns
    -------
    dict of label to int
        Counts in the order of the labels, without missing labels. Empty for values that are not
        labels: fractions, or several outputs.

    Examples
    --------
    >>> class_distribution(["planet", "dust", "dust"])
    {'dust': 2, 'planet': 1}
    """
    from collections import Counter

    import numpy as np

    values = np.asarray(y)
    if values.ndim != 1:
        return {}
    labels = [label for label in values.tolist() if not is_missing(label)]
    if any(isinstance(label, float) and not label.is_integer() for label in labels):
        return {}
    counts = Counter(labels)
    try:
        return {label: counts[label] for label in sorted(counts)}
    except TypeError:
        return {label: counts[label] for label in sorted(counts, key=str)}
