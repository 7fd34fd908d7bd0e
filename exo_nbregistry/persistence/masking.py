"""Mask what looks like a secret in sources that are stored for readers."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from exo_nbregistry.persistence.secrets import KNOWN_FORMATS, looks_secret
from exo_nbregistry.text.markup import count

MASK = "***"
log = logging.getLogger("exo_nbregistry")

# A string literal, with three quotes or one.
_STRING = re.compile(
    r"""(?P<q>\"{3}|'{3})(?P<long>.*?)(?P=q)"""
    r"""|"(?P<double>(?:\\.|[^"\\\n])*)"|'(?P<single>(?:\\.|[^'\\\n])*)'""",
    re.DOTALL,
)
# The name before a string: of a variable, an argument or a key, or the first argument of a call
# such as os.environ.setdefault.
_NAME = re.compile(
    r"""([A-Za-z_][\w.-]*)["']?\]?\s*(?::[^=:"'\n]{0,40})?(?<![=!<>])[=:]\s*\(?\s*[rbfuRBFU]{0,2}$"""
    r"""|\b(?:set|put)\w*\(\s*["']([A-Za-z_][\w.-]*)["'],\s*$"""
)
_SETTING = re.compile(
    r"""(?:--(?P<flag>[A-Za-z][\w-]*)[=\s]\s*|%(?:set_)?env\s+(?P<env>\w+)[=\s]\s*"""
    r"""|\b(?P<name>[A-Za-z_]\w*)=)(?P<q>["']?)(?P<value>[^\s"']+)(?P=q)"""
)
_FORMATS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/=]{16}"
    r".*?(?:-----END [A-Z ]*-----|\Z)"
    rf"|(?:{KNOWN_FORMATS.pattern})[A-Za-z0-9_-]*",
    re.DOTALL,
)
_BEARER = re.compile(r"(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{16,}")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^\s/:@{}$]+):(?![{$*])([^\s/@]+)@")
_KEY = re.compile(r"(?:^|[_.-])key$", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{32,}")
_NAME_CHARACTERS = 100


def mask_secrets(source: str) -> tuple[str, int]:
    """Replace texts in Python code that look like passwords, tokens or keys.

    Parameters
    ----------
    source : str
        Source of a cell, function or class; it can have magic commands.

    Returns
    -------
    source : str
        The source with ``***`` in place of each secret, and a last line that states it. The
        unchanged source if there is none.
    masked : int
        Number of masked values.

    Examples
    --------
    >>> print(mask_secrets('API_KEY = "correct-horse"')[0])
    API_KEY = "***"
    # Masked: 1 value that looks like a secret.
    """
    masker = _Masker()
    text = _FORMATS.sub(masker.mask, source)
    text = _PASSWORD_IN_URL.sub(masker.mask_password, text)
    text = _BEARER.sub(masker.mask, text)
    text = _STRING.sub(masker.mask_string, text)
    lines = text.split("\n")
    is_shell = text.lstrip().startswith("%%")
    text = "\n".join(
        _SETTING.sub(masker.mask_setting, line)
        if is_shell or line.lstrip()[:1] in ("%", "!")
        else line
        for line in lines
    )
    if not masker.masked:
        return source, 0
    return f"{text.rstrip()}\n{_note(masker.masked)}", masker.masked


def mask_sources(sources: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """Mask the secrets in several sources, and return their number."""
    found = {name: mask_secrets(text) for name, text in sources.items()}
    return {name: text for name, (text, _) in found.items()}, sum(n for _, n in found.values())


def log_masked(masked: int) -> None:
    """Log the number of values that were masked in sources, unless it is 0."""
    if masked:
        log.warning(
            "Masked %s in the stored sources that %s like a password, token or key. Keep such "
            "values outside the notebook, for example in environment variables.",
            count(masked, "value"),
            "looks" if masked == 1 else "look",
        )


class _Masker:
    """Replaces matches and counts them."""

    def __init__(self) -> None:
        self.masked = 0

    def mask(self, _: re.Match[str]) -> str:
        self.masked += 1
        return MASK

    def mask_password(self, found: re.Match[str]) -> str:
        self.masked += 1
        return f"{found[1]}:{MASK}@"

    def mask_string(self, found: re.Match[str]) -> str:
        whole = found[0]
        if found["long"] is not None:
            inner = "\n".join(self._line(line) for line in found["long"].split("\n"))
            return f"{found['q']}{inner}{found['q']}"
        text = found["double"] if found["double"] is not None else found["single"]
        start = found.start()
        named = _NAME.search(found.string[max(0, start - _NAME_CHARACTERS) : start])
        name = (named[1] or named[2]).rpartition(".")[2] if named else ""
        return f"{whole[0]}{MASK}{whole[0]}" if self._is_secret(name, text) else whole

    def mask_setting(self, found: re.Match[str]) -> str:
        name = found["flag"] or found["env"] or found["name"]
        if not self._is_secret(name.replace("-", "_"), found["value"]):
            return found[0]
        start = found.start("value") - found.start()
        return found[0][:start] + MASK + found[0][start + len(found["value"]) :]

    def _line(self, line: str) -> str:
        """Mask a line such as ``API_KEY=...`` of a settings file in a text."""
        return _SETTING.sub(self.mask_setting, line) if "=" in line else line

    def _is_secret(self, name: str, text: str) -> bool:
        # Passwords in addresses are masked already, without the rest of the address.
        if MASK in text or "://" in text:
            return False
        is_key = bool(_KEY.search(name) and _HEXADECIMAL.fullmatch(text))
        found = is_key or looks_secret(name, text)
        self.masked += found
        return found


def _note(masked: int) -> str:
    verb = "looks" if masked == 1 else "look"
    return f"# Masked: {count(masked, 'value')} that {verb} like a secret."
