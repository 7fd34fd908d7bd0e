"""Forecasts as rows: each row asks for one step after the end of the training series."""

from __future__ import annotations

import dataclasses
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.model_output import MAX_STEPS, model_kind
from exo_nbregistry.introspection.arguments import row_count
from exo_nbregistry.introspection.registration_input import RegistrationInput

# Steps that a model accepts if the length of its series is unknown.
_UNKNOWN_LENGTH = 1000


def as_steps(model: Any, given: RegistrationInput) -> RegistrationInput:
    """Return the arguments of a registration, with a table of steps as the data of a forecast.

    Parameters
    ----------
    model : object
        Any model.
    given : RegistrationInput
        Arguments of ``register_model``. `X` may be the training series, and `y_test` has the
        values after it.

    Returns
    -------
    RegistrationInput
        The same arguments for a model that does not forecast. Otherwise `X` is a table of the
        column ``step``, with as many rows as the series, and `X_test` has a step for each value of
        `y_test`.

    Raises
    ------
    RecordError
        If `X_test` was passed and is not a column of steps.

    Examples
    --------
    >>> class Naive:
    ...     def forecast(self, steps=1):
    ...         return [7.0] * steps
    >>> given = as_steps(Naive(), RegistrationInput("naive", X=[5.0, 7.0], y_test=[7.5, 8.0]))
    >>> given.X["step"].tolist(), given.X_test["step"].tolist()
    ([1, 2], [1, 2])
    """
    if model_kind(model) != "forecast":
        return given
    length = row_count(given.X) or _series_length(model)
    X_test = given.X_test
    if X_test is None and given.y_test is not None:
        X_test = _table(row_count(given.y_test) or 0)
    elif X_test is not None and list(getattr(X_test, "columns", ())) != ["step"]:
        raise RecordError(
            "A forecast takes steps after its series, not rows of X_test; pass y_test alone, with "
            "the values that follow the series.",
            key="X_test",
        )
    return dataclasses.replace(given, X=_table(length), y=None, X_test=X_test)


def series_input(model: Any, given: RegistrationInput) -> RegistrationInput:
    """Return the arguments of a registration, with the series of a forecast as `X`.

    The series may be passed as `X` or as `y`.
    """
    if model_kind(model) != "forecast" or given.y is None or given.X is not None:
        return given
    return dataclasses.replace(given, X=given.y, y=None)


def _series_length(model: Any) -> int:
    for owner in (model, getattr(model, "model", None)):
        length = int(getattr(owner, "nobs", None) or 0)
        if 1 <= length <= MAX_STEPS:
            return length
    return _UNKNOWN_LENGTH


def _table(rows: int) -> Any:
    import numpy as np
    import pandas as pd

    return pd.DataFrame({"step": np.arange(1, rows + 1)})
