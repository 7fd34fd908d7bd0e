"""Advice for operating system errors."""

from __future__ import annotations

import errno

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


def os_error_hint(error: OSError, elsewhere: str) -> str:
    """Return the cause of an operating system error and what to do next.

    Parameters
    ----------
    error : OSError
        The error.
    elsewhere : str
        Alternative for a user without the necessary permission, such as "choose another folder".

    Returns
    -------
    str
        The end of a sentence, with its full stop.

    Examples
    --------
    >>> os_error_hint(OSError(errno.ENOSPC, "no space"), "choose another folder")
    'the disk is full. Free some space and try again.'
    >>> os_error_hint(OSError(errno.EACCES, "Permission denied"), "choose another folder")
    'Permission denied. Ask the owner for permission, or choose another folder.'
    """
    if error.errno in _FULL:
        return "the disk is full. Free some space and try again."
    if error.errno in _FORBIDDEN:
        return f"{error.strerror}. Ask the owner for permission, or {elsewhere}."
    if error.errno == errno.ELOOP:
        return "the path is or contains a symbolic link. Replace the link by the file itself."
    return f"{error.strerror or error}. Check the disk or network mount, then try again."
