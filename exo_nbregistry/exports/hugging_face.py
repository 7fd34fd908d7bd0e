"""A folder for the Hugging Face Hub: the stored model and a card with metadata.

Source: https://huggingface.co/docs/hub/model-cards, the model card specification of
``huggingface_hub``, and the ``config.json`` that ``skops.hub_utils`` wrote until skops 0.13.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exo_nbregistry.exports.version import ExportedVersion, write_model_file
from exo_nbregistry.exports.yaml_text import yaml_text
from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.inference.model_facts import read_facts
from exo_nbregistry.inference.model_input import FLAT
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.persistence.base import type_name
from exo_nbregistry.persistence.new_folder import new_folder, write_files
from exo_nbregistry.persistence.readme import card_columns, card_start
from exo_nbregistry.persistence.skops_format import SKOPS
from exo_nbregistry.text.markdown import markdown_line
from exo_nbregistry.values.requirements import public_version, requirements_txt

# Names of metrics on the Hub, https://huggingface.co/metrics, where they differ.
_METRICS = {"f1_score": "f1", "r2": "r_squared"}
_AVERAGE = re.compile(r"_(macro|micro|weighted)$|\..*$")
# Other names of libraries would not be known to the Hub.
_LIBRARIES = {"keras": "keras"}
_SKLEARN = "sklearn"
# The name that the Hub shows in its code to load a model of scikit-learn.
_HUB_FILE = "sklearn_model.joblib"
_ROWS = 3
_MAX_COLUMNS = 100

_LOAD_JOBLIB = """## Load

```bash
pip install -r requirements.txt huggingface_hub
```

```python
import joblib
from huggingface_hub import hf_hub_download

model = joblib.load(hf_hub_download("YOUR_NAME/YOUR_REPOSITORY", "{file}"))
```

## Trust

`{file}` is a pickle: loading it can run any code of its author, so load it only if you trust the
author. Its sha256 is in the table above.
"""

_LOAD_SKOPS = """## Load

```bash
pip install -r requirements.txt huggingface_hub
```

```python
import skops.io as sio
from huggingface_hub import hf_hub_download

path = hf_hub_download("YOUR_NAME/YOUR_REPOSITORY", "{file}")
unknown_types = sio.get_untrusted_types(file=path)
print(unknown_types)
model = sio.load(path, trusted=unknown_types)
```

Read the printed types before you load the model. Its sha256 is in the table above.
"""


def write_hugging_face(version: ExportedVersion, target: Path) -> Path:
    """Write a folder that can be uploaded to the Hugging Face Hub.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    target : Path
        New or empty folder.

    Returns
    -------
    Path
        The folder, with ``README.md``, ``config.json``, ``requirements.txt`` and the stored model,
        byte for byte. It has neither notes nor provenance.

    Raises
    ------
    SerializationError
        If the model requires code that cannot be exported.
    StoreError
        If the folder exists or cannot be written.
    """
    is_skops = bool(version.metadata.artifact and version.metadata.artifact.format == SKOPS.name)
    file = "model.skops" if is_skops else _HUB_FILE
    with new_folder(target) as staged:
        info = write_model_file(version, version.copy, staged / file)
        task, example = _task(version, info), _example(version, info)
        files = {
            "README.md": _card(version, info, file, task, example),
            "config.json": _config(info, file, task, example),
            "requirements.txt": requirements_txt(info["packages"]),
        }
        write_files(staged, {name: text.encode() for name, text in files.items()})
    return target


def _task(version: ExportedVersion, info: Mapping[str, Any]) -> str | None:
    """Return the task as the Hub names it; None for a model of another kind."""
    if model_kind(version.model) == "forecast":
        return "time-series-forecasting"
    kind = read_facts(version.model).kind or ("classifier" if info["classes"] else None)
    tasks = {"classifier": "classification", "regressor": "regression"}
    if kind not in tasks:
        return None
    is_text = info["input"]["container"] in FLAT
    return f"{'text' if is_text else 'tabular'}-{tasks[kind]}"


def _example(version: ExportedVersion, info: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return a few stored rows by column, for the widget of the Hub; empty if there are many."""
    rows = version.example.get("rows") or {}
    names = [column["name"] for column in info["columns"] or ()] or list(rows)
    if not set(names) <= {*rows} or len(names) > _MAX_COLUMNS:
        return {}
    return {
        name: [None if is_missing(value) else value for value in rows[name][:_ROWS]]
        for name in names
    }


def _config(
    info: Mapping[str, Any], file: str, task: str | None, example: Mapping[str, Any]
) -> str:
    packages = info["packages"].items()
    fields = {
        "columns": [column["name"] for column in info["columns"] or ()],
        "environment": [f"{name}={public_version(version)}" for name, version in packages],
        "example_input": dict(example),
        "model": {"file": file},
        "model_format": _model_format(file),
        "task": task,
    }
    return json.dumps({_SKLEARN: fields}, indent=1, ensure_ascii=False) + "\n"


def _model_format(file: str) -> str:
    return "skops" if file.endswith(".skops") else "pickle"


def _card(
    version: ExportedVersion,
    info: Mapping[str, Any],
    file: str,
    task: str | None,
    example: Mapping[str, Any],
) -> str:
    given = version.given
    front = yaml_text(_front_matter(version, file, task, example), sort_keys=False)
    parts = [f"---\n{front}---\n", *card_start(info, given), *card_columns(info)]
    if issues := "".join(f"- {markdown_line(issue)}\n" for issue in info["issues"]):
        parts.append(f"## Before you load it\n\n{issues}")
    load = _LOAD_SKOPS if file.endswith(".skops") else _LOAD_JOBLIB
    return "\n".join([*parts, load.format(file=file)])


def _front_matter(
    version: ExportedVersion, file: str, task: str | None, example: Mapping[str, Any]
) -> dict[str, Any]:
    root = type_name(version.model).partition(".")[0]
    library = _LIBRARIES.get(root, _SKLEARN)
    is_skops = file.endswith(".skops")
    tags = [library, "skops" if is_skops else "joblib", *([task] if task else []), "exo-nbregistry"]
    fields: dict[str, Any] = {"library_name": library, "tags": tags}
    if task:
        fields["pipeline_tag"] = task
    fields |= {"model_format": _model_format(file), "model_file": file}
    if example and task and task.startswith("tabular"):
        fields["widget"] = [{"structuredData": dict(example)}]
    if task and (results := [*_results(version, task)]):
        fields["model-index"] = [{"name": version.metadata.model_name, "results": results}]
    return fields


def _results(version: ExportedVersion, task: str) -> Iterator[dict[str, Any]]:
    """Yield the scores as a result of the Hub, if there are any."""
    metadata = version.metadata
    metrics = [
        {"type": _metric_type(name), "value": value, "name": name}
        for name, value in metadata.metrics.items()
        if math.isfinite(value)
    ]
    if metrics:
        # The Hub requires both; a data set that is not on the Hub has a type of its own.
        dataset = {"type": task.partition("-")[0], "name": metadata.training_dataset or "test data"}
        yield {"task": {"type": task}, "dataset": dataset, "metrics": metrics}


def _metric_type(name: str) -> str:
    """Return the metric as the Hub names it, without the class or the average."""
    base = _AVERAGE.sub("", name)
    # An average of f1_score is called f1_macro.
    return _METRICS.get(base, base)
