"""The calls of a store in a bucket."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.fs.file import First
from exo_nbregistry.fs.parallel import together
from exo_nbregistry.fs.user_folders import cache_folder
from exo_nbregistry.store.base import Check, Content, Entry, Stamps
from exo_nbregistry.store.blob_cache import BlobCache
from exo_nbregistry.store.bucket_client import Client
from exo_nbregistry.store.bucket_create import create_object
from exo_nbregistry.store.bucket_download import open_kept
from exo_nbregistry.store.bucket_errors import transient
from exo_nbregistry.store.bucket_guard import BucketGuard
from exo_nbregistry.store.bucket_listing import list_entries, list_infos, list_names, list_stamps
from exo_nbregistry.store.bucket_payload import SMALL_BYTES, StagedObject, open_object
from exo_nbregistry.store.bucket_probe import require_conditional_writes
from exo_nbregistry.store.bucket_threads import in_order
from exo_nbregistry.store.key import check_key, store_error, system_error

_PAYLOAD = re.compile(r"(?:.*/)?([0-9a-f]{64})\.[a-z.]+")
# The largest object that S3 copies with one request.
_MAX_COPY_BYTES = 5 * 2**30


class BucketCalls:
    """A store whose keys are objects of a bucket.

    Parameters
    ----------
    client : Client
        The bucket.
    cache_bytes : int, bytes
        Size limit of the copies of payloads in the cache folder of the user.
    identity : str
        Text that differs for other options of the same location.
    """

    def __init__(self, client: Client, *, cache_bytes: int, identity: str) -> None:
        self._client = client
        self._identity = identity
        self._guard = BucketGuard(client)
        self._cache = BlobCache(cache_folder() / "blobs", cache_bytes)
        self._large_folders: set[str] = set()

    @property
    def location(self) -> str:
        """URL of the store, without options."""
        return self._client.location

    @property
    def settles(self) -> bool:
        """False, because a stamp is a digest of the names."""
        return False

    @property
    def durable_reads(self) -> bool:
        """True, because an object that can be read is durable."""
        return True

    def guard(self, key: str, check: Check) -> None:
        """Check the content of a key before a write or a listing, if the last check is old."""
        self._guard.set(check_key(key), check)

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a small file."""
        check_key(key)
        with self._missing():
            content = self._client.read(key, max_bytes=max_bytes)
        self._guard.note(key, content)
        return content.data

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Return an iterator of the content of small files, which are read at the same time."""

        def read(key: str) -> bytes | StoreError:
            try:
                return self.read(key, max_bytes=max_bytes)
            except StoreError as error:
                return error

        return in_order(read, keys)

    def open(self, key: str, *, cached: bool = False) -> BinaryIO:
        """Open a file for reading and seeking."""
        if cached and (path := self._find_copy(key)):
            # Another process may have removed it to make room.
            with contextlib.suppress(FileNotFoundError):
                return open(path, "rb")
        if cached and (download := self._open_kept(key)):
            return download
        check_key(key)
        with self._missing():
            return open_object(self._client, key)

    def create(self, key: str, data: bytes, *, staging: str, first: First | None = None) -> None:
        """Write a small file only if its key does not exist. This is the one commit."""
        check_key(staging)
        check_key(key)
        self._require_writable()
        if first:
            together(*(first() or ()))
        create_object(self._client, key, bytes(data))

    def stage(self, staging: str) -> StagedObject:
        """Start writing a payload, in memory or in the cache folder of the user."""
        check_key(staging)
        self._require_writable()
        return StagedObject(self._client, self._require_writable, cache_folder() / "uploads")

    def names(self, folder: str, *, after: str | None = None) -> list[str]:
        """Return the names in a folder, sorted; empty if the folder does not exist."""
        self._require_folder(folder)
        return list_names(self._client, folder, after)

    def entries(self, folder: str) -> list[Entry]:
        """Return the entries of a folder, sorted by name; empty if it does not exist."""
        self._require_folder(folder)
        return list_entries(self._client, folder)

    def stamps(self, folder: str, below: Sequence[str], name: str | None = None) -> Stamps:
        """Return a digest of the names below each folder in `folder`, and the names."""
        self._require_folder(folder if name is None else f"{folder}/{name}")
        return list_stamps(self._client, folder, below, name)

    def info(self, key: str) -> Entry | None:
        """Return the entry of a file, or None if it does not exist."""
        self._require_folder(check_key(key))
        return self._client.head(key)

    def infos(self, keys: Iterable[str]) -> list[Entry | None]:
        """Return the entries of several files with few requests."""
        checked = [check_key(key) for key in keys]
        self._guard.require()
        return list_infos(self._client, checked, self._large_folders)

    def read_if_changed(self, key: str, tag: str | None, *, max_bytes: int) -> Content | None:
        """Return the content of a small file and its tag, or None if it still has this tag.

        Raises
        ------
        MissingKeyError
            If the key does not exist.
        """
        check_key(key)
        return self._client.read_if_changed(key, tag, max_bytes=max_bytes)

    def swap(self, key: str, data: bytes, tag: str | None) -> str | None:
        """Replace a derived file that still has a tag, or create it if `tag` is None.

        Returns
        -------
        str or None
            The new tag; None if the file has changed, or if the outcome is unknown.
        """
        check_key(key)
        self._require_writable()
        try:
            return self._client.swap(key, data, tag)
        except (AlreadyExistsError, PreconditionError, FileNotFoundError):
            return None
        except StoreError:
            raise
        except (BaseError, OSError, NotImplementedError, ValueError) as error:
            if transient(error):
                return None
            self._client.fail(error, key, "write")

    def remove(self, key: str) -> None:
        """Remove a payload or temporary data."""
        check_key(key)
        self._require_writable()
        self._require_existing(key)
        self._client.delete(key)

    def rename(self, key: str, new_key: str) -> None:
        """Copy a payload to another key, then remove it under the first one."""
        check_key(key)
        check_key(new_key)
        self._require_writable()
        found = self._require_existing(key)
        if new_key == key:
            return
        if found.size_bytes <= _MAX_COPY_BYTES:
            self._client.copy(key, new_key)
        else:
            with self.open(key) as source, self.stage(new_key) as staged:
                shutil.copyfileobj(source, staged, SMALL_BYTES)
                staged.publish(new_key)
        self._client.delete(key)

    def clock_ns(self, staging: str) -> int:
        """Return the time of the server in nanoseconds since 1970, in whole seconds on S3."""
        check_key(staging)
        self._require_writable()
        key = f"{staging}/clock-{os.urandom(8).hex()}"
        create_object(self._client, key, b"clock")
        try:
            return self._require_existing(key).modified_ns
        finally:
            self._client.delete(key)

    def local_path(self, key: str) -> str | None:
        """Return the path of a verified copy of a payload, or None for other files.

        A payload that is not in the cache is downloaded, and removed from it later if there is no
        more room.
        """
        path = self._find_copy(key)
        if path is None and (download := self._open_kept(key)):
            with download:
                # The last byte is read after all others were downloaded.
                download.seek(-1, os.SEEK_END)
                download.read(1)
            path = self._find_copy(key)
        return None if path is None else str(path)

    def _find_copy(self, key: str) -> Path | None:
        """Return the path of a verified copy, or None."""
        digest = _digest(key)
        return self._cache.find(digest) if digest else None

    def _open_kept(self, key: str) -> BinaryIO | None:
        """Open a payload that is kept in the cache after it was read, or return None."""
        digest = _digest(key)
        if not digest or not self._cache.max_bytes:
            return None
        with self._missing():
            return open_kept(self._client, key, self._cache, digest)

    @contextlib.contextmanager
    def _missing(self) -> Iterator[None]:
        """Check the guard before a key is reported as missing."""
        try:
            yield
        except MissingKeyError:
            self._guard.require(fresh=True)
            raise

    def _require_folder(self, folder: str) -> None:
        """Check a key, which is empty for the root, and the guard."""
        if folder:
            check_key(folder)
        self._guard.require()

    def _require_writable(self) -> None:
        self._guard.require()
        require_conditional_writes(self._client, self._identity)

    def _require_existing(self, key: str) -> Entry:
        found = self._client.head(key)
        if found is None:
            raise store_error(system_error(errno.ENOENT), key, verb="remove", place=self.location)
        return found


def _digest(key: str) -> str:
    """Return the digest in the key of a payload, or "" for other keys."""
    match = _PAYLOAD.fullmatch(check_key(key))
    return match[1] if match else ""
