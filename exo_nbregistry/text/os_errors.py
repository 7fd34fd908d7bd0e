"""Errors of the operating system, with what to do next."""

from __future__ import annotations

import errno

from exo_nbregistry.errors import StoreError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


def os_error_hint(error: OSError, elsewhere: str) -> str:
    """Return why the system refused and what to do next.

    Parameters
    ----------
    error : OSError
        What the system said.
    elsewhere : str
        What to do where the place belongs to somebody else.

    Returns
    -------
    str
        The rest of a sentence, with its full stop.

    Examples
    --------
    >>> os_error_hint(OSError(errno.ENOSPC, "no space"), "choose another folder")
    'the disk is full; free some space, then run the call again.'
    >>> os_error_hint(OSError(errno.EACCES, "Permission denied"), "choose another folder")
    'Permission denied; ask its owner for the right, or choose another folder.'
    """
    if error.errno in _FULL:
        return "the disk is full; free some space, then run the call again."
    if error.errno in _FORBIDDEN:
        return f"{error.strerror}; ask its owner for the right, or {elsewhere}."
    if error.errno == errno.ELOOP:
        return "it is or lies behind a link; put the file itself in the link's place."
    return f"{error.strerror or error}; check that the place is sound, then try again."


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
    StoreError('Cannot write /a: the disk is full; free some space, then run the call again.')
    """
    failure = StoreError(f"Cannot {verb} {what}: {os_error_hint(error, elsewhere)}", key=key)
    failure.errno = error.errno
    return failure
