"""FastAPI routes that read JSON without guessing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from exo_nbregistry.serve.problems import RequestError

# Python clients write missing values as NaN.
_CONSTANTS = {"NaN": None, "Infinity": math.inf, "-Infinity": -math.inf}


class JsonRequest(Request):
    """A request whose JSON is read with `parse_json`."""

    async def json(self) -> Any:
        """Return the body as Python objects."""
        return parse_json(await self.body(), max_names=self.app.state.max_names)


class JsonRoute(APIRoute):
    """A FastAPI route whose requests are `JsonRequest`.

    Source: https://fastapi.tiangolo.com/how-to/custom-request-and-route/
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of FastAPI, on a `JsonRequest`."""
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_json


def parse_json(body: bytes, *, max_names: int) -> Any:
    """Return JSON as Python objects, NaN as None.

    Raises
    ------
    RequestError
        If it cannot be parsed, or an object has too many names or one twice.

    Examples
    --------
    >>> parse_json(b'{"koi_depth": 100.5, "koi_teq": NaN}', max_names=9)
    {'koi_depth': 100.5, 'koi_teq': None}
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs) or len(pairs) > max_names:
            check_names([name for name, _ in pairs], max_names)
        return found

    try:
        return json.loads(body, object_pairs_hook=unique, parse_constant=_CONSTANTS.__getitem__)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "body", f"is not valid JSON: {error}") from None


def check_names(names: Sequence[str], max_names: int) -> None:
    """Raise RequestError if there are too many names, or a name occurs twice."""
    # pydantic reports each unknown name, which takes seconds for a million of them.
    if len(names) > max_names:
        raise RequestError(413, "body", f"has {len(names)} names; send at most {max_names}")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RequestError(400, name, "is given more than once; pass one value")
        seen.add(name)
