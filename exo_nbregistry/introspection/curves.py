"""Curves of a training: a metric after each iteration or epoch."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.fitted_search import next_inner
from exo_nbregistry.introspection.structure import MAX_NESTING
from exo_nbregistry.payloads.attachment import Attachment, pack_json
from exo_nbregistry.records.field_types import is_float
from exo_nbregistry.text.names import short_error, short_repr
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES

log = logging.getLogger("exo_nbregistry")
ATTACHMENT = "curves"
_BOOSTERS = ("xgboost", "lightgbm")
# Attributes of scikit-learn's estimators, and the name of the curve that each holds.
_SKLEARN = {
    "loss_curve_": "train loss",
    "validation_scores_": "valid score",
    "train_score_": "train score",
    "validation_score_": "valid score",
}
# The training score of these estimators is a loss.
_LOSSES = ("GradientBoostingClassifier", "GradientBoostingRegressor")
# A number in JSON has up to 24 characters, and an indentation.
_NUMBER_BYTES = 32


def read_curves(curves: Any) -> dict[str, Any]:
    """Return the curves that a user passes, in the form of the attachment.

    Parameters
    ----------
    curves : mapping, DataFrame or History
        Numbers by name of the curve, as list, array or Series; also nested, as in ``evals_result_``
        of XGBoost and LightGBM; a table with a column for each curve; or the history of Keras.

    Returns
    -------
    dict
        ``curves``, a list of floats by name, and ``x``, which is ``'iteration'`` or ``'epoch'``.

    Raises
    ------
    RecordError
        If no curve is passed, or a value is not a number.

    Examples
    --------
    >>> read_curves({"valid": {"auc": [0.7, 0.8]}})
    {'curves': {'valid auc': [0.7, 0.8]}, 'x': 'iteration'}
    """
    given, x = curves, "iteration"
    if isinstance(history := read_attribute(curves, "history"), Mapping):
        given, x = history, "epoch"
    elif hasattr(curves, "columns") and hasattr(curves, "__getitem__"):
        given = {name: curves[name] for name in curves.columns}
    if not isinstance(given, Mapping) or not given:
        raise RecordError(
            "curves must be a dict of names to lists of numbers, such as "
            f"{{'valid auc': [0.7, 0.8]}}, got {short_repr(curves)}.",
            key="curves",
        )
    if given.keys() == {"curves", "x"} and isinstance(given["curves"], Mapping):
        given, x = given["curves"], "epoch" if given["x"] == "epoch" else x
    found: dict[str, list[float]] = {}
    for name, numbers in _flat(given):
        if name in found:
            raise RecordError(f"Two curves have the name {name!r:.60}; rename one.", key="curves")
        found[name] = numbers
    return {"curves": found, "x": x}


def _flat(given: Mapping[Any, Any]) -> Iterable[tuple[str, list[float]]]:
    for name, values in given.items():
        if isinstance(values, Mapping):
            for metric, inner in values.items():
                yield f"{name} {metric}", _numbers(f"{name} {metric}", inner)
        else:
            yield str(name), _numbers(str(name), values)


def _numbers(name: str, values: Any) -> list[float]:
    is_listed = isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping)
    listed = values.tolist() if hasattr(values, "tolist") else values
    found = list(listed) if is_listed and isinstance(listed, Iterable) else None
    if not found:
        raise RecordError(
            f"curves[{name!r:.60}] must be a list of numbers, one for each iteration, got "
            f"{short_repr(values)}.",
            key="curves",
        )
    return [_number(name, place, value) for place, value in enumerate(found)]


def _number(name: str, place: int, value: Any) -> float:
    plain = value.item() if hasattr(value, "item") else value
    if plain is None:
        return float("nan")
    if not is_float(plain):
        raise RecordError(
            f"curves[{name!r:.60}][{place}] must be a number, got {short_repr(value)}.",
            key="curves",
        )
    return float(plain)


def curves_of(model: Any) -> dict[str, Any] | None:
    """Return the curves that a fitted model has itself, or None.

    Parameters
    ----------
    model : object
        Any model. XGBoost and LightGBM estimators with an ``eval_set``, estimators of scikit-learn
        with ``loss_curve_`` or scores of each iteration, and Keras models have curves, also as last
        step of a pipeline or in a search.

    Returns
    -------
    dict or None
        In the form of the attachment. Curves that cannot be read are omitted with a message.

    Examples
    --------
    >>> from sklearn.ensemble import GradientBoostingRegressor
    >>> model = GradientBoostingRegressor(n_estimators=2).fit([[0.0], [1.0]], [0.0, 1.0])
    >>> {name: len(values) for name, values in curves_of(model)["curves"].items()}
    {'train loss': 2}
    """
    for _ in range(MAX_NESTING):
        try:
            if found := _own(model):
                return read_curves(found)
        except Exception as error:  # noqa: BLE001 - the attributes of any model
            log.warning(
                "The curves of %s cannot be read: %s. Pass them as curves=.",
                type(model).__name__,
                short_error(error),
            )
            return None
        model = next_inner(model)
        if model is None:
            return None
    return None


def _own(model: Any) -> Any:
    """Return the curves of a model in any form of `read_curves`; empty without curves."""
    library = type(model).__module__.partition(".")[0]
    if library in _BOOSTERS:
        return _of_booster(model)
    if isinstance(getattr(read_attribute(model, "history"), "history", None), Mapping):
        return model.history if model.history.history else None
    if library != "sklearn":
        return None
    fitted = vars(model)
    found = {}
    for attribute, name in _SKLEARN.items():
        values = fitted.get(attribute)
        if values is not None and len(values):
            is_loss = type(model).__name__ in _LOSSES and attribute == "train_score_"
            found["train loss" if is_loss else name] = values
    return found


def _of_booster(model: Any) -> Any:
    # XGBoost has a method and LightGBM a property; both raise an error without an eval_set.
    found = read_attribute(model, "evals_result_")
    if not isinstance(found, Mapping):
        method = read_attribute(model, "evals_result")
        try:
            found = method() if callable(method) else None
        except Exception:  # noqa: BLE001 - the library has no common error for this
            return None
    return found if isinstance(found, Mapping) else None


def pack_curves(fields: dict[str, Any]) -> Attachment:
    """Pack curves. If they do not fit, only every n-th value is stored, with a message."""
    curves = fields["curves"]
    values = sum(map(len, curves.values()))
    names = sum(len(name) for name in curves) * 6 + 1000
    every = -(-values * _NUMBER_BYTES // max(1, MAX_RECORD_BYTES - names))
    if every <= 1:
        return pack_json(fields, ATTACHMENT)
    log.warning(
        "The curves have %s values; one of every %d is stored, because an attachment has at most "
        "1 MiB.",
        f"{values:,}",
        every,
    )
    short = {name: numbers[every - 1 :: every] for name, numbers in curves.items()}
    return pack_json(fields | {"curves": short, "every": every}, ATTACHMENT)
