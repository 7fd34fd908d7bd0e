"""Search text: a filter, or words to search for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter
from exo_nbregistry.index.sql_condition import COLLECTIONS, COLUMNS, GROUPS

# Every comparison of the filter language has one of these. Text that has one and does not compile
# is an invalid filter, not words.
_COMPARISON = re.compile(
    r"""[<>=] | ["']\s*(not\s+)?in\b | \bin\s*[(\[{] | \bis\s+(not\s+)?None\b
    | \.\s*(contains|startswith|endswith|like)\s*\(""",
    re.VERBOSE,
)
# A filter begins with one of these, after the words.
_FILTER_START = re.compile(
    rf"""(?:not\s+)?\(*(?:["'(] | (?:{"|".join([*COLUMNS, *COLLECTIONS])})\b
    | (?:{"|".join(GROUPS)})\s*[.\[])""",
    re.VERBOSE,
)
_JOINED = re.compile(r"\band\s*$")
_OPERATORS = {"and", "or", "not", "in", "is"}
_WORD = re.compile(r'"([^"]+)"|(\S+)')
_ALIASED = re.compile(r"([^@\s]*)@([^@\s]+)")


@dataclass(frozen=True, slots=True)
class ParsedSearch:
    """A parsed search text.

    Attributes
    ----------
    where : str
        The filter; empty for empty text.
    is_words : bool
        Whether the text was parsed as words.
    """

    where: str
    is_words: bool


def parse_search(text: str) -> ParsedSearch:
    """Parse a search text and return its filter.

    Text that compiles is a filter. Other text is a list of words, unless it has ``<``, ``>``,
    ``=``, ``is None``, ``in (``, a quote before ``in`` or a method such as ``.like(``. Such text
    is an invalid filter and returned unchanged, so that `compile_filter` raises the error. Each
    word must be found ``anywhere``; ``"two words"`` in double quotes count as one word;
    ``name@alias`` is a part of a name and an alias. Words may precede a filter, also with ``and``
    between them: then a version must match both. Blanks replace the words before an invalid
    filter, so that the position of its error is right.

    Parameters
    ----------
    text : str
        The search text.

    Returns
    -------
    ParsedSearch
        The filter.

    Examples
    --------
    >>> parse_search("kepler forest").where
    "'kepler' in anywhere and 'forest' in anywhere"
    >>> parse_search("kepler@champion").where
    "'kepler' in model_name and 'champion' in aliases"
    >>> parse_search("kepler version > 2").where
    "'kepler' in anywhere and (version > 2)"
    >>> parse_search("version > 2"), parse_search("version >").is_words
    (ParsedSearch(where='version > 2', is_words=False), False)
    """
    words = _words(text)
    if not words or _is_filter(text):
        return ParsedSearch(text.strip(), is_words=False)
    if _COMPARISON.search(text):
        return ParsedSearch(_mixed(text) or text.strip(), is_words=False)
    return ParsedSearch(" and ".join(map(_word_filter, words)), is_words=True)


def _words(text: str) -> list[str]:
    return [quoted or plain for quoted, plain in _WORD.findall(text)]


def _mixed(text: str) -> str:
    """Return the filter of words before a filter; empty if the text does not have this form."""
    for found in _WORD.finditer(text):
        start = found.start()
        if start and _FILTER_START.match(text, start):
            before = _JOINED.sub("", text[:start])
            words = _words(before)
            if not words or _OPERATORS & {*words} or _COMPARISON.search(before):
                return ""
            rest = text[start:]
            if not _is_filter(rest):
                return " " * start + rest
            return " and ".join([*map(_word_filter, words), f"({rest.strip()})"])
    return ""


def _word_filter(word: str) -> str:
    aliased = _ALIASED.fullmatch(word)
    if aliased is None:
        return f"{word!r} in anywhere"
    name, alias = aliased.groups()
    part = f"{name.lower()!r} in model_name and " if name else ""
    return f"{part}{alias.lower()!r} in aliases"


def _is_filter(text: str) -> bool:
    try:
        compile_filter(text)
    except QueryError:
        return False
    return True
