"""Load a registered model, in a process of its own, and let it judge what it has never seen.

This shows that the stored model works outside the process that trained it: ``python -m
exo_nbregistry.exoplanet.followup.scoring_process REGISTRY REF`` is given the folder and the
table, and nothing else.
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


SURE = 0.9


@dataclass(frozen=True)
class Vetting:
    """What a loaded model says.

    Attributes
    ----------
    model_id : str
        The version that the reference meant.
    test_metrics : dict of str to float
        Metrics on the stars of the test part.
    test_samples : int
        Number of signals of the test part.
    candidates : int
        Number of candidates that were judged.
    flagged : dict of str to dict
        By KOI name the rows of the follow-up list, the surest first; what is missing in all of
        them is left out.
    """

    model_id: str
    test_metrics: dict[str, float]
    test_samples: int
    candidates: int
    flagged: dict[str, dict[str, Any]]

    def to_frame(self) -> pd.DataFrame:
        """Return the follow-up list, as `flag_candidates` made it."""
        import pandas as pd

        return pd.DataFrame.from_dict(self.flagged, orient="index")


def score_candidates(registry: str, ref: str) -> Vetting:
    """Load a version and apply it to the test part and to the candidates.

    Parameters
    ----------
    registry : str
        The registry's folder.
    ref : str
        Reference to a version that was trained on columns of the Kepler table.

    Returns
    -------
    Vetting
        Metrics and follow-up list.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    opened = ModelRegistry(registry, create=False)
    model, metadata = opened.load_model(ref)
    koi = load_koi(metadata.feature_columns)
    split = split_by_star(koi.data, koi.target, koi.groups)
    listed = flag_candidates(metadata.model_id, koi, SURE, registry=opened)
    flagged: dict[Any, Any] = listed.dropna(axis="columns", how="all").to_dict(orient="index")
    return Vetting(
        model_id=metadata.model_id,
        test_metrics=evaluate(model, split.X_test, split.y_test).metrics,
        test_samples=len(split.y_test),
        candidates=len(koi.candidates),
        flagged=flagged,
    )


def score_in_subprocess(registry: Path, ref: str) -> Vetting:
    """Do what `score_candidates` does in a fresh Python process.

    Parameters
    ----------
    registry : Path
        The registry's folder.
    ref : str
        Reference to a version.

    Returns
    -------
    Vetting
        As the other process found it.

    Raises
    ------
    RegistryError
        If the process failed; the message ends with its last words.
    """
    command = [sys.executable, "-m", __name__, str(registry), ref]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise RegistryError(f"A fresh process could not load and apply {ref}: {last}")
    return Vetting(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(score_candidates(*sys.argv[1:]))))
