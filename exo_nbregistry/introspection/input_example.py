"""A few input rows with the predictions of a model, to check it after it was loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.model_input import FLAT, read_form
from exo_nbregistry.inference.model_output import (
    Raw,
    model_kind,
    outputs,
    predictions,
    raw_outputs,
)
from exo_nbregistry.introspection.containers import (
    describe_container,
    is_records,
    possible_containers,
)
from exo_nbregistry.introspection.example_rows import (
    first_rows,
    read_records,
    read_rows,
    rebuild,
)
from exo_nbregistry.introspection.wrapper_outputs import label_form
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.json_codec import decode, encode, to_plain

log = logging.getLogger("exo_nbregistry")
ROWS = 5


def make_example(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    names: Sequence[str] = (),
    pos_label: Any = None,
    rows: int = ROWS,
) -> dict[str, Any] | None:
    """Return the first rows with their predictions, which the model reproduces from them.

    Parameters
    ----------
    model : object
        A fitted model.
    X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        Training data; texts and other objects may have one dimension.
    y : array-like of shape (n_samples,), optional
        True labels of any rows, from which a native model gets the names of its classes.
    names : sequence of str, optional
        Names of the columns of an array.
    pos_label : object, optional
        Class that the single probability of a native model refers to.
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
    kind = model_kind(model)
    if kind != "forecast" and getattr(model, "predict", None) is None:
        return None
    head = first_rows(X, rows)
    example = read_records(X, rows) if is_records(X) else read_rows(head, names)
    form: dict[str, Any] = {}
    if kind != "estimator":
        raw = raw_outputs(model, head)
        if not isinstance(raw, Raw):
            raise ValueError(raw)
        form = label_form(model, raw, y, pos_label)
        predicted, shares = outputs(model, head, form)
        form["predictions"] = predicted.tolist()
        form |= {} if shares is None else {"probabilities": shares.tolist()}
    else:
        form["predictions"] = predictions(model, head, form).tolist()
    candidates = {
        container: example | form | describe_container(container, X)
        for container in possible_containers(model, X)
    }
    container = _first_reproduced(model, candidates, [*candidates])
    if container is None:
        raise ValueError(
            f"{type(model).__name__} does not reproduce its predictions from the plain values of "
            "the rows"
        )
    if container not in FLAT:
        return candidates[container]
    # The stored form does not depend on the container, which `with_container` adds.
    return candidates[str(_first_reproduced(model, candidates, FLAT))] | {"container": container}


def _first_reproduced(
    model: Any, candidates: Mapping[str, dict[str, Any]], containers: Sequence[str]
) -> str | None:
    """Return the first container from whose example a model reproduces its predictions."""
    for container in containers:
        # As it will be read from the file.
        example = decode(encode(to_plain(candidates[container], "input_example")))
        if not _differing(model, example):
            return container
    return None


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
    return not differing_rows(model, example)


def differing_rows(model: Any, example: dict[str, Any]) -> tuple[int, ...]:
    """Return the rows of an input example for which a model predicts something else.

    Parameters
    ----------
    model : object
        The loaded model.
    example : dict
        Result of `make_example`, also of an older release.

    Returns
    -------
    tuple of int
        Positions, counted from 0; all of them if the prediction fails, which is logged.
    """
    found = _differing(model, example)
    if isinstance(found, Exception):
        log.warning("The model fails on its input example: %s.", short_error(found))
        return tuple(range(len(example["predictions"])))
    return found


def _differing(model: Any, example: dict[str, Any]) -> tuple[int, ...] | Exception:
    """Return the rows with other predictions, or the error of the prediction."""
    import numpy as np

    try:
        predicted, shares = _predict(model, example)
    except Exception as error:  # noqa: BLE001  # any error is possible under another release
        return error
    rows = unequal_rows(predicted, example["predictions"])
    if shares is not None and "probabilities" in example:
        rows = np.union1d(rows, unequal_rows(shares, example["probabilities"]))
    return tuple(int(row) for row in rows)


def _predict(model: Any, example: dict[str, Any]) -> tuple[Any, Any]:
    data = rebuild(example, model)
    if model_kind(model) == "estimator":
        return predictions(model, data, {}), None
    if "outputs" in example:
        return outputs(model, data, read_form(example, model))
    # An older release stored what a native model returned.
    raw = raw_outputs(model, data)
    return (raw.values if isinstance(raw, Raw) else model.predict(data)), None


def unequal_rows(predicted: Any, expected: Any, tolerance: float = 1e-9) -> Any:
    """Return the positions of predictions that are not the expected ones.

    Parameters
    ----------
    predicted, expected : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Predictions and their expected values.
    tolerance : float, default=1e-9
        Largest difference of numbers, relative to the largest prediction, because the unit of
        the target is unknown.
    """
    import numpy as np

    predicted, expected = np.asarray(predicted), np.asarray(expected)
    if predicted.shape != expected.shape:
        return np.arange(len(expected))
    if expected.dtype.kind == "f" and predicted.dtype.kind in "fiu":
        limit = tolerance * np.nanmax(np.abs(expected), initial=0)
        same = np.isclose(
            predicted, expected, rtol=max(1e-5, tolerance), atol=limit, equal_nan=True
        )
    else:
        same = predicted.astype(object) == expected.astype(object)
    return np.flatnonzero(~same.reshape(len(expected), -1).all(axis=1))
