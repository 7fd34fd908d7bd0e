"""Warnings about versions that are omitted from listings."""

from __future__ import annotations

import logging

from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.reference import model_id

log = logging.getLogger("exo_nbregistry")


class OmittedVersions:
    """Versions whose record is unreadable. Each is named once, and again if its error changes."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], Exception] = {}
        self._named: dict[tuple[str, int], str] = {}

    def add(self, model: str, number: int, error: Exception) -> None:
        """Add a version, to name it in the next warning."""
        self._found[model, number] = error

    def remove(self, model: str, number: int) -> None:
        """Remove a version, whose record is readable."""
        self._named.pop((model, number), None)

    def has(self, model: str) -> bool:
        """Return whether a version of a model was added since the last warning."""
        return any(name == model for name, _ in self._found)

    def warn(self) -> None:
        """Log one warning for all versions that were added since the last one."""
        new = {key: e for key, e in self._found.items() if self._named.get(key) != str(e)}
        self._named |= {key: str(error) for key, error in new.items()}
        self._found.clear()
        if not new:
            return
        refs = [model_id(*key) for key in new]
        error = next(iter(new.values()))
        if len(refs) == 1:
            log.warning("%s is omitted from listings: %s", refs[0], error)
            return
        log.warning(
            "%d versions are omitted from listings: %s. The error of %s: %s",
            len(refs),
            name_list(refs),
            refs[0],
            error,
        )
