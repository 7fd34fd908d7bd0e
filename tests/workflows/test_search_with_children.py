"""A grid search, and its best candidates as children."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestSearchWithChildren(Workflow):
    """A fitted GridSearchCV and the refitted runners-up."""

    NOTEBOOK = """
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry import ModelRegistry

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
data = {"X": X_train, "y": y_train, "X_test": X_test, "y_test": y_test}
grid = {"max_depth": [1, 3, 5], "min_samples_leaf": [1, 20]}
search = GridSearchCV(DecisionTreeClassifier(random_state=0), grid, cv=3, scoring="roc_auc")
search.fit(X_train, y_train)

registry = ModelRegistry("registry")
ref = registry.register_model(search, "tree", **data)
ranked = pd.DataFrame(search.cv_results_).sort_values("rank_test_score")
for row in ranked.iloc[1:5].itertuples():
    candidate = clone(search.estimator).set_params(**row.params).fit(X_train, y_train)
    registry.register_model(
        candidate, "tree", parent=ref, metrics={"cv_auc": row.mean_test_score}, **data
    )
rows = X_test.head(20)
expected = search.predict(rows)
"""
    SHOWN = ("DecisionTreeClassifier", "cv_score", "max_depth", "trials")
    BAD = ("mean area", "wide")

    def test_it_is_recorded(self, done: Executed) -> None:
        """The search has its best score, its best parameters and all trials."""
        version = done.version
        trials = done.registry.trials(done.ref)
        assert len(trials) == 6
        assert version.metrics["cv_score"] == trials[0].score
        assert version.metrics["accuracy"] > 0.85
        best = trials[0].params
        assert {name: version.hyperparameters[name] for name in best} == best

    def test_the_natural_filter_finds_it(self, done: Executed) -> None:
        """The best parameter finds the search, and not only its children."""
        depth = done.version.hyperparameters["max_depth"]
        where = f"hyperparameters.max_depth == {depth} and metrics.cv_score > 0"
        assert done.registry.list_models(where=where).ids == (done.ref,)

    def test_its_children_are_folded(self, done: Executed) -> None:
        """The children name their parent, and are a number in its row."""
        children = done.registry.list_models("tree")[1:]
        assert [child.parent for child in children] == [done.ref] * 4
        folded = done.registry.list_models("tree", fold_children=True)
        assert folded.children[done.ref] >= 3

    def test_its_trials_are_plotted(self, done: Executed) -> None:
        """The plot has the parameters of the trials."""
        assert "min_samples_leaf" in repr(done.registry.plot("trials", done.ref))
