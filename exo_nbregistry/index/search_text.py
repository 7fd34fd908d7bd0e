"""The text of a filter: words to search for, an expression, or words before an expression."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_compiler import compile_expression
from exo_nbregistry.index.filter_text import parse_expression
from exo_nbregistry.index.sql_condition import COLLECTIONS, COLUMNS, GROUPS

# A page can send long texts, and each word is searched in each text of a version.
MAX_WORDS = 50
# Text that has one of these and does not compile is an invalid expression, not words.
_COMPARISON = re.compile(
    r"""[<>=] | ["']\s*(not\s+)?in\b | \bin\s*[(\[{] | \bis\s+(not\s+)?None\b
    | \.\s*[A-Za-z_]\w*\s*\(""",
    re.VERBOSE,
)
# An expression begins with one of these, after the words.
_EXPRESSION_START = re.compile(
    rf"""(?:not\s+)?\(*(?:["'(] | (?:{"|".join([*COLUMNS, *COLLECTIONS])})\b
    | (?:{"|".join(GROUPS)})\s*[.\[] | (?:[A-Za-z_][\w.]*|[-+]?[\d.]+)\s*[<>=!])""",
    re.VERBOSE,
)
_FIELDS = frozenset([*COLUMNS, *COLLECTIONS, *GROUPS])
_WORD_START = re.compile(r'\w|"\w')
_JOINED = re.compile(r"\band\s*$")
_OPERATORS = frozenset({"and", "or", "not", "in", "is"})
_EXAMPLES = {"and": "{} and ...", "or": "{} or ...", "not": "not {}."}
_GROUPED = re.compile(rf"(?:{'|'.join(GROUPS)})(?:\.\w+|\[.+\])")
_WORD = re.compile(r'"([^"]+)"|(\S+)')
_ALIASED = re.compile(r"([^@\s]*)@([^@\s]+)")


@dataclass(frozen=True, slots=True)
class SearchText:
    """The parts of a filter.

    Attributes
    ----------
    text : str
        The whole text.
    words : tuple of str
        The words.
    start : int or None
        Where the expression starts in the text; None if there is no expression.
    """

    text: str
    words: tuple[str, ...] = ()
    start: int | None = None

    @property
    def expression(self) -> str:
        """The whole filter as one expression, without words; empty for empty text."""
        words = [word_expression(word) for word in self.words]
        if self.start is None:
            return " and ".join(words)
        expression = self.text[self.start :].strip()
        return " and ".join([*words, f"({expression})"]) if words else expression


def parse_search(text: str) -> SearchText:
    """Return the words and the expression of a filter.

    Text that compiles is an expression. Other text is a list of words, unless it has ``<``, ``>``,
    ``=``, ``is None``, ``in (``, a quote before ``in`` or a call such as ``.like(``, or is Python
    that compares a field. Words may precede an expression, also with ``and`` between them.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    SearchText
        The parts. The expression may be invalid.

    Raises
    ------
    QueryError
        If there are too many words.

    Examples
    --------
    >>> parse_search("kepler forest").expression
    "'kepler' in anywhere and 'forest' in anywhere"
    >>> parse_search("kepler@champion").expression
    "'kepler' in model_name and 'champion' in aliases"
    >>> parse_search("kepler version > 2").expression
    "'kepler' in anywhere and (version > 2)"
    >>> parse_search("version > 2").words, parse_search("version >").words
    ((), ())
    """
    if not text.strip():
        return SearchText(text)
    if _compiles(text, 0):
        return SearchText(text, start=0)
    if _COMPARISON.search(text) or _is_python(text):
        return _mixed(text)
    return SearchText(text, _words(text, len(text)))


def word_expression(word: str) -> str:
    """Return the expression that searches for a word.

    Examples
    --------
    >>> word_expression("kepler")
    "'kepler' in anywhere"
    """
    aliased = _ALIASED.fullmatch(word)
    if aliased is None:
        return f"{word!r} in anywhere"
    name, alias = aliased.groups()
    part = f"{name.lower()!r} in model_name and " if name else ""
    return f"{part}{alias.lower()!r} in aliases"


def correction(text: str) -> str:
    """Return how to write an invalid text that has words and an expression; empty if unknown.

    Examples
    --------
    >>> correction("version > 2 kepler")
    'Write words before the filter: kepler version > 2'
    >>> correction("kepler or version > 2")
    "Write 'kepler' in anywhere to combine a word with or and not."
    """
    found = [match.start() for match in _WORD.finditer(text)]
    for start in found[-MAX_WORDS:]:
        before, after = text[:start].rstrip(), text[start:].strip()
        is_words = not (_COMPARISON.search(after) or _OPERATORS & {*after.split()})
        if not start or not is_words or not _WORD_START.match(after):
            continue
        if _compiles(before, 0):
            return f"Write words before the filter: {after} {before.strip()}"
    for start in found[1:MAX_WORDS]:
        if _COMPARISON.search(text[:start]):
            break
        words = text[:start].split()
        joined = {"or", "not"} & {*words}
        if joined and _EXPRESSION_START.match(text, start) and _compiles(text, start):
            word = next((one for one in words if one not in _OPERATORS), "a word")
            return f"Write {word!r} in anywhere to combine a word with or and not."
    return ""


def word_hints(text: str) -> list[str]:
    """Return sentences on words that were probably meant as a part of an expression.

    Examples
    --------
    >>> word_hints("metrics.f1_score")
    ['To filter by metrics.f1_score, compare it, such as metrics.f1_score > 0.9.']
    >>> word_hints("kepler or tess")
    ["Each word is searched, also 'or'; for the operator, write 'kepler' in anywhere or ..."]
    """
    words = parse_search(text).words
    hints = []
    for word in dict.fromkeys(words):
        if word in _EXAMPLES:
            other = next((one for one in words if one not in _OPERATORS), "a")
            example = _EXAMPLES[word].format(f"{other!r} in anywhere")
            hints.append(f"Each word is searched, also {word!r}; for the operator, write {example}")
        elif _GROUPED.fullmatch(word):
            hints.append(f"To filter by {word}, compare it, such as {word} > 0.9.")
    return hints


def _is_python(text: str) -> bool:
    """Return whether text is Python that calls something or compares a field."""
    try:
        expression, _ = parse_expression(text)
    except QueryError:
        return False
    for node in ast.walk(expression):
        operands = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        names = [one.id for one in operands if isinstance(one, ast.Name)]
        if isinstance(node, ast.Call) or not _FIELDS.isdisjoint(names):
            return True
    return False


def _mixed(text: str) -> SearchText:
    """Return words before an expression; only an expression if the text does not have this form.

    The first expression that compiles is chosen, otherwise the last one, whose error is shown.
    """
    parts = SearchText(text, start=0)
    for number, found in enumerate(_WORD.finditer(text)):
        start = found.start()
        if number == 0 or not _EXPRESSION_START.match(text, start):
            continue
        before = _JOINED.sub("", text[:start])
        is_operand = _OPERATORS & {*before.split()} or before.count("(") > before.count(")")
        if not before.strip() or is_operand or _COMPARISON.search(before):
            break
        parts = SearchText(text, _words(before, start), start)
        if _compiles(text, start):
            break
    return parts


def _words(text: str, end: int) -> tuple[str, ...]:
    found = [quoted or plain for quoted, plain in _WORD.findall(text[:end])]
    if len(found) > MAX_WORDS:
        position = [match.start() for match in _WORD.finditer(text)][MAX_WORDS]
        message = f"A filter may have at most {MAX_WORDS} words, got {len(found)}."
        raise QueryError(message, text=text, position=position)
    return tuple(found)


def _compiles(text: str, start: int) -> bool:
    try:
        compile_expression(text, start)
    except QueryError:
        return False
    return True
