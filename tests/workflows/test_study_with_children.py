"""A study such as Optuna's, whose trials are children too."""

from __future__ import annotations

import pytest

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestStudyWithChildren(Workflow):
    """A study that minimizes, with a pruned trial; the notebook defines its classes."""

    NOTEBOOK = """
from types import SimpleNamespace as Record

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

from exo_nbregistry import ModelRegistry

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
data = {"X": X_train, "y": y_train, "X_test": X_test, "y_test": y_test}

# A study of Optuna has these attributes.
study = Record(
    trials=[], direction=Record(name="MINIMIZE"), directions=[Record(name="MINIMIZE")]
)
rng = np.random.default_rng(6)
models = []
for number in range(5):
    params = {"max_depth": int(rng.integers(2, 8)), "n_estimators": 5 * number + 5}
    model = RandomForestRegressor(**params, random_state=0).fit(X_train, y_train)
    pruned = number == 1
    error = None if pruned else mean_absolute_error(y_test, model.predict(X_test))
    study.trials.append(
        Record(
            number=number,
            params=params,
            value=error,
            values=None if pruned else [error],
            state=Record(name="PRUNED" if pruned else "COMPLETE"),
        )
    )
    models.append(model)
finished = [trial for trial in study.trials if trial.value is not None]
best = min(finished, key=lambda trial: trial.value)

registry = ModelRegistry("registry")
ref = registry.register_model(models[best.number], "forest", trials=study, **data)
for trial in finished:
    if trial is not best:
        registry.register_model(models[trial.number], "forest", parent=ref, **data)
rows = X_test.head(20)
expected = models[best.number].predict(rows)
"""
    SHOWN = ("RandomForestRegressor", "mae", "max_depth", "trials")
    BAD = ("bmi", "high")

    def test_it_is_recorded(self, done: Executed) -> None:
        """All trials are rows under the version, best first, and none is a version."""
        version = done.version
        trials = done.registry.trials(done.ref)
        assert len(trials) == 5
        best = trials[0].params
        assert {name: version.hyperparameters[name] for name in best} == best
        assert trials[0].score == pytest.approx(version.metrics["mae"])

    def test_its_children_are_folded(self, done: Executed) -> None:
        """The three children are a number in the row of their parent."""
        folded = done.registry.list_models("forest", fold_children=True)
        assert folded.children[done.ref] == 3

    def test_its_trials_are_plotted(self, done: Executed) -> None:
        """The plot has the parameters, and names the pruned trial."""
        plot = repr(done.registry.plot("trials", done.ref))
        assert "n_estimators" in plot
        assert "pruned" in plot
