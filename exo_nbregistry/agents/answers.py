"""Open a registry to read it, and answer with data, warnings or one error."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from exo_nbregistry.agents.untrusted import fitted
from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.location import VARIABLE, default_path
from exo_nbregistry.registry.reading_only import open_to_read
from exo_nbregistry.store.url import is_url

_MAX_WARNINGS = 5


class ChosenPlace(str):
    """Place of a registry that the user has chosen, which may be a bucket."""

    __slots__ = ()


def answer(place: str, read: Callable[[ModelRegistry], dict[str, Any]]) -> dict[str, Any]:
    """Return the data that a function reads from a registry, marked and limited in size.

    Parameters
    ----------
    place : str
        Folder of the registry; empty for the user's default.
    read : callable
        Takes the registry, to which nothing can be written, and returns data.

    Returns
    -------
    dict
        JSON-serializable data, see `fitted`. ``warnings`` has the messages of the library. An
        error is ``{"error": {"kind": ..., "message": ...}}``.
    """
    with _warnings() as messages:
        try:
            registry = open_to_read(_place(place))
            with registry.consistent_reads():
                found = read(registry)
        except (RegistryError, OSError) as error:
            # The file name of an OSError is part of its text.
            found = {"error": {"kind": type(error).__name__, "message": _one_line(str(error))}}
    if messages:
        found["warnings"] = messages[:_MAX_WARNINGS]
    return fitted(found)


def _place(place: str) -> str:
    if isinstance(place, ChosenPlace):
        return str(place)
    if not place:
        return str(default_path("the folder of one as registry="))
    if not isinstance(place, str):
        raise InvalidInputError(f"registry must be text, got {type(place).__name__}.")
    # An agent that follows an injected text could send data in the name of a host.
    if is_url(place) or place.replace("\\", "/").startswith("//"):
        raise InvalidInputError(
            f"registry must be a folder of this machine. To use a bucket, ask the user to set "
            f"{VARIABLE}."
        )
    return place


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect the warnings of the library in this thread."""
    messages: list[str] = []
    thread = threading.get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if threading.get_ident() == thread:
                messages.append(_one_line(record.getMessage()))

    handler = Collector(logging.WARNING)
    logger = logging.getLogger("exo_nbregistry")
    logger.addHandler(handler)
    try:
        yield messages
    finally:
        logger.removeHandler(handler)


def _one_line(text: str) -> str:
    return " ".join(text.split())
