"""A notebook that shows each panel once."""

from __future__ import annotations

from pathlib import Path

from tests.browser.stock import stock

SETUP = "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')"

# What a cell shows, by the panel's name.
PANELS = {
    "comparison": "registry.compare_models(model_name='kepler_rf')",
}
CELLS = [SETUP, *PANELS.values()]


def furnish(folder: Path) -> list[str]:
    """Put what the tour shows beside its notebook, and return its cells."""
    stock(folder / "registry")
    return CELLS
