"""A notebook that shows each panel once."""

from __future__ import annotations

from pathlib import Path

from tests.browser.sample_registries import sample_registries

SETUP = """\
from exo_nbregistry import ModelRegistry
from exo_nbregistry.exoplanet import (
    ModelTrainer, RandomForestClassifier, flag_candidates, load_koi, split_by_star,
)
registry = ModelRegistry("registry")
koi = load_koi()
small = {"n_estimators": 10, "random_state": 0}
"""

# Cell of each panel.
PANELS = {
    "browser": """\
panel = registry.browse()
panel.selected = ["kepler_svm:1"]
panel""",
    "comparison": "registry.compare_models(model_name='kepler_rf')",
    "version": "registry['kepler_svm:1']",
    "listing": "registry.list_models()",
    "plot": "registry.plot('roc', 'kepler_svm')",
    "candidates": """\
forest = RandomForestClassifier(**small).fit(koi.data, koi.target)
flag_candidates(forest, koi, 0.9, calibrated=False)""",
    "work": """\
split = split_by_star(koi.data, koi.target, koi.groups, random_state=42)
trainer = ModelTrainer(random_state=42)
run = trainer.train_and_evaluate(*split, model_configs={"RandomForest": small})""",
}
# Panels that are only an image.
IMAGES = {"plot"}
# Stored while the work was running, without a result.
UNDER_WAY = {"work"}
CELLS = [SETUP, *PANELS.values()]


def furnish(folder: Path) -> list[str]:
    """Create the registry of the tour beside its notebook.

    Parameters
    ----------
    folder : Path
        Folder of the notebook.

    Returns
    -------
    list of str
        Cells of the notebook; the first one has no output.
    """
    sample_registries(folder / "registry")
    return CELLS
