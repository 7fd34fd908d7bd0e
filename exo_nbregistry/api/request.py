"""One request: its parameters, each checked when it is asked for, and the registry it is about."""

from __future__ import annotations

import json
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
_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}
_NUMBER = re.compile("[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Reply:
    """What is sent back.

    Attributes
    ----------
    content : dict or bytes
        A dict is sent as JSON.
    content_type : str
        What it is.
    headers : mapping of str to str
        Further headers.
    """

    content: dict[str, Any] | bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request.

    Parameters
    ----------
    registries : Registries
        The registries that it may name.
    names : mapping of str to str
        The named parts of the path.
    query : mapping of str to sequence of str
        The parameters.
    body : bytes
        The body as it came.
    content_type : str
        What it is said to be.
    """

    registries: Registries
    names: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: bytes = b""
    content_type: str = ""

    @cached_property
    def place(self) -> Place:
        """The place of the registry that the path names."""
        return self.registries.place(self.names["registry"])

    @cached_property
    def registry(self) -> Registry:
        """The registry that the path names."""
        return self.registries.registry(self.place)

    @cached_property
    def writable(self) -> Registry:
        """The registry that the path names, if it takes changes."""
        if not self.registries.is_writable(self.place):
            raise read_only(self.place.location)
        return self.registry

    @property
    def model(self) -> str:
        """The model that the path names, as its key."""
        return model_key(self.names["name"])

    @property
    def version(self) -> int:
        """The version that the path names."""
        return check_version(_parse_int(self.names["version"], "version"))

    @property
    def ref(self) -> str:
        """The version that the path names, as a reference."""
        return f"{self.model}:{self.version}"

    def text(self, name: str, otherwise: str = "") -> str:
        """Return a parameter."""
        values = self.texts(name, max_count=1)
        return values[0] if values else otherwise

    def texts(self, name: str, max_count: int) -> list[str]:
        """Return a parameter that may be given several times; empty ones are left out."""
        values = [value for value in self.query.get(name, ()) if value.strip()]
        if len(values) > max_count:
            raise bad_request(f"{name} is given {len(values)} times, and {max_count} is the most.")
        for value in values:
            if len(value) > MAX_TEXT:
                raise bad_request(f"{name} has more than {MAX_TEXT} characters.")
        return values

    def count(self, name: str, otherwise: int, maximum: int) -> int:
        """Return a parameter that is a whole number from 0."""
        text = self.text(name)
        number = _parse_int(text, name) if text else otherwise
        if number > maximum:
            raise bad_request(f"{name} is at most {maximum}.")
        return number

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false; false if it is not given."""
        text = self.text(name).lower()
        if text not in _FLAGS:
            raise bad_request(f"{name} is true or false, not {text!r:.60}.")
        return _FLAGS[text]

    def folder_of_notebook(self) -> str:
        """Return the folder, relative to the root, of the notebook that asks."""
        path = self.text("notebook").replace("\\", "/").strip("/")
        parts = path.split("/")
        if "\0" in path or ".." in parts or any(":" in part for part in parts[:1]):
            raise bad_request("notebook is a path below the server's root folder.")
        return "/".join(part for part in parts[:-1] if part not in ("", ".")) or "."

    def fields(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, Any]:
        """Return the body's fields, which are no others than those that are named."""
        fields = self._json()
        missing = [name for name in required if name not in fields]
        if missing:
            raise _bad_body(f"The body has no {missing[0]!r}.")
        unknown = [name for name in fields if name not in (*required, *optional)]
        if unknown:
            raise _bad_body(f"The body's {unknown[0]!r:.60} is not known here.")
        return fields

    def _json(self) -> dict[str, Any]:
        if not self.body.strip():
            return {}
        if len(self.body) > MAX_BODY_BYTES:
            raise Problem(413, "too_large", f"A body has at most {MAX_BODY_BYTES} bytes.")
        if self.content_type.partition(";")[0].strip().lower() != "application/json":
            raise Problem(415, "unsupported_media_type", "A body is sent as application/json.")
        try:
            fields = json.loads(self.body, parse_constant=_refuse, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            raise _bad_body("The body is no JSON object.") from None
        if not isinstance(fields, dict):
            raise _bad_body("The body is no JSON object.")
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
        raise bad_request(f"{name} is a whole number from 0, not {text!r:.60}.")
    return int(text)


def _bad_body(message: str) -> Problem:
    return Problem(422, "bad_body", message)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name is given twice")
    return fields
