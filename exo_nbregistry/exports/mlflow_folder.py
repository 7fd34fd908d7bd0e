"""An MLmodel folder, which MLflow and its deployment targets read. MLflow is not needed here.

Source: https://mlflow.org/docs/latest/ml/model, "Storage Format", and the folders that
``mlflow.sklearn.save_model`` of MLflow 3.17 writes.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.exports import mlflow_served
from exo_nbregistry.exports.mlflow_signature import (
    array_inputs,
    column_inputs,
    has_plain_columns,
    outputs,
)
from exo_nbregistry.exports.version import (
    ExportedVersion,
    example_predictions,
    require_predict,
    stored_rows,
    write_model_file,
)
from exo_nbregistry.exports.yaml_text import yaml_text
from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.persistence import predict_script
from exo_nbregistry.persistence.deployment import PROGRAM_MODULES
from exo_nbregistry.persistence.new_folder import new_folder, write_files
from exo_nbregistry.persistence.plain_pickle import write_pickle
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.requirements import requirements_txt

MODEL_FILE = "model.pkl"
_FORMAT = "MLflow"
# The releases that load the folders, as the tests and docs/adr/0034 show.
_MLFLOW = "mlflow>=2.22,<4"
_SKLEARN = "mlflow.sklearn"
_CODE_FOLDER = "code"
_EXAMPLE = "input_example.json"
_SERVED_EXAMPLE = "serving_input_example.json"
_OWN_IMPORT = re.compile(r"\bexo_nbregistry\.(inference|persistence)\.")


def write_mlflow(version: ExportedVersion, target: Path) -> Path:
    """Write a folder from which MLflow loads and serves a version.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    target : Path
        New or empty folder.

    Returns
    -------
    Path
        The folder, with ``MLmodel``, ``model.pkl``, ``requirements.txt``, ``python_env.yaml`` and
        ``conda.yaml``. An estimator has the flavor ``sklearn``. The ``python_function`` of an
        estimator of plain columns without a threshold is MLflow's own; the one of other models is
        in the folder ``code`` and predicts as the registry does.

    Raises
    ------
    SerializationError
        If the model cannot be pickled, or does not predict a row of its example.
    StoreError
        If the folder exists or cannot be written.
    """
    with new_folder(target) as staged:
        dump = partial(write_pickle, version.model)
        info = write_model_file(version, dump, staged / MODEL_FILE)
        rows = stored_rows(version, info)
        loader, code = (_SKLEARN, {}) if _is_plain(version, info) else _served_code(info)
        example = {} if rows is None else _example_files(info, rows)
        fields: dict[str, Any] = {
            "flavors": _flavors(version, info, loader),
            "metadata": _metadata(version),
            "model_size_bytes": info["size_bytes"],
            "model_uuid": _identity(version),
            # The same for each export.
            "utc_time_created": f"{version.metadata.created_at:%Y-%m-%d %H:%M:%S.%f}",
        }
        if signature := _signature(version, info):
            fields["signature"] = signature
        if example:
            fields["saved_input_example_info"] = _example_info(info)
        files = {"MLmodel": _yaml(fields), **_environment(info), **example, **code}
        write_files(staged, files)
    return target


def _is_plain(version: ExportedVersion, info: Mapping[str, Any]) -> bool:
    """Return whether MLflow's own function of scikit-learn predicts as the registry does."""
    form, columns = info["input"], info["columns"]
    is_estimator = model_kind(version.model) == "estimator" and not form.get("outputs")
    if not is_estimator or info.get("threshold") is not None or info.get("code"):
        return False
    if form.get("labels") or form.get("missing"):
        return False
    if _is_number_array(info):
        return True
    return form["container"] == "frame" and bool(columns) and has_plain_columns(columns)


def _is_number_array(info: Mapping[str, Any]) -> bool:
    """Return whether a model takes an array of numbers."""
    import numpy as np

    form = info["input"]
    dtypes = form.get("dtypes") or ["float64"]
    is_array = form["container"] == "array" and bool(_width(info))
    return is_array and np.dtype(dtypes[0]).kind in "fiu"


def _width(info: Mapping[str, Any]) -> int:
    """Return the number of input columns, or 0 if it is unknown."""
    return info["n_features"] or len(info["columns"] or ())


def _flavors(version: ExportedVersion, info: Mapping[str, Any], loader: str) -> dict[str, Any]:
    function: dict[str, Any] = {
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
        "loader_module": loader,
        "predict_fn": "predict",
        "python_version": info["python"],
    }
    is_plain = loader == _SKLEARN
    function |= {"model_path": MODEL_FILE} if is_plain else {_CODE_FOLDER: _CODE_FOLDER}
    flavors = {"python_function": function}
    if model_kind(version.model) == "estimator":
        flavors["sklearn"] = {
            "code": None if is_plain else _CODE_FOLDER,
            "pickled_model": MODEL_FILE,
            "serialization_format": "cloudpickle",
            "sklearn_version": _sklearn_version(info),
        }
    return flavors


def _sklearn_version(info: Mapping[str, Any]) -> str:
    here = read_environment(["sklearn.base.BaseEstimator"])["packages"]
    return str(info["packages"].get("scikit-learn") or here["scikit-learn"])


def _metadata(version: ExportedVersion) -> dict[str, Any]:
    """Return where the model comes from; a reader of MLflow finds it in ``Model.metadata``."""
    known = {
        "model_id": version.metadata.model_id,
        "sha256": version.sha256,
        "signer": version.metadata.signer,
        "feature_columns": list(version.metadata.feature_columns) or None,
    }
    return {f"exo_nbregistry.{name}": value for name, value in known.items() if value is not None}


def _identity(version: ExportedVersion) -> str:
    """Return the 32 hexadecimal digits of a version, instead of random ones."""
    text = f"{version.metadata.model_id} {version.sha256}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _signature(version: ExportedVersion, info: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the signature, or None if the columns of the model are unknown.

    MLflow rejects rows that do not fit a signature, so that columns cannot be invented.
    """
    if not _width(info):
        require_predict(version, _FORMAT)
        return None
    form, columns = info["input"], info["columns"]
    if _is_number_array(info):
        inputs = array_inputs((form.get("dtypes") or ["float64"])[0], _width(info))
    else:
        labels = _labels(info)
        columns = [
            {**column, "name": label}
            for label, column in zip(labels, columns or [{}] * len(labels), strict=True)
        ]
        inputs = column_inputs(columns, are_optional=form["container"] == "records")
    predicted = example_predictions(version, info, _FORMAT)
    return {"inputs": inputs, "outputs": outputs(predicted), "params": None}


def _labels(info: Mapping[str, Any]) -> list[Any]:
    """Return the columns as MLflow matches them, for which 0 is not "0"."""
    labels = info["input"].get("labels") or ()
    names = [column["name"] for column in info["columns"] or ()]
    if list(map(str, labels)) == names and all(isinstance(label, int) for label in labels):
        return list(labels)
    return names or [f"x{n}" for n in range(_width(info))]


def _example_info(info: Mapping[str, Any]) -> dict[str, str]:
    shared = {"artifact_path": _EXAMPLE, "serving_input_path": _SERVED_EXAMPLE}
    if _is_number_array(info):
        return shared | {"type": "ndarray"}
    return shared | {"type": "dataframe", "pandas_orient": "split"}


def _example_files(info: Mapping[str, Any], rows: Any) -> dict[str, bytes]:
    """Return the stored rows as MLflow reads them, and as a request to its server."""
    table = [[None if is_missing(v) else v for v in row] for row in rows.to_numpy().tolist()]
    if _is_number_array(info):
        content: Any = table
        request = {"inputs": table}
    else:
        names = _labels(info) if info["columns"] else list(map(str, rows.columns))
        content = {"columns": names, "data": table}
        request = {"dataframe_split": content}
    return {_EXAMPLE: _json(content), _SERVED_EXAMPLE: _json(request)}


def _served_code(info: Mapping[str, Any]) -> tuple[str, dict[str, bytes]]:
    """Return the module that predicts, and the files of its package and of its facts.

    The name of the package has a digest of its files.

    One process can then load exports of several releases, which Python imports by their names.
    """
    modules = (*PROGRAM_MODULES, predict_script, mlflow_served)
    sources = {m.__name__.rpartition(".")[2]: inspect.getsource(m) for m in modules}
    digest = hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()
    package = f"nbregistry_{digest[:12]}"
    texts = {"__init__": '"""Predict as the registry does."""\n'} | {
        name: _OWN_IMPORT.sub(f"{package}.", text) for name, text in sources.items()
    }
    files = {f"{_CODE_FOLDER}/{package}/{name}.py": text for name, text in texts.items()}
    # Without the provenance, which a server does not need.
    facts = {name: value for name, value in info.items() if name not in ("model_info", "issues")}
    files["model_info.json"] = f"{json.dumps(facts, indent=1, ensure_ascii=False)}\n"
    return f"{package}.mlflow_served", {name: text.encode() for name, text in files.items()}


def _environment(info: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files from which MLflow makes the environment of a model."""
    lines = [*requirements_txt(info["packages"]).splitlines(), _MLFLOW]
    packages = [line.partition("  #")[0] for line in lines if not line.startswith("#")]
    python = info["python"]
    return {
        "requirements.txt": "".join(f"{line}\n" for line in lines).encode(),
        "python_env.yaml": _yaml(
            {
                "python": python,
                "build_dependencies": ["pip", "setuptools", "wheel"],
                "dependencies": ["-r requirements.txt"],
            }
        ),
        "conda.yaml": _yaml(
            {
                "name": "mlflow-env",
                "channels": ["conda-forge"],
                "dependencies": [f"python={python}", "pip", {"pip": packages}],
            }
        ),
    }


def _yaml(fields: Mapping[str, Any]) -> bytes:
    return yaml_text(fields, sort_keys=True).encode()


def _json(content: Any) -> bytes:
    return f"{json.dumps(content, ensure_ascii=False)}\n".encode()
