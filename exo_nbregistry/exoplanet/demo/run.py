"""The demo: train three Kepler classifiers, register, compare, choose, load, report."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import split_by_star
from exo_nbregistry.exoplanet.demo.report import write_report
from exo_nbregistry.exoplanet.followup.flag import record_followup
from exo_nbregistry.exoplanet.followup.scoring_process import SURE, Vetting, score_in_subprocess
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry
    from exo_nbregistry.training import TrainingRun

MODEL_NAME = "kepler_exoplanet"
ALIAS = "champion"
_QUICK: dict[str, dict[str, Any]] = {
    "RandomForest": {"n_estimators": 20},
    "NeuralNetwork": {"hidden_layers": (16,), "learning_rate": 0.01},
    "SVM": {},
}

Show = Callable[[object], None]


@dataclass(frozen=True)
class Demo:
    """What a demo made.

    Attributes
    ----------
    model_ids : dict of str to str
        For each classifier its version.
    new : tuple of str
        Those that this run registered; the others were there.
    champion : str
        The version that was chosen.
    vetting : Vetting
        What the champion said in a process of its own.
    """

    model_ids: dict[str, str]
    new: tuple[str, ...]
    champion: str
    vetting: Vetting


def run_demo(
    registry: Path, report: Path, *, quick: bool = False, progress: bool = True, show: Show
) -> Demo:
    """Run the demo; where it ran before, it registers nothing new.

    Parameters
    ----------
    registry : Path
        The registry's folder, made if it is not there.
    report : Path
        Where to write the HTML report.
    quick : bool
        Smaller models.
    progress : bool
        Whether to show progress bars.
    show : callable
        Takes whatever the demo has to say: sentences, a Listing, a Comparison.

    Returns
    -------
    Demo
        What was made.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    koi = load_koi()
    split = split_by_star(koi.data, koi.target, koi.groups)
    show(
        f"Kepler DR25: {len(koi.data)} signals that are planets or false positives,\n"
        f"and {len(koi.candidates)} candidates.\n"
        f"Split by star: {len(split.y_train)} to train on, {len(split.y_val)} to choose by, "
        f"{len(split.y_test)} kept unseen.\n"
    )
    trainer = ModelTrainer(progress=progress)
    run = trainer.train_and_evaluate(*split, model_configs=_QUICK if quick else None)
    opened = ModelRegistry(registry)
    model_ids, new = _register(opened, trainer, run, koi)
    show(_registered(model_ids, new))
    show(opened.list_models(MODEL_NAME))
    show("")
    show(opened.compare_models(list(model_ids.values())))
    champion = model_ids[run.best_model_name]
    opened.set_alias(MODEL_NAME, ALIAS, int(champion.rpartition(":")[2]))
    show(_chosen(run, trainer.metric, champion))
    vetting = score_in_subprocess(registry, f"{MODEL_NAME}@{ALIAS}")
    if vetting.flagged:
        record_followup(opened, vetting.to_frame())
    show(_loaded(vetting))
    _report(report, opened, model_ids, champion, vetting, koi, registry)
    show(_farewell(registry, report, champion))
    return Demo(model_ids, new, champion, vetting)


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
        f"{'Registered' if model_id in new else 'There already:'} {model_id} ({algorithm})"
        for algorithm, model_id in model_ids.items()
    ]
    if not new:
        lines.append("The same models with the same facts make no new versions.")
    return "\n".join(lines) + "\n"


def _chosen(run: TrainingRun, metric: str, champion: str) -> str:
    value = run.validation_results[run.best_model_name][metric]
    return (
        f"\n{run.best_model_name} has the best {metric} on the validation stars, {value:.4f}:\n"
        f"{MODEL_NAME}@{ALIAS} is {champion}."
    )


def _loaded(vetting: Vetting) -> str:
    sure = {name: row["calibrated_probability"] for name, row in vetting.flagged.items()}
    metrics = vetting.test_metrics
    return (
        f"\nA fresh process loaded {vetting.model_id}, checked its digest and signature,\n"
        f"and judged the {vetting.test_samples} unseen signals: "
        f"accuracy {metrics['accuracy']:.4f}, ROC AUC {metrics['roc_auc']:.4f}.\n\n"
        f"{len(sure)} of {vetting.candidates} candidates are planets with a calibrated "
        f"probability\nof at least {SURE}:\n{_by_probability(sure)}\n"
        f"These rank signals for follow-up; they are no discoveries. The list is kept as a\n"
        f"note on {vetting.model_id}, with what each signal is like and what drove it."
    )


def _by_probability(sure: Mapping[str, float]) -> str:
    """Return the names in a paragraph for each hundredth."""
    groups: dict[str, list[str]] = {}
    for name, probability in sure.items():
        # Cut, not rounded: nothing below 1 is called 1.00.
        groups.setdefault(f"{int(probability * 100) / 100:.2f}", []).append(name)
    return "\n".join(
        textwrap.fill(" ".join(names), 80, initial_indent=f"  {head}  ", subsequent_indent=" " * 8)
        for head, names in groups.items()
    )


def _report(
    path: Path,
    registry: ModelRegistry,
    model_ids: Mapping[str, str],
    champion: str,
    vetting: Vetting,
    koi: Any,
    folder: Path,
) -> None:
    flagged = vetting.to_frame()
    write_report(
        path,
        [registry.get_metadata(model_id) for model_id in model_ids.values()],
        {model_id: registry.load_evaluation(model_id) for model_id in model_ids.values()},
        registry.get_metadata(champion),
        koi.candidates.loc[flagged.index].join(flagged),
        registry=_shown(folder),
        data=koi.DESCR,
    )


def _farewell(registry: Path, report: Path, champion: str) -> str:
    folder = _shown(registry)
    return (
        f"\nReport:   {_shown(report)}\nRegistry: {folder}\n\nGo on with\n"
        f"  exo-nbregistry show {champion} --registry {folder}\n"
        f"  exo-nbregistry verify --registry {folder}"
    )


def _shown(path: Path) -> str:
    """Return a path as seen from here where it is below here, else as it was given."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return os.fspath(path)
