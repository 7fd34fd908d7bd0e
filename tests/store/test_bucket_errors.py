"""Errors of a bucket are one sentence with the reason, and without credentials."""

from __future__ import annotations

import errno
import re

import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from exo_nbregistry.errors import MissingKeyError
from exo_nbregistry.store.bucket_errors import bucket_error, conflict, status, transient

SECRET = "sig=hunter2secret"
REPLY = (
    f"Generic S3 error: Error performing GET http://host/b/k?{SECRET} in 1.2s, after 2 retries, "
    "max_retries: 2, retry_timeout: 30s  - Server returned non-2xx status code: {0}: "
    "<Error><Code>{1}</Code><Message>x</Message></Error>\n\nDebug source:\nhunter2secret"
)
NO_REPLY = (
    f"Generic S3 error: Error performing GET http://host/b/k?{SECRET} in 1.2s, after 2 retries, "
    "max_retries: 2, retry_timeout: 30s  - HTTP error: error sending request\n\nDebug source:\n{0}"
)


def message(error: Exception, verb: str = "read") -> str:
    """Return the text of the error of a store."""
    found = bucket_error(error, "models/a", verb=verb, bucket="team", place="s3://team/x")
    text = str(found)
    assert "hunter2secret" not in text
    assert "\n" not in text
    assert "Debug source" not in text
    assert text.count(". ") <= 1
    return text


@pytest.mark.parametrize(
    ("answer", "code", "verb", "expected"),
    [
        ("403 Forbidden", "AccessDenied", "read", r"denied \(403 AccessDenied\).*read from the b"),
        ("403 Forbidden", "AccessDenied", "write", "write to the bucket 'team'"),
        ("403 Forbidden", "InvalidAccessKeyId", "list", "list the bucket 'team'"),
        ("401 Unauthorized", "NoAuthenticationInformation", "read", "access was denied"),
        ("301 Moved Permanently", "PermanentRedirect", "read", "in another region"),
        ("400 Bad Request", "AuthorizationHeaderMalformed", "read", "in another region"),
        ("503 Service Unavailable", "SlowDown", "read", "answered 503 SlowDown; try again later"),
        ("501 Not Implemented", "NotImplemented", "write", "does not support this request"),
        ("404 Not Found", "NoSuchBucket", "read", "there is no bucket 'team'; check the name"),
    ],
)
def test_an_answer_is_explained(answer: str, code: str, verb: str, expected: str) -> None:
    """The message names the key, the answer of the server, and what to do."""
    error = GenericError(REPLY.replace("{0}", answer).replace("{1}", code))
    text = message(error, verb)
    assert text.startswith(f"Cannot {verb} 'models/a' in s3://team/x: ")
    assert re.search(expected, text), text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tcp connect error: Connection refused (os error 111)", "cannot be reached"),
        ("dns error: failed to lookup address information", "host name is unknown"),
        ("operation timed out", "did not answer in time"),
        ("relative URL without a base: builder error", "pass one, or allow_http=True"),
        ("something else", "the request failed"),
    ],
)
def test_a_missing_answer_is_explained(source: str, expected: str) -> None:
    """A request without an answer has the reason of the network."""
    assert expected in message(GenericError(NO_REPLY.replace("{0}", source)))


def test_missing_credentials_are_explained() -> None:
    """Without credentials, the library asks a cloud machine that does not exist here."""
    for end in ("in 5s", "in 5s - Server returned non-2xx status code: 403 Forbidden"):
        error = GenericError(f"Error performing PUT http://169.254.169.254/latest/api/token {end}")
        assert "storage.toml" in message(error)


def test_a_missing_key_is_a_missing_key() -> None:
    """A missing object is a MissingKeyError; a missing folder to list is a missing bucket."""
    missing = FileNotFoundError("Object at location x not found")
    found = bucket_error(missing, "a", verb="read", bucket="team", place="s3://team")
    assert isinstance(found, MissingKeyError)
    assert found.errno == errno.ENOENT
    assert "there is no bucket 'team'" in message(missing, "list")
    assert "there is no bucket 'team'" in message(missing, "write")


def test_a_denied_call_has_its_number() -> None:
    """A denied call has the errno EACCES, as a file without permission."""
    error = PermissionDeniedError(REPLY.replace("{0}", "403 Forbidden"))
    found = bucket_error(error, "a", verb="read", bucket="team", place="s3://team")
    assert found.errno == errno.EACCES


def test_the_outcome_of_some_failures_is_unknown() -> None:
    """A busy server and a lost connection are tried again; a wrong request is not."""
    for answer in ("500 Internal Server Error", "503 Service Unavailable", "409 Conflict"):
        assert transient(GenericError(REPLY.replace("{0}", answer))), answer
    for answer in ("400 Bad Request", "403 Forbidden", "501 Not Implemented"):
        assert not transient(GenericError(REPLY.replace("{0}", answer))), answer
    assert transient(GenericError(NO_REPLY))


def test_a_conflict_is_not_an_existing_key() -> None:
    """On S3, 409 means that writers met; on Azure, that the key exists."""
    assert conflict(GenericError(REPLY.replace("{0}", "409 Conflict")))
    azure = REPLY.replace("{0}", "409 Conflict").replace("{1}", "BlobAlreadyExists")
    assert not conflict(GenericError(azure))
    assert not conflict(GenericError(REPLY.replace("{0}", "412 Precondition Failed")))


def test_a_number_in_a_url_is_not_a_status() -> None:
    """A status is not read from the address or the key."""
    assert status("GET http://host:8409/409 in 1s - error sending request") is None
    assert status("Server returned non-2xx status code: 409 Conflict") == 409
