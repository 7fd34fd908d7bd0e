"""Scoring of the candidates by a registered model in a separate process.

It shows that the stored model works outside the process that trained it. The command ``python -m
exo_nbregistry.exoplanet.followup.scoring_process REGISTRY REF`` reads only the registry and the
embedded table.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import split_by_star
from exo_nbregistry.exoplanet.followup.flag import flag_candidates
from exo_nbregistry.introspection.metrics import evaluate

if TYPE_CHECKING:
    import pandas as pd


THRESHOLD = 0.9


@dataclass(frozen=True)
class ScoringResult:
    """The predictions of a loaded model.

    Attributes
    ----------
    model_id : str
        The version that was loaded.
    test_metrics : dict of str to float
        Metrics on the test set.
    test_samples : int
        Number of signals in the test set.
    candidates : int
        Number of scored candidates.
    flagged : dict of str to dict
        Rows of the follow-up list by KOI name, highest probability first, without columns in
        which all values are missing.
    """

    model_id: str
    test_metrics: dict[str, float]
    test_samples: int
    candidates: int
    flagged: dict[str, dict[str, Any]]

    def to_frame(self) -> pd.DataFrame:
        """Return the follow-up list as a DataFrame."""
        import pandas as pd

        return pd.DataFrame.from_dict(self.flagged, orient="index")


def score_candidates(registry: str, ref: str) -> ScoringResult:
    """Load a version and apply it to the test set and to the candidates.

    Parameters
    ----------
    registry : str
        The registry's folder or bucket URL.
    ref : str
        Reference to a version that was trained on columns of the Kepler table.

    Returns
    -------
    ScoringResult
        The metrics and the follow-up list.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    opened = ModelRegistry(registry, create=False)
    model, metadata = opened.load_model(ref)
    koi = load_koi(metadata.feature_columns)
    split = split_by_star(koi.data, koi.target, koi.groups)
    listed = flag_candidates(metadata.model_id, koi, THRESHOLD, registry=opened)
    flagged: dict[Any, Any] = listed.dropna(axis="columns", how="all").to_dict(orient="index")
    return ScoringResult(
        model_id=metadata.model_id,
        test_metrics=evaluate(model, split.X_test, split.y_test).metrics,
        test_samples=len(split.y_test),
        candidates=len(koi.candidates),
        flagged=flagged,
    )


def score_in_subprocess(registry: Path | str, ref: str) -> ScoringResult:
    """Run `score_candidates` in a new Python process.

    Parameters
    ----------
    registry : Path or str
        The registry's folder or bucket URL.
    ref : str
        Reference to a version.

    Returns
    -------
    ScoringResult
        The result of the process.

    Raises
    ------
    RegistryError
        If the process failed; the message ends with its last line of output.
    """
    command = [sys.executable, "-m", __name__, str(registry), ref]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise RegistryError(f"Cannot load and apply {ref} in a new process: {last}")
    return ScoringResult(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(score_candidates(*sys.argv[1:]))))
