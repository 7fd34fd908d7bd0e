"""Problems of the syntax of a filter, in the words of its author and not of Python."""

from __future__ import annotations

import re
import unicodedata

COMPARISONS = "metrics.f1_score > 0.9 and 'reviewed' in tags"
_GENERAL = (
    f"a field, an operator or a constant is missing or wrong here; write comparisons such as "
    f"{COMPARISONS}"
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_BRACKET = r"'([()\[\]{}])'"
# Quotation marks of texts that a word processor corrected.
_QUOTES = ("Pi", "Pf")
_LONE_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")


def syntax_problem(reason: str, text: str, position: int) -> str:
    """Return the problem at a position of a filter that Python cannot parse.

    Parameters
    ----------
    reason : str
        The message of Python, which depends on its release; empty if there is none.
    text : str
        The filter.
    position : int
        The position that Python reports.

    Returns
    -------
    str
        The problem and its fix, without a full stop.

    Examples
    --------
    >>> syntax_problem("unterminated string literal (detected at line 1)", "name == 'x", 8)
    "close the quoted text with '"
    >>> syntax_problem("'(' was never closed", "(version > 1", 0)
    "close '(' with ')'"
    """
    if not reason or "nested" in reason or "recursion" in reason:
        return "it is nested too deeply"
    if _LONE_EQUALS.match(text, position):
        return "write == (not =) to compare"
    at = text[position : position + 1]
    if at and unicodedata.category(at) in _QUOTES:
        return f"write ' or \" instead of {at}"
    if reason.startswith("unterminated"):
        return f"close the quoted text with {at}" if at in {"'", '"'} else _GENERAL
    if reason.startswith("Exceeds the limit"):
        return "a number has too many digits"
    return _bracket_problem(reason) or _GENERAL


def _bracket_problem(reason: str) -> str:
    """Return the problem of a bracket; empty if it is another problem."""
    if found := re.match(rf"{_BRACKET} was never closed", reason):
        return f"close {found[1]!r} with {_CLOSING[found[1]]!r}"
    if found := re.match(rf"unmatched {_BRACKET}", reason):
        return f"{found[1]!r} has no opening bracket; remove it"
    if found := re.match(rf"closing parenthesis {_BRACKET}.* parenthesis {_BRACKET}", reason):
        return f"write {_CLOSING[found[2]]!r} instead of {found[1]!r}"
    return ""
