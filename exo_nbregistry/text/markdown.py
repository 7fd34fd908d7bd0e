r"""Text in Markdown, escaped so that it is rendered as typed.

A description or a name can hold HTML, links, images, headings, tables and code fences, of a user
or of another program. GitHub Flavored Markdown renders a backslash before any ASCII punctuation as
that character alone.

Source: GitHub Flavored Markdown 0.29, sections 2.4 and 6.
"""

from __future__ import annotations

import re

from exo_nbregistry.text.terminal import visible

# An underscore inside a word is not emphasis, so names such as koi_depth stay readable.
_SPECIAL = re.compile(r"[\\`*\[\]<>|~&$@]|^#|#(?=#*$)|(?<![^\W_])_|_(?![^\W_])")
# Starts of a link that is made of plain text, and of a list, a rule or a heading.
_LINK = re.compile(r"(?i)\b(www)(?=\.)|\b(https?|ftp|mailto|xmpp)(?=:)")
_BULLET = re.compile(r"^(?:[-+](?=[\s+:-]|$)|[=:!])")
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def markdown_line(text: object) -> str:
    r"""Return a text as one line of Markdown, or one cell of a table.

    Parameters
    ----------
    text : object
        The text; white space is reduced to single spaces.

    Returns
    -------
    str
        Markdown that renders as the text. Characters that are invisible or change the direction
        of text are written as escapes.

    Examples
    --------
    >>> print(markdown_line("koi_depth <b>*bold*</b> | [link](x)"))
    koi_depth \<b\>\*bold\*\</b\> \| \[link\](x)
    """
    line = visible(" ".join(str(text).split()))
    line = _SPECIAL.sub(r"\\\g<0>", line)
    line = _LINK.sub(_broken_link, line)
    line = _NUMBER.sub(r"\1\\\2", line)
    return _BULLET.sub(r"\\\g<0>", line)


def markdown_text(text: object) -> str:
    r"""Return a text as paragraphs of Markdown with the same lines.

    Examples
    --------
    >>> print(markdown_text("# First\nsecond\n\n\nthird"))
    \# First\
    second
    <BLANKLINE>
    third
    """
    blocks = re.split(r"\n\s*\n", str(text).replace("\r\n", "\n").replace("\r", "\n").strip())
    paragraphs = (filter(None, map(markdown_line, block.split("\n"))) for block in blocks)
    return "\n\n".join("\\\n".join(lines) for lines in paragraphs)


def markdown_code(text: object) -> str:
    """Return a text as a code span, which can also be in a table.

    Examples
    --------
    >>> print(markdown_code("sklearn.svm.SVC"), markdown_code("a`b"))
    `sklearn.svm.SVC` `` a`b ``
    """
    line = visible(" ".join(str(text).split())).replace("|", "\\|")
    if "`" not in line:
        return f"`{line}`"
    fence = "`" * (max(map(len, re.findall("`+", line))) + 1)
    return f"{fence} {line} {fence}"


def _broken_link(match: re.Match[str]) -> str:
    # The character after it is punctuation, which a backslash keeps from being part of a link.
    return f"{match.group()}\\"
