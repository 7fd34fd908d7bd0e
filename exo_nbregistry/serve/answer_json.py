"""Predictions as JSON and CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from exo_nbregistry.inference.answer_table import MAX_NAMES, answer_columns, write_csv

if TYPE_CHECKING:
    from exo_nbregistry.inference.row_answers import Answers
    from exo_nbregistry.serve.batch import Batch
    from exo_nbregistry.serve.inference import InferenceService
    from exo_nbregistry.serve.prediction import Prediction


def answer_fields(prediction: Prediction) -> dict[str, Any]:
    """Return the JSON of one prediction; NaN and infinity are null.

    Examples
    --------
    >>> from exo_nbregistry.serve.prediction import Prediction
    >>> answer_fields(Prediction("planet", None, {}, "kepler:1"))["status"]
    'ok'
    """
    return {
        "prediction": plain(prediction.label),
        "probability": prediction.probability,
        "probabilities": {str(k): v for k, v in prediction.probabilities.items()},
        "model_probability": prediction.model_probability,
        "status": prediction.status,
        "problems": [
            {name: plain(value) for name, value in problem._asdict().items() if value is not None}
            for problem in prediction.problems
        ],
        "n_problems": prediction.n_problems,
        "outside": list(prediction.outside[:MAX_NAMES]),
        "passed_through": {k: plain(v) for k, v in prediction.passed_through.items()},
        "version": prediction.version,
    }


def plain(value: Any) -> Any:
    """Return a value that JSON can hold: NaN and infinity as None.

    Examples
    --------
    >>> plain(float("nan")), plain([1.5, float("inf")])
    (None, [1.5, None])
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def decision_fields(service: InferenceService) -> dict[str, Any]:
    """Return how the version decides, which is the same for all rows."""
    return {
        "threshold": service.threshold,
        "pos_label": service.pos_label,
        "calibration": service.calibration,
    }


def one_response(service: InferenceService, prediction: Prediction) -> Response:
    """Return the response to one row."""
    return _response(answer_fields(prediction) | decision_fields(service))


def many_response(service: InferenceService, predictions: Sequence[Prediction]) -> Response:
    """Return the response to many rows."""
    content = {"version": service.version, **decision_fields(service)}
    return _response(content | {"answers": list(map(answer_fields, predictions))})


def csv_response(service: InferenceService, answers: Answers, batch: Batch) -> Response:
    """Return the response to a CSV: its own columns that the model does not use, and the answers.

    The headers ``X-Version``, ``X-Threshold``, ``X-Positive-Class`` and ``X-Calibration`` have, as
    percent-encoded UTF-8, the facts that are the same for all rows.
    """
    parts: list[str] = []
    write_csv(answer_columns(answers, batch.passed, service.version), parts.append)
    facts = {
        "X-Version": service.version,
        "X-Threshold": service.threshold,
        "X-Positive-Class": service.pos_label,
        "X-Calibration": service.calibration,
    }
    headers = {name: quote(str(fact)) for name, fact in facts.items() if fact is not None}
    return Response("".join(parts), headers=headers, media_type="text/csv")


def _response(content: Mapping[str, Any]) -> Response:
    # ASCII, because a client can send lone surrogates, which UTF-8 cannot encode.
    return Response(json.dumps(content), media_type="application/json")
