"""Rows in the form that the steps of a bundle were fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import SignatureMismatchError
from exo_nbregistry.inference.model_facts import feature_names, n_features
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.text.names import name_list


def is_frame(data: Any) -> bool:
    """Return whether data have columns, as frames of pandas and polars do."""
    return hasattr(data, "columns") and hasattr(data, "shape")


def select(data: Any, names: Sequence[str] | None, width: int | None) -> Any:
    """Return rows with the columns of a model.

    Parameters
    ----------
    data : object
        Frame, array, sparse matrix, list, or one row: a dict, a series or a list of numbers.
    names : sequence of str or None
        Columns of the model, in order; None if they are unknown.
    width : int or None
        Number of columns; None if it is unknown.

    Returns
    -------
    object
        Frame with the columns in the order of the model, or data of another kind.

    Raises
    ------
    SignatureMismatchError
        If a column is missing or duplicated, or if the number of columns differs.

    Examples
    --------
    >>> select({"depth": 0.5, "period": 3.0}, ["period", "depth"], 2)
       period  depth
    0     3.0    0.5
    """
    data = _rows(data, names, width)
    if not is_frame(data):
        _check_width(data, names, width)
        return data if names is None or hasattr(data, "tocsr") else _named(data, names)
    if names is None:
        _check_width(data, None, width)
        return data
    labels = list(data.columns)
    if labels == list(range(len(names))):  # a frame of an array has only numbers
        return data.set_axis(list(names), axis=1)
    known = {str(label): label for label in labels}
    missing = [name for name in names if name not in known]
    if missing:
        raise SignatureMismatchError(
            f"The data lacks {name_list(missing)}; pass a table with the columns "
            f"{name_list(names)}.",
            missing=missing,
        )
    if labels == list(names):
        return data
    chosen = data[[known[name] for name in names]]
    if chosen.shape[1] != len(names):
        repeated = next(name for name in names if labels.count(known[name]) > 1)
        raise SignatureMismatchError(
            f"The table has two columns named {repeated!r}; rename one.", unexpected=[repeated]
        )
    return chosen


def _rows(data: Any, names: Sequence[str] | None, width: int | None) -> Any:
    """Return a single row as a table of one row; other data unchanged."""
    import numpy as np

    if isinstance(data, Mapping):
        import pandas as pd

        scalars = all(np.ndim(value) == 0 for value in data.values())
        return pd.DataFrame([dict(data)] if scalars else dict(data))
    if isinstance(data, list) and data and all(isinstance(row, Mapping) for row in data):
        import pandas as pd

        return pd.DataFrame(data)
    if hasattr(data, "index") and hasattr(data, "iloc") and data.ndim == 1:
        import pandas as pd

        if names is not None and set(names) <= set(map(str, data.index)):
            return pd.DataFrame([data.to_dict()])
        table = _as_table(data.to_numpy(), width)
        return table if table.ndim == 2 else data
    if isinstance(data, list | tuple):
        array = np.asarray(data, dtype=object)
        is_numeric = all(np.isscalar(v) and not isinstance(v, str | bytes) for v in array.flat)
        return _as_table(np.asarray(data), width) if is_numeric else data
    return _as_table(data, width) if isinstance(data, np.ndarray) else data


def _as_table(array: Any, width: int | None) -> Any:
    is_row = array.ndim == 1 and array.dtype.kind in "biuf" and len(array) == width
    return array.reshape(1, -1) if is_row else array


def _check_width(data: Any, names: Sequence[str] | None, width: int | None) -> None:
    shape: tuple[int, ...] = getattr(data, "shape", ())
    if width is None or len(shape) != 2 or shape[1] == width:
        return
    columns = f": {name_list(names)}" if names else ""
    plural = "s" if shape[1] != 1 else ""
    raise SignatureMismatchError(
        f"The data has {shape[1]:,} column{plural}, and the model takes {width:,}{columns}."
    )


def as_fitted(step: Any, data: Any) -> Any:
    """Return data as a frame or an array, as a step was fitted on them.

    Parameters
    ----------
    step : object
        Transformer or model.
    data : object
        Output of the step before it.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.preprocessing import StandardScaler
    >>> scaler = StandardScaler().fit([[0.0], [1.0]])
    >>> as_fitted(scaler, pd.DataFrame({"depth": [0.5]}))
    array([[0.5]])
    """
    if hasattr(data, "tocsr"):
        return data.toarray() if model_kind(step) == "keras" else data
    if takes_texts(step):
        return _column(data)
    names = feature_names(step)
    if names is None:
        is_array = n_features(step) is not None and model_kind(step) != "lightgbm"
        return data.to_numpy() if is_array and is_frame(data) else data
    if not is_frame(data):
        return _named(data, names)
    known = {str(label): label for label in data.columns}
    if list(data.columns) == list(names):
        return data
    if set(names) <= set(known):
        return data[[known[name] for name in names]]
    if len(names) == len(known) and hasattr(data, "set_axis"):
        # The names of the output of a transformer differ from those of its input.
        return data.set_axis(list(names), axis=1)
    return data


def takes_texts(step: Any) -> bool:
    """Return whether a step takes a column of texts: a vectorizer, or a pipeline with one first."""
    steps = getattr(step, "steps", None)
    if isinstance(steps, list) and steps:
        return takes_texts(steps[0][1])
    return any(base.__name__ == "_VectorizerMixin" for base in type(step).__mro__)


def _column(data: Any) -> Any:
    """Return a table of one column as this column."""
    shape: tuple[int, ...] = getattr(data, "shape", ())
    if len(shape) != 2 or shape[1] != 1:
        return data
    if hasattr(data, "iloc"):
        return data.iloc[:, 0]
    return data.to_series() if is_frame(data) else data[:, 0]


def _named(data: Any, names: Sequence[str]) -> Any:
    import numpy as np
    import pandas as pd

    shape: tuple[int, ...] = getattr(data, "shape", ())
    if len(shape) != 2 or shape[1] != len(names):
        return data
    array = np.asarray(data)
    return pd.DataFrame(array, columns=list(names))


def apply_step(step: Any, data: Any, following: Any) -> Any:
    """Return the output of a transformer.

    Parameters
    ----------
    step : object
        Object with ``transform``, or a function.
    data : object
        Output of the step before it.
    following : object
        The next step. If it takes all columns, and a scaler only some of them, the others are kept.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> table = pd.DataFrame({"depth": [2.0, 4.0], "n": [1, 2]})
    >>> scaler, model = MinMaxScaler().fit(table[["depth"]]), Ridge().fit(table, [0, 1])
    >>> apply_step(scaler, table, model)
       depth  n
    0    0.0  1
    1    1.0  2
    """
    names = feature_names(step)
    if names is not None and hasattr(data, "iloc") and is_frame(data) and keeps_columns(step):
        is_part = set(names) < set(map(str, data.columns))
        if is_part and n_features(following) == data.shape[1]:
            return _replaced(step, data, names)
    data = as_fitted(step, data)
    return step.transform(data) if hasattr(step, "transform") else step(data)


def _replaced(step: Any, data: Any, names: Sequence[str]) -> Any:
    import numpy as np

    known = {str(label): label for label in data.columns}
    changed = data.copy()
    values = step.transform(as_fitted(step, data))
    changed[[known[name] for name in names]] = np.asarray(values)
    return changed


def input_names(steps: Sequence[Any]) -> tuple[str, ...] | None:
    """Return the columns that a chain of steps takes, or None if their names are unknown.

    Parameters
    ----------
    steps : sequence
        Transformers and the model. The names of a later step count if the steps before it keep the
        columns, as scalers do: if they have no names, or only some of the columns.
    """
    if not steps:
        return None
    names = feature_names(steps[0])
    if not keeps_columns(steps[0]):
        return names
    later = input_names(steps[1:])
    is_part = names is None or (later is not None and set(names) < set(later))
    return later if is_part else names


def keeps_columns(step: Any) -> bool:
    """Return whether a transformer has one output for each column, as scalers have."""
    bases = {base.__name__ for base in type(step).__mro__}
    count = n_features(step)
    if "OneToOneFeatureMixin" in bases:
        return True
    # An imputer drops empty columns, and can add indicators.
    return "SimpleImputer" in bases and count == len(getattr(step, "statistics_", ()))
