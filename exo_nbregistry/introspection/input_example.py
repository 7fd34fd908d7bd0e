"""A few input rows with the predictions of a model, to check it after it was loaded."""

from __future__ import annotations

import logging
from typing import Any

from exo_nbregistry.introspection.example_rows import (
    first_rows,
    possible_forms,
    read_rows,
    rebuild,
)
from exo_nbregistry.introspection.output_kinds import Outputs
from exo_nbregistry.introspection.wrapper_outputs import wrapper_outputs
from exo_nbregistry.values.json_codec import decode, encode, to_plain

log = logging.getLogger("exo_nbregistry")
ROWS = 5


def make_example(model: Any, X: Any, rows: int = ROWS) -> dict[str, Any] | None:
    """Return the first rows with their predictions, which the model reproduces from them.

    Parameters
    ----------
    model : object
        A fitted model.
    X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        Training data; texts and other objects may have one dimension.
    rows : int, default=5
        Maximum number of rows.

    Returns
    -------
    dict or None
        Columns, rows, dtypes, form of the data, and predictions. None if the model cannot predict.

    Raises
    ------
    ValueError
        If the model does not reproduce its predictions from the plain values of the rows.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> make_example(DummyClassifier().fit(["a", "b"], [1, 1]), ["a", "b"])["predictions"]
    [1, 1]
    """
    if getattr(model, "predict", None) is None:
        return None
    head = first_rows(X, rows)
    example = read_rows(head) | {"predictions": _predict(model, head).tolist()}
    for form in possible_forms(X):
        example["form"] = form
        # As it will be read from the file.
        if _reproduces(model, decode(encode(to_plain(example, "input_example"))), quiet=True):
            return example
    raise ValueError(
        f"{type(model).__name__} does not reproduce its predictions from the plain values of the "
        "rows"
    )


def reproduces(model: Any, example: dict[str, Any]) -> bool:
    """Return whether a model reproduces the stored predictions for its input example.

    A model whose prediction fails does not.

    Parameters
    ----------
    model : object
        The loaded model.
    example : dict
        Result of `make_example`.
    """
    return _reproduces(model, example, quiet=False)


def _reproduces(model: Any, example: dict[str, Any], *, quiet: bool) -> bool:
    import numpy as np

    try:
        predicted = _predict(model, rebuild(example))
    except Exception as error:  # noqa: BLE001  # any error is possible under another release
        if not quiet:
            log.warning("The model fails on its input example: %s: %s", type(error).__name__, error)
        return False
    expected = np.asarray(example["predictions"])
    if expected.dtype.kind == "f" and predicted.dtype.kind in "fiu":
        # Relative to the largest prediction: the unit of the target is unknown.
        tolerance = 1e-9 * np.nanmax(np.abs(expected), initial=0)
        same = predicted.shape == expected.shape
        return same and np.allclose(predicted, expected, atol=tolerance, equal_nan=True)
    return bool(np.array_equal(predicted, expected))


def _predict(model: Any, data: Any) -> Any:
    import numpy as np

    outputs = wrapper_outputs(model, data)
    if isinstance(outputs, Outputs):
        return np.asarray(outputs.values)
    predicted = model.predict(data)
    return np.asarray(predicted.toarray() if hasattr(predicted, "tocsr") else predicted)
