"""The table of formats."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.formats import FORMATS, get_format, recorded_format


def test_each_format_is_found_by_its_name() -> None:
    """Each format has its own name in the table."""
    found = {name: get_format(name).name for name in FORMATS}
    assert found == {"joblib": "joblib", "skops": "skops"}


@pytest.mark.parametrize("name", ["pickle", None, ["joblib"]])
def test_an_unknown_format_is_rejected(name: Any) -> None:
    """An unknown format is an error that lists the formats and does not suggest an installation."""
    with pytest.raises(SerializationError, match="choose 'joblib' or 'skops'") as refused:
        get_format(name)
    assert str(refused.value).startswith(f"Unknown model format {name!r}; choose")
    assert "install" not in str(refused.value)


def test_an_unknown_recorded_format_requires_an_upgrade() -> None:
    """An unknown format in a record is an error that suggests an upgrade."""
    assert recorded_format("skops", "rf:1").name == "skops"
    with pytest.raises(SerializationError, match=r"^rf:1 .*'onnx'.*pip install --upgrade"):
        recorded_format("onnx", "rf:1")
