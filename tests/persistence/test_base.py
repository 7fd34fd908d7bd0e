"""The code that all formats share."""

from __future__ import annotations

import io

import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import refuse_none
from exo_nbregistry.persistence.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_writes_none(name: str) -> None:
    """None is an error before anything is written."""
    target = io.BytesIO()
    with pytest.raises(SerializationError, match="pass the fitted model") as caught:
        FORMATS[name].dump(None, target)
    assert caught.value.model_type == "builtins.NoneType"
    assert target.getvalue() == b""


@pytest.mark.parametrize("model", [0, "", [], False])
def test_an_empty_value_is_a_model(model: object) -> None:
    """Only None is rejected."""
    refuse_none(model)
