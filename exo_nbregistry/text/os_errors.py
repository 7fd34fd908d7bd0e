"""Errors of the operating system and their remedies."""

from __future__ import annotations

import errno

from exo_nbregistry.errors import StoreError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


def os_error_hint(error: OSError, elsewhere: str) -> str:
    """Return the reason of an operating system error and what to do.

    Parameters
    ----------
    error : OSError
        The error.
    elsewhere : str
        Alternative if the user does not have permission.

    Returns
    -------
    str
        End of a sentence, with its full stop.

    Examples
    --------
    >>> os_error_hint(OSError(errno.ENOSPC, "no space"), "choose another folder")
    'the disk is full; free some space and try again.'
    >>> os_error_hint(OSError(errno.EACCES, "Permission denied"), "choose another folder")
    'Permission denied; ask the owner for permission, or choose another folder.'
    """
    if error.errno in _FULL:
        return "the disk is full; free some space and try again."
    if error.errno in _FORBIDDEN:
        return f"{error.strerror}; ask the owner for permission, or {elsewhere}."
    if error.errno == errno.ELOOP:
        return "it is a link or behind a link; replace the link with the file itself."
    return f"{error.strerror or error}; check the path and the disk, then try again."


def store_failure(error: OSError, verb: str, what: str, *, key: str, elsewhere: str) -> StoreError:
    """Return an operating system error as a StoreError that names what failed and what to do.

    Parameters
    ----------
    error : OSError
        The error; its ``errno`` is kept.
    verb : str
        The failed action, such as ``read``.
    what : str
        Its object, for the message.
    key : str
        Its object, for the attribute ``key``.
    elsewhere : str
        As for `os_error_hint`.

    Examples
    --------
    >>> error = OSError(errno.ENOSPC, "no space")
    >>> store_failure(error, "write", "/a", key="/a", elsewhere="choose another folder")
    StoreError('Cannot write /a: the disk is full; free some space and try again.')
    """
    failure = StoreError(f"Cannot {verb} {what}: {os_error_hint(error, elsewhere)}", key=key)
    failure.errno = error.errno
    return failure
