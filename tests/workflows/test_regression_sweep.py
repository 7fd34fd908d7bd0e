"""A loop over a hyperparameter of a regression, with a version for each value."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestRegressionSweep(Workflow):
    """Ridge regressions of the diabetes data."""

    NOTEBOOK = """
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

from exo_nbregistry import ModelRegistry

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
registry = ModelRegistry("registry")
for alpha in (0.01, 1.0, 100.0, 10000.0):
    model = Ridge(alpha=alpha).fit(X_train, y_train)
    registry.register_model(
        model, "progression", X=X_train, y=y_train, X_test=X_test, y_test=y_test, tags=["sweep"]
    )

ref = registry.list_models("progression", order_by="metrics.rmse")[0].model_id
best, _ = registry.load_model(ref)
rows = X_test.head(20)
expected = best.predict(rows)
"""
    SHOWN = ("Ridge", "rmse", "alpha", "bmi", "sweep")
    BAD = ("bmi", True)

    def test_it_is_recorded(self, done: Executed) -> None:
        """Each version has its metrics, its hyperparameter and the same columns."""
        versions = done.registry.list_models("progression")
        assert [v.hyperparameters["alpha"] for v in versions] == [0.01, 1.0, 100.0, 10000.0]
        assert done.version.metrics["rmse"] == min(v.metrics["rmse"] for v in versions)
        assert done.version.metrics["r2"] > 0.2
        assert {v.feature_columns for v in versions} == {done.version.feature_columns}

    def test_the_sweep_is_plotted(self, done: Executed) -> None:
        """The plot has the metric over the hyperparameter that differs."""
        plot = repr(done.registry.plot("hyperparameter", "progression", metric="rmse"))
        assert "alpha" in plot
        assert "10000" in plot.replace(",", "")

    def test_the_best_is_found(self, done: Executed) -> None:
        """The best version by a metric is the one that the notebook chose."""
        assert done.registry.best_version("progression", metric="rmse").model_id == done.ref
