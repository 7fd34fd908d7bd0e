"""A store in a bucket of Amazon S3, Azure Blob Storage, Google Cloud Storage or compatible."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Self

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.store.blob_cache import DEFAULT_MAX_BYTES
from exo_nbregistry.store.bucket_calls import BucketCalls
from exo_nbregistry.store.bucket_client import Client
from exo_nbregistry.store.bucket_errors import unsupported_store
from exo_nbregistry.store.bucket_options import open_bucket, public_options, reopen
from exo_nbregistry.store.url import BucketUrl, parse_url

CACHE_OPTION = "cache_bytes"
_SERVICES = {"S3Store": "s3", "AzureStore": "az", "GCSStore": "gs"}


class BucketStore(BucketCalls):
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
    >>> BucketStore("s3://team/models", {"region": "eu-west-1", "skip_signature": True})
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
        client = Client(*stores, bucket=place.bucket, prefix=place.prefix, location=location)
        BucketCalls.__init__(self, client, cache_bytes=cache_bytes, identity=repr(self._again))

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
