"""Errors of a bucket as one sentence without credentials."""

from __future__ import annotations

import errno
import re

from obstore.exceptions import GenericError

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.store.key import store_error, system_error

_STATUS = re.compile(r"\b(\d{3}) [A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>|\"code\": ?\"([A-Za-z]{1,60})\"")
# A URL may have a signature or a token in its query.
_URL = re.compile(r"[a-z]+://[^\s)\"']+")
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "specified bucket does not exist")
_NO_CREDENTIALS = (
    *("169.254.169.254", "metadata.google", "fd00:ec2::254", "MissingCredentials"),
    *("missing credentials", "No credentials", "Account must be specified"),
)
_DENIED = {401, 403}
_REDIRECTED = {301, 307, 308}
_BUSY = {408, 409, 425, 429}
_USES = {"read": "read from", "list": "list"}


def bucket_error(error: Exception, key: str, *, verb: str, bucket: str, place: str) -> StoreError:
    """Return an error of obstore as a StoreError that names the key and what to do.

    Parameters
    ----------
    error : Exception
        The error. Only its status, its code and its first line without URLs are used, because
        the rest may contain signatures.
    key : str
        The key of the failed call; empty for the whole store.
    verb : str
        The failed action, such as ``read``.
    bucket : str
        Name of the bucket.
    place : str
        Location of the store.

    Examples
    --------
    >>> error = OSError("GET http://x?sig=1 failed: 403 Forbidden: <Code>AccessDenied</Code>")
    >>> bucket_error(error, "a", verb="read", bucket="b", place="s3://b")
    StoreError("Cannot read 'a' in s3://b: access was denied (403 AccessDenied); check the ...")
    """
    text = str(error)
    what = f"{key!r} in {place}" if key else place
    is_missing = isinstance(error, FileNotFoundError)
    if any(sign in text for sign in _NO_BUCKET) or (is_missing and verb in ("list", "write")):
        failure = StoreError(
            f"Cannot {verb} {what}: there is no bucket {bucket!r}; check the name, or create the "
            "bucket first.",
            key=key,
        )
        failure.errno = errno.ENOENT
        return failure
    if is_missing:
        return store_error(system_error(errno.ENOENT), key, verb=verb, place=place)
    reason, number = _reason(text, verb, bucket)
    failure = StoreError(f"Cannot {verb} {what}: {reason}", key=key)
    failure.errno = number
    return failure


def conflict(error: Exception) -> bool:
    """Return whether a server has answered 409, which on S3 does not mean that a key exists.

    Examples
    --------
    >>> conflict(OSError("status code: 409 Conflict: <Code>ConditionalRequestConflict</Code>"))
    True
    >>> conflict(OSError("status code: 409 Conflict: <Code>BlobAlreadyExists</Code>"))
    False
    """
    text = str(error)
    return status(text) == 409 and "BlobAlreadyExists" not in text


def transient(error: Exception) -> bool:
    """Return whether a request may have failed only this time, with an unknown outcome."""
    if not isinstance(error, GenericError):
        return False
    number = status(str(error))
    return number is None or number in _BUSY or (number >= 500 and number != 501)


def status(text: str) -> int | None:
    """Return the HTTP status in the text of an error, or None for a request without an answer.

    Examples
    --------
    >>> status("Server returned non-2xx status code: 503 Service Unavailable: <Error>")
    503
    >>> status("error sending request") is None
    True
    """
    found = _STATUS.search(_URL.sub("", text.partition("<")[0]))
    return int(found[1]) if found else None


def _reason(text: str, verb: str, bucket: str) -> tuple[str, int]:
    number = status(text)
    code = _CODE.search(text)
    name = next(filter(None, code.groups()), "") if code else ""
    answer = f"{number} {name}".strip()
    if any(sign in text for sign in _NO_CREDENTIALS):
        return (
            "no credentials were found; set them in the environment or in storage.toml, or pass "
            "storage_options=.",
            errno.EACCES,
        )
    if number in _DENIED:
        use = _USES.get(verb, "write to")
        return (
            f"access was denied ({answer}); check the credentials and whether they may {use} the "
            f"bucket {bucket!r}.",
            errno.EACCES,
        )
    if number in _REDIRECTED or name in ("PermanentRedirect", "AuthorizationHeaderMalformed"):
        return (
            f"the bucket is in another region ({answer}); pass "
            "storage_options={'region': ...} or set the region in the environment.",
            errno.EIO,
        )
    if number == 501:
        return f"the server does not support this request ({answer}).", errno.ENOTSUP
    if number is not None:
        return f"the server answered {answer}; try again later.", errno.EIO
    return _unanswered(text), errno.EIO


def _unanswered(text: str) -> str:
    lower = text.lower()
    if "builder error" in lower:
        return (
            "the endpoint must be an https address; pass one, or allow_http=True in a network that "
            "you trust."
        )
    if "dns error" in lower or "failed to lookup" in lower:
        return "the host name is unknown; check the endpoint, the region and the network."
    if "connection refused" in lower or "connect error" in lower:
        return "the server cannot be reached; check the endpoint and the network."
    if "timed out" in lower or "timeout" in lower.partition("retry_timeout")[0]:
        return "the server did not answer in time; check the network and try again."
    line = _URL.sub("the server", text.partition("\n")[0].partition("<")[0]).strip(" .")
    return f"the request failed ({line[:200]}); check the endpoint and the network."


def unknown_outcome(key: str, place: str, reason: StoreError) -> StoreError:
    """Return the error for a file that may have been created or not."""
    detail = str(reason).partition(": ")[2].partition(";")[0].rstrip(".")
    failure = StoreError(
        f"Cannot tell whether {key!r} was written to {place} ({detail}); check the network, then "
        "list the versions or the history before you repeat the call.",
        key=key,
    )
    failure.errno = errno.EIO
    return failure


def unsupported_store(name: str) -> InvalidInputError:
    """Return the error for an obstore store that cannot have a registry."""
    return InvalidInputError(
        f"A registry cannot be in an obstore {name}; pass the path of a folder, or an S3Store, "
        "AzureStore, GCSStore or MemoryStore."
    )
