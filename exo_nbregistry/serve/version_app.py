"""The FastAPI application of one version: /predict, /predict/batch, /model and /health."""

# Annotations are evaluated where they are written: FastAPI reads the pydantic models from them.

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from fastapi.security import HTTPBearer

from exo_nbregistry.serve.error_handlers import HANDLERS
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.json_route import JsonRoute
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.problems import RequestError
from exo_nbregistry.serve.request_body import BodyReader
from exo_nbregistry.serve.responses import Health, ModelInfo, Problems, model_info
from exo_nbregistry.serve.schemas import Schemas
from exo_nbregistry.serve.served import RunInThread, Served

_JSON, _CSV = "application/json", "text/csv"
_CSV_CONTENT = {"content": {_CSV: {"schema": {"type": "string"}}}}
_MAX_UNKNOWN = 1000
_STATUS = (
    "The status of a row is ok, outside (a value is outside the range of the training data), "
    "missing (a value is missing that the training data always has) or invalid (a value is not of "
    "the column's kind, or the model rejects it). With strict=true, rows that are not ok are "
    "rejected with 422."
)
_ONE_ROW = (
    'An object with a value for each column. {"rows": [...]}, {"instances": [...]}, '
    '{"dataframe_records": [...]} and {"dataframe_split": {...}} are answered as by '
    f"/predict/batch. {_STATUS}"
)
_MANY_ROWS = (
    "A list of objects, an object that contains them as for /predict, or CSV, whose answer is CSV "
    "too. Each row is answered by itself; columns that the model does not use are returned. "
    f"{_STATUS}"
)
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problems, "description": "The body cannot be parsed."},
    401: {"model": Problems, "description": "The token is missing or wrong."},
    413: {"model": Problems, "description": "The body is too large, or has too many rows."},
    415: {"model": Problems, "description": "The content type is not supported."},
    422: {
        "model": Problems,
        "description": "The body has no rows, or strict=true and they do not match the signature.",
    },
}


def build_version_app(
    service: InferenceService, live: LiveService, limits: Limits, run_in_thread: RunInThread
) -> FastAPI:
    """Return the application of one version.

    Parameters
    ----------
    service : InferenceService
        The version.
    live : LiveService
        The followed reference, for /health.
    limits : Limits
        Limits of requests.
    run_in_thread : callable
        Runs a function beside the event loop, and returns its result.
    """
    schemas = Schemas(service.columns, service.classes, service.example, max_rows=limits.max_rows)
    # A few unknown names are passed through, and not a million.
    max_names = len(service.columns) + _MAX_UNKNOWN
    reader = BodyReader(service.described, limits.max_rows, max_names)
    # This describes the token in /openapi.json; AuthMiddleware checks it.
    bearer = HTTPBearer(scheme_name="token", auto_error=False)
    app = FastAPI(
        title=f"Predictions of {service.metadata.model_name}",
        version=service.version,
        description=service.metadata.description or "",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(bearer)] if limits.token is not None else [],
        exception_handlers=HANDLERS,
    )
    app.router.route_class = JsonRoute
    app.state.max_names = max_names
    app.state.served = Served(service, reader, live, run_in_thread)
    _add_predictions(app, schemas)
    app.get("/model", summary="Describe the model")(model)
    app.get("/health", summary="Report the state of the server")(health)
    return app


def _add_predictions(app: FastAPI, schemas: Schemas) -> None:
    @app.post(
        "/predict",
        summary="Predict one row",
        description=_ONE_ROW,
        response_model=schemas.answer | schemas.answers,
        responses=_ERRORS,
        dependencies=[Depends(_require_json)],
    )
    async def predict(
        request: Request,
        row: schemas.row,  # type: ignore[name-defined]
        strict: bool = False,
    ) -> Response:
        return await Served.of(request).predict(row, strict=strict)

    @app.post(
        "/predict/batch",
        summary="Predict many rows",
        description=_MANY_ROWS,
        response_model=schemas.answers,
        responses=_ERRORS | {200: _CSV_CONTENT},
        openapi_extra={"requestBody": _CSV_CONTENT},
        dependencies=[Depends(_require_json_or_csv)],
    )
    async def predict_batch(
        request: Request,
        rows: schemas.rows,  # type: ignore[name-defined]
        strict: bool = False,
    ) -> Response:
        return await Served.of(request).predict_batch(rows, strict=strict)

    # FastAPI caches thousands of endpoints: they must hold neither a model nor its schemas.
    for endpoint in (predict, predict_batch):
        endpoint.__annotations__.clear()


async def model(request: Request) -> ModelInfo:
    """Return the description of the served version."""
    return model_info(Served.of(request).service)


async def health(request: Request) -> Health:
    """Return the state of the server."""
    served = Served.of(request)
    trouble = served.live.trouble
    return Health(
        status="degraded" if trouble else "ok",
        reference=served.live.ref,
        version=served.service.version,
        trouble=trouble,
    )


async def _require_json(request: Request) -> str:
    return _require_type(request, "; send CSV to /predict/batch", _JSON)


async def _require_json_or_csv(request: Request) -> str:
    return _require_type(request, "", _JSON, _CSV)


def _require_type(request: Request, hint: str, *supported: str) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in supported:
        raise RequestError(415, "Content-Type", f"must be {' or '.join(supported)}{hint}")
    return kind
