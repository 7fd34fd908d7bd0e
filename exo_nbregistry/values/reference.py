"""The grammar of model names, aliases and references.

``name:3`` is version 3, ``name@champion`` an alias, ``name`` the latest version.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from exo_nbregistry.errors import InvalidReferenceError

KEY_RULE = (
    "a model name has 1 to 64 ASCII letters, digits, '.', '_' or '-', begins and ends with a "
    "letter or digit, and has no '..'"
)
ALIAS_RULE = (
    "an alias has 1 to 63 of a-z, 0-9, '_' or '-', begins with a letter, and is neither "
    "'latest' nor a version such as 'v3'"
)
REFERENCE_RULE = "a reference is 'name', 'name:3' or 'name@alias'"
MAX_VERSION = 10**12

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_ALIAS = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_VERSION = re.compile(r"[1-9][0-9]{0,11}")
# Windows opens a device regardless of the extension, so "con.backup" is as invalid as "con".
# Source: learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
# What a user of MLflow types: models:/name/3, models:/name@champion.
_URI = re.compile(r"(?:models:/)?([^/:@]+)([:/@])([^/:@]+)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference to a model version.

    Attributes
    ----------
    name : str
        The model name as typed.
    key : str
        The name in lower case, as used on disk.
    version : int or None
        The version number, if one was given.
    alias : str or None
        The alias, if one was given.

    Examples
    --------
    >>> parse_reference("Kepler_RF:3")
    Reference(name='Kepler_RF', key='kepler_rf', version=3, alias=None)
    >>> str(parse_reference("kepler_rf@champion"))
    'kepler_rf@champion'
    """

    name: str
    key: str
    version: int | None = None
    alias: str | None = None

    def __str__(self) -> str:
        """Return the canonical form of the reference."""
        if self.version is not None:
            return model_id(self.key, self.version)
        return f"{self.key}@{self.alias}" if self.alias else self.key


def parse_reference(text: str) -> Reference:
    """Parse ``name``, ``name:3``, ``name:v3``, ``name:latest`` or ``name@alias``.

    Parameters
    ----------
    text : str
        The reference.

    Returns
    -------
    Reference
        The parts. Without version and alias, it is the latest version.

    Raises
    ------
    InvalidReferenceError
        If the reference is invalid.

    Examples
    --------
    >>> parse_reference("kepler_rf@champion").alias
    'champion'
    """
    if not isinstance(text, str):
        raise InvalidReferenceError(
            f"A reference must be text such as 'kepler_rf:3', got {type(text).__name__}"
            f"{'; pass its model_id' if hasattr(text, 'model_id') else ''}.",
            text=repr(text),
            rule=REFERENCE_RULE,
        )
    if "/" in text:
        raise _invalid_reference(text)
    name, mark, rest = _split(text)
    key = model_key(name)
    if mark == "@" and rest != "latest":
        return Reference(name, key, alias=check_alias(rest))
    if not mark or rest == "latest":
        return Reference(name, key)
    digits = rest.removeprefix("v")
    if not _VERSION.fullmatch(digits):
        raise InvalidReferenceError(
            f"The version in {text!r} must be a positive integer, such as '{key}:1'.",
            text=text,
            rule=REFERENCE_RULE,
        )
    return Reference(name, key, version=int(digits))


def _invalid_reference(text: str) -> InvalidReferenceError:
    name, mark, rest = _guess_parts(text)
    tail = "" if rest in ("", "latest") else f"{mark.replace('/', ':')}{rest}"
    return InvalidReferenceError(
        f"Invalid reference {text[:60]!r}; write {name + tail or 'kepler_rf:3'!r}"
        f"{'' if name else ', for example'}.",
        text=text,
        rule=REFERENCE_RULE,
    )


def _guess_parts(text: str) -> tuple[str, str, str]:
    """Return the parts of text that resembles a reference, or empty parts."""
    found = _URI.fullmatch(text)
    name, mark, rest = found.groups() if found else ("", "", "")
    return (name, mark, rest) if is_model_key(name.lower()) else ("", "", "")


def _split(text: str) -> tuple[str, str, str]:
    for mark in (":", "@"):
        if mark in text:
            return text.partition(mark)
    return text, "", ""


def model_id(name: str, version: int) -> str:
    """Return the canonical reference to one version.

    Examples
    --------
    >>> model_id("Kepler_RF", 3)
    'kepler_rf:3'
    """
    return f"{model_key(name)}:{version}"


def model_key(name: str) -> str:
    """Return the key of a model name, as used on disk and in references.

    Parameters
    ----------
    name : str
        The name as typed.

    Returns
    -------
    str
        The key.

    Raises
    ------
    InvalidReferenceError
        If the name is invalid; the message suggests a valid name.

    Examples
    --------
    >>> model_key("Kepler_RF")
    'kepler_rf'
    """
    if not isinstance(name, str):
        raise InvalidReferenceError(
            f"A model name must be text, got {type(name).__name__}.", text=repr(name), rule=KEY_RULE
        )
    key = name.lower()
    # Some non-ASCII characters, such as the Kelvin sign, have an ASCII letter as lower case.
    if name.isascii() and is_model_key(key):
        return key
    raise InvalidReferenceError(
        f"Invalid model name {name[:80]!r}: {KEY_RULE}. {_suggestion(name)}",
        text=name,
        rule=KEY_RULE,
    )


def is_model_key(key: str) -> bool:
    """Return whether text is a valid model key.

    Examples
    --------
    >>> is_model_key("kepler_rf"), is_model_key("../etc"), is_model_key("nul")
    (True, False, False)
    """
    return bool(_KEY.fullmatch(key)) and ".." not in key and not _DEVICE.fullmatch(key)


def check_alias(alias: str) -> str:
    """Return the alias if it is valid.

    Raises
    ------
    InvalidReferenceError
        If the alias is invalid.

    Examples
    --------
    >>> check_alias("champion")
    'champion'
    """
    if (
        isinstance(alias, str)
        and _ALIAS.fullmatch(alias)
        and alias != "latest"
        and not re.fullmatch(r"v\d+", alias)
    ):
        return alias
    raise InvalidReferenceError(
        f"Invalid alias {alias!r}: {ALIAS_RULE}.", text=str(alias), rule=ALIAS_RULE
    )


def check_version(version: object) -> int:
    """Return the version as an int if it is valid.

    Raises
    ------
    InvalidReferenceError
        If it is not a positive integer.

    Examples
    --------
    >>> check_version(3)
    3
    """
    integer = getattr(version, "__index__", None)
    if integer is not None and not isinstance(version, bool):
        number = int(integer())
        if 1 <= number < MAX_VERSION:
            return number
    raise InvalidReferenceError(
        f"A version must be a positive integer, got {version!r}.",
        text=repr(version),
        rule=REFERENCE_RULE,
    )


def suggested_key(name: str) -> str | None:
    """Return a valid model key that resembles a name, or None.

    Examples
    --------
    >>> suggested_key("Kepler forest (v2)"), suggested_key("..")
    ('kepler_forest_v2', None)
    """
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = folded.encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"\.{2,}", ".", re.sub(r"[^a-z0-9._-]+", "_", plain))[:64].strip("._-")
    if _DEVICE.fullmatch(slug):
        slug = f"{slug.split('.')[0]}_model"
    return slug if is_model_key(slug) else None


def _suggestion(name: str) -> str:
    # A full reference means its model, not a new model called name_3.
    head, mark, _ = _guess_parts(name)
    if mark in (":", "@") or name.startswith("models:/"):
        name = head or name
    slug = suggested_key(name)
    return f"Use {slug!r}." if slug else "Choose another name."
