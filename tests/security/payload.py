"""Hostile files of many kinds, to be loaded as files of an unknown signer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

# The code of a payload creates this file in the working folder.
MARKER = "it-ran"
COMMAND = f"touch {MARKER}"
PYTHON = f"open({MARKER!r}, 'w').close()"


class Payload(NamedTuple):
    """A hostile file.

    Attributes
    ----------
    name : str
        Short description.
    make : callable
        Returns its bytes.
    harmless : bool
        Whether it may be loaded, because it does no harm when it is used.
    """

    name: str
    make: Callable[[], bytes]
    harmless: bool = False


class Collection:
    """The payloads of one subject."""

    def __init__(self) -> None:
        self.payloads: list[Payload] = []

    def add(self, name: str, make: Callable[[], bytes], *, harmless: bool = False) -> None:
        """Add a payload."""
        self.payloads.append(Payload(name, make, harmless))

    def __call__(
        self, name: str, *, harmless: bool = False
    ) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
        """Add the decorated function as a payload."""

        def decorated(make: Callable[[], bytes]) -> Callable[[], bytes]:
            self.add(name, make, harmless=harmless)
            return make

        return decorated
