"""Answers to requests of any transport: HTTP in the server, messages in the kernel."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from exo_nbregistry.api.problem import Problem, bad_request, problem_of
from exo_nbregistry.api.registries import Registries
from exo_nbregistry.api.request import MAX_BODY_BYTES, Reply, Request
from exo_nbregistry.api.routes import BY_DIGEST, ROUTES, TIMED, Call
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.journal.read_cache import Reads

log = logging.getLogger("exo_nbregistry")

MAX_URL_CHARACTERS = 16 << 10
MAX_PARAMETERS = 100
_CHANGES = {"PUT", "POST", "DELETE"}
_PRIVATE = "private, no-cache"
_NO_STORE = "no-store"
_JSON = "application/json"
_ETAG = re.compile(r'\*|(?:W/)?"[^"]*"')
_ROUTES = [(re.compile(pattern), calls) for pattern, calls in ROUTES.items()]
# Part of the ETag, because another release can return other replies for the same registry.
_STARTED = secrets.token_hex(4)


@dataclass(frozen=True)
class Answer:
    """Answer to a request.

    Attributes
    ----------
    status : int
        HTTP status.
    headers : mapping of str to str
        Headers, such as ``Content-Type`` and ``ETag``.
    body : bytes
        The body; empty with status 304.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def answer(
    registries: Registries,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    reads: Reads | None = None,
) -> Answer:
    """Answer a request. Errors are answers too; nothing is raised.

    All parts of an answer show one state of the registry, which is read once.

    Parameters
    ----------
    registries : Registries
        Available registries.
    method : str
        HTTP method.
    url : str
        Path below the root of the API and query, such as ``/registries/5f0c/models?limit=5``.
    headers : mapping of str to str
        Headers. Only ``Content-Type`` and ``If-None-Match`` are read.
    body : bytes
        The body.
    reads : Reads, optional
        What an earlier request has read, to continue with.

    Returns
    -------
    Answer
        The answer. Its body is JSON unless the route has another type.

    Examples
    --------
    >>> class NoRegistries:
    ...     def places(self):
    ...         return []
    >>> answer(NoRegistries(), "GET", "/registries", {}, b"").body
    b'{"registries": []}'
    >>> answer(NoRegistries(), "GET", "http://example.org/registries", {}, b"").status
    400
    """
    verb = method if isinstance(method, str) else ""
    verb = "GET" if verb == "HEAD" else verb
    try:
        known = _known_headers(headers)
        call, request = _parse(registries, verb, url, known.get("content-type", ""), body)
        with _one_state(request, reads):
            found = _run(call, request, verb, known.get("if-none-match", ""))
    except Problem as problem:
        found = _problem_answer(problem)
    except (RegistryError, OSError) as error:
        found = _error_answer(error, registries, changing=verb in _CHANGES)
    except Exception:
        log.exception("The request failed: %.20s %.200s", method, url)
        message = "The request failed; the log of the server or kernel has the reason."
        found = _problem_answer(Problem(500, "failed", message))
    return Answer(found.status, found.headers) if method == "HEAD" else found


def current_minute() -> int:
    """Return the number of minutes since 1970."""
    return int(time.time() // 60)


def _one_state(request: Request, reads: Reads | None) -> AbstractContextManager[object]:
    """Return a context in which a registry is read once."""
    if "registry" not in request.names:
        return nullcontext()
    return request.registry.consistent_reads(reads)


def _known_headers(headers: object) -> dict[str, str]:
    if not isinstance(headers, Mapping):
        return {}
    return {
        name.lower(): value
        for name, value in headers.items()
        if isinstance(name, str) and isinstance(value, str)
    }


def _parse(
    registries: Registries, verb: str, url: object, content_type: str, body: object
) -> tuple[Call, Request]:
    """Return the function of a route and its request."""
    if not isinstance(url, str) or not url.startswith("/") or url.startswith("//"):
        raise bad_request("The URL must be a path, such as /registries.")
    if len(url) > MAX_URL_CHARACTERS:
        raise bad_request(f"The URL must have at most {MAX_URL_CHARACTERS} characters.")
    if not url.isascii() and _has_half_characters(url):
        raise bad_request("The URL must be valid Unicode.")
    if not isinstance(body, bytes):
        raise bad_request("The body must be bytes.")
    if len(body) > MAX_BODY_BYTES:
        raise Problem(413, "too_large", f"The body must have at most {MAX_BODY_BYTES} bytes.")
    path, _, query = url.partition("?")
    calls, names = _route(path)
    if verb not in calls:
        raise Problem(
            405,
            "method_not_allowed",
            f"{verb or 'The method'} is not supported here.".replace("\n", " ")[:100],
            allow=sorted(calls),
        )
    return calls[verb], Request(registries, names, _parameters(query), body, content_type)


def _has_half_characters(text: str) -> bool:
    """Return whether a text contains half of a surrogate pair, which JSON allows."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _route(path: str) -> tuple[Mapping[str, Call], dict[str, str]]:
    for pattern, calls in _ROUTES:
        if match := pattern.fullmatch(path):
            return calls, {name: _decoded(text) for name, text in match.groupdict().items()}
    raise Problem(404, "not_found", f"Not found: {path[:200]}.")


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise bad_request("The path must be percent-encoded UTF-8.") from None


def _parameters(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(
            query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeDecodeError:
        raise bad_request("The query must be percent-encoded UTF-8.") from None
    except ValueError:
        raise bad_request(f"At most {MAX_PARAMETERS} parameters are accepted.") from None


def _run(call: Call, request: Request, verb: str, known: str) -> Answer:
    """Run the function of a route; a known revision or digest is a 304."""
    if verb in _CHANGES:
        return _sent(call(request), {"Cache-Control": _NO_STORE})
    headers = {"Cache-Control": _PRIVATE}
    if call not in BY_DIGEST:
        minute = f"-{current_minute()}" if call in TIMED else ""
        headers["ETag"] = f'W/"{request.registry.revision()}-{_STARTED}{minute}"'
        if _matches(known, headers["ETag"]):
            return Answer(304, headers)
    found = _sent(call(request), headers)
    if call not in BY_DIGEST:
        return found
    headers["ETag"] = f'"{hashlib.sha256(found.body).hexdigest()[:40]}"'
    if _matches(known, headers["ETag"]):
        return Answer(304, headers)
    return Answer(200, {**found.headers, "ETag": headers["ETag"]}, found.body)


def _matches(known: str, etag: str) -> bool:
    """Return whether If-None-Match has an ETag, by weak comparison."""
    listed = _ETAG.findall(known)
    return "*" in listed or etag.removeprefix("W/") in {one.removeprefix("W/") for one in listed}


def _sent(reply: Reply, headers: Mapping[str, str]) -> Answer:
    content = reply.content
    body = content if isinstance(content, bytes) else _dumped(content)
    return Answer(200, {"Content-Type": reply.content_type, **headers, **reply.headers}, body)


def _error_answer(
    error: RegistryError | OSError, registries: Registries, *, changing: bool
) -> Answer:
    problem = problem_of(error, changing=changing, places=registries.names_of_paths())
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("exo-nbregistry: %s", error)
    return _problem_answer(problem)


def _problem_answer(problem: Problem) -> Answer:
    headers = {"Content-Type": _JSON, "Cache-Control": _NO_STORE}
    fields = problem.reply()
    allowed: Any = fields.pop("allow", None)
    if allowed:
        headers["Allow"] = ", ".join(allowed)
    return Answer(problem.status, headers, _dumped(fields))


def _dumped(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, allow_nan=False).encode()
