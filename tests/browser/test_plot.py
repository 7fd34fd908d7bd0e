"""Plots in JupyterLab, with and without a widget."""

from __future__ import annotations

from pathlib import Path

from tests.browser.chromium import Window
from tests.browser.lab import open_notebook
from tests.browser.server import Server

_SHOWN = """image => ({
    width: image.getBoundingClientRect().width,
    pixels: image.naturalWidth,
})"""
CELLS = [
    "import matplotlib.pyplot as plt\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from exo_nbregistry import ModelRegistry\n"
    "registry = ModelRegistry('plotted')\n"
    "X, y = [[x / 40] for x in range(40)], [0] * 18 + [1, 0, 1, 0] + [1] * 18\n"
    "for C in (0.1, 10.0):\n"
    "    model = LogisticRegression(C=C).fit(X, y)\n"
    "    registry.register_model(model, 'toy', X_test=X, y_test=y)",
    "registry.plot('roc', model_name='toy')",
    "plt.style.use('dark_background')\nregistry.plot('metric', 'toy').to_widget()",
    "plt.get_fignums()",
]


def test_plots_have_double_resolution(window: Window, server: Server, folder: Path) -> None:
    """A plot and its widget are shown as images with double resolution."""
    notebook = open_notebook(window, server, f"{folder.name}/plots.ipynb", CELLS)
    for cell in (1, 2):
        image = notebook.output(cell).locator("img")
        image.wait_for()
        shown = image.evaluate(_SHOWN)
        assert shown == {"width": 640, "pixels": 1280}
    notebook.output(2).get_by_text("f1_score (of 1) of toy; f1_score: toy:2").wait_for()
    assert notebook.output(3).inner_text().strip() == "[]"
    notebook.end()
