"""A folder that can predict without this package."""

from __future__ import annotations

import inspect
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import KeyExistsError, RecordError, SerializationError
from exo_nbregistry.fs.atomic import make_folder, publish_folder, staged_folder
from exo_nbregistry.fs.file import write_file
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
from exo_nbregistry.inference.class_names import threshold_decision
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.persistence import predict_script as predict
from exo_nbregistry.persistence.base import Dump, type_name
from exo_nbregistry.persistence.code_sources import sources_py
from exo_nbregistry.persistence.export_example import example_table, input_form, read_columns
from exo_nbregistry.persistence.file_card import Facts, encode_facts
from exo_nbregistry.persistence.file_errors import raising_store_errors
from exo_nbregistry.persistence.joblib_format import (
    JOBLIB,
    local_files,
    portability_issues,
    unloadable,
)
from exo_nbregistry.persistence.readme import model_card
from exo_nbregistry.persistence.sidecar import write_model
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.distributions import normal_name
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.json_codec import decode, encode
from exo_nbregistry.values.requirements import requirements_txt

# predict.py imports these for any model.
_NEEDED = ("joblib.load", "pandas.DataFrame")
# The folder of the modules that predict.py imports, beside it.
PROGRAM_FOLDER = "predict_rows"
SOURCES_FILE = "sources.py"
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
    with raising_store_errors("write", target):
        _refuse_taken(target)
        facts = encode_facts(model_info, "model_info")
        make_folder(target.absolute().parent)
        with staged_folder(target.absolute()) as staged:
            writer = dump or partial(JOBLIB.write, model)
            card = write_model(writer, staged / "model.joblib", facts)
            files = _files(model, card, _plain_facts(facts), must_run, example or {}, calibration)
            files |= _sources(card, str(facts.get("model_id") or target.name))
            for name, data in {**files, **(extra or {})}.items():
                make_folder((staged / name).parent)
                write_file(staged / name, data)
            if write_more is not None:
                write_more(staged)
            try:
                publish_folder(staged, target.absolute())
            except FileExistsError:
                raise _taken(target) from None
    return target


def _refuse_taken(target: Path) -> None:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise _taken(target)


def _taken(target: Path) -> KeyExistsError:
    return KeyExistsError(
        f"{target} is not a new or empty folder; choose another folder or remove it first.",
        key=str(target),
    )


def _plain_facts(facts: Mapping[str, Any]) -> dict[Any, Any]:
    """Return the metadata as plain values."""
    given: dict[Any, Any] = decode(facts)
    with suppress(RecordError):
        # The values of ModelMetadata.to_dict are encoded, so here they are encoded twice.
        given = decode(given)
    return given


def _files(
    model: Any,
    card: Mapping[str, Any],
    given: Mapping[Any, Any],
    must_run: bool,
    example: Mapping[str, Any],
    calibration: Mapping[str, float] | None,
) -> dict[str, bytes]:
    info = _info(model, card, given, example, calibration)
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


def _info(
    model: Any,
    card: Mapping[str, Any],
    given: Mapping[Any, Any],
    example: Mapping[str, Any],
    calibration: Mapping[str, float] | None,
) -> dict[str, Any]:
    environment = read_environment([*card["globals"], *_NEEDED])
    classes = read_attribute(model, "classes_")
    if classes is None:
        classes = example.get("classes")  # of a native model
    n_features = read_attribute(model, "n_features_in_")
    return {
        "format": card["format"],
        "sha256": card["sha256"],
        "size_bytes": card["size_bytes"],
        "globals": card["globals"],
        "model_type": type_name(model),
        "columns": read_columns(model, given, example),
        "n_features": int(n_features) if isinstance(n_features, Integral) else None,
        "classes": list(map(str, classes)) if isinstance(classes, Iterable) else None,
        **_threshold(classes, given),
        "calibration": calibration,
        "version": given.get("model_id"),
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": environment["python"],
        **({"code": card["code"]} if card.get("code") else {}),
        **({"sources": SOURCES_FILE} if card.get("sources") else {}),
        "packages": _packages(card["packages"] | environment["packages"], given),
        "local_files": local_files(card["globals"]),
        "model_info": encode(dict(given)),
        **input_form(model, example, given),
    }


def _packages(here: Mapping[str, str], given: Mapping[Any, Any]) -> dict[str, str]:
    """Return the packages with their recorded versions, and those that only predict.py needs."""
    environment = given.get("environment")
    found = environment.get("packages") if isinstance(environment, Mapping) else None
    recorded: Mapping[str, str] = found or {}
    known = set(map(normal_name, recorded))
    others = {name: version for name, version in here.items() if normal_name(name) not in known}
    return dict(sorted({**others, **recorded}.items()))


def _threshold(classes: Any, given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the threshold of the version, and the place of its positive class."""
    scoring = given.get("scoring")
    # Without a registry, users pass any fields under this name.
    if not isinstance(scoring, Mapping) or not {"threshold", "pos_label"} <= scoring.keys():
        return {}
    if not isinstance(classes, Iterable):
        return {}
    return threshold_decision(scoring["threshold"], scoring["pos_label"], list(classes)) or {}


def _refusal(model: Any, info: dict[str, Any], row: str) -> predict.InputError | None:
    """Predict one row with the code of predict.py; return the error, or None."""
    try:
        predict.predict(model, info, predict.read_table(io.StringIO(row)), strict=True)
    except predict.InputError as error:
        return error
    return None
