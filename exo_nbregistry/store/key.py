"""Store keys, and the errors of a store."""

from __future__ import annotations

import os
import re

from exo_nbregistry.errors import KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.text.os_errors import store_failure

_FORBIDDEN = re.compile("[\\\\:\0\ud800-\udc7f\udd00-\udfff]")
COPY = "work on a copy of the folder"
# NotADirectoryError: a part of the path is a file.
ABSENT = (FileNotFoundError, NotADirectoryError)


def check_key(key: str) -> str:
    """Return `key` if it is valid: names joined by ``/`` that stay below the root on any system.

    Raises
    ------
    StoreError
        If the key is invalid.

    Examples
    --------
    >>> check_key("models/kepler_rf/versions/v000007.json")
    'models/kepler_rf/versions/v000007.json'
    >>> check_key("models/../secret")
    Traceback (most recent call last):
    exo_nbregistry.errors.StoreError: Invalid key 'models/../secret': ...
    """
    parts = key.split("/")
    if "" in parts or "." in parts or ".." in parts or _FORBIDDEN.search(key):
        raise StoreError(
            f"Invalid key {key!r}: it must be names joined by '/', without '..', '\\\\', ':' or "
            "NUL.",
            key=key,
        )
    return key


def split_key(key: str) -> tuple[str, str]:
    """Return the folder and the name of a valid key; the folder is empty for the root.

    Examples
    --------
    >>> split_key("models/toy/blobs/ab.joblib")
    ('models/toy/blobs', 'ab.joblib')
    """
    folder, _, name = check_key(key).rpartition("/")
    return folder, name


def too_large(key: str, size_bytes: int, *, max_bytes: int, place: str) -> StoreError:
    """Return the error for a file that exceeds the size limit.

    Examples
    --------
    >>> too_large("a", 9, max_bytes=4, place="/data")
    StoreError("'a' in /data has 9 bytes, more than the limit of 4; run verify() to check ...")
    """
    return StoreError(
        f"{key!r} in {place} has {size_bytes} bytes, more than the limit of {max_bytes}; run "
        "verify() to check the registry.",
        key=key,
    )


def store_error(
    error: OSError, key: str, *, verb: str, place: str, elsewhere: str = COPY
) -> StoreError:
    """Return an operating system error as a StoreError that names the key and what to do.

    Parameters
    ----------
    error : OSError
        The error; its ``errno`` is kept.
    key : str
        The key of the failed call.
    verb : str
        The failed action, such as ``read``.
    place : str
        Location of the store.
    elsewhere : str
        Alternative if the user does not have permission.

    Examples
    --------
    >>> import errno
    >>> store_error(OSError(errno.ENOSPC, "no space"), "a", verb="write", place="/data")
    StoreError("Cannot write 'a' in /data: the disk is full; free some space and ...")
    """
    if isinstance(error, FileExistsError):
        failure: StoreError = KeyExistsError(
            f"{key!r} in {place} already exists; read it or choose another key.", key=key
        )
    elif isinstance(error, ABSENT) and verb in ("read", "remove"):
        failure = MissingKeyError(
            f"{key!r} does not exist in {place}; list its folder to see the existing keys.",
            key=key,
        )
    else:
        return store_failure(
            error,
            verb,
            f"{key!r} in {place}",
            key=key,
            elsewhere=elsewhere,
        )
    failure.errno = error.errno
    return failure


def system_error(number: int) -> OSError:
    """Return the error that the operating system raises for an error number.

    Examples
    --------
    >>> import errno
    >>> system_error(errno.EISDIR)
    IsADirectoryError(21, 'Is a directory')
    """
    return OSError(number, os.strerror(number))
