"""Patterns of the names of models that are registered automatically."""

from __future__ import annotations

import re

import pytest

from exo_nbregistry.autoregister.naming import check_pattern
from exo_nbregistry.errors import InvalidReferenceError


@pytest.mark.parametrize("pattern", ["bad name*", "*é", "a/*", "\u212aepler_*", "a" * 80, ""])
def test_an_invalid_pattern_is_shown_as_it_was_passed(pattern: str) -> None:
    """The error has the pattern and the rule, and not a name that was made from it."""
    shown = f"The pattern {pattern!r:.80} does not make a model name: a model name has 1 to 64"
    with pytest.raises(InvalidReferenceError, match=re.escape(shown)) as caught:
        check_pattern(pattern)
    assert "svc" not in str(caught.value)


@pytest.mark.parametrize("pattern", ["kepler_*", "*", "Night", "*.v2"])
def test_a_valid_pattern_is_kept(pattern: str) -> None:
    """Letter case and dots are allowed, as in the name of a model."""
    assert check_pattern(pattern) == pattern
