"""The FastAPI application of one version: /predict, /predict/batch, /model and /health."""

# Annotations are evaluated where they are written: FastAPI reads the pydantic models from them.

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

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

# Runs a function in a worker thread.
RunInThread = Callable[[Callable[[], Any]], Awaitable[Any]]

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


def build_version_app(live: LiveService, limits: Limits, run_in_thread: RunInThread) -> FastAPI:
    """Return the application of the version that is live now.

    Parameters
    ----------
    live : LiveService
        The followed reference.
    limits : Limits
        Limits of requests.
    run_in_thread : callable
        Runs a prediction beside the event loop.
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
    )
    app.router.route_class = JsonRoute
    app.state.max_names = schemas.max_names
    _add_error_handlers(app, service, schemas, run_in_thread)
    _add_predictions(app, service, schemas, run_in_thread)
    _add_descriptions(app, service, live)
    return app


def _add_predictions(
    app: FastAPI, service: InferenceService, schemas: Schemas, run_in_thread: RunInThread
) -> None:
    def predict_now(rows: Sequence[BaseModel]) -> list[Prediction]:
        try:
            return service.predict_columns(schemas.table(rows), rows=len(rows))
        except TableMismatchError:
            raise
        except ValueError as error:
            # Such as a category that the model does not know, which no signature tells.
            reason = (str(error).splitlines() or [""])[0]
            raise RequestError(422, "body", f"was rejected by the model: {reason}") from error

    @app.post(
        "/predict",
        summary="Predict one row",
        response_model=schemas.answer,
        responses=_ERRORS,
        dependencies=[Depends(_require_json)],
    )
    async def predict(row: schemas.row) -> Any:  # type: ignore[name-defined]
        (prediction,) = await run_in_thread(lambda: predict_now([row]))
        return schemas.to_answer(prediction)

    @app.post(
        "/predict/batch",
        summary="Predict many rows",
        response_model=schemas.answers,
        responses=_ERRORS | {200: _CSV_CONTENT},
        openapi_extra={"requestBody": _CSV_CONTENT},
    )
    async def predict_batch(
        content_type: Annotated[str, Depends(_require_json_or_csv)],
        rows: schemas.rows,  # type: ignore[name-defined]
    ) -> Any:
        predictions = await run_in_thread(lambda: predict_now(rows.root))
        if content_type == _CSV:
            return PlainTextResponse(_to_csv(predictions), media_type=_CSV)
        answers = list(map(schemas.to_answer, predictions))
        return schemas.answers(version=service.version, answers=answers)


def _add_descriptions(app: FastAPI, service: InferenceService, live: LiveService) -> None:
    @app.get("/model", summary="Describe the model")
    async def model() -> ModelInfo:
        return _model_info(service, service.metadata)

    @app.get("/health", summary="Report the state of the server")
    async def health() -> Health:
        trouble = live.trouble
        return Health(
            status="degraded" if trouble else "ok",
            reference=live.ref,
            version=service.version,
            trouble=trouble,
        )


def _add_error_handlers(
    app: FastAPI, service: InferenceService, schemas: Schemas, run_in_thread: RunInThread
) -> None:
    @app.exception_handler(RequestError)
    async def reject(_request: Request, error: RequestError) -> Response:
        return error.response()

    @app.exception_handler(TableMismatchError)
    async def reject_table(_request: Request, error: TableMismatchError) -> Response:
        return problem_response(422, error.problems)

    @app.exception_handler(RequestValidationError)
    async def reject_invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if len(first["loc"]) == 1:
            message = _BODY_MESSAGES.get(first["type"], first["msg"])
            return problem_response(422, [("body", message)])
        # pydantic stops at the first faulty row; the table check reports all of them.
        body = schemas.parse(error.body)
        rows = body if isinstance(body, list) else [body]
        problems = await run_in_thread(lambda: _row_problems(service, rows))
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
