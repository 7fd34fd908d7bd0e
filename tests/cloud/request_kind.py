"""The kind of a request to a bucket, the same for S3 and Azure Blob Storage."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.cloud.http_message import Message

READS = ("LIST", "GET", "HEAD")
WRITES = ("CREATE", "SWAP", "PUT", "COPY", "MULTIPART", "DELETE")

_BLOCKS = ({"block"}, {"blocklist"})


def request_kind(request: Message) -> str:
    """Return the kind of a request.

    ``CREATE`` is a PUT only if the key does not exist, ``SWAP`` a PUT only if the object has not
    changed, ``MULTIPART`` each request that belongs to an upload in parts.
    """
    query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    action = set(query.get("comp", []))
    if query.keys() & {"uploads", "uploadId"} or action in _BLOCKS:
        return "MULTIPART"
    if request.method == "GET":
        return "LIST" if "list-type" in query or action == {"list"} else "GET"
    if request.method == "POST":
        return "DELETE" if "delete" in query or action == {"batch"} else "POST"
    if request.method == "PUT":
        return _put_kind(request.headers)
    return request.method


def _put_kind(headers: dict[str, str]) -> str:
    if headers.keys() & {"x-amz-copy-source", "x-ms-copy-source"}:
        return "COPY"
    if headers.get("if-none-match") == "*":
        return "CREATE"
    return "SWAP" if "if-match" in headers else "PUT"
