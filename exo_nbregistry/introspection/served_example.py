"""The stored input example of a registration, tried as rows of JSON and of a CSV file."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.inference.model_input import FLAT, read_form
from exo_nbregistry.inference.row_answers import Answers
from exo_nbregistry.introspection.input_example import make_example, unequal_rows
from exo_nbregistry.payloads.attachment import Attachment, pack_json
from exo_nbregistry.persistence import predict_script
from exo_nbregistry.persistence.export_example import example_table, input_form, read_columns
from exo_nbregistry.records.metadata import Signature
from exo_nbregistry.text.names import name_list, short_error
from exo_nbregistry.values.json_codec import decode, encode, to_plain

log = logging.getLogger("exo_nbregistry")
_NUMBERS = ("int", "uint", "float", "<i", "<u", "<f", ">f", ">i", "|i1", "|u1")


def example_of(
    model: Any, X: Any, y: Any, signature: Signature | None, pos_label: Any
) -> dict[str, Any] | None:
    """Return the input example of a model that is registered; None if that fails.

    A failure is logged, also that of the rows as they arrive at a service or in a CSV file.

    Parameters
    ----------
    model : object
        The model.
    X, y : array-like or None
        Training data, and the true labels of any rows.
    signature : Signature or None
        Columns of the data.
    pos_label : object
        The positive class, or None.
    """
    if X is None or signature is None:
        return None
    names = [column.name for column in signature.columns]
    try:
        found = make_example(model, X, y, names=names, pos_label=pos_label)
        if found is None:
            return None
        example: dict[str, Any] = decode(encode(to_plain(found, "input_example")))
    except Exception as error:  # noqa: BLE001  # a model may raise any error
        log.warning("No input example is stored: %s", short_error(error))
        return None
    problem = serving_problem(model, example, signature)
    if problem:
        log.warning(
            "The service and predict.py cannot predict the first rows of X with this model: %s. "
            "Fit it on a table of numbers, texts, booleans and times, or convert its input in the "
            "first step of the model.",
            problem,
        )
    return found


def pack_example(example: dict[str, Any] | None) -> Attachment | None:
    """Return the attachment of an input example; None if its rows are too large."""
    if not example:
        return None
    if example.get("container") in FLAT:
        example = {name: item for name, item in example.items() if name != "container"}
    try:
        return pack_json(example, "input_example")
    except RecordError:
        log.warning("No input example is stored: its rows are larger than 1 MiB.")
        return None


def complete_signature(
    signature: Signature | None, model: Any, example: dict[str, Any] | None
) -> Signature | None:
    """Return a signature with the container of the data, and the classes of a native model."""
    if signature is None or example is None:
        return signature
    container = read_form(example, model)["container"]
    classes = signature.classes
    if classes is None and "classes" in example:
        classes = tuple(example["classes"])
    return dataclasses.replace(
        signature, classes=classes, container="frame" if container == "polars" else container
    )


def serving_problem(model: Any, example: dict[str, Any], signature: Signature) -> str | None:
    """Return why a model does not predict its example as rows of JSON or CSV, or None.

    Rows of numbers are not tried, because they are the same in each of them.

    Parameters
    ----------
    model : object
        The model.
    example : dict
        Stored input example.
    signature : Signature
        Columns of the data.
    """
    if _is_plain(read_form(example, model)):
        return None
    given = {"signature": {"columns": [dataclasses.asdict(c) for c in signature.columns]}}
    info = {
        "columns": read_columns(model, given, example),
        "n_features": None,
        "classes": signature.classes,
        **input_form(model, example, given),
    }
    ways = {"JSON": _answer_json, "CSV": _answer_csv}
    for name, answer in ways.items():
        try:
            answers = answer(model, info, example)
        except Exception as error:  # noqa: BLE001  # a model may raise any error
            return f"as {name}, {short_error(error)}"
        unanswered = [row for row, label in enumerate(answers.labels) if label is None]
        if unanswered:
            return f"as {name}, {answers.problems(unanswered[0])[0]}"
        rows = unequal_rows(answers.labels, example["predictions"], tolerance=1e-6).tolist()
        if rows:
            return f"as {name}, the predictions differ in rows {name_list(rows)}"
    return None


def _is_plain(form: dict[str, Any]) -> bool:
    if form["container"] not in ("frame", "array", "sparse", "steps") or form.get("missing"):
        return False
    return all(
        isinstance(dtype, str) and dtype.startswith(_NUMBERS) for dtype in form.get("dtypes") or ()
    )


def _answer_json(model: Any, info: dict[str, Any], example: dict[str, Any]) -> Answers:
    """Return the answers to rows of JSON, in which a missing value is null."""
    table = {
        name: [None if is_missing(item) else item for item in example["rows"][name]]
        for name in example["columns"]
    }
    predictor = predict_script.row_answers(model, info, info["columns"])
    return predictor(json.loads(json.dumps(table)), rows=len(example["predictions"]))


def _answer_csv(model: Any, info: dict[str, Any], example: dict[str, Any]) -> Answers:
    """Return the answers to a CSV file, as predict.py reads it."""
    table = predict_script.read_table(io.StringIO(example_table(info, example)))
    return predict_script.answer(model, info, table)[0]
