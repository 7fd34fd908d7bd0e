"""The formats of exports for other tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exo_nbregistry.exports.hugging_face import write_hugging_face
from exo_nbregistry.exports.mlflow_folder import write_mlflow
from exo_nbregistry.exports.onnx_model import write_onnx
from exo_nbregistry.exports.version import ExportedVersion

FOLDER_FORMAT = "folder"
"""The format that predicts by itself and can be imported; it is written elsewhere."""

EXPORTS: dict[str | None, Callable[[ExportedVersion, Path], Path]] = {
    "mlflow": write_mlflow,
    "huggingface": write_hugging_face,
    "onnx": write_onnx,
}
"""The functions that write the other formats, by the names that users pass."""
