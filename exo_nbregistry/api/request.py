"""Requests with validated parameters, and replies."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

from exo_nbregistry.api.problem import Problem, bad_request, read_only
from exo_nbregistry.api.registries import Place, Registries, Registry
from exo_nbregistry.values.reference import check_version, model_key

MAX_BODY_BYTES = 64 << 10
MAX_TEXT = 2_000
MAX_ITEMS = 500
# Lists and objects in each other, as in the value of a tag.
_MAX_DEPTH = 20
_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}
_NUMBER = re.compile("[0-9]+", re.ASCII)
_MAX_DIGITS = 12


@dataclass(frozen=True)
class Reply:
    """A reply to a request.

    Attributes
    ----------
    content : dict or bytes
        Body. A dict is sent as JSON.
    content_type : str
        MIME type of the body.
    headers : mapping of str to str
        Additional headers.
    """

    content: dict[str, Any] | bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request. Its parameters are validated when they are read.

    Parameters
    ----------
    registries : Registries
        Available registries.
    names : mapping of str to str
        Named parts of the path.
    query : mapping of str to sequence of str
        Query parameters.
    body : bytes
        The raw body.
    content_type : str
        The Content-Type header.
    """

    registries: Registries
    names: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: bytes = b""
    content_type: str = ""

    @cached_property
    def place(self) -> Place:
        """The place of the registry in the path."""
        return self.registries.place(self.names["registry"])

    @cached_property
    def registry(self) -> Registry:
        """The registry in the path."""
        return self.registries.registry(self.place)

    @cached_property
    def writable(self) -> Registry:
        """The registry in the path; raises Problem if it is read-only."""
        if not self.registries.is_writable(self.place):
            raise read_only(self.place.location)
        return self.registry

    @property
    def model(self) -> str:
        """Key of the model in the path."""
        return model_key(self.names["name"])

    @property
    def version(self) -> int:
        """Number of the version in the path."""
        return check_version(_parse_int(self.names["version"], "version"))

    @property
    def ref(self) -> str:
        """Reference of the version in the path."""
        return f"{self.model}:{self.version}"

    def text(self, name: str, default: str = "") -> str:
        """Return a text parameter."""
        values = self.texts(name, max_count=1)
        return values[0] if values else default

    def texts(self, name: str, max_count: int) -> list[str]:
        """Return all values of a parameter, without empty ones."""
        values = [value for value in self.query.get(name, ()) if value.strip()]
        if len(values) > max_count:
            times = "once" if max_count == 1 else f"{max_count} times"
            raise bad_request(f"{name} may be given at most {times} (got {len(values)}).")
        for value in values:
            if len(value) > MAX_TEXT:
                raise bad_request(f"{name} must have at most {MAX_TEXT} characters.")
        return values

    def count(self, name: str, default: int, maximum: int) -> int:
        """Return a parameter that is an integer from 0 to `maximum`."""
        text = self.text(name)
        number = _parse_int(text, name) if text else default
        if number > maximum:
            raise bad_request(f"{name} must be at most {maximum}, got {number}.")
        return number

    def flag(self, name: str) -> bool:
        """Return a boolean parameter; the default is False."""
        text = self.text(name).lower()
        if text not in _FLAGS:
            raise bad_request(f"{name} must be true or false, got {text!r:.60}.")
        return _FLAGS[text]

    def folder_of_notebook(self) -> str:
        """Return the folder of the requesting notebook, relative to the root."""
        path = self.text("notebook").replace("\\", "/").strip("/")
        parts = path.split("/")
        if "\0" in path or ".." in parts or any(":" in part for part in parts[:1]):
            raise bad_request(
                f"notebook must be a path below the server's root folder, got {path!r:.60}."
            )
        return "/".join(part for part in parts[:-1] if part not in ("", ".")) or "."

    def fields(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, Any]:
        """Return the fields of the body; other fields are rejected."""
        fields = self._json()
        missing = [name for name in required if name not in fields]
        if missing:
            raise _bad_body(f"{missing[0]} is required in the body.")
        unknown = [name for name in fields if name not in (*required, *optional)]
        if unknown:
            raise _bad_body(f"Unknown field {unknown[0]!r:.60} in the body.")
        return fields

    def _json(self) -> dict[str, Any]:
        if not self.body.strip():
            return {}
        if len(self.body) > MAX_BODY_BYTES:
            raise Problem(413, "too_large", f"The body must have at most {MAX_BODY_BYTES} bytes.")
        if self.content_type.partition(";")[0].strip().lower() != "application/json":
            raise Problem(
                415, "unsupported_media_type", "The Content-Type must be application/json."
            )
        try:
            fields = json.loads(
                self.body,
                parse_constant=_reject,
                parse_float=_finite,
                object_pairs_hook=_unique,
            )
            _check_text(fields)
        except (ValueError, RecursionError):
            raise _bad_body(
                "The body must be a JSON object with valid text and finite numbers, nested at most "
                f"{_MAX_DEPTH} levels."
            ) from None
        if not isinstance(fields, dict):
            raise _bad_body("The body must be a JSON object.")
        return fields


def relative_to(folder: str, location: str) -> str:
    """Return the path from one folder to another, both relative to the root, with ``/``.

    Examples
    --------
    >>> relative_to("notebooks/kepler", "models/registry")
    '../../models/registry'
    """
    return os.path.relpath(os.path.join("/", location), os.path.join("/", folder)).replace(
        os.sep, "/"
    )


def _parse_int(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise bad_request(f"{name} must be a non-negative integer, got {text!r:.60}.")
    if len(text) > _MAX_DIGITS:
        raise bad_request(f"{name} must have at most {_MAX_DIGITS} digits, got {text!r:.60}.")
    return int(text)


def _bad_body(message: str) -> Problem:
    return Problem(422, "bad_body", message)


def _reject(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not valid JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _check_text(value: object, depth: int = 0) -> None:
    """Raise ValueError for half of a surrogate pair, and for deep nesting."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict | list):
        for one in value:
            _check_text(one, depth + 1)
            if isinstance(value, dict):
                _check_text(value[one], depth + 1)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("duplicate key in a JSON object")
    return fields
