"""What people type into a search box: a filter, or words that are looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter

# Every comparison of the language has one of these; what has one and does not compile is a filter
# with a slip, not a search for words.
_COMPARISON = re.compile(
    r"""[<>=] | ["']\s*(not\s+)?in\b | \bin\s*[(\[{] | \bis\s+(not\s+)?None\b""", re.VERBOSE
)
_WORD = re.compile(r'"([^"]+)"|(\S+)')
_ALIASED = re.compile(r"([^@\s]*)@([^@\s]+)")


@dataclass(frozen=True, slots=True)
class ParsedSearch:
    """A typed text as it was understood.

    Attributes
    ----------
    where : str
        The filter that it stands for; empty for a text without anything in it.
    is_words : bool
        Whether it was taken for words.
    """

    where: str
    is_words: bool


def parse_search(text: str) -> ParsedSearch:
    """Return the filter that a typed text stands for.

    A text that is a filter is taken as it is. Any other is words, unless it has ``<``, ``>``,
    ``=``, ``is None``, ``in (`` or a quote before ``in``: then it is a filter with a slip, and
    comes back as it is for `compile_filter` to say what is wrong. Of words, each must be found
    ``anywhere``; ``"two words"`` in double quotes are one; ``name@alias`` is a part of a name and
    an alias.

    Parameters
    ----------
    text : str
        What was typed.

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
    return ParsedSearch(" and ".join(map(_found, words)), is_words=True)


def _found(word: str) -> str:
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
