"""Base class of panels whose view is drawn by the page, and whose requests the kernel answers."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlsplit

from ipywidgets import DOMWidget, Widget
from traitlets import Dict, TraitError, Unicode

from exo_nbregistry.api.answer import MAX_PARAMETERS, MAX_URL_CHARACTERS, Answer
from exo_nbregistry.api.plot_route import CAPTION
from exo_nbregistry.api.problem import Problem, bad_request, problem_of
from exo_nbregistry.api.request import MAX_BODY_BYTES
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import PANEL_MIME, StaticView, check_of_page
from exo_nbregistry.panels.kernel_requests import READY, VERSION, is_hello, packed, read_request

log = logging.getLogger("exo_nbregistry")

_JSON = {"Content-Type": "application/json"}
_MAX_CAPTION = 2_000


@dataclass(frozen=True, slots=True)
class Drawing:
    """A PNG and its description.

    Attributes
    ----------
    data : bytes
        Content of the file.
    caption : str
        Description for screen readers.
    """

    data: bytes
    caption: str


class LivePanel(StaticView, DOMWidget):
    """A panel with one widget model, which the view of the extension shows.

    Subclasses implement `respond`, `first_paths` and the stored view of `StaticView`.
    """

    _model_module = Unicode("exo-nbregistry").tag(sync=True)
    _model_module_version = Unicode("1.0.0").tag(sync=True)
    _model_name = Unicode("PanelModel").tag(sync=True)
    _view_module = Unicode("exo-nbregistry").tag(sync=True)
    _view_module_version = Unicode("1.0.0").tag(sync=True)
    _view_name = Unicode("PanelView").tag(sync=True)
    _kind = Unicode(help="Which view of the extension shows the panel.").tag(sync=True)
    _primed = Dict(help="Replies to the first requests of a view, by path.").tag(sync=True)

    # The traits that a page may set.
    _of_page: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **traits: Any) -> None:
        # Messages arrive in another thread than cells.
        self._lock = threading.RLock()
        super().__init__(**traits)
        self.on_msg(self._receive)

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

    def first_paths(self) -> Sequence[str]:
        """Return the paths that a view requests first; their replies are sent with the panel."""
        raise NotImplementedError

    def answer(self, method: str, path: str, body: object = None) -> Answer:
        """Return the answer to a request. Errors are answers too; nothing is raised.

        Parameters
        ----------
        method : str
            HTTP method.
        path : str
            Path and query.
        body : str, optional
            JSON; other types count as no body.
        """
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
            caption = quote(found.caption[:_MAX_CAPTION], errors="replace")
            return Answer(200, {"Content-Type": "image/png", CAPTION: caption}, found.data)
        return Answer(200, _JSON, json.dumps(found, allow_nan=False).encode())

    def set_state(self, sync_data: Any) -> None:
        """Apply changes of the page. A value that is not valid is replaced by the current one."""
        valid, refused = {}, []
        for name, value in sync_data.items() if isinstance(sync_data, Mapping) else ():
            if name not in self._of_page:
                continue
            try:
                check_of_page(name, value)
                valid[name] = self.traits()[name]._validate(self, value)
            except TraitError:
                refused.append(name)
        super().set_state(valid)
        if refused:
            self.send_state(refused)

    def close(self) -> None:
        """Close the panel, and free its memory in the kernel."""
        layout: Widget = self.layout
        super().close()
        layout.close()

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if is_hello(content) and self.comm is not None:
            self.send(READY)
        request = read_request(content)
        if request is None:
            return
        reply = self.answer(request.method, request.path, request.body)
        if self.comm is not None:
            head = {"v": VERSION, "type": "reply", "mark": request.mark, "status": reply.status}
            self.send(head | {"headers": dict(reply.headers)}, [packed(reply.body)])

    def _live_bundle(self, static: dict[str, Any], **_kwargs: Any) -> Any:
        # Without the mimetype of widgets, a front end without our extension shows the static view.
        self._prime()
        return static, {PANEL_MIME: {"model_id": self.model_id}}

    def _prime(self) -> None:
        """Send the first replies to the front end."""
        replies = {path: self.answer("GET", path) for path in self.first_paths()}
        self._primed = {
            path: (reply.status, dict(reply.headers), packed(reply.body))
            for path, reply in replies.items()
        }


def _parsed_query(path: object) -> dict[str, str]:
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
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


def _parsed_body(body: object) -> dict[str, Any]:
    if not isinstance(body, str) or not body:
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
