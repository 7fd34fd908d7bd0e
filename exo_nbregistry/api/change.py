"""A change of a registry: previewed without an effect, or made with the way to undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.registry_call import RegistryCall
from exo_nbregistry.api.request import Reply, Request


@dataclass(frozen=True, slots=True)
class Undo:
    """The request that undoes a change.

    Attributes
    ----------
    method : str
        HTTP method.
    parts : tuple of str
        Parts of the path after the registry.
    body : dict
        Body of the request.
    calls : tuple of RegistryCall
        The same as Python.
    """

    method: str
    parts: tuple[str, ...]
    body: dict[str, Any]
    calls: tuple[RegistryCall, ...]

    def to_json(self, registry_id: str) -> dict[str, Any]:
        """Return the request as JSON."""
        path = "/".join(quote(part, safe="") for part in ("registries", registry_id, *self.parts))
        code = "\n".join(call.code() for call in self.calls)
        return {"method": self.method, "path": f"/{path}", "body": self.body, "code": code}


UNCHANGED = "Nothing has changed."


@dataclass(frozen=True, slots=True)
class Change:
    """A change that a request asks for.

    Attributes
    ----------
    calls : tuple of RegistryCall
        The calls that make the change.
    question : str
        What will happen, to confirm.
    message : str
        What happened.
    undo : Undo or None
        The request that undoes the change; None if there is none.
    warnings : tuple of str
        Sentences to read before the confirmation.
    body : dict
        Body of the request that makes exactly this change.
    no_undo : str
        Why `undo` is None, as a sentence after `message`.
    """

    calls: tuple[RegistryCall, ...]
    question: str
    message: str
    undo: Undo | None = None
    warnings: tuple[str, ...] = ()
    body: dict[str, Any] | None = None
    no_undo: str = ""


def is_preview(fields: dict[str, Any]) -> bool:
    """Return whether the body of a request asks for a preview."""
    preview = fields.pop("preview", False)
    if not isinstance(preview, bool):
        raise Problem(422, "bad_body", f"preview must be true or false, got {preview!r:.60}.")
    return preview


def answer_change(
    request: Request,
    change: Change,
    preview: bool,
    content: Callable[[Any], dict[str, Any]],
) -> Reply:
    """Return the preview of a change, or make it.

    Parameters
    ----------
    request : Request
        The request.
    change : Change
        The change.
    preview : bool
        Whether to change nothing.
    content : callable
        Takes the result of the last call, and returns the fields of the reply.
    """
    code = "\n".join(call.code() for call in change.calls)
    registry = request.writable
    if preview:
        return Reply(
            {
                "code": code,
                "message": change.question,
                "warnings": list(change.warnings),
                "body": change.body or {},
            }
        )
    result = None
    for call in change.calls:
        result = call.run(registry)
    undo = change.undo and change.undo.to_json(request.names["registry"])
    message = change.message if undo else f"{change.message} {change.no_undo}".rstrip()
    return Reply({**content(result), "code": code, "message": message, "undo": undo})
