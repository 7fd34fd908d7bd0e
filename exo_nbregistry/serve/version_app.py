"""The FastAPI application of one version: /predict, /predict/batch, /model and /health."""

# Annotations are evaluated where they are written: FastAPI reads the pydantic models from them.

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.serve.csv_format import to_csv
from exo_nbregistry.serve.inference import InferenceService, Prediction
from exo_nbregistry.serve.json_route import JsonRoute
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.problems import RequestError, problem_response
from exo_nbregistry.serve.schemas import ColumnInfo, Health, ModelInfo, Problems, Schemas
from exo_nbregistry.serve.table_check import kind_of
from exo_nbregistry.serve.table_errors import TableMismatchError

_JSON, _CSV = "application/json", "text/csv"
_CSV_CONTENT = {"content": {_CSV: {"schema": {"type": "string"}}}}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problems, "description": "The body cannot be parsed."},
    401: {"model": Problems, "description": "The token is missing or wrong."},
    413: {"model": Problems, "description": "The body is too large, or has too many rows."},
    415: {"model": Problems, "description": "The content type is not supported."},
    422: {"model": Problems, "description": "The rows do not match the model's signature."},
}
# By pydantic's error types, for the body as a whole or for one row.
_BODY_MESSAGES = {
    "missing": "must not be empty; send JSON or CSV",
    "list_type": "must be a list of objects",
    "model_type": "must be an object with a value for each column",
    "model_attributes_type": "must be an object with a value for each column",
    "too_short": "must have at least one row",
    "string_unicode": "must not have lone surrogates in its keys",
}


@dataclass(frozen=True)
class _Served:
    """What the endpoints of an application use, in its state."""

    service: InferenceService
    schemas: Schemas
    live: LiveService
    run_in_thread: Callable[[Callable[[], Any]], Awaitable[Any]]

    async def predict(self, rows: Sequence[BaseModel]) -> list[Prediction]:
        table = self.schemas.table(rows)
        try:
            return cast(
                "list[Prediction]",
                await self.run_in_thread(
                    lambda: self.service.predict_columns(table, rows=len(rows))
                ),
            )
        except TableMismatchError:
            raise
        except ValueError as error:
            # Such as a category that the model does not know: the signature has no categories.
            reason = (str(error).splitlines() or [""])[0]
            raise RequestError(422, "body", f"was rejected by the model: {reason}") from error


def build_version_app(
    live: LiveService,
    limits: Limits,
    run_in_thread: Callable[[Callable[[], Any]], Awaitable[Any]],
) -> FastAPI:
    """Return the application of the version that is live now.

    Parameters
    ----------
    live : LiveService
        The followed reference.
    limits : Limits
        Limits of requests.
    run_in_thread : callable
        Runs a function beside the event loop, and returns its result.
    """
    service = live.current
    schemas = Schemas(
        service.columns,
        service.classes,
        example=service.example,
        max_rows=limits.max_rows,
        extrapolate=limits.extrapolate,
    )
    # This describes the token in /openapi.json; AuthMiddleware checks it.
    bearer = HTTPBearer(scheme_name="token", auto_error=False)
    app = FastAPI(
        title=f"Predictions of {service.metadata.model_name}",
        version=service.version,
        description=service.metadata.description or "",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(bearer)] if limits.token is not None else [],
        exception_handlers={
            RequestError: _reject,
            TableMismatchError: _reject_table,
            RequestValidationError: _reject_invalid,
        },
    )
    app.router.route_class = JsonRoute
    app.state.max_names = schemas.max_names
    app.state.served = _Served(service, schemas, live, run_in_thread)
    _add_predictions(app, schemas)
    app.get("/model", summary="Describe the model")(model)
    app.get("/health", summary="Report the state of the server")(health)
    return app


def _add_predictions(app: FastAPI, schemas: Schemas) -> None:
    @app.post(
        "/predict",
        summary="Predict one row",
        response_model=schemas.answer,
        responses=_ERRORS,
        dependencies=[Depends(_require_json)],
    )
    async def predict(
        request: Request,
        row: schemas.row,  # type: ignore[name-defined]
    ) -> Any:
        served = _served(request)
        (prediction,) = await served.predict([row])
        return served.schemas.to_answer(prediction)

    @app.post(
        "/predict/batch",
        summary="Predict many rows",
        response_model=schemas.answers,
        responses=_ERRORS | {200: _CSV_CONTENT},
        openapi_extra={"requestBody": _CSV_CONTENT},
    )
    async def predict_batch(
        request: Request,
        content_type: Annotated[str, Depends(_require_json_or_csv)],
        rows: schemas.rows,  # type: ignore[name-defined]
    ) -> Any:
        served = _served(request)
        predictions = await served.predict(rows.root)
        if content_type == _CSV:
            return PlainTextResponse(_to_csv(predictions), media_type=_CSV)
        answers = list(map(served.schemas.to_answer, predictions))
        return served.schemas.answers(version=served.service.version, answers=answers)

    # FastAPI caches thousands of endpoints: they must hold neither a model nor its schemas.
    for endpoint in (predict, predict_batch):
        endpoint.__annotations__.clear()


async def model(request: Request) -> ModelInfo:
    """Return the description of the served version."""
    service = _served(request).service
    return _model_info(service, service.metadata)


async def health(request: Request) -> Health:
    """Return the state of the server."""
    served = _served(request)
    trouble = served.live.trouble
    return Health(
        status="degraded" if trouble else "ok",
        reference=served.live.ref,
        version=served.service.version,
        trouble=trouble,
    )


def _served(request: Request) -> _Served:
    served: _Served = request.app.state.served
    return served


async def _reject(_request: Request, error: RequestError) -> Response:
    return error.response()


async def _reject_table(_request: Request, error: TableMismatchError) -> Response:
    return problem_response(422, error.problems)


async def _reject_invalid(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    if len(first["loc"]) == 1:
        message = _BODY_MESSAGES.get(first["type"], first["msg"])
        return problem_response(422, [("body", message)])
    # pydantic stops at the first faulty row; the table check reports all of them.
    served = _served(request)
    body = served.schemas.parse(error.body)
    rows = body if isinstance(body, list) else [body]
    problems = await served.run_in_thread(lambda: _row_problems(served.service, rows))
    return problem_response(422, problems or [(str(first["loc"][-1]), first["msg"])])


def _row_problems(service: InferenceService, rows: Sequence[Any]) -> Sequence[tuple[str, str]]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            return [("body", f"must be a list of objects; row {number} is not an object")]
    try:
        service.check_rows(rows)
    except TableMismatchError as error:
        return error.problems
    return []


async def _require_json(request: Request) -> str:
    return _require_type(request, _JSON)


async def _require_json_or_csv(request: Request) -> str:
    return _require_type(request, _JSON, _CSV)


def _require_type(request: Request, *supported: str) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in supported:
        raise RequestError(415, "Content-Type", f"must be {' or '.join(supported)}")
    return kind


def _to_csv(predictions: Sequence[Prediction]) -> str:
    classes = list(predictions[0].probabilities)
    header = ["prediction", *(f"probability_{label}" for label in classes), "outside", "version"]
    lines = (
        [
            prediction.label,
            *(prediction.probabilities[label] for label in classes),
            " ".join(prediction.outside),
            prediction.version,
        ]
        for prediction in predictions
    )
    return to_csv([header, *lines])


def _model_info(service: InferenceService, metadata: ModelMetadata) -> ModelInfo:
    return ModelInfo(
        version=service.version,
        name=metadata.model_name,
        algorithm=metadata.algorithm,
        description=metadata.description,
        registered=metadata.created_at.isoformat(),
        dataset=metadata.training_dataset,
        training_samples=metadata.training_samples,
        # JSON has neither NaN nor infinity.
        metrics={
            name: value if math.isfinite(value) else None
            for name, value in metadata.metrics.items()
        },
        classes=list(service.classes),
        columns=[
            ColumnInfo(
                name=column.name,
                kind=kind_of(column),
                minimum=column.minimum,
                maximum=column.maximum,
                may_be_missing=bool(column.missing),
            )
            for column in service.columns
        ],
    )
