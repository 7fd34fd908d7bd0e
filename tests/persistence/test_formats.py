"""The table of formats."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.formats import FORMATS, get_format, recorded_format


def test_each_format_is_found_by_its_name() -> None:
    """The table gives each format under the name that it calls itself."""
    found = {name: get_format(name).name for name in FORMATS}
    assert found == {"joblib": "joblib", "skops": "skops"}


@pytest.mark.parametrize("name", ["pickle", None, ["joblib"]])
def test_a_format_that_nobody_has_is_refused(name: Any) -> None:
    """Who chooses a format that there is not is told which there are, and to install nothing."""
    with pytest.raises(SerializationError, match="choose one of 'joblib', 'skops'") as refused:
        get_format(name)
    assert str(refused.value).startswith(f"{name!r} is no model format")
    assert "install" not in str(refused.value)


def test_a_recorded_format_of_a_newer_release_says_what_to_install() -> None:
    """A record is right about its format: what does not know it is this release."""
    assert recorded_format("skops", "rf:1").name == "skops"
    with pytest.raises(SerializationError, match=r"^rf:1 .*'onnx'.*pip install --upgrade"):
        recorded_format("onnx", "rf:1")
