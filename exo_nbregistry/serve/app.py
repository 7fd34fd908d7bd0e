"""The server's answers: /predict, /predict/batch, /model, /health and /openapi.json."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.requests import ClientDisconnect

from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.serve.auth import Guard
from exo_nbregistry.serve.body import RefusedError, parse_csv, parse_row, parse_rows, to_csv
from exo_nbregistry.serve.inference import InferenceService, Prediction
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.openapi import describe_api
from exo_nbregistry.serve.table_check import kind_of
from exo_nbregistry.serve.table_errors import TableMismatchError

_BODY_S = 30
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Limits:
    """How much the server takes, and from whom.

    Attributes
    ----------
    token : str or None
        What a client has to show.
    local_names_only : bool
        Whether it must be asked for under a name of this machine.
    max_bytes : int
        The largest body.
    max_rows : int
        The longest batch.
    extrapolate : bool
        Whether values outside the range of the training data are answered.
    poll_s : float
        How often the reference is looked up, in seconds.
    """

    token: str | None = None
    local_names_only: bool = False
    max_bytes: int = 4 << 20
    max_rows: int = 10_000
    extrapolate: bool = False
    poll_s: float = 1.0


class App(FastAPI):
    """The server's application.

    Parameters
    ----------
    live : LiveService
        What is served.
    limits : Limits
        How much, and to whom.
    """

    def __init__(self, live: LiveService, limits: Limits) -> None:
        super().__init__(docs_url=None, redoc_url=None, lifespan=_following)
        self.live = live
        self.limits = limits
        # Predicting keeps a processor busy, so that more threads only get in each other's way.
        self._slots = anyio.CapacityLimiter(os.cpu_count() or 1)
        self.add_middleware(Guard, token=limits.token, local_names_only=limits.local_names_only)
        self.add_exception_handler(RefusedError, _refused)
        self.add_exception_handler(TableMismatchError, _mismatched)
        self.add_exception_handler(ClientDisconnect, _gone)
        self.add_api_route("/predict", self._predict, methods=["POST"])
        self.add_api_route("/predict/batch", self._predict_batch, methods=["POST"])
        self.add_api_route("/model", self._model)
        self.add_api_route("/health", self._health)

    def openapi(self) -> dict[str, Any]:
        """Return the description of what is served at the moment."""
        return describe_api(
            self.live.current,
            token=self.limits.token is not None,
            extrapolate=self.limits.extrapolate,
        )

    async def _predict(self, request: Request) -> Response:
        _require_type(request, "application/json")
        row = parse_row(await self._body(request))
        (answer,) = await self._answers(self.live.current, [row])
        return JSONResponse(_as_json(answer))

    async def _predict_batch(self, request: Request) -> Response:
        kind = _require_type(request, "application/json", "text/csv")
        body = await self._body(request)
        service, most = self.live.current, self.limits.max_rows
        if kind == "text/csv":
            rows = parse_csv(body, service.columns, max_rows=most)
            answers = await self._answers(service, rows)
            return PlainTextResponse(_as_csv(service, answers), media_type="text/csv")
        answers = await self._answers(service, parse_rows(body, max_rows=most))
        return JSONResponse(
            {"version": service.version, "answers": [_as_json(answer) for answer in answers]}
        )

    async def _model(self) -> Response:
        return JSONResponse(_told(self.live.current))

    async def _health(self) -> Response:
        trouble = self.live.trouble
        return JSONResponse(
            {
                "status": "degraded" if trouble else "ok",
                "reference": self.live.ref,
                "version": self.live.current.version,
                "trouble": trouble,
            }
        )

    async def _answers(
        self, service: InferenceService, rows: Sequence[Mapping[str, Any]]
    ) -> list[Prediction]:
        try:
            return await self.in_thread(lambda: service.predict_rows(rows))
        except TableMismatchError:
            raise
        except ValueError as error:
            # Each model refuses in its own way what a signature cannot tell, such as a category.
            first = (str(error).splitlines() or [""])[0]
            raise RefusedError(422, "body", f"is refused by the model: {first}") from error

    async def in_thread(self, work: Callable[[], _Result]) -> _Result:
        """Do what keeps a processor busy beside the loop that listens."""
        return await anyio.to_thread.run_sync(work, limiter=self._slots)

    async def _body(self, request: Request) -> bytes:
        most = self.limits.max_bytes
        told = request.headers.get("content-length", "")
        body = bytearray()
        if told.isdecimal() and int(told) > most:
            raise RefusedError(413, "body", f"has {told} bytes, more than {most}")
        try:
            async with asyncio.timeout(_BODY_S):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise RefusedError(413, "body", f"has more than {most} bytes")
        except TimeoutError:
            raise RefusedError(408, "body", f"did not come within {_BODY_S} s") from None
        return bytes(body)


@contextlib.asynccontextmanager
async def _following(app: App) -> AsyncIterator[None]:
    """Follow the reference while the server runs."""

    async def follow() -> None:
        while True:
            await asyncio.sleep(app.limits.poll_s)
            # Not among the predictions: loading must not wait for them, nor they for it.
            await anyio.to_thread.run_sync(app.live.refresh)

    follower = asyncio.create_task(follow())
    try:
        yield
    finally:
        follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await follower


def _require_type(request: Request, *known: str) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in known:
        raise RefusedError(415, "Content-Type", f"must be {' or '.join(known)}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RefusedError(415, "Content-Encoding", "must be left out")
    return kind


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    detail = [{"field": error.field, "message": error.reason}]
    return JSONResponse({"detail": detail}, status_code=error.status)


async def _mismatched(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TableMismatchError)
    detail = [{"field": field, "message": message} for field, message in error.faults]
    return JSONResponse({"detail": detail}, status_code=422)


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)


def _as_json(answer: Prediction) -> dict[str, Any]:
    return {
        "prediction": answer.label,
        "probability": answer.probability,
        "probabilities": {str(label): share for label, share in answer.probabilities.items()},
        "outside": list(answer.outside),
        "version": answer.version,
    }


def _as_csv(service: InferenceService, answers: Sequence[Prediction]) -> str:
    classes = list(answers[0].probabilities)
    heading = ["prediction", *(f"probability_{label}" for label in classes), "outside", "version"]
    lines = (
        [
            answer.label,
            *(answer.probabilities[label] for label in classes),
            " ".join(answer.outside),
            service.version,
        ]
        for answer in answers
    )
    return to_csv([heading, *lines])


def _told(service: InferenceService) -> dict[str, Any]:
    metadata: ModelMetadata = service.metadata
    return {
        "version": service.version,
        "name": metadata.model_name,
        "algorithm": metadata.algorithm,
        "description": metadata.description,
        "registered": metadata.created_at.isoformat(),
        "dataset": metadata.training_dataset,
        "training_samples": metadata.training_samples,
        # JSON has neither NaN nor infinity.
        "metrics": {
            name: value if math.isfinite(value) else None
            for name, value in metadata.metrics.items()
        },
        "classes": list(service.classes),
        "columns": [
            {
                "name": column.name,
                "kind": kind_of(column),
                "minimum": column.minimum,
                "maximum": column.maximum,
                "may_be_missing": bool(column.missing),
            }
            for column in service.columns
        ],
    }
