"""Whether a model may be loaded under the libraries that are installed here."""

from __future__ import annotations

import logging
import platform
import shlex
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from exo_nbregistry.errors import VersionMismatchError
from exo_nbregistry.records.metadata import ModelMetadata

LIBRARY = "scikit-learn"
log = logging.getLogger("exo_nbregistry")


def mismatch(metadata: ModelMetadata) -> tuple[str, str] | None:
    """Return the recorded and the installed scikit-learn if their minor versions differ."""
    recorded = metadata.environment.packages.get(LIBRARY)
    if recorded is None:
        return None
    current = _installed()
    return (recorded, current) if _minor(recorded) != _minor(current) else None


@cache
def _installed() -> str:
    return installed(LIBRARY) or "none"


def installed(distribution: str) -> str | None:
    """Return the version of a distribution that is installed here, without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution) or None
    except (PackageNotFoundError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Whether a model fits the libraries that are installed here.

    Attributes
    ----------
    status : {"loads", "mismatch", "missing", "unknown"}
        It loads; it needs ``allow_version_mismatch=True``; packages are missing; or it is not
        known what it was made with.
    message : str
        The same in a sentence, with what to do.
    installed : dict of str to str or None
        Of each package that it was made with the version that is installed here.
    """

    status: Literal["loads", "mismatch", "missing", "unknown"]
    message: str
    installed: dict[str, str | None]


def check_compatibility(metadata: ModelMetadata) -> Compatibility:
    """Compare what a model was made with and what is installed here; nothing is loaded.

    Parameters
    ----------
    metadata : ModelMetadata
        The version.

    Returns
    -------
    Compatibility
        The verdict.
    """
    made = metadata.environment.packages
    here = {name: installed(name) for name in made}
    missing = [name for name, version in here.items() if version is None]
    if missing:
        named = " and ".join(missing)
        wanted = " ".join(shlex.quote(f"{name}=={made[name]}") for name in missing)
        verb = "is" if len(missing) == 1 else "are"
        return Compatibility(
            "missing",
            f"Does not load here: {named} {verb} not installed; pip install {wanted}.",
            here,
        )
    differing = mismatch(metadata)
    if differing:
        recorded, current = differing
        return Compatibility(
            "mismatch",
            f"Needs allow_version_mismatch=True: made with {LIBRARY} {recorded}, and {current} is "
            "installed here.",
            here,
        )
    if not made and not metadata.environment.python:
        return Compatibility("unknown", "It is not known what it was made with.", here)
    return Compatibility("loads", f"Loads here{_differences(metadata, here)}.", here)


def _differences(metadata: ModelMetadata, here: dict[str, str | None]) -> str:
    made = {"Python": metadata.environment.python or None} | metadata.environment.packages
    now = {"Python": platform.python_version()} | here
    other = [
        f"{name} is {now[name]} and was {version}"
        for name, version in made.items()
        if version and _minor(version) != _minor(now[name] or "")
    ]
    return f", though {', '.join(other)}" if other else ", with what it was made with"


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def require_same_library(metadata: ModelMetadata) -> None:
    """Raise VersionMismatchError if scikit-learn is of another minor version.

    Source: scikit-learn's user guide, "Model persistence": loading under another version is
    not supported and may give other results without a word.
    """
    found = mismatch(metadata)
    if found:
        recorded, current = found
        raise VersionMismatchError(
            f"{metadata.model_id} was made with {LIBRARY} {recorded} and {current} is installed: "
            f"pip install {LIBRARY}=={recorded}, or load_model('{metadata.model_id}', "
            "allow_version_mismatch=True) and look whether its predictions are the same.",
            recorded=recorded,
            current=current,
        )


def make_example(model: Any, rows: dict[str, list[Any]], X: Any) -> dict[str, Any] | None:
    """Return a few input rows with what the model predicts for them, if it predicts."""
    predict = getattr(model, "predict", None)
    if predict is None:
        return None
    count = len(next(iter(rows.values()), []))
    head = X.iloc[:count] if hasattr(X, "iloc") else X[:count]
    return {
        "named": hasattr(X, "columns"),
        # A record's keys are sorted, and columns have an order.
        "columns": list(rows),
        "rows": rows,
        "predictions": predict(head).tolist(),
    }


def reproduces(model: Any, example: dict[str, Any]) -> bool:
    """Tell whether a model still predicts for an input example what it predicted when registered.

    A model that cannot predict any more does not.

    Parameters
    ----------
    model : object
        The loaded model.
    example : dict
        What `make_example` returned.
    """
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(example["rows"], columns=example["columns"])
    data = frame if example["named"] else frame.to_numpy()
    expected = np.asarray(example["predictions"])
    try:
        predicted = np.asarray(model.predict(data))
    except Exception as error:  # noqa: BLE001  # under another release it may fail in any way
        log.warning("The model fails on its input example: %s: %s", type(error).__name__, error)
        return False
    if expected.dtype.kind == "f" and predicted.dtype.kind in "fiu":
        # Relative to the largest: a target may be measured in any unit.
        tolerance = 1e-9 * np.nanmax(np.abs(expected), initial=0)
        same = predicted.shape == expected.shape
        return same and np.allclose(predicted, expected, atol=tolerance, equal_nan=True)
    return bool(np.array_equal(predicted, expected))
