"""Facts of a folder with a model of MLflow, from its file ``MLmodel`` and its requirements.

Source: ``mlflow/models/model.py`` and ``mlflow/types/schema.py`` of MLflow 2.22 and 3.17.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.sources.folder_files import folder_files
from exo_nbregistry.sources.found import FoundFile
from exo_nbregistry.sources.safe_yaml import read_yaml

_MAX_TEXT_BYTES = 8 << 20
_MODEL_SUFFIXES = (".pkl", ".pickle", ".joblib", ".skops")
# Names of MLflow's types, and the dtypes of the columns in a DataFrame.
_DTYPES = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "object",
    "binary": "object",
    "datetime": "datetime64[ns]",
}
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;#,]+)")
# A model that was moved in is loaded without MLflow.
_NOT_REQUIRED = {"mlflow", "mlflow-skinny", "mlflow-tracing"}


@dataclass(slots=True, kw_only=True)
class ModelFolder:
    """Facts of a folder with a model.

    Attributes
    ----------
    model_file : FoundFile or None
        The pickle, joblib or skops file.
    files : mapping of str to FoundFile
        The other files by their relative POSIX path.
    algorithm : str or None
        Class of the model, if the folder names it.
    feature_columns : tuple of str
        Input columns.
    column_types : mapping of str to str
        NumPy dtype of each column.
    packages : mapping of str to str
        Required version of each package.
    python : str or None
        Version of Python.
    run_id : str or None
        The run that logged the model.
    lost : tuple of str
        Parts that are not moved, and why.
    """

    model_file: FoundFile | None = None
    files: Mapping[str, FoundFile] = field(default_factory=dict)
    algorithm: str | None = None
    feature_columns: tuple[str, ...] = ()
    column_types: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    python: str | None = None
    run_id: str | None = None
    lost: tuple[str, ...] = ()


def read_model_folder(path: Path) -> ModelFolder:
    """Return the facts of a folder with a model, or of a single model file. Nothing is unpickled.

    Parameters
    ----------
    path : Path
        Folder with a file ``MLmodel``, another folder, or a file.

    Returns
    -------
    ModelFolder
        The facts. A file that cannot be read is in ``lost``.
    """
    if path.is_file():
        file = FoundFile(path=path, size_bytes=path.stat().st_size)
        if path.suffix in _MODEL_SUFFIXES:
            return ModelFolder(model_file=file)
        return ModelFolder(
            files={path.name: file}, lost=(f"a model object: {path.name} is kept as a file",)
        )
    listed = folder_files(path)
    files = listed.files
    lost = ["links in folders of models, which are not followed"] if listed.n_links else []
    if not listed.is_complete:
        lost.append(f"files of {path}, which is too large or cannot be read")
    document: Any = {}
    if "MLmodel" in files:
        try:
            document = read_yaml(files["MLmodel"].path)
        except (OSError, ValueError) as error:
            lost.append(f"facts of {path / 'MLmodel'}, which cannot be read ({error})")
    document = document if isinstance(document, dict) else {}
    flavors = {
        str(name): flavor
        for name, flavor in _mapping(document, "flavors").items()
        if isinstance(flavor, dict)
    }
    name = _model_file_name(flavors, files)
    if name is None:
        kinds = ", ".join(sorted(flavors.keys() - {"python_function"})) or "python_function"
        lost.append(f"model objects of MLflow's {kinds}, which are kept as files")
    if _mapping(flavors, "sklearn").get("code"):
        lost.append("import paths of code in folders of models, which is kept as files")
    columns = list(_columns(_mapping(document, "signature").get("inputs")))
    run_id = document.get("run_id")
    return ModelFolder(
        model_file=files.pop(name) if name else None,
        files=files,
        algorithm=_algorithm(flavors),
        feature_columns=tuple(column for column, _ in columns),
        column_types={column: dtype for column, dtype in columns if dtype},
        packages=_packages(flavors, files),
        python=_python(flavors, files),
        run_id=run_id if isinstance(run_id, str) else None,
        lost=tuple(lost),
    )


def _mapping(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _model_file_name(
    flavors: Mapping[str, dict[str, Any]], files: Mapping[str, FoundFile]
) -> str | None:
    named = [
        flavor.get(key)
        for name, flavor in flavors.items()
        if name != "python_function"
        for key in ("pickled_model", "data")
    ]
    if not flavors:
        # A folder of another program.
        named = [name for name in files if name.endswith(_MODEL_SUFFIXES)]
        if len(named) > 1:
            return None
    for name in named:
        # Only names of listed files are accepted, so that no path leaves the folder.
        if isinstance(name, str) and name in files and name.endswith(_MODEL_SUFFIXES):
            return name
    return None


def _algorithm(flavors: Mapping[str, dict[str, Any]]) -> str | None:
    for flavor in flavors.values():
        found = flavor.get("model_class") or flavor.get("estimator_class")
        if isinstance(found, str) and found:
            return found.rpartition(".")[2]
    return None


def _columns(inputs: Any) -> Iterator[tuple[str, str | None]]:
    # The schema is JSON in a text of the YAML; its columns have no names for arrays.
    try:
        columns = json.loads(inputs) if isinstance(inputs, str) else []
    except (ValueError, RecursionError):
        return
    for column in columns if isinstance(columns, list) else []:
        name = column.get("name") if isinstance(column, dict) else None
        if not isinstance(name, str):
            continue
        kind = column.get("type")
        tensor = _mapping(column, "tensor-spec").get("dtype")
        dtype = tensor if kind == "tensor" else _DTYPES.get(str(kind))
        yield name, dtype if isinstance(dtype, str) else None


def _packages(
    flavors: Mapping[str, dict[str, Any]], files: Mapping[str, FoundFile]
) -> dict[str, str]:
    packages = {}
    for name in ("requirements.txt", "conda.yaml"):
        # The list of pip in conda.yaml is marked with dashes.
        lines = (line.lstrip(" -") for line in _text(files.get(name)).splitlines())
        for match in filter(None, map(_REQUIREMENT.match, lines)):
            packages[match[1].lower().replace("_", "-")] = match[2]
        if packages:
            break
    # The flavor names the version that pickled the model; requirements can be edited.
    version = _mapping(flavors, "sklearn").get("sklearn_version")
    if isinstance(version, str):
        packages["scikit-learn"] = version
    return {name: packages[name] for name in sorted(packages.keys() - _NOT_REQUIRED)}


def _python(flavors: Mapping[str, dict[str, Any]], files: Mapping[str, FoundFile]) -> str | None:
    version = _mapping(flavors, "python_function").get("python_version")
    if isinstance(version, str):
        return version
    match = re.search(r"^python:\s*['\"]?([\d.]+)", _text(files.get("python_env.yaml")), re.M)
    return match[1] if match else None


def _text(file: FoundFile | None) -> str:
    try:
        return read_regular(file.path, _MAX_TEXT_BYTES).decode("utf-8", "replace") if file else ""
    except OSError:
        return ""
