"""Base class of live panels with routes of their own."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from exo_nbregistry.api.answer import MAX_PARAMETERS, MAX_URL_CHARACTERS, Answer
from exo_nbregistry.api.plot_route import plot_headers
from exo_nbregistry.api.problem import Problem, bad_request, problem_of
from exo_nbregistry.api.request import MAX_BODY_BYTES
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.live_panel import LivePanel

log = logging.getLogger("exo_nbregistry")

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A PNG and its description.

    Attributes
    ----------
    data : bytes
        Content of the file.
    caption : str
        Description for screen readers.
    width : int
        Width on the page, pixels.
    """

    data: bytes
    caption: str
    width: int


class RoutedPanel(LivePanel):
    """A live panel with requests of its own.

    Subclasses implement `respond`, `first_paths` and the stored view of `StaticView`.
    """

    def __init__(self, **traits: Any) -> None:
        # Messages arrive in another thread than cells.
        self._lock = threading.RLock()
        super().__init__(**traits)

    def respond(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]
    ) -> Mapping[str, Any] | Drawing:
        """Return the reply to a request of the page.

        Parameters
        ----------
        method : str
            HTTP method.
        path : str
            The path, without the query.
        query : mapping of str to str
            Parameters.
        body : mapping
            JSON body; empty if there is none.

        Raises
        ------
        RegistryError or OSError
            If the request is rejected; the page shows the message.
        """
        raise NotImplementedError

    def answer(self, method: str, path: str, body: str = "") -> Answer:
        """Return the answer to a request. Errors are answers too; nothing is raised."""
        try:
            query, content = _parsed_query(path), _parsed_body(body)
            with self._lock:
                found = self.respond(method, path.partition("?")[0], query, content)
        except Problem as problem:
            return _problem(problem)
        except (RegistryError, OSError) as error:
            return _problem(problem_of(error, changing=method != "GET", places={}))
        except Exception:
            log.exception("The request failed: %.20s %.200s", method, path)
            message = "The request failed; the log of the kernel has the reason."
            return _problem(Problem(500, "failed", message))
        if isinstance(found, Drawing):
            described = plot_headers(found.caption, found.width)
            return Answer(200, {"Content-Type": "image/png", **described}, found.data)
        return Answer(200, _JSON, json.dumps(found, allow_nan=False).encode())


def _parsed_query(path: str) -> dict[str, str]:
    if not path.startswith("/") or path.startswith("//"):
        raise bad_request("The URL must be a path, such as /candidates.")
    if len(path) > MAX_URL_CHARACTERS:
        raise bad_request(f"The URL must have at most {MAX_URL_CHARACTERS} characters.")
    try:
        pairs = parse_qsl(
            urlsplit(path).query,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except UnicodeDecodeError:
        raise bad_request("The query must be percent-encoded UTF-8.") from None
    except ValueError:
        raise bad_request(f"At most {MAX_PARAMETERS} parameters are accepted.") from None
    return dict(pairs)


def _parsed_body(body: str) -> dict[str, Any]:
    if not body:
        return {}
    if len(body.encode(errors="replace")) > MAX_BODY_BYTES:
        raise Problem(413, "too_large", f"The body must have at most {MAX_BODY_BYTES} bytes.")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("The body must be JSON.") from None
    if not isinstance(content, dict):
        raise bad_request("The body must be a JSON object.")
    return content


def _problem(problem: Problem) -> Answer:
    fields = problem.reply()
    fields.pop("allow", None)
    return Answer(problem.status, _JSON, json.dumps(fields, allow_nan=False).encode())
