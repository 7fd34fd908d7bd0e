"""A registry in which all text is an attack on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.own_key import PUBLIC_FILE
from tests.html_page import PAYLOADS
from tests.tamper import reseal

_SCRIPT = "window.__nbr_xss=1"
IMAGE = f"<img src=x onerror={_SCRIPT}>"
SCRIPT = f"</script><script>{_SCRIPT}</script>"
_OTHERS = [payload.replace("alert(1)", _SCRIPT) for payload in PAYLOADS]
ATTACKS = list(dict.fromkeys([IMAGE, SCRIPT, *_OTHERS]))

# The cell source is an attack too, because it becomes the provenance of a version.
_SETUP = f"""\
# {IMAGE} {SCRIPT}
import os
os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = os.path.abspath("config")
from exo_nbregistry import ModelRegistry
from sklearn.linear_model import LogisticRegression
registry = ModelRegistry("registry")
X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
model = LogisticRegression().fit(X, y)
registry.register_model(model, "kepler_rf", X=X, y=y, X_test=X, y_test=y)
"""

# Cell of each panel.
PANELS = {
    "browser": """\
panel = registry.browse("version <= 3")
panel.selected = ["kepler_rf:1", "kepler_rf:2"]
panel""",
    "comparison": "registry.compare_models(model_name='kepler_rf')",
    "version": "registry['kepler_rf:1']",
    "listing": "registry.list_models(where='version <= 2')",
    "plot": f"registry.plot('metric', 'kepler_rf', metric={IMAGE!r})",
}
# Attacks of the first two that the panel shows, if not both.
SHOWN = {"version": (IMAGE,), "plot": ()}
CELLS = [_SETUP, *PANELS.values()]


def furnish(folder: Path) -> list[str]:
    """Create a hostile registry and a key with a hostile name, and return the cells.

    Parameters
    ----------
    folder : Path
        Folder of the notebook.

    Returns
    -------
    list of str
        Cells whose outputs contain all `ATTACKS`.
    """
    config = folder / "config"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(config))
        registry = ModelRegistry(folder / "registry", durable=False)
        model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        for number, attack in enumerate(ATTACKS, 1):
            made = registry.register_model(
                model,
                "kepler_rf",
                algorithm=attack,
                evaluation_results={IMAGE: number / 20, attack: 0.5},
                hyperparameters={attack: attack, "nested": {attack: [attack]}},
                training_info={"dataset": attack, "class_distribution": {attack: 1}},
                feature_columns=[attack],
                description=attack,
                tags={attack: attack},
            )
            registry.annotate(made, attack)
        for number, attack in enumerate((IMAGE, SCRIPT), 1):
            record = folder / f"registry/models/kepler_rf/versions/v{number:06d}.json"
            reseal(record, Keyring().sign, model_name=attack)
    public = config / PUBLIC_FILE
    public.write_text(f"{' '.join(public.read_text().split()[:2])} {IMAGE}\n")
    return CELLS
