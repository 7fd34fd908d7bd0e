"""Columns that are known to leak."""

from __future__ import annotations

import pytest

from exo_nbregistry.training.leakage import LeakageError, reject_leaks

LEAKS = {"outcome": "it is the label itself", "score": "it was derived from the label"}


def test_every_leak_is_named_with_its_reason() -> None:
    """The error has each leaking column, its reason, and the argument that allows them."""
    with pytest.raises(LeakageError) as caught:
        reject_leaks(["age", "score", "outcome"], LEAKS)
    assert caught.value.columns == ("score", "outcome")
    for text in (*LEAKS.values(), "Omit them", "allow_leakage=['score', 'outcome']"):
        assert text in str(caught.value)


def test_only_the_used_and_allowed_leaks_are_returned() -> None:
    """An allowed column that is not used is not returned."""
    assert reject_leaks(["age", "score"], LEAKS, allow_leakage=["score", "outcome"]) == ["score"]
