"""The magic ``%autoregister``, in a real kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CELLS = {
    "load": f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "%load_ext exo_nbregistry\n%reload_ext exo_nbregistry\n%autoregister",
    "missing": "%autoregister kepler_*",
    "start": "from exo_nbregistry import ModelRegistry\n"
    "registry = ModelRegistry('models/registry')\n%autoregister kepler_*",
    "define": "import numpy as np\n"
    "from sklearn.base import BaseEstimator, ClassifierMixin\n"
    "from sklearn.metrics import f1_score\nfrom sklearn.model_selection import cross_val_score\n"
    "X, y = np.arange(40.0).reshape(-1, 1), np.arange(40) % 4 // 2\n"
    "X_train, X_test, y_train, y_test = X[::2], X[1::2], y[::2], y[1::2]\n"
    "class Cut(ClassifierMixin, BaseEstimator):\n"
    "    def fit(self, X, y):\n        self.classes_ = np.unique(y)\n        return self\n"
    "    def predict(self, X):\n        return (X[:, 0] > 20).astype(int)",
    "fit": "from sklearn.svm import SVC\nmodel = SVC().fit(X_train, y_train)\n"
    "print(model.score(X_train, y_train) <= 1)\n"
    "print(f1_score(y_test, model.predict(X_test)) <= 1)",
    "own": "cut = Cut().fit(X_train, y_train)",
    "later": "print(cut.score(X_test, y_test))",
    "later again": "print(cut.score(X_test, y_test))",
    "error": "SVC(C=2).fit(X_train, y_train)\n1 / 0",
    "folds": "print(cross_val_score(SVC(), X, y, cv=2).size)",
    "state": "%autoregister",
    "off": "%autoregister off  # for now",
    "after": "SVC(C=3).fit(X_train, y_train); print(vars(Cut)['fit'])",
    "path": "place = 'other'\n%autoregister second place  # a variable",
    "second": "SVC(C=4).fit(X_train, y_train);",
    "bad": "%autoregister a*b*c",
    "third": "SVC(C=6).fit(X_train, y_train);",
    "unload": "%unload_ext exo_nbregistry\nSVC(C=5).fit(X_train, y_train);",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Run the cells in a kernel, the cell "fit" twice; return the printed lines of each cell."""
    nbformat, nbclient = pytest.importorskip("nbformat.v4"), pytest.importorskip("nbclient")
    folder = tmp_path_factory.mktemp("notebook")
    names = [*CELLS]
    names.insert(names.index("own") + 1, "fit")
    cells = [nbformat.new_code_cell(CELLS[name]) for name in names]
    book = nbformat.new_notebook(cells=cells)
    options = {"resources": {"metadata": {"path": str(folder)}}, "allow_errors": True}
    nbclient.NotebookClient(book, **options).execute()
    found: dict[str, list[str]] = {"folder": [str(folder)]}
    for name, cell in zip(names, book.cells, strict=True):
        lines = [line for output in cell.outputs for line in output.get("text", "").splitlines()]
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        found["fit again" if name in found else name] = lines + errors
    return found


@pytest.fixture
def stored(shown: dict[str, list[str]]) -> Callable[[str], ModelRegistry]:
    """Return a function that opens a registry of the notebook."""
    return lambda path: ModelRegistry(Path(shown["folder"][0]) / path)


def test_each_cell_shows_what_it_registers(shown: dict[str, list[str]]) -> None:
    """A fit is reported at the end of its cell, also after an error, and a repeated fit is not."""
    assert shown["load"] == ["Automatic registration is off."]
    assert shown["missing"][0].startswith("UsageError: No registry was found in models/registry")
    assert shown["start"][0].endswith("models/registry: on, 0 versions")
    assert shown["fit"][:2] == ["True", "True"]
    assert shown["fit"][2].startswith("kepler_svc:1 registered (f1_score ")
    unchanged = "kepler_svc:1 has the same model and metadata: no new version."
    assert sorted(shown["fit again"]) == sorted(["True", "True", unchanged])
    assert shown["own"] == ["kepler_cut:1 registered"]
    assert sorted(shown["error"]) == ["ZeroDivisionError", "kepler_svc:2 registered"]
    assert shown["folds"] == ["2"]


def test_scores_in_later_cells_are_later_metrics(
    shown: dict[str, list[str]], stored: Callable[[str], ModelRegistry]
) -> None:
    """The score of a model in a later cell is added to its version, once."""
    accuracy = float(shown["later"][0])
    assert shown["later"][1].startswith("kepler_cut:1 measured (")
    assert shown["later again"] == [str(accuracy)]
    (later,) = stored("models/registry")["kepler_cut:1"].later_metrics
    assert later.metrics["accuracy"] == accuracy
    assert later.on.startswith("held-out data ")


def test_a_version_has_the_cell_of_its_fit(stored: Callable[[str], ModelRegistry]) -> None:
    """Number, source and definitions belong to the cell of the fit, as by hand."""
    provenance = stored("models/registry")["kepler_cut:1"].provenance
    assert (provenance.cell_number, provenance.cell_source) == (6, CELLS["own"])
    assert "class Cut" in provenance.definitions


def test_the_magic_can_be_stopped(
    shown: dict[str, list[str]], stored: Callable[[str], ModelRegistry]
) -> None:
    """The state is shown, `off` ends the registration, and a class of the notebook is unchanged."""
    assert shown["state"][0].endswith("models/registry: on, 3 versions")
    assert shown["off"] == ["Automatic registration is off."]
    assert shown["after"][0].startswith("<function Cut.fit at ")
    versions = stored("models/registry").list_models()
    assert sorted(version.model_id for version in versions) == [
        "kepler_cut:1",
        "kepler_svc:1",
        "kepler_svc:2",
    ]


def test_another_registry_can_be_named(
    shown: dict[str, list[str]], stored: Callable[[str], ModelRegistry]
) -> None:
    """The second word is a path or a variable; a bad pattern changes nothing, unloading stops."""
    assert shown["second"] == ["second:1 registered"]
    assert shown["bad"][0].startswith("UsageError: ")
    assert shown["third"] == ["second:2 registered"]
    versions = stored("other").list_models()
    assert sorted(version.model_id for version in versions) == ["second:1", "second:2"]
