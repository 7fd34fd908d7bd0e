"""Whether a model may be loaded under the libraries that are installed here."""

from __future__ import annotations

from functools import cache
from typing import Any

from exo_nbregistry.errors import VersionMismatchError
from exo_nbregistry.metadata import ModelMetadata

LIBRARY = "scikit-learn"


def mismatch(metadata: ModelMetadata) -> tuple[str, str] | None:
    """Return the recorded and the installed scikit-learn if their minor versions differ."""
    recorded = metadata.environment.packages.get(LIBRARY)
    if recorded is None:
        return None
    current = _installed()
    return (recorded, current) if _minor(recorded) != _minor(current) else None


@cache
def _installed() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(LIBRARY)
    except PackageNotFoundError:
        return "none"


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
    return {"named": hasattr(X, "columns"), "rows": rows, "predictions": predict(head).tolist()}


def reproduces(model: Any, example: dict[str, Any]) -> bool:
    """Tell whether a model still predicts for an input example what it predicted when registered.

    Parameters
    ----------
    model : object
        The loaded model.
    example : dict
        What `make_example` returned.
    """
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(example["rows"])
    data = frame if example["named"] else frame.to_numpy()
    predicted, expected = np.asarray(model.predict(data)), np.asarray(example["predictions"])
    if expected.dtype.kind == "f":
        return bool(np.allclose(predicted, expected, equal_nan=True))
    return bool(np.array_equal(predicted, expected))
