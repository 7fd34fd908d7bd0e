"""A store in a bucket of Amazon S3, Azure Blob Storage, Google Cloud Storage or compatible."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Self

from exo_nbregistry.errors import InvalidInputError, MissingKeyError, StoreError
from exo_nbregistry.fs.file import First
from exo_nbregistry.fs.parallel import together
from exo_nbregistry.fs.user_folders import cache_folder
from exo_nbregistry.store.base import Check, Entry, Stamps
from exo_nbregistry.store.blob_cache import DEFAULT_MAX_BYTES, BlobCache
from exo_nbregistry.store.bucket_client import Client
from exo_nbregistry.store.bucket_create import create_object
from exo_nbregistry.store.bucket_errors import unsupported_store
from exo_nbregistry.store.bucket_guard import BucketGuard
from exo_nbregistry.store.bucket_listing import list_entries, list_infos, list_names, list_stamps
from exo_nbregistry.store.bucket_options import open_bucket, public_options, reopen
from exo_nbregistry.store.bucket_payload import SMALL_BYTES, StagedObject, open_object
from exo_nbregistry.store.bucket_probe import require_conditional_writes
from exo_nbregistry.store.bucket_threads import in_order
from exo_nbregistry.store.key import check_key, store_error, system_error
from exo_nbregistry.store.url import BucketUrl, parse_url

CACHE_OPTION = "cache_bytes"
_PAYLOAD = re.compile(r"(?:.*/)?([0-9a-f]{64})\.[a-z.]+")
_SERVICES = {"S3Store": "s3", "AzureStore": "az", "GCSStore": "gs"}
# The largest object that S3 copies with one request.
_MAX_COPY_BYTES = 5 * 2**30


class BucketStore:
    """A store whose keys are objects of a bucket.

    Parameters
    ----------
    url : str
        Where the keys are: ``s3://bucket/prefix``, ``az://container/prefix`` or
        ``gs://bucket/prefix``.
    options : mapping of str to object, optional
        Options by the names of obstore, such as ``endpoint``, ``region`` or ``access_key_id``,
        and ``cache_bytes``: the size limit of the copies of payloads in the cache folder of the
        user, 10 GiB by default and 0 for no copies. The environment has the defaults of the
        service's options.

    Raises
    ------
    InvalidInputError
        If the URL or an option is invalid.

    Examples
    --------
    >>> BucketStore("s3://team/models", {"region": "eu-west-1", "secret_access_key": "x"})
    BucketStore('s3://team/models')
    """

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        place = parse_url(url)
        options = dict(options or {})
        cache_bytes = _cache_bytes(options.pop(CACHE_OPTION, DEFAULT_MAX_BYTES))
        self._again: tuple[str, dict[str, Any]] | None = (
            str(place),
            {**public_options(options), CACHE_OPTION: cache_bytes},
        )
        self._use(open_bucket(place, options), place, str(place), cache_bytes)

    @classmethod
    def over(cls, obstore_store: Any, *, cache_bytes: int = DEFAULT_MAX_BYTES) -> Self:
        """Return a store on an obstore store; its prefix is kept.

        Parameters
        ----------
        obstore_store : ObjectStore
            An ``S3Store``, ``AzureStore``, ``GCSStore`` or ``MemoryStore``.
        cache_bytes : int, bytes
            The size limit of the copies of payloads in the cache folder of the user.

        Raises
        ------
        InvalidInputError
            If it is another store, such as obstore's ``LocalStore``.

        Examples
        --------
        >>> from obstore.store import S3Store
        >>> BucketStore.over(S3Store("team", prefix="models", region="eu-west-1"))
        BucketStore('s3://team/models')
        """
        kind = type(obstore_store).__name__
        place = BucketUrl("memory", os.urandom(4).hex())
        if kind in _SERVICES:
            config = obstore_store.config
            bucket = config.get("bucket") or config.get("container_name") or ""
            place = BucketUrl(_SERVICES[kind], bucket, (obstore_store.prefix or "").strip("/"))
        elif kind != "MemoryStore":
            raise unsupported_store(kind)
        self = cls.__new__(cls)
        self._again = None
        # The obstore store adds its own prefix.
        inner = BucketUrl(place.scheme, place.bucket)
        self._use(reopen(obstore_store), inner, str(place), _cache_bytes(cache_bytes))
        return self

    def _use(
        self, stores: tuple[Any, Any], place: BucketUrl, location: str, cache_bytes: int
    ) -> None:
        self._client = Client(*stores, bucket=place.bucket, prefix=place.prefix, location=location)
        self._guard = BucketGuard(self._client)
        self._identity = repr(self._again)
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
        if cached and (path := self.local_path(key)):
            return open(path, "rb")
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
        match = _PAYLOAD.fullmatch(check_key(key))
        if match is None or not self._cache.max_bytes:
            return None
        path = self._cache.find(match[1])
        if path is None:
            with self._missing(), open_object(self._client, key) as source:
                size = source.seek(0, os.SEEK_END)
                source.seek(0)
                path = self._cache.fill(match[1], source, size)
        return None if path is None else str(path)

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

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.location!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._again is None:
            raise InvalidInputError(
                f"{self!r} cannot be sent to another process, because the obstore store may "
                "contain credentials; pass the URL and storage_options= instead of the store."
            )
        return type(self), self._again


def _cache_bytes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidInputError(
            f"{CACHE_OPTION} must be a number of bytes, or 0 for no copies, got {value!r}."
        )
    return value
