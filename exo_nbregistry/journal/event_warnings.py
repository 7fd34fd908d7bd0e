"""Log messages about events: those that are not followed, and those of unknown signers."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from exo_nbregistry.records.event_signer import EventProblem
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list

log = logging.getLogger("exo_nbregistry")
_WIDTH = 240
# The events of each registry that this process has named.
_named: set[tuple[str, str, str]] = set()


def warn_of_problems(location: str, model: str, problems: Iterable[EventProblem]) -> None:
    """Log one message that names the events that are not followed, once in each process.

    Parameters
    ----------
    location : str
        Location of the registry.
    model : str
        Key of the model.
    problems : iterable of EventProblem
        All problems of the events of the model.
    """
    new = [item for item in problems if is_new(location, item.key, item.reason)]
    if new:
        log.warning(
            "%s: %s not followed: %s. verify() lists all problems of the registry.",
            model,
            f"{count(len(new), 'event')} {'is' if len(new) == 1 else 'are'}",
            name_list((f"{item.key} {item.reason}" for item in new), separator="; ", width=_WIDTH),
        )


def is_new(location: str, key: str, reason: str) -> bool:
    """Return whether this process has not named an event for this reason yet, and remember it."""
    before = len(_named)
    _named.add((location, key, reason))
    return len(_named) > before
