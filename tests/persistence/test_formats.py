"""The table of formats."""

from __future__ import annotations

import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.formats import FORMATS, get_format


def test_each_format_is_found_by_its_name() -> None:
    """The table gives each format under the name that it calls itself."""
    found = {name: get_format(name).name for name in FORMATS}
    assert found == {"joblib": "joblib", "skops": "skops"}


def test_a_format_of_another_release_is_named() -> None:
    """A format that this release does not know is refused with those that it does."""
    with pytest.raises(SerializationError, match=r"'onnx' is no model format.*joblib, skops"):
        get_format("onnx")
