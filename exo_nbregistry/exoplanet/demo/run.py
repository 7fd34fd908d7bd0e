"""The demo: train, register, compare, choose and load Kepler classifiers, and write a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import split_by_star
from exo_nbregistry.exoplanet.demo.report import write_report
from exo_nbregistry.exoplanet.followup.flag import record_followup
from exo_nbregistry.exoplanet.followup.scoring_process import (
    THRESHOLD,
    ScoringResult,
    score_in_subprocess,
)
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer
from exo_nbregistry.text.markup import MISSING, text_table

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry
    from exo_nbregistry.training import TrainingRun

MODEL_NAME = "kepler_exoplanet"
ALIAS = "champion"
N_LISTED = 10
_QUICK: dict[str, dict[str, Any]] = {
    "RandomForest": {"n_estimators": 20},
    "NeuralNetwork": {"hidden_layers": (16,), "learning_rate": 0.01},
    "SVM": {},
    "HistGradientBoosting": {"max_iter": 50},
}

Show = Callable[[object], None]


@dataclass(frozen=True)
class Demo:
    """The result of a demo.

    Attributes
    ----------
    model_ids : dict of str to str
        Version of each classifier.
    new : tuple of str
        The versions that this run registered; the others existed.
    champion : str
        The chosen version.
    scoring : ScoringResult
        Predictions of the champion in a separate process.
    """

    model_ids: dict[str, str]
    new: tuple[str, ...]
    champion: str
    scoring: ScoringResult


def run_demo(
    registry: Path | str, report: Path, *, quick: bool = False, progress: bool = True, show: Show
) -> Demo:
    """Run the demo. A second run registers no new versions.

    Parameters
    ----------
    registry : Path or str
        Folder or bucket URL of the registry; created if it does not exist.
    report : Path
        Path of the HTML report.
    quick : bool
        Whether to train smaller models.
    progress : bool
        Whether to show progress bars.
    show : callable
        Displays the output: text, a Listing or a Comparison.

    Returns
    -------
    Demo
        The result.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    koi = load_koi()
    split = split_by_star(koi.data, koi.target, koi.groups)
    show(
        f"Kepler DR25: {len(koi.data)} confirmed planets and false positives, "
        f"{len(koi.candidates)} candidates.\n"
        f"Split by star: {len(split.y_train)} signals for training, {len(split.y_val)} for "
        f"validation, {len(split.y_test)} for testing.\n"
    )
    trainer = ModelTrainer(progress=progress, ensemble=True)
    run = trainer.train_and_evaluate(*split, model_configs=_QUICK if quick else None)
    opened = ModelRegistry(registry, create=True)
    model_ids, new = _register(opened, trainer, run, koi)
    show(_registered(model_ids, new))
    show(opened.list_models(MODEL_NAME))
    show("")
    show(opened.compare_models(list(model_ids.values())))
    champion = model_ids[run.best_model_name]
    opened.set_alias(MODEL_NAME, ALIAS, int(champion.rpartition(":")[2]))
    show(_chosen(run, trainer.metric, champion))
    scoring = score_in_subprocess(registry, f"{MODEL_NAME}@{ALIAS}")
    if scoring.flagged:
        record_followup(opened, scoring.to_frame())
    show(_loaded(scoring, koi.candidates))
    _report(report, opened, model_ids, champion, scoring, koi, registry)
    show(_next_steps(registry, report, champion))
    return Demo(model_ids, new, champion, scoring)


def _register(
    registry: ModelRegistry, trainer: ModelTrainer, run: TrainingRun, koi: Any
) -> tuple[dict[str, str], tuple[str, ...]]:
    before = {version.model_id for version in registry.list_models(where=f"name == {MODEL_NAME!r}")}
    model_ids = trainer.register(
        registry,
        run,
        MODEL_NAME,
        dataset=koi.name,
        target_names=koi.target_names,
        description="Is this Kepler signal a planet? Trained by the demo.",
    )
    return model_ids, tuple(sorted(set(model_ids.values()) - before))


def _registered(model_ids: Mapping[str, str], new: tuple[str, ...]) -> str:
    lines = [
        f"{'Registered' if model_id in new else 'Unchanged:'} {model_id} ({algorithm})"
        for algorithm, model_id in model_ids.items()
    ]
    if not new:
        lines.append("Identical models and metadata do not create new versions.")
    return "\n".join(lines) + "\n"


def _chosen(run: TrainingRun, metric: str, champion: str) -> str:
    value = run.deciding_results[run.best_model_name][metric]
    return (
        f"\n{run.best_model_name} has the best {metric} in {run.chosen_in}, {value:.4f}.\n"
        f"{MODEL_NAME}@{ALIAS} points to {champion}."
    )


def _loaded(scoring: ScoringResult, candidates: pd.DataFrame) -> str:
    metrics = scoring.test_metrics
    return (
        f"\nA new process loaded {scoring.model_id}, checked its digest and signature,\n"
        f"and scored the {scoring.test_samples} signals of the test set: "
        f"accuracy {metrics['accuracy']:.4f}, ROC AUC {metrics['roc_auc']:.4f}.\n\n"
        f"{len(scoring.flagged)} of {scoring.candidates} candidates have a calibrated probability "
        f"of at least {THRESHOLD}.\nThe {min(N_LISTED, len(scoring.flagged))} most probable:\n\n"
        f"{_most_probable(scoring, candidates)}\n\n"
        "This is a ranking for follow-up, not a list of discoveries. The full list is in\n"
        f"the report and in a note of {scoring.model_id}; read it with\n"
        f"  read_followup(registry, {scoring.model_id!r})"
    )


def _most_probable(scoring: ScoringResult, candidates: pd.DataFrame) -> str:
    columns = ["koi_period", "koi_prad"]
    rows = [
        [name, *map(_two_decimals, candidates.loc[name, columns]), _three_digits(scoring, name)]
        for name in list(scoring.flagged)[:N_LISTED]
    ]
    heads = ["signal", "period, days", "radius, Earths", "P(planet)"]
    return text_table(heads, rows, align="lrrr", width=80)


def _two_decimals(value: float) -> str:
    return MISSING if value != value else f"{value:.2f}"


def _three_digits(scoring: ScoringResult, name: str) -> str:
    return f"{scoring.flagged[name]['calibrated_probability']:.3f}"


def _report(
    path: Path,
    registry: ModelRegistry,
    model_ids: Mapping[str, str],
    champion: str,
    scoring: ScoringResult,
    koi: Any,
    folder: Path | str,
) -> None:
    flagged = scoring.to_frame()
    shared = [name for name in flagged if name in koi.candidates]
    write_report(
        path,
        [registry.get_metadata(model_id) for model_id in model_ids.values()],
        {model_id: registry.load_evaluation(model_id) for model_id in model_ids.values()},
        registry.get_metadata(champion),
        koi.candidates.loc[flagged.index].drop(columns=shared).join(flagged),
        registry=_relative(folder),
        data=koi.DESCR,
    )


def _next_steps(registry: Path | str, report: Path, champion: str) -> str:
    folder = _relative(registry)
    return (
        f"\nReport:   {_relative(report)}\nRegistry: {folder}\n\nNext steps:\n"
        f"  exo-nbregistry show {champion} --registry {folder}\n"
        f"  exo-nbregistry verify --registry {folder}"
    )


def _relative(path: Path | str) -> str:
    """Return a path relative to the current folder if it is inside, or else unchanged."""
    if isinstance(path, str):
        return path
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return os.fspath(path)
