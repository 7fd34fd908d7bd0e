"""Requests to a bucket: objects under a prefix, with the errors of a store."""

from __future__ import annotations

import contextlib
import errno
import random
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import obstore
from obstore.exceptions import BaseError, GenericError, NotModifiedError, PreconditionError

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.store.base import Content, Entry
from exo_nbregistry.store.bucket_errors import bucket_error
from exo_nbregistry.store.bucket_threads import require_own_process
from exo_nbregistry.store.key import too_large

ATTEMPTS = 4
_FAILURES = (BaseError, OSError, NotImplementedError, ValueError)


class Client:
    """Requests to the objects of a bucket whose keys begin with a prefix.

    Parameters
    ----------
    store : ObjectStore
        An obstore store that repeats failed requests.
    once : ObjectStore
        The same store, which makes each request once.
    bucket : str
        Name of the bucket, for errors.
    prefix : str
        What the keys begin with, without a slash at its end; empty for none.
    location : str
        Location of the store, for errors.
    """

    def __init__(self, store: Any, once: Any, *, bucket: str, prefix: str, location: str) -> None:
        self.store = store
        self.once = once
        self.bucket = bucket
        self.location = location
        self._prefix = f"{prefix}/" if prefix else ""
        # Tag and version of each object that may be swapped: Google compares versions, not tags.
        self._versions: dict[str, tuple[str | None, str | None]] = {}

    def path(self, key: str) -> str:
        """Return the name of an object in the bucket."""
        return f"{self._prefix}{key}"

    def fail(self, error: Exception, key: str, verb: str) -> NoReturn:
        """Raise an error of obstore as a StoreError."""
        # The text of the original error may contain a signature.
        raise bucket_error(error, key, verb=verb, bucket=self.bucket, place=self.location) from None

    @contextlib.contextmanager
    def requests(self, key: str, verb: str) -> Iterator[None]:
        """Raise errors of the requests in the block as StoreError."""
        require_own_process(self.location)
        try:
            yield
        except StoreError:
            raise
        except _FAILURES as error:
            self.fail(error, key, verb)

    def read(self, key: str, *, max_bytes: int, verb: str = "read") -> Content:
        """Return a small object.

        Raises
        ------
        MissingKeyError
            If the object does not exist.
        StoreError
            If it is larger than `max_bytes`.
        """
        with self.requests(key, verb):
            return self._whole(lambda: obstore.get(self.store, self.path(key)), key, max_bytes)

    def read_if_changed(self, key: str, tag: str | None, *, max_bytes: int) -> Content | None:
        """Return a small object, or None if it has the same entity tag.

        Raises
        ------
        MissingKeyError
            If the object does not exist.
        """
        options: Any = {"if_none_match": tag} if tag else {}

        def get() -> Any:
            reply = obstore.get(self.store, self.path(key), options=options)
            self._versions[key] = reply.meta["e_tag"], reply.meta.get("version")
            return reply

        with self.requests(key, "read"):
            try:
                return self._whole(get, key, max_bytes)
            except NotModifiedError:
                return None

    def _whole(self, get: Any, key: str, max_bytes: int) -> Content:
        """Return the content of a reply, and repeat the request if the body was cut."""
        for attempt in range(ATTEMPTS):
            reply = get()
            size = reply.meta["size"]
            if size > max_bytes:
                raise too_large(key, size, max_bytes=max_bytes, place=self.location)
            try:
                data = bytes(reply.bytes())
            except GenericError:
                if attempt == ATTEMPTS - 1:
                    raise
                pause(attempt)
                continue
            if len(data) == size:
                return Content(data, reply.meta["e_tag"])
        raise self.incomplete(key)

    def start(
        self, key: str, *, offset: int = 0, end: int | None = None, tag: str | None = None
    ) -> Any:
        """Start reading an object from a position to another one; its body is read later.

        If `tag` is given, the object must have it.
        """
        options: Any = {}
        if end is not None:
            options["range"] = (offset, end)
        elif offset:
            options["range"] = {"offset": offset}
        if tag:
            options["if_match"] = tag
        with self.requests(key, "read"):
            try:
                return obstore.get(self.store, self.path(key), options=options)
            except PreconditionError:
                failure = StoreError(
                    f"Cannot read {key!r} in {self.location}: it was replaced meanwhile; open it "
                    "again.",
                    key=key,
                )
                failure.errno = errno.ESTALE
                raise failure from None

    def incomplete(self, key: str) -> StoreError:
        """Return the error for a reply that ended too early."""
        failure = StoreError(
            f"Cannot read {key!r} in {self.location}: the reply was incomplete; try again.", key=key
        )
        failure.errno = errno.EIO
        return failure

    def head(self, key: str) -> Entry | None:
        """Return the entry of an object, or None if it does not exist."""
        try:
            with self.requests(key, "read"):
                return entry(obstore.head(self.store, self.path(key)))
        except MissingKeyError:
            return None

    def put_new(self, key: str, data: bytes) -> None:
        """Create an object with one request; errors of obstore are raised."""
        require_own_process(self.location)
        obstore.put(self.once, self.path(key), data, mode="create", use_multipart=False)

    def swap(self, key: str, data: bytes, tag: str | None) -> str | None:
        """Replace an object that has a tag, or create it; errors of obstore are raised."""
        require_own_process(self.location)
        known, version = self._versions.get(key, (None, None))
        mode: Any = "create"
        if tag:
            mode = {"e_tag": tag, **({"version": version} if version and known == tag else {})}
        reply = obstore.put(self.once, self.path(key), data, mode=mode, use_multipart=False)
        self._versions[key] = reply["e_tag"], reply.get("version")
        return reply["e_tag"]

    def put(self, key: str, source: Any, **options: Any) -> None:
        """Write an object, replacing an existing one; errors of obstore are raised."""
        require_own_process(self.location)
        obstore.put(self.store, self.path(key), source, **options)

    def delete(self, key: str) -> None:
        """Remove an object; most services do not report one that is missing."""
        with self.requests(key, "remove"):
            obstore.delete(self.store, self.path(key))

    def copy(self, key: str, new_key: str) -> None:
        """Copy an object within the bucket, replacing an existing one."""
        with self.requests(key, "read"):
            obstore.copy(self.store, self.path(key), self.path(new_key))

    def children(self, folder: str) -> tuple[list[Any], list[str]]:
        """Return the objects directly in a folder, and the names of the folders in it."""
        with self.requests(folder, "list"):
            found: Any = obstore.list_with_delimiter(self.store, self._folder(folder))
        length = len(self.path(folder)) + 1 if folder else len(self._prefix)
        return found["objects"], [path[length:].strip("/") for path in found["common_prefixes"]]

    def below(self, folder: str, *, after: str | None = None) -> Iterator[list[Any]]:
        """Yield the objects anywhere below a folder, in parts of 1,000 or fewer.

        If `after` is given, only the objects with a greater path are listed.
        """
        offset = None if after is None else self.path(f"{folder}/{after}" if folder else after)
        with self.requests(folder, "list"):
            yield from obstore.list(
                self.store, self._folder(folder), offset=offset, chunk_size=1000
            )

    def relative(self, path: str, folder: str) -> str:
        """Return the part of an object's path that is below a folder; empty for other paths."""
        start = f"{self.path(folder)}/" if folder else self._prefix
        return path[len(start) :] if path.startswith(start) else ""

    def _folder(self, folder: str) -> str | None:
        return self.path(folder).rstrip("/") or None


def entry(found: Any, name: str | None = None) -> Entry:
    """Return the entry of an object's metadata."""
    # A listing may have fractions of a second that a single reply does not have.
    modified_ns = int(found["last_modified"].timestamp()) * 10**9
    return Entry(name or found["path"].rpartition("/")[2], "file", found["size"], modified_ns)


def pause(attempt: int) -> None:
    """Wait before a repeated request, longer after each attempt."""
    time.sleep(min(0.1 * 2**attempt, 2) * random.uniform(0.5, 1))
