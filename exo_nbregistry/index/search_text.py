"""Search text: a filter, or words to search for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter

# Every comparison of the filter language has one of these. Text that has one and does not compile
# is an invalid filter, not words.
_COMPARISON = re.compile(
    r"""[<>=] | ["']\s*(not\s+)?in\b | \bin\s*[(\[{] | \bis\s+(not\s+)?None\b
    | \.\s*(contains|startswith|endswith|like)\s*\(""",
    re.VERBOSE,
)
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
    ``name@alias`` is a part of a name and an alias.

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
    >>> parse_search("version > 2"), parse_search("version >").is_words
    (ParsedSearch(where='version > 2', is_words=False), False)
    """
    words = [quoted or plain for quoted, plain in _WORD.findall(text)]
    if not words or _COMPARISON.search(text) or _is_filter(text):
        return ParsedSearch(text.strip(), is_words=False)
    return ParsedSearch(" and ".join(map(_word_filter, words)), is_words=True)


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
