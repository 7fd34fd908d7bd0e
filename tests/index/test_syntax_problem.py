"""Problems of the syntax of filters."""

from __future__ import annotations

import pytest

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter


@pytest.mark.parametrize(
    ("where", "fix"),
    [
        ("model_name == 'x", "close the quoted text with '"),
        ('model_name == "x', 'close the quoted text with "'),
        ("model_name == 'a\nb'", "close the quoted text with '"),
        ("(version > 1", "close '(' with ')'"),
        ("version in [1, 2", "close '[' with ']'"),
        ("version > 1)", "')' has no opening bracket; remove it"),
        ("(version > 1]", "write ')' instead of ']'"),
        ("version = 1", "write == (not =) to compare"),
        ("model_name == \u201cx\u201d", "write ' or \" instead of \u201c"),
        ("version == " + "9" * 5000, "a number has too many digits"),
        ("(" * 300 + "version == 1" + ")" * 300, "it is nested too deeply"),
        (
            "version >",
            "a field, an operator or a constant is missing or wrong here; write comparisons such "
            "as metrics.f1_score > 0.9 and 'reviewed' in tags",
        ),
    ],
)
def test_a_filter_that_cannot_be_parsed_has_one_sentence(where: str, fix: str) -> None:
    """The message is one sentence on the fault and its fix, without the words of Python."""
    with pytest.raises(QueryError) as caught:
        compile_filter(where)
    assert caught.value.args[0].splitlines()[0] == f"Cannot read the filter: {fix}."
