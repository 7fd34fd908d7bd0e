"""A folder with a model as ONNX, whose predictions are compared with those of the model."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exo_nbregistry.exports.onnx_compare import REPORT_FILE, Difference, difference, model_answers
from exo_nbregistry.exports.onnx_convert import (
    OnnxModel,
    convert,
    plans,
    reason_of,
    require_onnx,
)
from exo_nbregistry.exports.onnx_rows import ComparedRows, compared_rows
from exo_nbregistry.exports.version import ExportedVersion
from exo_nbregistry.inference.model_input import FLAT
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.persistence.base import type_name
from exo_nbregistry.persistence.export_facts import export_info
from exo_nbregistry.persistence.new_folder import new_folder, write_files
from exo_nbregistry.persistence.readme import card_columns, card_start
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.requirements import requirements_txt

MODEL_FILE = "model.onnx"
_FORMAT = "ONNX"
# The module of FixedThresholdClassifier and TunedThresholdClassifierCV.
_THRESHOLDS = "sklearn.model_selection._classification_threshold."
_CONTAINERS = {"frame", "array", *FLAT}
_log = logging.getLogger("exo_nbregistry")

_COMPARED = """## Compared with the model

{sentence} {stored} of them are rows of the training data; the others are drawn from its ranges.
`onnx_report.json` has all numbers.
"""

_MATRIX = """## Predict

```python
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("model.onnx")
rows = np.array({row}, dtype={dtype})
print(session.run({outputs}, {{"X": rows}}))
```

The input `X` has one row for each prediction, with the columns in the order above.
"""

_COLUMNS = """## Predict

```python
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("model.onnx")
row = {{
{row}}}
print(session.run({outputs}, row))
```

Each column is an input of one column, with one row for each prediction.
"""


def write_onnx(version: ExportedVersion, target: Path) -> Path:
    """Write a folder with a version as ONNX.

    Parameters
    ----------
    version : ExportedVersion
        The version.
    target : Path
        New or empty folder.

    Returns
    -------
    Path
        The folder, with ``model.onnx``, ``onnx_report.json``, ``README.md`` and
        ``requirements.txt``. A warning is logged if the file predicts a few rows differently.

    Raises
    ------
    SerializationError
        If the extra ``onnx`` is not installed, or the model cannot be converted or compared, or the
        file predicts more than 1 % of the rows differently.
    StoreError
        If the folder exists or cannot be written.
    """
    name = type_name(version.model)
    require_onnx(name)
    if model_kind(version.model) != "estimator":
        raise version.refusal(
            _FORMAT,
            f"skl2onnx converts estimators of scikit-learn, and this is a {name}. Use the export "
            "of its library, or another format.",
        )
    _require_own_labels(version)
    info = _info(version)
    if info["input"]["container"] not in _CONTAINERS:
        container = info["input"]["container"]
        raise version.refusal(
            _FORMAT, f"ONNX does not have its input ({container}). Use another format."
        )
    with new_folder(target) as staged:
        rows = compared_rows(version, info)
        model, found = _best(version, info, rows)
        report = _report(version, info, model, found)
        files = {
            MODEL_FILE: model.data,
            REPORT_FILE: f"{json.dumps(report, indent=1, ensure_ascii=False)}\n".encode(),
            "README.md": _card(version, info, model, rows, found).encode(),
            "requirements.txt": requirements_txt(_packages(info)).encode(),
        }
        write_files(staged, files)
    if found.wrong_rows:
        _log.warning(
            "The predictions of model.onnx differ from %s. %s Check these rows, or use another "
            "format.",
            version.metadata.model_id,
            found.sentence(),
        )
    return target


def _require_own_labels(version: ExportedVersion) -> None:
    """Refuse a model with a part that moves the threshold, which skl2onnx omits."""
    artifact = version.metadata.artifact
    for name in artifact.globals if artifact else ():
        if name.startswith(_THRESHOLDS):
            wrapper = name.rpartition(".")[2]
            raise version.refusal(
                _FORMAT,
                f"skl2onnx does not apply the threshold of a {wrapper}. Register its estimator_ "
                "with threshold=, and apply the threshold of onnx_report.json to the "
                "probabilities; or use another format.",
            )


def _info(version: ExportedVersion) -> dict[str, Any]:
    """Return the facts of the stored model, which is not a file of the folder."""
    artifact = version.metadata.artifact
    card = {
        "format": "onnx",
        "sha256": version.sha256,
        "size_bytes": artifact.size_bytes if artifact else 0,
        "globals": artifact.globals if artifact else (),
        "packages": version.metadata.environment.packages,
    }
    return export_info(
        version.model, card, version.given, version.example, version.calibration, None
    )


def _best(
    version: ExportedVersion, info: Mapping[str, Any], rows: ComparedRows
) -> tuple[OnnxModel, Difference]:
    """Return the first conversion that predicts as the model, or the one that differs least."""
    form = info["input"]
    try:
        ours = model_answers(version.model, rows, form)
    except Exception as error:  # a model can raise any error
        reason = f"it does not predict the rows that are compared ({short_error(error)})."
        raise version.refusal(_FORMAT, reason) from error
    facts = {"model_id": version.metadata.model_id, "sha256": version.sha256}
    found: list[tuple[Difference, OnnxModel]] = []
    first: Exception | None = None
    for plan in plans(rows, is_frame=form["container"] == "frame"):
        try:
            model = convert(version.model, plan, len(rows.columns), facts)
            found.append((difference(rows, ours, model.predict(rows.columns)), model))
        except Exception as error:  # noqa: BLE001 - a converter can raise any error
            first = first or error
            continue
        if found[-1][0].is_small:
            break
    if not found:
        if first is None:
            first = ValueError("it has text and numbers in one array")
        raise version.refusal(_FORMAT, reason_of(first)) from first
    smallest, model = min(found, key=lambda pair: pair[0].order)
    if smallest.is_wrong:
        reason = f"the file would predict other values. {smallest.sentence()} Use another format."
        raise version.refusal(_FORMAT, reason)
    return model, smallest


def _packages(info: Mapping[str, Any]) -> dict[str, str]:
    import numpy as np
    import onnxruntime

    return {
        "numpy": info["packages"].get("numpy", np.__version__),
        "onnxruntime": onnxruntime.__version__,
    }


def _report(
    version: ExportedVersion, info: Mapping[str, Any], model: OnnxModel, found: Difference
) -> dict[str, Any]:
    import onnx
    import onnxruntime
    import skl2onnx

    report: dict[str, Any] = {
        "model_id": version.metadata.model_id,
        "sha256": version.sha256,
        "onnx_sha256": hashlib.sha256(model.data).hexdigest(),
        "inputs": model.plan.types,
        "columns": [column["name"] for column in info["columns"] or ()],
        "outputs": model.outputs,
        "classes": info["classes"],
        "opsets": model.opsets,
        "compared": found.to_dict(),
        "packages": {
            "onnx": onnx.__version__,
            "onnxruntime": onnxruntime.__version__,
            "skl2onnx": skl2onnx.__version__,
        },
    }
    known = ("threshold", "positive", "calibration")
    return report | {name: info[name] for name in known if info.get(name) is not None}


def _card(
    version: ExportedVersion,
    info: Mapping[str, Any],
    model: OnnxModel,
    rows: ComparedRows,
    found: Difference,
) -> str:
    sentence, stored = found.sentence(), f"{found.stored_rows:,}"
    parts = [
        *card_start(info, version.given),
        *card_columns(info),
        _COMPARED.format(sentence=sentence, stored=stored),
        _usage(model, rows),
    ]
    if note := _not_applied(info):
        parts.append(f"## Not part of the file\n\n{note}\n")
    return "\n".join(parts)


def _usage(model: OnnxModel, rows: ComparedRows) -> str:
    plan, outputs = model.plan, model.outputs
    first = {name: values[0] for name, values in rows.columns.items()}
    if plan.is_matrix:
        ((_, type_),) = plan.types.items()
        values = [_literal(value) for value in first.values()]
        row = f"[[{', '.join(values)}]]"
        return _MATRIX.format(row=row, dtype=_dtype(type_), outputs=outputs)
    lines = (
        f"    {name!r}: np.array([[{_literal(first[name])}]], dtype={_dtype(type_)}),\n"
        for name, type_ in plan.types.items()
    )
    return _COLUMNS.format(row="".join(lines), outputs=outputs)


def _literal(value: Any) -> str:
    return "np.nan" if value is None or value != value else repr(value)


def _dtype(type_: str) -> str:
    return "object" if type_ == "str" else f"np.{type_.replace('bool', 'bool_')}"


def _not_applied(info: Mapping[str, Any]) -> str:
    """Return the steps that a program has to apply to the probabilities."""
    notes = []
    if info.get("threshold") is not None:
        label, place = info["classes"][info["positive"]], info["positive"]
        notes.append(
            f"The version predicts {label} from a score of {info['threshold']:g}; the output "
            f"`label` does not. Compare column {place} of the probabilities with it."
        )
    if info.get("calibration"):
        notes.append("The probabilities do not have the calibration of the version.")
    return " ".join(notes)
