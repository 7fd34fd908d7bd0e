"""Values that look like passwords, tokens and keys, which a stored model must not contain.

Source: the rules of gitleaks 8 for the formats of tokens.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from exo_nbregistry.values.attribute import read_attribute

_NAMED = re.compile(
    r"(?:^|_)(?:api_?key|apikey|access_?key|secret|secrets|token|passwords?|passwd|pwd|passphrase"
    r"|credential|credentials|private_?key|auth|bearer)(?:_|$)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Formats of services, which no other text has.
KNOWN_FORMATS = re.compile(
    r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40}"
    r"|gl(?:pat|ptt|dt|rt|cbt)-[A-Za-z0-9_-]{20}|xox[abeprs]-[A-Za-z0-9-]{20}"
    r"|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20}|hf_[A-Za-z0-9]{30}|sk-[A-Za-z0-9_-]{32}"
    r"|[rs]k_(?:test|live|prod)_[A-Za-z0-9]{16}|AIza[A-Za-z0-9_-]{35}|dapi[a-f0-9]{32}"
    r"|do[oprt]_v1_[a-f0-9]{64}|dckr_pat_[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}"
    r"|pypi-AgE[A-Za-z0-9_-]{50}|SG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40}"
    r"|(?<![A-Za-z0-9_-])ey[A-Za-z0-9_-]{17,}\.ey[A-Za-z0-9_-]{17,}\.[A-Za-z0-9_-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{32}"
)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@", re.IGNORECASE)
_MIN_NAMED = 6
_MIN_RANDOM = 32
_RANDOM = re.compile(r"[A-Za-z0-9+/=_.-]+")
# Bits for each character of random base64; words and paths have less.
_ENTROPY = 4.2
_MAX_ITEMS = 50
_MAX_DEPTH = 3


def is_secret(name: str, value: Any) -> bool:
    """Return whether a value, or a part of it, looks like a secret.

    Parameters
    ----------
    name : str
        Name of the variable.
    value : object
        Its value.

    Examples
    --------
    >>> is_secret("API_KEY", "correct-horse"), is_secret("columns", ["depth", "period"])
    (True, False)
    """
    return any(looks_secret(key, text) for key, text in _texts(name, value, _MAX_DEPTH))


def is_known_secret(value: Any) -> bool:
    """Return whether a value contains a credential in the format of a known service.

    Examples
    --------
    >>> is_known_secret({"aws": "AKIA" + 16 * "Q"}), is_known_secret("AKIA[0-9A-Z]{16}")
    (True, False)
    """
    return any(KNOWN_FORMATS.search(text) for _, text in _texts("", value, _MAX_DEPTH))


def _texts(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the texts in a value, each with the name under which it is found."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, bytes):
        yield name, value.decode("latin-1")
    elif depth and isinstance(value, dict):
        for key, item in [*value.items()][:_MAX_ITEMS]:
            yield from _texts(str(key), item, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for item in [*value][:_MAX_ITEMS]:
            yield from _texts(name, item, depth - 1)
    elif depth and isinstance(own := read_attribute(value, "__dict__"), dict):
        yield from _texts(name, own, depth)


def looks_secret(name: str, text: str) -> bool:
    """Return whether one text looks like a secret.

    Parameters
    ----------
    name : str
        Name of the variable or key.
    text : str
        Its value.

    Examples
    --------
    >>> looks_secret("db_password", "hunter22"), looks_secret("model", "hunter22")
    (True, False)
    """
    if KNOWN_FORMATS.search(text) or _URL.search(text):
        return True
    if _NAMED.search(_WORDS.sub("_", name)) and len(text) >= _MIN_NAMED and " " not in text:
        # Excludes the pattern of a token.
        return not set("\\[](){}|^$*?") & set(text)
    return bool(_MIN_RANDOM <= len(text) <= 512 and _RANDOM.fullmatch(text) and _is_random(text))


def _is_random(text: str) -> bool:
    kinds = [any(map(test, text)) for test in (str.islower, str.isupper, str.isdigit)]
    counts = Counter(text).values()
    entropy = -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
    return all(kinds) and entropy > _ENTROPY
