"""The description of the server in OpenAPI, written from the signature of what it serves."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.metadata import Column
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.table_check import BOOLEAN, NUMBER, TEXT, WHOLE, kind_of

_TYPES = {NUMBER: "number", WHOLE: "integer", BOOLEAN: "boolean", TEXT: "string"}
_JSON = "application/json"
_FAULT = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        }
    },
}
_REFUSALS = {
    "400": "The body cannot be read.",
    "401": "The token is missing or wrong.",
    "413": "The body is too large, or has too many rows.",
    "415": "The body is of another type.",
    "422": "The model does not take this: each fault with its field.",
}


def describe_api(service: InferenceService, *, token: bool, extrapolate: bool) -> dict[str, Any]:
    """Return the OpenAPI document of a server.

    Parameters
    ----------
    service : InferenceService
        What it serves at the moment.
    token : bool
        Whether it asks for a token.
    extrapolate : bool
        Whether values outside the range of the training data are answered.

    Returns
    -------
    dict
        OpenAPI 3.1.
    """
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": f"Predictions of {service.metadata.model_name}",
            "version": service.version,
            "description": service.metadata.description,
        },
        "paths": {
            "/predict": _posted("Answer for one row.", _row_content(service), "Answer"),
            "/predict/batch": _posted("Answer for many rows.", _rows_content(service), "Answers"),
            "/model": _got("What is served."),
            "/health": _got("Whether it is served."),
        },
        "components": {
            "schemas": {
                "Row": row_schema(service, extrapolate=extrapolate),
                "Answer": _answer(service),
                "Answers": _answers(),
                "Refusal": _FAULT,
            }
        },
    }
    if token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def row_schema(service: InferenceService, *, extrapolate: bool) -> dict[str, Any]:
    """Return the JSON schema of one row, with a row of the training table as its example."""
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in service.columns],
        "properties": {
            column.name: _property(column, extrapolate=extrapolate) for column in service.columns
        },
    }
    return schema | ({"examples": [service.example]} if service.example else {})


def _property(column: Column, *, extrapolate: bool) -> dict[str, Any]:
    name = _TYPES[kind_of(column) or TEXT]
    schema: dict[str, Any] = {"type": [name, "null"] if column.missing else name}
    if column.minimum is not None and not extrapolate:
        schema |= {"minimum": column.minimum, "maximum": column.maximum}
    return schema


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _row_content(service: InferenceService) -> dict[str, Any]:
    return {_JSON: {"schema": _ref("Row")} | _example(service, many=False)}


def _rows_content(service: InferenceService) -> dict[str, Any]:
    rows = {"type": "array", "minItems": 1, "items": _ref("Row")}
    heading = ",".join(column.name for column in service.columns)
    return {
        _JSON: {"schema": rows} | _example(service, many=True),
        "text/csv": {"schema": {"type": "string", "description": f"Heading: {heading}"}},
    }


def _example(service: InferenceService, *, many: bool) -> dict[str, Any]:
    if not service.example:
        return {}
    return {"example": [service.example] if many else service.example}


def _posted(summary: str, content: dict[str, Any], answer: str) -> dict[str, Any]:
    responses: dict[str, Any] = {
        status: {"description": text, "content": {_JSON: {"schema": _ref("Refusal")}}}
        for status, text in _REFUSALS.items()
    }
    answered = {"description": "Answered.", "content": {_JSON: {"schema": _ref(answer)}}}
    if answer == "Answers":
        answered["content"] |= {"text/csv": {"schema": {"type": "string"}}}  # type: ignore[operator]
    return {
        "post": {
            "summary": summary,
            "requestBody": {"required": True, "content": content},
            "responses": {"200": answered} | responses,
        }
    }


def _got(summary: str) -> dict[str, Any]:
    content = {_JSON: {"schema": {"type": "object"}}}
    return {
        "get": {
            "summary": summary,
            "responses": {"200": {"description": summary, "content": content}},
        }
    }


def _answer(service: InferenceService) -> dict[str, Any]:
    prediction = {"enum": list(service.classes)} if service.classes else {}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "type": "object",
        "required": ["prediction", "probability", "probabilities", "outside", "version"],
        "properties": {
            "prediction": prediction,
            "probability": share | {"type": ["number", "null"]},
            "probabilities": {"type": "object", "additionalProperties": share},
            "outside": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Columns whose values are outside the range of the training data.",
            },
            "version": {"type": "string"},
        },
    }


def _answers() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["version", "answers"],
        "properties": {
            "version": {"type": "string"},
            "answers": {"type": "array", "items": _ref("Answer")},
        },
    }
