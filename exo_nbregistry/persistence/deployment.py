"""A folder that predicts where this package is not installed."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from exo_nbregistry.codec import decode, encode, normalise
from exo_nbregistry.environment import read_environment
from exo_nbregistry.errors import KeyExistsError, SerializationError
from exo_nbregistry.persistence.atomic import publish_folder, staged_folder, write_file
from exo_nbregistry.persistence.joblib_format import portability_issues
from exo_nbregistry.persistence.model_card import model_card
from exo_nbregistry.persistence.sidecar import write_model

_TEMPLATE = "predict.tmpl"
# predict.py imports these itself, whatever the model is made of.
_NEEDED = ("joblib.load", "pandas.DataFrame")
_log = logging.getLogger("exo_nbregistry")


def export_folder(model: Any, target: Path, model_info: Any = None) -> Path:
    """Write the folder; it gets its name when it is complete.

    Parameters
    ----------
    model : object
        A fitted model with ``predict``.
    target : Path
        The folder, new or empty.
    model_info : mapping, object with ``to_dict`` or None
        What to say of the model.

    Returns
    -------
    Path
        The folder.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise _taken(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    told = _told(model_info)
    with staged_folder(target) as staged:
        card = write_model(model, staged / "model.joblib", told)
        _refuse_main(model, card["globals"])
        info = _info(model, card, told)
        example = _example(model, info)
        files = {
            "model_info.json": json.dumps(info, indent=1, ensure_ascii=False) + "\n",
            "requirements.txt": "".join(f"{n}=={v}\n" for n, v in info["packages"].items()),
            "predict.py": _template(),
            "README.md": model_card(info, decode(info["model_info"]), example is not None),
        }
        if example is not None:
            files["example.csv"] = example
        for name, text in files.items():
            write_file(staged / name, text.encode())
        try:
            publish_folder(staged, target)
        except FileExistsError:
            raise _taken(target) from None
    return target


def _taken(target: Path) -> KeyExistsError:
    return KeyExistsError(
        f"{target} exists and is not empty: export to a new folder, or remove this one first.",
        key=str(target),
    )


def _template() -> str:
    return resources.files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")


def _told(model_info: Any) -> dict[Any, Any]:
    """Return what the user says in plain values, whichever way it was given."""
    if hasattr(model_info, "to_dict"):
        model_info = model_info.to_dict()
    told: dict[Any, Any] = decode(encode(normalise(model_info or {}, "model_info")))
    # ModelMetadata.to_dict gives encoded values.
    return {key: decode(value) if _is_tagged(value) else value for key, value in told.items()}


def _is_tagged(value: Any) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and str(next(iter(value))).startswith("$")


def _refuse_main(model: Any, names: list[str]) -> None:
    lost = [name for name in names if name.partition(".")[0] in ("__main__", "__mp_main__")]
    if lost:
        raise SerializationError(
            f"The model cannot be deployed: {' '.join(portability_issues(lost))}",
            model_type=f"{type(model).__module__}.{type(model).__qualname__}",
        )


def _info(model: Any, card: Mapping[str, Any], told: Mapping[Any, Any]) -> dict[str, Any]:
    environment = read_environment([*card["globals"], *_NEEDED])
    classes = getattr(model, "classes_", None)
    n_features = getattr(model, "n_features_in_", None)
    return {
        "format": card["format"],
        "sha256": card["sha256"],
        "size_bytes": card["size_bytes"],
        "globals": card["globals"],
        "model_type": f"{type(model).__module__}.{type(model).__qualname__}",
        "columns": _columns(model, told),
        "n_features": None if n_features is None else int(n_features),
        "classes": None if classes is None else [str(label) for label in classes],
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": environment["python"],
        "packages": environment["packages"],
        "model_info": encode(dict(told)),
    }


def _columns(model: Any, told: Mapping[Any, Any]) -> list[dict[str, Any]] | None:
    """Return the input columns in order, or None where nothing tells their names."""
    signature = told.get("signature")
    described = signature.get("columns", ()) if isinstance(signature, Mapping) else ()
    known = {column["name"]: column for column in map(_plain, described) if "name" in column}
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        names = told.get("feature_columns") or list(known)
    if len(names) == 0:
        return None
    return [
        {"name": str(name)}
        | {key: known.get(str(name), {}).get(key) for key in ("dtype", "minimum", "maximum")}
        for name in names
    ]


def _plain(column: Any) -> dict[Any, Any]:
    return dict(column) if isinstance(column, Mapping) else {"name": str(column)}


def _example(model: Any, info: Mapping[str, Any]) -> str | None:
    """Return a CSV of one plausible row that the model takes, or None if it takes none such."""
    import pandas as pd

    columns = info["columns"]
    if columns is None and info["n_features"] is None:
        return None
    columns = columns or [{"name": f"feature_{i}"} for i in range(info["n_features"])]
    table = pd.DataFrame([{column["name"]: _middle(column) for column in columns}])
    try:
        model.predict(table if hasattr(model, "feature_names_in_") else table.to_numpy())
    except Exception as error:  # noqa: BLE001  # a model may refuse an invented row in any way
        _log.warning("The export has no example.csv: the model refuses an invented row: %s", error)
        return None
    return str(table.to_csv(index=False, lineterminator="\n"))


def _middle(column: Mapping[str, Any]) -> float | str:
    low, high = column.get("minimum"), column.get("maximum")
    if isinstance(low, int | float) and isinstance(high, int | float):
        return low + (high - low) / 2
    text = not str(column.get("dtype") or "float").lower().startswith(_NUMERIC)
    return "example" if text else 0.0


_NUMERIC = ("int", "uint", "float", "bool")
