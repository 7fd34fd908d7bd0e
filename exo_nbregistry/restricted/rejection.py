"""The error that the restricted loader raises for anything that it does not allow."""

from __future__ import annotations

from collections.abc import Iterable


class Rejection(Exception):  # noqa: N818 - it never leaves the package
    """A file contains something that the restricted loader does not allow.

    Callers raise an `UntrustedModelError` instead.

    Attributes
    ----------
    reason : str
        One sentence, without the name of the model.
    names : tuple of str
        Full dotted names of the classes and functions that are not allowed; may be empty.

    Examples
    --------
    >>> Rejection("The file is compressed.").reason
    'The file is compressed.'
    """

    def __init__(self, reason: str, names: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.names = tuple(names)
