"""The calibration that a version carries, in the service and in exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService

X = pd.DataFrame({"depth": np.linspace(0.0, 1.0, 40)})
Y = (X["depth"] > 0.5).astype(int)


def held_out() -> dict[str, Any]:
    """Return out-of-fold predictions of a model that is too sure of itself."""
    rng = np.random.default_rng(0)
    share = rng.uniform(0.01, 0.99, 400)
    truth = (rng.uniform(size=400) < 0.3 + 0.4 * share).astype(int)
    shares = np.column_stack([1 - share, share])
    return {"y_true": truth, "classes": np.array([0, 1]), "probabilities": shares}


@pytest.mark.parametrize(
    "given",
    [
        "fitted on five folds",
        pd.DataFrame({"fold": [1]}),
        np.ones(3),
        {"fold": [1, 2]},
        {"classes": np.array([0, 1]), "probabilities": np.full((3, 2), 0.5)},
        held_out() | {"y_true": np.array([0, 1])},
        held_out() | {"probabilities": np.full(400, 0.5)},
    ],
)
def test_another_attachment_of_this_name_does_not_calibrate(
    registry: ModelRegistry, tmp_path: Path, given: Any
) -> None:
    """A version whose attachment out_of_fold has other content is served and exported."""
    model = LogisticRegression().fit(X, Y)
    ref = registry.register_model(model, "line", X=X, y=Y, attachments={"out_of_fold": given})
    assert InferenceService(registry, ref).calibration is None
    info = json.loads(
        (registry.export_model(ref, tmp_path / "out") / "model_info.json").read_text()
    )
    assert info["calibration"] is None


def test_a_native_model_is_calibrated_in_the_service_and_in_an_export(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A booster has no classes of its own; both use those of its signature."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = xgboost.DMatrix(X, label=Y)
    booster = xgboost.train({"objective": "binary:logistic"}, rows, 3)
    ref = registry.register_model(
        booster, "native", X=X, y=Y, attachments={"out_of_fold": held_out()}
    )
    assert InferenceService(registry, ref).calibration
    info = json.loads(
        (registry.export_model(ref, tmp_path / "out") / "model_info.json").read_text()
    )
    assert info["calibration"]["slope"] > 0
