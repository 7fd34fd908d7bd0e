"""Share of the candidates flagged by a model of 2017 that were confirmed by 2026.

The classifiers are trained on the labels of 2017 in the embedded table and flag its candidates.
The table of 2026 shows which candidates were confirmed since then. No model was fitted, calibrated
or tuned on the table of 2026, but the classifier with the target was chosen after reading it;
therefore the results of the other classifiers are shown too. A confirmation is not independent
evidence: many are statistical and use the same measurements as the classifiers.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.row import Row, Settings
from benchmarks.shared import VARIABLE, shared_file
from exo_nbregistry.exoplanet import ModelTrainer, fetch_koi, flag_candidates, load_koi
from exo_nbregistry.exoplanet import split_by_star as split

TABLE = "koi_cumulative.csv.gz"
THRESHOLD = 0.9
# Confirmed among the flagged, against confirmed among all candidates.
LEAST = 3.0
PROMISED = "RandomForest"
_QUICK: dict[str, dict[str, Any]] = {
    "RandomForest": {"n_estimators": 20},
    "NeuralNetwork": {"hidden_layers": (8,), "epochs": 5},
    "SVM": {},
}


def measure(settings: Settings) -> Iterator[Row]:
    """Compare the confirmed share of flagged candidates with the share of all candidates."""
    path = shared_file(TABLE)
    if not path.is_file():
        settings.echo(
            f"followup is not measured: the archive's KOI table of 2026, {path}, does not exist. "
            f"Set {VARIABLE} to the folder that contains {TABLE}."
        )
        return
    koi = load_koi("honest22")
    now = fetch_koi("five", source=path).frame["koi_disposition"].reindex(koi.candidates.index)
    confirmed = now == "CONFIRMED"
    base = float(confirmed.mean())
    yield Row(f"{len(now)} candidates of 2017: confirmed by 2026", base, unit="")
    runs = [_shares(koi, confirmed, seed, settings) for seed in range(2 if settings.quick else 5)]
    for what in runs[0]:
        lifts = [found[what] / base for found in runs]
        least = LEAST if what == f"{PROMISED}, probability" else None
        yield Row(
            f"flagged by {what} at {THRESHOLD}: confirmed, against all",
            statistics.mean(lifts),
            unit="",
            spread=statistics.stdev(lifts),
            least=least,
        )


def _shares(koi: Any, confirmed: Any, seed: int, settings: Settings) -> dict[str, float]:
    """Return the confirmed share of flagged candidates by classifier and kind of probability."""
    parts = split(koi.data, koi.target, koi.groups, random_state=seed)
    trainer = ModelTrainer(random_state=seed, progress=False, ensemble=True)
    configs = _QUICK if settings.quick else None
    run = trainer.train_and_evaluate(*parts, model_configs=configs)
    found = {}
    for name, model in run.models.items():
        for calibrated in (False, True):
            flagged = flag_candidates(
                model, koi, THRESHOLD, calibrated, calibration=(parts.X_val, parts.y_val)
            )
            what = f"{name}, {'calibrated ' if calibrated else ''}probability"
            found[what] = float(np.mean(confirmed[flagged.index]))
            settings.echo(
                f"seed {seed}, {what}: {len(flagged)} flagged, {found[what]:.3f} confirmed"
            )
    return found
