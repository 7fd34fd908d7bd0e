"""Model files that no registry exported, and the facts stored beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.persistence.sidecar import read_model
from exo_nbregistry.persistence.unknown_signer import Alternatives
from exo_nbregistry.signing.keyring import Keyring


def read_bare_file(
    path: Path, model_name: str | None, keyring: Keyring, *, trust: Sequence[str], unsafe: bool
) -> tuple[Any, dict[str, Any]]:
    """Load a model file, and return the arguments that register its model.

    Parameters
    ----------
    path : Path
        A file that ``joblib.dump``, ``pickle.dump`` or `ModelPersistence.save_model` wrote.
    model_name : str or None
        Name of the model.
    keyring : Keyring
        Checks the signer of a file that `ModelPersistence.save_model` wrote.
    trust : sequence of str
        Packages and classes whose own code may run if the signer is unknown.
    unsafe : bool
        If True, also load any file that is unsigned or has an unknown signer.

    Returns
    -------
    model : object
        The model.
    facts : dict
        Arguments of ``register_model``: the metrics, description and columns in the metadata of
        the file, and its name as a tag. Other facts are inferred from the model.

    Raises
    ------
    InvalidInputError
        If `model_name` is None.
    UntrustedModelError, IntegrityError, SerializationError
        As `ModelPersistence.load_model`.
    """
    if model_name is None:
        raise InvalidInputError(
            f"{path} has no record.json beside it and is imported as a new model; pass its name, "
            f"such as import_model({str(path)!r}, model_name='my_model')."
        )
    start = f"registry.import_model({str(path)!r}, model_name={model_name!r}"
    others = (
        f"If you trust the source of the file: {start}, unsafe=True) signs the new version with "
        "your key."
    )
    model, metadata = read_model(
        path,
        trust=trust,
        unsafe=unsafe,
        keyring=keyring,
        alternatives=Alternatives(start, others),
    )
    return model, _facts(metadata) | {"tags": {"imported_from": path.name}}


def _facts(metadata: Mapping[Any, Any]) -> dict[str, Any]:
    metrics, columns = metadata.get("metrics"), metadata.get("feature_columns")
    description = metadata.get("description")
    facts: dict[str, Any] = {}
    if isinstance(metrics, Mapping):
        facts["evaluation_results"] = dict(metrics)
    if isinstance(columns, Sequence) and not isinstance(columns, str) and columns:
        facts["feature_columns"] = list(columns)
    if isinstance(description, str):
        facts["description"] = description
    return facts
