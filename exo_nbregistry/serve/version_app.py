"""The FastAPI application of one version: /predict, /predict/batch, /model and /health."""

# Annotations are evaluated where they are written: FastAPI reads the pydantic models from them.

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPBearer

from exo_nbregistry.serve.csv_format import predictions_to_csv
from exo_nbregistry.serve.error_handlers import HANDLERS
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.json_route import JsonRoute
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.problems import RequestError
from exo_nbregistry.serve.responses import Health, ModelInfo, Problems, model_info
from exo_nbregistry.serve.schemas import Schemas
from exo_nbregistry.serve.served import RunInThread, Served

_JSON, _CSV = "application/json", "text/csv"
_CSV_CONTENT = {"content": {_CSV: {"schema": {"type": "string"}}}}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problems, "description": "The body cannot be parsed."},
    401: {"model": Problems, "description": "The token is missing or wrong."},
    413: {"model": Problems, "description": "The body is too large, or has too many rows."},
    415: {"model": Problems, "description": "The content type is not supported."},
    422: {"model": Problems, "description": "The rows do not match the model's signature."},
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
        exception_handlers=HANDLERS,
    )
    app.router.route_class = JsonRoute
    app.state.max_names = schemas.max_names
    app.state.served = Served(service, schemas, live, run_in_thread)
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
        served = Served.of(request)
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
        served = Served.of(request)
        predictions = await served.predict(rows.root)
        if content_type == _CSV:
            return PlainTextResponse(predictions_to_csv(predictions), media_type=_CSV)
        answers = list(map(served.schemas.to_answer, predictions))
        return served.schemas.answers(version=served.service.version, answers=answers)

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
    return _require_type(request, _JSON)


async def _require_json_or_csv(request: Request) -> str:
    return _require_type(request, _JSON, _CSV)


def _require_type(request: Request, *supported: str) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in supported:
        raise RequestError(415, "Content-Type", f"must be {' or '.join(supported)}")
    return kind
