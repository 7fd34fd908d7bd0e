"""Errors as replies: an HTTP status, a reason code, a message and a hint."""

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
    ProtectedAliasError,
    QueryError,
    RecordError,
    RegistryNotFoundError,
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
_VERIFY = "Run registry.verify() in a notebook to list all damaged files."
HOW_TO_WRITE = "Ask the owner of the registry for write access, or work on a copy."
_PROTECTED = "Remove the protection of the alias first, or apply the change anyway."
_RETRY = "Refresh, and try again."


class Problem(Exception):  # noqa: N818 - named after RFC 9457
    """A failed request, which is raised and sent as a reply.

    Parameters
    ----------
    status : int
        HTTP status.
    reason : str
        Code for programs.
    message : str
        Sentence for users.
    hint : str, optional
        Alternatives on what to do.
    **facts : int, str, list or None
        Additional fields.
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
    """Return the problem of an invalid parameter."""
    return Problem(400, "bad_request", message, hint)


def read_only(name: str) -> Problem:
    """Return the problem of a change to a read-only registry."""
    return Problem(403, "read_only", f"{name} is read-only.", HOW_TO_WRITE)


def problem_of(error: Exception, *, changing: bool, places: Mapping[str, str]) -> Problem:
    """Return the problem of an error of the registry or the disk.

    Parameters
    ----------
    error : RegistryError or OSError
        The error.
    changing : bool
        Whether the request is a change.
    places : mapping of str to str
        Display names of paths.

    Returns
    -------
    Problem
        Its texts contain none of these paths.
    """
    message = without_paths(str(error).partition("\n")[0], places)
    match error:
        case RegistryNotFoundError():
            # The suggested registries may be outside of the folders that a server shows.
            return Problem(404, "not_found", message.partition(" Did you mean ")[0])
        case NotFoundError():
            return Problem(404, "not_found", message, known=list(error.known))
        case InvalidReferenceError():
            return Problem(400, "invalid_reference", message)
        case QueryError():
            return Problem(400, "invalid_query", message, text=error.text, position=error.position)
        case ProtectedAliasError():
            message = message.partition("; ")[0].rstrip(".")
            return Problem(409, "protected", f"{message}.", _PROTECTED, alias=error.alias)
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
    """Return a text with paths replaced by display names.

    Parameters
    ----------
    text : str
        Text that may contain paths.
    places : mapping of str to str
        Display names of further paths.

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
    return Problem(403, "read_only", message, HOW_TO_WRITE)


def _is_stored(key: str) -> bool:
    return key == DESCRIPTOR or key.startswith(f"{MODELS}/")
