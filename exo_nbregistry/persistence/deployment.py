"""A folder that can predict without this package."""

from __future__ import annotations

import inspect
import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.inference import (
    answer_table,
    input_columns,
    input_times,
    model_input,
    model_output,
    most_probable,
    row_answers,
    row_check,
    row_problems,
    row_run,
)
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.persistence import predict_script as predict
from exo_nbregistry.persistence.base import Dump, type_name
from exo_nbregistry.persistence.code_sources import SOURCES_FILE, sources_py
from exo_nbregistry.persistence.export_example import example_table
from exo_nbregistry.persistence.export_facts import export_info, plain_facts
from exo_nbregistry.persistence.file_card import Facts, encode_facts
from exo_nbregistry.persistence.joblib_format import (
    JOBLIB,
    portability_issues,
    unloadable,
)
from exo_nbregistry.persistence.new_folder import new_folder, write_files
from exo_nbregistry.persistence.readme import model_card
from exo_nbregistry.persistence.sidecar import write_model
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.requirements import requirements_txt

# The folder of the modules that predict.py imports, beside it.
PROGRAM_FOLDER = "predict_rows"
PROGRAM_MODULES = (
    answer_table,
    input_columns,
    input_times,
    model_input,
    model_output,
    most_probable,
    row_answers,
    row_check,
    row_problems,
    row_run,
)
_log = logging.getLogger("exo_nbregistry")


def export_folder(
    model: Any,
    target: Path,
    model_info: Facts = None,
    *,
    must_run: bool = True,
    dump: Dump | None = None,
    extra: Mapping[str, bytes] | None = None,
    example: Mapping[str, Any] | None = None,
    write_more: Callable[[Path], None] | None = None,
    calibration: Mapping[str, float] | None = None,
) -> Path:
    """Write the folder atomically, as `ModelPersistence.export_model_for_deployment`.

    Parameters
    ----------
    model : object
        The model.
    target : Path
        The folder; it must be new or empty.
    model_info : mapping, object with ``to_dict`` or None
        Metadata of the model.
    must_run : bool, default=True
        If True, raise SerializationError for a model that predict.py cannot run. Otherwise the
        folder contains such a model without predict.py, and the README explains it.
    dump : Dump or None, default=None
        Function that writes the model in the joblib format, such as a copy of stored bytes.
    extra : mapping of str to bytes or None, default=None
        Additional files by name.
    example : mapping or None, default=None
        Stored input example, whose rows become ``example.csv``. Without it, one plausible row is
        made from the ranges of the columns.
    write_more : callable or None, default=None
        Takes the new folder and writes further files to it, before the folder gets its name.
    calibration : mapping or None, default=None
        Coefficients that calibrate the probabilities of two classes.
    """
    facts = encode_facts(model_info, "model_info")
    with new_folder(target) as staged:
        writer = dump or partial(JOBLIB.write, model)
        card = write_model(writer, staged / "model.joblib", facts)
        files = _files(model, card, plain_facts(facts), must_run, example or {}, calibration)
        files |= _sources(card, str(facts.get("model_id") or target.name))
        write_files(staged, {**files, **(extra or {})})
        if write_more is not None:
            write_more(staged)
    return target


def _files(
    model: Any,
    card: Mapping[str, Any],
    given: Mapping[Any, Any],
    must_run: bool,
    example: Mapping[str, Any],
    calibration: Mapping[str, float] | None,
) -> dict[str, bytes]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    info = export_info(model, card, given, example, calibration, now)
    row = example_table(info, example)
    refusal = _refusal(model, info, row)
    problems = [*_problems(model, refusal)]
    if must_run:
        _refuse(model, problems, " To store it without predict.py, use save_model.")
    _refuse(model, unloadable(card["globals"]))
    info["issues"] = [*problems, *portability_issues(card["globals"])]
    files = {
        "model_info.json": json.dumps(info, indent=1, ensure_ascii=False) + "\n",
        "requirements.txt": requirements_txt(info["packages"]),
        "README.md": model_card(info, given, refusal is None, runs=not problems),
    }
    if not problems:
        files |= _programs()
    if refusal is None:
        files["example.csv"] = row
    elif problems:
        _log.warning("The export can be imported but not deployed: %s", " ".join(problems))
    else:
        _log.warning("The export does not have an example.csv: %s", refusal)
    return {name: text.encode() for name, text in files.items()}


def _programs() -> dict[str, str]:
    """Return predict.py and the modules that it imports, without imports of this package."""
    modules = {"predict.py": predict} | {
        f"{PROGRAM_FOLDER}/{module.__name__.rpartition('.')[2]}.py": module
        for module in PROGRAM_MODULES
    }
    here = f"from {PROGRAM_FOLDER}."
    return {
        name: inspect.getsource(module).replace("from exo_nbregistry.inference.", here)
        for name, module in modules.items()
    }


def _sources(card: Mapping[str, Any], title: str) -> dict[str, bytes]:
    """Return the file with the sources of the code that the model carries with it."""
    if not card.get("sources"):
        return {}
    return {SOURCES_FILE: sources_py(title, card["sources"]).encode()}


def _problems(model: Any, refusal: predict.InputError | None) -> Iterator[str]:
    from sklearn.exceptions import NotFittedError

    if not callable(read_attribute(model, "predict")) and model_kind(model) != "forecast":
        yield f"{type_name(model)} does not have predict."
    elif refusal is not None and isinstance(refusal.__cause__, NotFittedError):
        yield str(refusal.__cause__)


def _refuse(model: Any, problems: Sequence[str], hint: str = "") -> None:
    if problems:
        raise SerializationError(
            f"Cannot export the model: {' '.join(problems)}{hint}",
            model_type=type_name(model),
        )


def _refusal(model: Any, info: dict[str, Any], row: str) -> predict.InputError | None:
    """Predict one row with the code of predict.py; return the error, or None."""
    try:
        predict.predict(model, info, predict.read_table(io.StringIO(row)), strict=True)
    except predict.InputError as error:
        return error
    return None
