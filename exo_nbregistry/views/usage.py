"""Code that uses a version: load, predict, command line, REST and score."""

from __future__ import annotations

import json
import math
import shlex
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE

_FIRST_ALIAS = "champion"
_PORT = 8000
# Longer rows cannot be read in the code.
_MAX_COLUMNS = 100


def preferred_reference(item: ModelMetadata) -> str:
    """Return the reference to load a version with: an alias if it has one.

    Examples
    --------
    >>> preferred_reference(registry["kepler_rf:1"])
    'kepler_rf:1'
    """
    if not item.aliases:
        return item.model_id
    alias = _FIRST_ALIAS if _FIRST_ALIAS in item.aliases else item.aliases[0]
    return f"{item.model_id.partition(':')[0]}@{alias}"


def load_line(ref: str) -> str:
    """Return the line that loads a version."""
    return f"model, metadata = registry.load_model({ref!r})"


def loading_code(path: str, ref: str) -> str:
    """Return the code that opens a registry and loads a version."""
    return (
        "from exo_nbregistry import ModelRegistry\n\n"
        f"registry = ModelRegistry({path!r})\n{load_line(ref)}\n"
    )


def usage(item: ModelMetadata, path: str) -> list[dict[str, str]]:
    """Return the ways to use a version, each with complete code.

    Parameters
    ----------
    item : ModelMetadata
        The version.
    path : str
        Path of the registry, for the code.

    Returns
    -------
    list of dict
        ``title``, ``language`` (``python`` or ``shell``) and ``code``. A deleted version has
        none. Without a stored input example, ``X`` is left to the user.

    Examples
    --------
    >>> [way["title"] for way in usage(registry["kepler_rf:1"], "models/registry")]
    ['Load']
    """
    if item.status != ACTIVE or item.artifact is None:
        return []
    ref = preferred_reference(item)
    load = loading_code(path, ref)
    ways = [_way("Load", "python", load)]
    if "input_example" not in item.attachments:
        return ways
    registry = f"exo-nbregistry --registry {shlex.quote(path)}"
    folder = item.model_id.replace(":", "_")
    example = f"X = registry.load_input_example({ref!r})"
    ways.append(_way("Predict", "python", f"{load}{example}\nmodel.predict(X)\n"))
    export = (
        f"{registry} export {shlex.quote(ref)} {folder}\n"
        f"python {folder}/predict.py {folder}/example.csv predictions.csv\n"
    )
    ways.append(_way("Command line", "shell", export))
    row = _row(item)
    if row is not None:
        serve = (
            f"{registry} serve {shlex.quote(ref)} --port {_PORT} &\n"
            f"curl --retry 20 --retry-connrefused --silent http://127.0.0.1:{_PORT}/predict \\\n"
            f"  --header 'Content-Type: application/json' --data {shlex.quote(json.dumps(row))}\n"
        )
        ways.append(_way("REST", "shell", serve))
    if item.metrics:
        score = (
            "from exo_nbregistry.evaluation import ModelEvaluator\n\n"
            "# X_test and y_test are your test set.\n"
            "ModelEvaluator(X_test, y_test).evaluate(model)\n"
        )
        ways.append(_way("Score", "python", f"{load}{score}"))
    return ways


def _way(title: str, language: str, code: str) -> dict[str, str]:
    return {"title": title, "language": language, "code": code}


def _row(item: ModelMetadata) -> dict[str, Any] | None:
    """Return a row within the range of the training data; None if its record has no ranges."""
    signature = item.signature
    if signature is None or not 0 < len(signature.columns) <= _MAX_COLUMNS:
        return None
    row: dict[str, Any] = {}
    for column in signature.columns:
        value = column.minimum
        if value is None or not math.isfinite(value) or column.dtype == "bool":
            return None
        row[column.name] = int(value) if "int" in column.dtype else value
    return row
