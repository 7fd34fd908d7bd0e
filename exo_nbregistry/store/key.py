"""Store keys, and what to say when one could not be served."""

from __future__ import annotations

import re

from exo_nbregistry.errors import KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.text.os_errors import os_error_hint

_ODD = re.compile("[\\\\:\0\ud800-\udc7f\udd00-\udfff]")
# Also where a parent is a file.
ABSENT = (FileNotFoundError, NotADirectoryError)


def check_key(key: str) -> str:
    """Return `key` if it is one: names joined by ``/`` that lead nowhere else on any system.

    Raises
    ------
    StoreError
        If it is none.

    Examples
    --------
    >>> check_key("models/kepler_rf/versions/v000007.json")
    'models/kepler_rf/versions/v000007.json'
    >>> check_key("models/../secret")
    Traceback (most recent call last):
    exo_nbregistry.errors.StoreError: 'models/../secret' is no key: ...
    """
    parts = key.split("/")
    if "" in parts or "." in parts or ".." in parts or _ODD.search(key):
        raise StoreError(
            f"{key!r} is no key: it must be names joined by '/', without '..', '\\\\', ':' or NUL.",
            key=key,
        )
    return key


def too_large(key: str, size_bytes: int, *, max_bytes: int, place: str) -> StoreError:
    """Return the error for a small file that is not small.

    Examples
    --------
    >>> too_large("a", 9, max_bytes=4, place="/data")
    StoreError("'a' in /data has 9 bytes, and such a file has at most 4: run verify() ...")
    """
    return StoreError(
        f"{key!r} in {place} has {size_bytes} bytes, and such a file has at most {max_bytes}: "
        "run verify() to see what else is wrong.",
        key=key,
    )


def store_error(error: OSError, key: str, *, verb: str, place: str) -> StoreError:
    """Return a failure of the system as an error that names the key and the way out.

    Parameters
    ----------
    error : OSError
        What the system said; its ``errno`` is kept.
    key : str
        What it was about.
    verb : str
        What was to be done to it, as a past participle: ``read``.
    place : str
        Where the store is.

    Examples
    --------
    >>> import errno
    >>> store_error(OSError(errno.ENOSPC, "no space"), "a", verb="written", place="/data")
    StoreError("'a' in /data could not be written: the disk is full. Free some space, ...")
    """
    kind: type[StoreError] = StoreError
    if isinstance(error, FileExistsError):
        kind, text = KeyExistsError, f"{key!r} in {place} is taken: read it, or take another key."
    elif isinstance(error, ABSENT) and verb in ("read", "removed"):
        kind, text = (
            MissingKeyError,
            f"Nothing is stored under {key!r} in {place}: list its folder.",
        )
    else:
        reason = os_error_hint(error, "work on a copy of the folder in a place of your own")
        text = f"{key!r} in {place} could not be {verb}: {reason}"
    named = kind(text, key=key)
    named.errno = error.errno
    return named
