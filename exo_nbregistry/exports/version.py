"""A version with all that its export to another tool needs."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Dump, type_name
from exo_nbregistry.persistence.export_example import example_table
from exo_nbregistry.persistence.export_facts import export_info, plain_facts
from exo_nbregistry.persistence.file_card import encode_facts
from exo_nbregistry.persistence.joblib_format import portability_issues, unloadable
from exo_nbregistry.persistence.predict_script import InputError, answer, read_table
from exo_nbregistry.persistence.sidecar import dump_file
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.attribute import read_attribute


@dataclass(frozen=True, slots=True)
class ExportedVersion:
    """A version that was read from a registry, and its signer checked.

    Attributes
    ----------
    model : object
        The loaded model.
    metadata : ModelMetadata
        Its metadata; the artifact is not None.
    copy : Dump
        Function that writes the bytes of the stored model, in the format of the artifact.
    example : mapping
        Stored input example, or empty.
    calibration : mapping or None
        Coefficients that calibrate the probabilities of two classes.
    """

    model: Any
    metadata: ModelMetadata
    copy: Dump
    example: Mapping[str, Any] = field(default_factory=dict)
    calibration: Mapping[str, float] | None = None

    @property
    def sha256(self) -> str:
        """Digest of the stored model."""
        artifact = self.metadata.artifact
        return artifact.sha256 if artifact else ""

    @property
    def given(self) -> dict[Any, Any]:
        """The metadata as plain values."""
        return plain_facts(encode_facts(self.metadata, "model_info"))

    def refusal(self, format: str, reason: str) -> SerializationError:
        """Return the error of a version that a format cannot contain.

        Parameters
        ----------
        format : str
            The tool, such as ``MLflow``.
        reason : str
            The reason, and what to do.
        """
        return SerializationError(
            f"Cannot export {self.metadata.model_id} for {format}: {reason}",
            model_type=type_name(self.model),
        )


def write_model_file(version: ExportedVersion, dump: Dump, path: Path) -> dict[str, Any]:
    """Write the model file of an export, and return the facts for the other files.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    dump : Dump
        Function that writes the model.
    path : Path
        The new file.

    Returns
    -------
    dict
        As ``model_info.json``, with the additional key ``issues``. It has no time, so that two
        exports are equal.

    Raises
    ------
    SerializationError
        If the model requires code that cannot be exported.
    """
    card = dump_file(dump, path) | {"format": path.suffix.removeprefix(".")}
    if problems := unloadable(card["globals"]):
        raise version.refusal("another tool", " ".join(problems))
    info = export_info(
        version.model, card, version.given, version.example, version.calibration, None
    )
    # The sources of notebooks stay in the registry.
    info.pop("sources", None)
    return info | {"issues": list(portability_issues(card["globals"]))}


def stored_rows(version: ExportedVersion, info: Mapping[str, Any]) -> Any | None:
    """Return the rows of the stored example by column, or None without them.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    info : mapping
        Result of `write_model_file`.

    Returns
    -------
    DataFrame of shape (n_rows, n_features) or None
        Plain values. A missing value is None.
    """
    import pandas as pd

    rows = version.example.get("rows") or {}
    names = [str(column["name"]) for column in info["columns"] or ()]
    names = names or list(version.example.get("columns") or ())
    if not rows or not set(names) <= {*rows}:
        return None
    return pd.DataFrame({name: pd.Series(rows[name], dtype=object) for name in names})


def example_predictions(
    version: ExportedVersion, info: Mapping[str, Any], format: str
) -> list[Any]:
    """Return the predictions of a few rows, as the server and predict.py give them.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    info : mapping
        Result of `write_model_file`.
    format : str
        The tool, for the error.

    Returns
    -------
    list
        Predictions of the stored example; without one, of a row in the ranges of training.

    Raises
    ------
    SerializationError
        If the model predicts none of the rows.
    """
    rows = stored_rows(version, info)
    if rows is None:
        rows = read_table(io.StringIO(example_table(info, {})))
    try:
        answers, _ = answer(version.model, dict(info), rows)
    except InputError as error:
        raise version.refusal(format, f"it does not predict its example: {error}") from error
    if any(label is not None for label in answers.labels):
        return answers.labels
    problems = name_list(map(str, answers.problems(0)))
    raise version.refusal(format, f"it does not predict its example: {problems}.")


def require_predict(version: ExportedVersion, format: str) -> None:
    """Check that a model predicts, if its columns are unknown and no row can be tried.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    format : str
        The tool, for the error.

    Raises
    ------
    SerializationError
        If the model does not have ``predict``.
    """
    if not callable(read_attribute(version.model, "predict")):
        raise version.refusal(format, f"{type_name(version.model)} does not have predict.")
