"""Metrics of a model that is registered."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.measuring import measure
from exo_nbregistry.introspection.registration_input import RegistrationInput

ROWS, TRUTH = [[0.0], [1.0]], [0, 1]


def given(**options: Any) -> RegistrationInput:
    """Return the arguments of a registration with test data."""
    return RegistrationInput("m", X_test=ROWS, y_test=TRUTH, **options)


def test_predict_is_a_function() -> None:
    """The name of a method is rejected with its value."""
    with pytest.raises(RecordError, match=r"predict must be a function .* got 'predict_proba'"):
        measure({"any": "model"}, given(predict="predict_proba"))


def test_a_function_that_fails_is_named() -> None:
    """The message describes what the function takes and returns."""
    with pytest.raises(RecordError, match=r"ZeroDivisionError.*\. predict= takes the model and X_"):
        measure({"any": "model"}, given(predict=lambda _model, _rows: 1 / 0))
