"""The facts of an exported model: its columns, classes, packages and threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from numbers import Integral
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.class_names import threshold_decision
from exo_nbregistry.persistence.base import type_name
from exo_nbregistry.persistence.code_sources import SOURCES_FILE
from exo_nbregistry.persistence.export_example import input_form, read_columns
from exo_nbregistry.persistence.joblib_format import local_files
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.distributions import normal_name
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.json_codec import decode, encode

# predict.py imports these for any model.
_NEEDED = ("joblib.load", "pandas.DataFrame")


def plain_facts(facts: Mapping[str, Any]) -> dict[Any, Any]:
    """Return the metadata as plain values.

    Parameters
    ----------
    facts : mapping
        Encoded metadata.
    """
    given: dict[Any, Any] = decode(facts)
    with suppress(RecordError):
        # The values of ModelMetadata.to_dict are encoded, so here they are encoded twice.
        given = decode(given)
    return given


def export_info(
    model: Any,
    card: Mapping[str, Any],
    given: Mapping[Any, Any],
    example: Mapping[str, Any],
    calibration: Mapping[str, float] | None,
    exported_at: str | None,
) -> dict[str, Any]:
    """Return the facts with which `predict_script` predicts.

    Parameters
    ----------
    model : object
        The model.
    card : mapping
        Format, digest, size, names, packages and code of the model file.
    given : mapping
        Metadata of the model, as plain values.
    example : mapping
        Stored input example, or empty.
    calibration : mapping or None
        Coefficients that calibrate the probabilities of two classes.
    exported_at : str or None
        Time of the export; None for files that are the same in each export.

    Returns
    -------
    dict
        Content of ``model_info.json``.
    """
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
        "exported_at": exported_at,
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
