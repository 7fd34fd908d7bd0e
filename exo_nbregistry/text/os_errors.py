"""What to say when the system refuses to read or write."""

from __future__ import annotations

import errno

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
