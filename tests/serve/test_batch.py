"""Rows by column, with the fields that the model does not use."""

from __future__ import annotations

import pytest

from exo_nbregistry.inference.input_columns import ABSENT
from exo_nbregistry.serve.batch import rows_batch


def test_fields_in_another_order() -> None:
    """A row may have its fields in any order."""
    batch = rows_batch([{"a": 1, "b": 2, "id": 7}, {"id": 8, "b": 4, "a": 3}], ["a", "b"])
    assert batch.table == {"a": [1, 3], "b": [2, 4]}
    assert batch.passed == [{"id": 7}, {"id": 8}]


def test_other_fields_of_the_same_number() -> None:
    """A field that a row does not have is absent, also if it has another one instead."""
    batch = rows_batch([{"a": 1, "b": 2}, {"a": 3, "c": 4}], ["a", "b"])
    assert batch.table == {"a": [1, 3], "b": [2, ABSENT]}
    assert batch.passed == [{}, {"c": 4}]


@pytest.mark.parametrize("nested", [[1], {"x": 1}])
def test_nested_fields_are_not_returned(nested: object) -> None:
    """A list or an object that the model does not use is not part of the answer."""
    batch = rows_batch([{"a": 1, "id": 7, "n": 0}, {"a": 2, "id": 8, "n": nested}], ["a"])
    assert batch.passed == [{"id": 7, "n": 0}, {"id": 8}]
