"""Scores of each classifier on each feature set."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from benchmarks.followup import TABLE
from benchmarks.row import Row, Settings
from benchmarks.shared import VARIABLE, shared_file
from exo_nbregistry.exoplanet import ModelTrainer, fetch_koi, load_koi, split_by_star

SETS = ("five", "core12", "honest22", "diagnostic38")
METRICS = {"roc_auc": "ROC AUC", "accuracy": "accuracy"}
# Minimum score of the best classifier of a feature set, as the mean over the seeds.
LEAST = {("honest22", "roc_auc"): 0.975, ("honest22", "accuracy"): 0.92}
LEAST |= {("diagnostic38", "roc_auc"): 0.990}
LEAST_OF_2026 = 0.978
CHANCE = (0.45, 0.55)
ENSEMBLE = "Ensemble"
_QUICK: dict[str, dict[str, Any]] = {
    "RandomForest": {"n_estimators": 5},
    "NeuralNetwork": {"hidden_layers": (8,), "epochs": 5},
    "SVM": {},
    "HistGradientBoosting": {"max_iter": 20},
}

Results = list[dict[str, dict[str, float]]]


def measure(settings: Settings) -> Iterator[Row]:
    """Score each classifier on test stars, for each seed."""
    for features in SETS:
        koi = load_koi(features, as_frame=False)
        results = [_scores(koi, seed, settings) for seed in _seeds(settings)]
        yield from _scored(features, results)
        yield from _promised(features, results)
    yield from _shuffled(settings)
    yield from _of_2026(settings)


def _scored(what: str, results: Results) -> Iterator[Row]:
    for name in results[0]:
        for metric, words in METRICS.items():
            yield _row(f"{what}, {name}: {words}", _values(results, name, metric))


def _seeds(settings: Settings) -> range:
    return range(2 if settings.quick else 5)


def _scores(
    koi: Bunch, seed: int, settings: Settings, *, shuffle: bool = False
) -> dict[str, dict[str, float]]:
    step = 8 if settings.quick else 1
    y = np.random.default_rng(seed).permutation(koi.target) if shuffle else koi.target
    split = split_by_star(koi.data[::step], y[::step], koi.groups[::step], random_state=seed)
    trainer = ModelTrainer(random_state=seed, progress=False, ensemble=True, out_of_fold=False)
    configs = _QUICK if settings.quick else None
    run = trainer.train_and_evaluate(*split, feature_names=koi.feature_names, model_configs=configs)
    return run.evaluation_results


def _values(results: Results, name: str, metric: str) -> list[float]:
    return [scores[name][metric] for scores in results]


def _row(what: str, values: list[float], **promised: Any) -> Row:
    spread = statistics.stdev(values)
    return Row(what, statistics.mean(values), unit="", spread=spread, **promised)


def _promised(features: str, results: Results) -> Iterator[Row]:
    members = [name for name in results[0] if name != ENSEMBLE]
    best = max(members, key=lambda name: statistics.mean(_values(results, name, "roc_auc")))
    for (wanted, metric), least in LEAST.items():
        if wanted == features:
            values = _values(results, best, metric)
            yield _row(f"{features}, the best, {best}: {METRICS[metric]}", values, least=least)
    gains = [_gain(scores, members) for scores in results]
    what = f"{features}, {ENSEMBLE}: ROC AUC above its members' mean"
    yield _row(what, gains, holds=min(gains) >= 0)


def _gain(scores: Mapping[str, Mapping[str, float]], members: list[str]) -> float:
    mean = statistics.mean(scores[name]["roc_auc"] for name in members)
    return scores[ENSEMBLE]["roc_auc"] - mean


def _shuffled(settings: Settings) -> Iterator[Row]:
    """Check that shuffled labels give scores near chance."""
    koi = load_koi("honest22", as_frame=False)
    results = [_scores(koi, seed, settings, shuffle=True) for seed in _seeds(settings)]
    for name in results[0]:
        values = _values(results, name, "roc_auc")
        holds = CHANCE[0] <= statistics.mean(values) <= CHANCE[1]
        yield _row(f"honest22, labels shuffled, {name}: ROC AUC", values, holds=holds)


def _of_2026(settings: Settings) -> Iterator[Row]:
    """Score the classifiers on the table of 2026, which has more labels and different ones."""
    path = shared_file(TABLE)
    if not path.is_file():
        yield Row.unmeasured(
            "honest22 of 2026", f"{path} does not exist. Set {VARIABLE} to the folder of {TABLE}."
        )
        return
    koi = fetch_koi("honest22", source=path, as_frame=False)
    results = [_scores(koi, seed, settings) for seed in _seeds(settings)]
    yield from _scored("honest22 of 2026", results)
    values = _values(results, ENSEMBLE, "roc_auc")
    yield _row(f"honest22 of 2026, {ENSEMBLE}, promised", values, least=LEAST_OF_2026)
