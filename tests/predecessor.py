"""Writes folders as this project's predecessor did: an index, metadata and pickles.

The layout comes from public copies of its ``model_registry.py``; the code is our own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import joblib


def register(
    root: Path,
    model: object,
    name: str,
    version: int,
    *,
    at: str = "2024-03-01T10:15:00.123456",
    **facts: Any,
) -> str:
    """Write a model, its metadata and its entry in the index, and return its id."""
    for folder in ("models", "metadata"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    index_path = root / "index.json"
    index: dict[str, Any] = {"models": {}, "latest_versions": {}}
    if index_path.exists():
        index = json.loads(index_path.read_text())
    stamp = at[:19].replace("-", "").replace("T", "_").replace(":", "")
    model_id = f"{name}_v{version}_{stamp}"
    metadata = {
        "model_id": model_id,
        "model_name": name,
        "algorithm": "LogisticRegression",
        "version": version,
        "training_dataset": "kepler",
        **dict.fromkeys(("accuracy", "precision", "recall", "f1_score"), 0.0),
        "training_date": at,
        "hyperparameters": {},
        "feature_columns": [],
        "training_samples": 0,
        "test_samples": 0,
        "class_distribution": {},
        "additional_metrics": {},
        **facts,
    }
    joblib.dump(model, root / "models" / f"{model_id}.pkl")
    (root / "metadata" / f"{model_id}.json").write_text(json.dumps(metadata, indent=2))
    kept = ("model_id", "version", "algorithm", "f1_score", "accuracy", "training_date")
    index["models"].setdefault(name, []).append({key: metadata[key] for key in kept})
    index["latest_versions"][name] = version
    index_path.write_text(json.dumps(index, indent=2))
    return model_id
