"""The registries of a server: found or configured, and opened by an ID that is not a path.

A configured URL of a bucket is listed without a request: the bucket is read when its registry is
opened.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.registries import Place, place_name
from exo_nbregistry.errors import RegistryError, RegistryNotFoundError, StoreError
from exo_nbregistry.lab.discovery import Bounds, Discovery, discover, is_registry
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.reading_only import open_to_read
from exo_nbregistry.store.url import is_url, parse_url
from exo_nbregistry.values.keys import DESCRIPTOR, MODELS

MAX_OPEN = 16
# A registry in a bucket is opened again after this time, in case it was replaced.
REOPEN_S = 600.0
# All requests for a bucket that did not answer fail with the same error for this time, so that they
# do not occupy the threads of the server.
RETRY_S = 15.0
FRESH_S = 5.0
# Minimum interval between the searches that unknown IDs start.
SEARCH_S = 1.0
# Minimum time between two searches, as a multiple of the duration of a search.
_PAUSE_FACTOR = 20
log = logging.getLogger("exo_nbregistry")


class Catalogue:
    """The registries that a server shows; no other registry can be opened.

    Parameters
    ----------
    root : str
        The server's root folder.
    configured : sequence of str
        Paths and URLs of further registries.
    read_only : bool
        Whether changes are rejected.
    bounds : Bounds
        Limits of a search.
    clock : callable
        Clock that returns seconds.
    """

    def __init__(
        self,
        root: str,
        configured: Sequence[str] = (),
        *,
        read_only: bool = False,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.root = os.path.realpath(os.path.expanduser(root))
        self._read_only = read_only
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._configured = [place for text in configured for place in _configured(self.root, text)]
        self._found = Discovery()
        self._places: dict[str, Place] = {}
        self._searched_at = float("-inf")
        self._search_s = 0.0
        self._searching = threading.Lock()
        self._opening = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._failed: dict[str, tuple[StoreError, float]] = {}
        self._open: OrderedDict[str, tuple[object, ModelRegistry]] = OrderedDict()

    def places(self) -> list[Place]:
        """Return the places of the registries, configured ones first."""
        self._search(FRESH_S)
        return [place for place in self._places.values() if _exists(place)]

    def place(self, registry_id: str) -> Place:
        """Return the place with an ID.

        Raises
        ------
        Problem
            If no registry has the ID, or the registry was removed.
        """
        if registry_id not in self._places:
            self._search(SEARCH_S)
        place = self._places.get(registry_id)
        if place is None or not _exists(place):
            raise _gone()
        return place

    def registry(self, place: Place) -> ModelRegistry:
        """Return the registry of a place, which is opened once.

        Reading writes at most a checkpoint to it, and nothing if changes are rejected.
        """
        # A bucket that does not answer must not delay the other registries.
        with self._opening:
            lock = self._locks.setdefault(place.id, threading.Lock())
        with lock:
            stamp = self._stamp(place)
            with self._opening:
                known = self._open.pop(place.id, None)
            if known is None or known[0] != stamp:
                known = stamp, self._opened(place)
            with self._opening:
                self._open[place.id] = known
                while len(self._open) > MAX_OPEN:
                    self._open.popitem(last=False)
            return known[1]

    def _opened(self, place: Place) -> ModelRegistry:
        error, until = self._failed.pop(place.id, (None, 0.0))
        if error is not None and self._clock() < until:
            self._failed[place.id] = error, until
            raise error
        try:
            return _opened(place, read_only=self._read_only)
        except StoreError as error:
            if place.in_bucket:
                self._failed[place.id] = error, self._clock() + RETRY_S
            raise

    def _stamp(self, place: Place) -> object:
        """Return a value that differs when the registry must be opened again."""
        if place.in_bucket:
            return self._clock() // REOPEN_S
        # A replaced folder contains another registry.
        return _file_stamp(place.path)

    def is_writable(self, place: Place) -> bool:
        """Return whether changes are accepted."""
        if place.in_bucket:
            return not self._read_only  # the bucket rejects a change itself
        models = os.path.join(place.path, MODELS)
        folder = models if os.path.isdir(models) else place.path
        return not self._read_only and os.access(folder, os.W_OK | os.X_OK)

    def notebook(self, name: str, place: Place) -> str | None:
        """Return the notebook with a file name that is nearest to a registry.

        Parameters
        ----------
        name : str
            File name.
        place : Place
            The registry.

        Returns
        -------
        str or None
            Path relative to the root; None without a single nearest notebook.
        """
        self._search(FRESH_S)
        near = place.location.split("/") if place.source == "root" else []
        ranked = sorted(
            (_distance(near, path), path) for path in self._found.notebooks.get(name, ())
        )
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        return ranked[0][1]

    def names_of_paths(self) -> dict[str, str]:
        """Return the display names of paths in replies."""
        named = {p.path: p.location for p in self._places.values() if not p.in_bucket}
        return {self.root: "the server's root"} | named

    def _search(self, fresh_s: float) -> None:
        with self._searching:
            began_at = self._clock()
            if began_at - self._searched_at < max(fresh_s, _PAUSE_FACTOR * self._search_s):
                return
            self._found = discover(self.root, self._bounds)
            places = [place for place in self._configured if _exists(place)]
            there = {place.path for place in places}
            for location in self._found.registries:
                place = _below(self.root, location)
                if place.path not in there:
                    places.append(place)
            self._places = {place.id: place for place in places}
            self._searched_at = self._clock()
            self._search_s = self._searched_at - began_at


def _opened(place: Place, *, read_only: bool) -> ModelRegistry:
    try:
        if read_only:
            return open_to_read(place.path)
        return ModelRegistry(place.path, create=False)
    except RegistryNotFoundError as error:
        # The descriptor file is not one of a registry.
        raise Problem(404, "not_found", f"{place.location} is not a registry.") from error


def _gone() -> Problem:
    return Problem(
        404,
        "not_found",
        "The registry does not exist or was removed.",
        "Refresh the list of registries.",
    )


def _below(root: str, location: str) -> Place:
    path = os.path.normpath(os.path.join(root, location))
    return Place(_id("root", location), os.path.basename(path) or "root", location, "root", path)


def _exists(place: Place) -> bool:
    return place.in_bucket or is_registry(place.path)


def _configured(root: str, text: str) -> list[Place]:
    """Return the place of a configured path or URL; none for an invalid URL."""
    if is_url(text):
        try:
            url = str(parse_url(text))
        except RegistryError as error:
            log.warning("c.ExoNBRegistry.registries has an invalid URL: %s", error)
            return []
        return [Place(_id("configured", url), place_name(url), url, "configured", url)]
    path = os.path.realpath(os.path.join(root, os.path.expanduser(text)))
    if not is_registry(path):
        log.warning("c.ExoNBRegistry.registries names %s, which is not a registry.", text)
    return [Place(_id("configured", text), os.path.basename(path), text, "configured", path)]


def _id(source: str, location: str) -> str:
    text = f"{source}\0{location}".encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]


def _file_stamp(path: str) -> object:
    try:
        found = os.stat(os.path.join(path, DESCRIPTOR))
    except OSError as error:
        raise _gone() from error
    return found.st_ino, found.st_mtime_ns, found.st_size


def _distance(near: Sequence[str], path: str) -> int:
    """Return the number of folders between a registry and a notebook."""
    parts = path.split("/")[:-1]
    shared = 0
    while shared < min(len(near), len(parts)) and near[shared] == parts[shared]:
        shared += 1
    return len(near) + len(parts) - 2 * shared
