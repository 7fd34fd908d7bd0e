"""The signature of a version in the form of an MLmodel file.

Source: https://mlflow.org/docs/latest/ml/model/signatures, and ``mlflow/types/schema.py`` of
MLflow 3.17.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.input_columns import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    VALUE,
    WHOLE,
    kind_of,
)

# Type of a column that MLflow passes on unchanged.
_ANY = "any"
# MLflow converts smaller integers to these before the model gets them.
_TYPES = {
    "float64": "double",
    "float32": "float",
    "int64": "long",
    "int32": "integer",
    "int16": "integer",
    "int8": "integer",
    "uint32": "long",
    "uint16": "integer",
    "uint8": "integer",
    "uint64": _ANY,
    "bool": "boolean",
    "object": "string",
    "str": "string",
    "string": "string",
    "datetime64[ns]": "datetime",
}
_TYPES_OF_KINDS = {
    NUMBER: "double",
    WHOLE: "long",
    BOOLEAN: "boolean",
    TEXT: "string",
    DATE: "datetime",
}


def has_plain_columns(columns: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether MLflow passes the columns to a model with the dtypes of the training data.

    Parameters
    ----------
    columns : sequence of mapping
        Columns of ``model_info.json``.

    Examples
    --------
    >>> has_plain_columns([{"name": "koi_depth", "dtype": "float64"}])
    True
    >>> has_plain_columns([{"name": "site", "dtype": "category"}])
    False
    """
    types = (_TYPES.get(column.get("dtype") or "float64", _ANY) for column in columns)
    return _ANY not in types


def column_inputs(columns: Sequence[Mapping[str, Any]], *, are_optional: bool = False) -> str:
    """Return the inputs of a model of named columns, as JSON.

    Parameters
    ----------
    columns : sequence of mapping
        Columns of ``model_info.json``.
    are_optional : bool, default=False
        Whether a row may have any of the columns.

    Examples
    --------
    >>> column_inputs([{"name": "koi_depth", "dtype": "float64"}])
    '[{"name": "koi_depth", "type": "double", "required": true}]'
    """
    inputs = [
        {"name": column["name"], "type": _column_type(column), "required": not are_optional}
        for column in columns
    ]
    return json.dumps(inputs)


def _column_type(column: Mapping[str, Any]) -> str:
    dtype = column.get("dtype") or "float64"
    if dtype in _TYPES:
        return _TYPES[dtype]
    kind = kind_of(dtype)
    # Nullable, sparse and zoned columns, and categories, keep the dtype of the training data.
    is_numpy = dtype.islower() and "," not in dtype and kind not in (None, VALUE)
    return _TYPES_OF_KINDS.get(str(kind), _ANY) if is_numpy else _ANY


def array_inputs(dtype: Any, n_features: int) -> str:
    """Return the inputs of a model of an array, as JSON.

    Parameters
    ----------
    dtype : str
        Dtype of NumPy.
    n_features : int
        Number of columns.

    Examples
    --------
    >>> array_inputs("<f8", 3)
    '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]'
    """
    return _tensor(dtype, [-1, n_features])


def outputs(predictions: Sequence[Any]) -> str:
    """Return the outputs of a model that returned some predictions, as JSON.

    Parameters
    ----------
    predictions : sequence
        Labels, numbers, or lists of them for several outputs.

    Examples
    --------
    >>> outputs(["dust", "planet"])
    '[{"type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}]'
    """
    import numpy as np

    array = np.asarray([one for one in predictions if one is not None])
    return _tensor(array.dtype, [-1, *array.shape[1:]])


def _tensor(dtype: Any, shape: Sequence[int]) -> str:
    import numpy as np

    kind = np.dtype(dtype)
    name = "str" if kind.kind == "U" else kind.name
    return json.dumps([{"type": "tensor", "tensor-spec": {"dtype": name, "shape": list(shape)}}])
