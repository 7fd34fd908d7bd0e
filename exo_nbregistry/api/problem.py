"""Errors as replies: a status, one sentence, a word for programs, and what to do next."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Any

from exo_nbregistry.errors import (
    ConflictError,
    FormatVersionError,
    IntegrityError,
    InvalidReferenceError,
    NotFoundError,
    QueryError,
    RecordError,
    StoreError,
)
from exo_nbregistry.signing.user_files import (
    CACHE_VARIABLE,
    CONFIG_VARIABLE,
    cache_folder,
    config_folder,
)
from exo_nbregistry.values.keys import DESCRIPTOR, MODELS

_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_VERIFY = "Run registry.verify() in a notebook: it lists everything that is damaged."
_READ_ONLY = "Ask whoever owns its folder, or work on a copy of it."
_RETRY = "Look at what is there now, and try again."


class Problem(Exception):  # noqa: N818 - it is a reply; raising it is how it gets there
    """A request that is not answered as it was meant.

    Parameters
    ----------
    status : int
        HTTP status.
    reason : str
        A word for programs.
    message : str
        A sentence for people.
    hint : str, optional
        What to do next.
    **facts : int, str, list or None
        Further fields.
    """

    def __init__(
        self, status: int, reason: str, message: str, hint: str | None = None, **facts: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.hint = hint
        self.facts = facts

    def reply(self) -> dict[str, Any]:
        """Return the fields of the reply."""
        return {"message": self.message, "reason": self.reason, "hint": self.hint, **self.facts}


def bad_request(message: str, hint: str | None = None) -> Problem:
    """Return the problem of a parameter that means nothing."""
    return Problem(400, "bad_request", message, hint)


def read_only(name: str) -> Problem:
    """Return the problem of a change to what may only be read."""
    return Problem(403, "read_only", f"{name} can only be read here.", _READ_ONLY)


def problem_of(error: Exception, *, changing: bool, places: Mapping[str, str]) -> Problem:
    """Return an error of the registry, or of the disk, as a reply.

    Parameters
    ----------
    error : RegistryError or OSError
        What was raised.
    changing : bool
        Whether the request was to change something.
    places : mapping of str to str
        Paths of the machine, and what to call them instead.

    Returns
    -------
    Problem
        Without any path of the machine.
    """
    message = without_paths(str(error).partition("\n")[0], places)
    match error:
        case NotFoundError():
            return Problem(404, "not_found", message, known=list(error.known))
        case InvalidReferenceError():
            return Problem(400, "invalid_reference", message)
        case QueryError():
            return Problem(400, "invalid_query", message, text=error.text, position=error.position)
        case ConflictError():
            return Problem(
                409, "conflict", message, _RETRY, expected=error.expected, actual=error.actual
            )
        case FormatVersionError():
            return _read_only(message) if changing else Problem(503, "format", message)
        case RecordError() if changing and not _is_stored(error.key):
            return Problem(422, "bad_body", message)
        case RecordError() | IntegrityError():
            return Problem(503, "damaged", message, _VERIFY)
        case StoreError() | OSError():
            closed = changing and error.errno in _CLOSED
            return _read_only(message) if closed else Problem(503, "store", message)
    return Problem(400, "bad_request", message)


def without_paths(text: str, places: Mapping[str, str]) -> str:
    """Return a text with the machine's paths called by other names.

    Parameters
    ----------
    text : str
        What may name a path.
    places : mapping of str to str
        Further paths, and what to call them.

    Examples
    --------
    >>> without_paths("/srv/data/a is closed.", {"/srv": "the root", "/srv/data": "the data"})
    'the data/a is closed.'
    """
    known = {
        os.path.expanduser("~"): "~",
        str(config_folder()): f"${CONFIG_VARIABLE}",
        str(cache_folder()): f"${CACHE_VARIABLE}",
    } | dict(places)
    for path in sorted(known, key=len, reverse=True):
        if len(path) > 1:
            text = text.replace(path, known[path])
    return text


def _read_only(message: str) -> Problem:
    return Problem(403, "read_only", message, _READ_ONLY)


def _is_stored(key: str) -> bool:
    return key == DESCRIPTOR or key.startswith(f"{MODELS}/")
