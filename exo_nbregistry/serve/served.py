"""The state of an application: its version and how to predict with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request, Response

from exo_nbregistry.inference.table_errors import TableMismatchError
from exo_nbregistry.serve.answer_json import csv_response, many_response, one_response
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.problems import RequestError
from exo_nbregistry.serve.request_body import BodyReader
from exo_nbregistry.text.names import name_list

RunInThread = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Served:
    """The objects that the endpoints of one version use.

    Attributes
    ----------
    service : InferenceService
        The version.
    reader : BodyReader
        Reads the bodies of requests.
    live : LiveService
        The followed reference.
    run_in_thread : callable
        Runs a function beside the event loop, and returns its result.
    """

    service: InferenceService
    reader: BodyReader
    live: LiveService
    run_in_thread: RunInThread

    @classmethod
    def of(cls, request: Request) -> Served:
        """Return that of the application that answers a request."""
        served: Served = request.app.state.served
        return served

    async def predict(self, body: Any, *, strict: bool) -> Response:
        """Return the response to one row, or to an object that contains rows.

        Raises
        ------
        RequestError
            If the body has no rows.
        TableMismatchError
            If the rows do not match the signature and ``strict`` is true.
        """
        return await self._run(lambda: self._predict(body, strict=strict))

    async def predict_batch(self, body: Any, *, strict: bool) -> Response:
        """Return the response to many rows, as `predict`."""
        return await self._run(lambda: self._predict_batch(body, strict=strict))

    def _predict(self, body: Any, *, strict: bool) -> Response:
        batch, single = self.reader.read_one(body)
        predictions = self.service.predictions(batch, strict=strict)
        if single:
            if not batch.table and predictions[0].status == "missing":
                raise RequestError(422, "body", self._no_columns())
            return one_response(self.service, predictions[0])
        return many_response(self.service, predictions)

    def _predict_batch(self, body: Any, *, strict: bool) -> Response:
        batch = self.reader.read_many(body)
        if isinstance(body, bytes):
            return csv_response(self.service, self.service.answer(batch, strict=strict), batch)
        return many_response(self.service, self.service.predictions(batch, strict=strict))

    def _no_columns(self) -> str:
        names = name_list([str(column["name"]) for column in self.service.described])
        return f"has none of the columns of the model: {names}"

    async def _run(self, work: Callable[[], Response]) -> Response:
        try:
            return cast("Response", await self.run_in_thread(work))
        except TableMismatchError:
            raise
        except ValueError as error:
            # Only with strict: otherwise the answer to the row has the reason.
            reason = (str(error).splitlines() or [""])[0]
            raise RequestError(422, "body", f"was rejected by the model: {reason}") from error
