"""Checks of the parts of a bundle, and names of its steps."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.mean_of_models import MeanOfModels
from exo_nbregistry.inference.model_facts import ModelFacts, feature_names, n_features
from exo_nbregistry.inference.step_input import keeps_columns
from exo_nbregistry.text.names import name_list

# The end of a class name that names the step: StandardScaler is the scaler.
_ROLES = ("scaler", "imputer", "vectorizer", "encoder", "selector", "discretizer", "transformer")
_FORM = "bundle(scaler, model, decode=encoder)"
_LABEL_ENCODERS = ("LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer")


def can_predict(value: Any) -> bool:
    """Return whether an object has ``predict``, and is not a class."""
    return not isinstance(value, type) and callable(getattr(value, "predict", None))


def can_transform(value: Any) -> bool:
    """Return whether an object has ``transform``, and is not a class."""
    return not isinstance(value, type) and callable(getattr(value, "transform", None))


def is_label_encoder(value: Any) -> bool:
    """Return whether an object encodes the labels of a target instead of columns."""
    return any(base.__name__ in _LABEL_ENCODERS for base in type(value).__mro__)


def named_steps(steps: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return transformers and a model with their names.

    Parameters
    ----------
    steps : sequence
        Objects, or pairs of a name and an object. A list of models becomes their mean.

    Raises
    ------
    InvalidInputError
        If a step cannot be used.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> model = DummyClassifier().fit([[0]], [0])
    >>> [name for name, _ in named_steps([FunctionTransformer(), model])]
    ['transformer', 'model']
    """
    if not steps:
        raise InvalidInputError(f"bundle() requires a model; write {_FORM}.")
    found: list[tuple[str, Any]] = []
    for position, step in enumerate(steps):
        is_last = position == len(steps) - 1
        name, value = _pair(step)
        checked = _model(value) if is_last else _transformer(value)
        name = name or ("model" if is_last else _role(value))
        found.append((_unused(name, {known for known, _ in found}), checked))
    return found


def _pair(step: Any) -> tuple[str | None, Any]:
    if isinstance(step, tuple) and len(step) == 2 and isinstance(step[0], str):
        return step
    return None, step


def _role(step: Any) -> str:
    name = getattr(step, "__name__", None) or type(step).__name__
    lower = str(name).lower()
    return next((role for role in _ROLES if lower.endswith(role)), lower.strip("<>"))


def _unused(name: str, taken: Iterable[str]) -> str:
    known, number, found = set(taken), 1, name
    while found in known:
        number += 1
        found = f"{name}_{number}"
    return found


def _model(value: Any) -> Any:
    if isinstance(value, Mapping) and not can_predict(value):
        raise InvalidInputError(
            f"The last argument of bundle() must be the model, got a dict; write {_FORM}, or pass "
            "the dict to register_model."
        )
    if isinstance(value, list | tuple):
        for model in value:
            _require_fitted(model)
        return MeanOfModels(value)
    if not can_predict(value):
        shown = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise InvalidInputError(
            f"The last argument of bundle() must be a fitted model with predict, got {shown}; "
            f"write {_FORM}."
        )
    _require_fitted(value)
    return value


def _transformer(value: Any) -> Any:
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    if is_label_encoder(value):
        raise InvalidInputError(f"{name} encodes labels, not columns; pass it as decode=: {_FORM}.")
    if can_transform(value):
        _require_fitted(value)
        return value
    if callable(value) and not isinstance(value, type):
        return value
    raise InvalidInputError(
        f"Each argument of bundle() before the model must have transform or be a function, got "
        f"{name}; the model is the last one: {_FORM}."
    )


def _require_fitted(step: Any) -> None:
    if "sklearn" not in sys.modules:
        return
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(step, BaseEstimator):
        return
    try:
        check_is_fitted(step)
    except NotFittedError:
        raise InvalidInputError(
            f"{type(step).__name__} is not fitted; fit it before bundle()."
        ) from None
    except Exception:  # noqa: BLE001 - the check of a model can raise any error
        return


def read_columns(features: Any) -> tuple[str, ...] | None:
    """Return the names of the input columns, as they were passed.

    Raises
    ------
    InvalidInputError
        If they are not an ordered list of different names.

    Examples
    --------
    >>> read_columns("depth")
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.InvalidInputError: features= must be a list of column names, such as \
['depth', 'period'], got 'depth'.
    """
    if features is None:
        return None
    is_ordered = isinstance(features, Sequence) or hasattr(features, "tolist")
    if isinstance(features, str | bytes) or not is_ordered:
        raise InvalidInputError(
            "features= must be a list of column names, such as ['depth', 'period'], got "
            f"{features!r:.60}."
        )
    names = tuple(str(name) for name in features)
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated or not names:
        what = f"has {name_list(repeated)} more than once" if repeated else "is empty"
        raise InvalidInputError(f"features= {what}; pass each column once.")
    return names


def check_columns(features: Sequence[str] | None, steps: Sequence[Any]) -> None:
    """Raise InvalidInputError if the columns are not those of the first step."""
    if features is None:
        return
    first = steps[0]
    name, width, own = type(first).__name__, n_features(first), feature_names(first)
    if own is not None and set(own) < set(features) and keeps_columns(first):
        return  # the other columns are passed to the next step
    if width is not None and width != len(features):
        raise InvalidInputError(
            f"features= has {len(features):,} names, and {name} was fitted on {width:,} columns; "
            "pass these columns. If it transforms only some columns, fit it on a table with names, "
            "or pass a function of the table instead."
        )
    if own is not None and set(own) != set(features):
        other = [column for column in own if column not in features]
        raise InvalidInputError(
            f"features= lacks {name_list(other)}, which {name} was fitted on; leave features= out "
            "or pass these names."
        )


def check_threshold(threshold: Any, facts: ModelFacts) -> float | None:
    """Return a threshold as a float, or None.

    Raises
    ------
    InvalidInputError
        If it is not a probability, or if the model does not have two classes with probabilities.
    """
    if threshold is None:
        return None
    try:
        value = math.nan if isinstance(threshold, str | bool) else float(threshold)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 <= value <= 1:
        raise InvalidInputError(
            f"threshold= must be a probability from 0 to 1, got {threshold!r:.60}."
        )
    if not facts.has_shares or len(facts.codes or ()) != 2:
        raise InvalidInputError(
            "threshold= requires a classifier of two classes with probabilities; leave it out."
        )
    return value
