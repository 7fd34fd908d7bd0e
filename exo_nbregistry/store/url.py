"""URLs of buckets: ``scheme://bucket`` or ``scheme://bucket/prefix``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.store.key import check_key

SCHEMES = ("s3", "az", "gs")
# One letter is a drive of Windows.
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_WITHOUT_SLASHES = re.compile(r"(s3|az|gs):[\\/](?!/)", re.IGNORECASE)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_CREDENTIALS = "pass credentials with storage_options=, in the environment or in the user's config"


@dataclass(frozen=True, slots=True)
class BucketUrl:
    """A place in a bucket; ``str`` of it is its one spelling.

    Attributes
    ----------
    scheme : {'s3', 'az', 'gs'}
        Amazon S3 and compatible stores, Azure Blob Storage, or Google Cloud Storage.
    bucket : str
        Name of the bucket, or of the container on Azure.
    prefix : str
        Names joined by ``/``, which all keys begin with; empty for the whole bucket.
    """

    scheme: str
    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")


def is_url(text: str) -> bool:
    """Return whether a text is a URL of any scheme, not a path.

    Examples
    --------
    >>> is_url("s3://models/kepler"), is_url("models/kepler"), is_url("C:/models")
    (True, False, False)
    """
    return _URL.fullmatch(text) is not None


def require_slashes(text: str) -> None:
    """Check that a text is not the URL of a bucket without its two slashes, which would be a path.

    Parameters
    ----------
    text : str
        A path or a URL.

    Raises
    ------
    InvalidInputError
        If the slashes are missing. The message does not repeat the text, which may have a password.

    Examples
    --------
    >>> require_slashes("s3://models/kepler")
    >>> require_slashes("s3:/models/kepler")
    Traceback (most recent call last):
    exo_nbregistry.errors.InvalidInputError: The URL of a bucket must have two slashes, ...
    """
    if _WITHOUT_SLASHES.match(text):
        raise InvalidInputError(
            "The URL of a bucket must have two slashes, such as 's3://bucket/registry'."
        )


def parse_url(text: str) -> BucketUrl:
    """Return the scheme, bucket and prefix of a URL.

    Parameters
    ----------
    text : str
        The URL; a slash at its end is ignored.

    Raises
    ------
    InvalidInputError
        If the URL is invalid, or has user info, a query or a fragment, which may be credentials
        and therefore are not in the message.

    Examples
    --------
    >>> parse_url("s3://team/models/kepler/")
    BucketUrl(scheme='s3', bucket='team', prefix='models/kepler')
    >>> parse_url("s3://team?endpoint=x")
    Traceback (most recent call last):
    exo_nbregistry.errors.InvalidInputError: The URL of a bucket cannot have a query ('?...'); ...
    """
    match = _URL.fullmatch(text)
    scheme = match[1].lower() if match else ""
    rest = match[2] if match else ""
    for mark, what in (("@", "user info ('...@')"), ("?", "a query ('?...')")):
        if mark in rest:
            raise InvalidInputError(f"The URL of a bucket cannot have {what}; {_CREDENTIALS}.")
    if "#" in rest:
        raise InvalidInputError(
            "The URL of a bucket cannot have a fragment ('#...'); remove it, or choose a prefix "
            "without '#'."
        )
    if scheme not in SCHEMES:
        raise InvalidInputError(
            f"Unknown scheme {scheme!r} in the URL of a bucket; use s3://bucket/prefix, "
            "az://container/prefix or gs://bucket/prefix, or the path of a folder."
        )
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.removesuffix("/")
    if not _BUCKET.fullmatch(bucket):
        raise InvalidInputError(
            f"Invalid bucket name {bucket!r}; a name has at least 3 of the characters a-z, 0-9, "
            "'.', '_' and '-', as in s3://bucket/prefix."
        )
    _check_prefix(prefix)
    return BucketUrl(scheme, bucket, prefix)


def _check_prefix(prefix: str) -> None:
    try:
        if prefix:
            check_key(prefix)
    except StoreError:
        raise InvalidInputError(
            f"Invalid prefix {prefix!r} in the URL of a bucket; it must be names joined by '/', "
            "without empty names, '.', '..', '\\' or ':'."
        ) from None
    if "%" in prefix or not prefix.isprintable():
        raise InvalidInputError(
            f"Invalid prefix {prefix!r} in the URL of a bucket; write its characters without "
            "'%' escapes and without control characters."
        )
