"""Decision trees, forests and boosting with one part that does not fit the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import ensemble, tree
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from tests.security.damage_table import BINS, FAR, TARGET, X, Y, damage


def grown(**state: Any) -> tree.DecisionTreeClassifier:
    """Return a fitted tree whose native state is changed."""
    model = tree.DecisionTreeClassifier(random_state=0).fit(X, Y)
    model.tree_ = changed(model.tree_, **state)
    return model


def changed(native: Any, *, n_features: int | None = None, **state: Any) -> Any:
    """Return a copy of a native tree with changed state."""
    create, arguments, old = native.__reduce__()
    if n_features is not None:
        arguments = (n_features, *arguments[1:])
    copy = create(*arguments)
    new = dict(old, nodes=old["nodes"].copy())
    fields = {key: value for key, value in state.items() if key not in new}
    for field, (place, value) in fields.items():
        new["nodes"][field][place] = value
    copy.__setstate__({**new, **{k: v for k, v in state.items() if k in new}})
    return copy


@damage("Tree.max_depth")
def tree_depth() -> Any:
    """A tree claims to be less deep than it is, so its decision path writes too far."""
    return grown(max_depth=0)


@damage("Tree.max_depth")
def tree_depth_beyond_nodes() -> Any:
    """A tree claims a depth whose product with the rows is larger than an integer."""
    return grown(max_depth=2**62)


@damage("Tree.nodes")
def tree_feature() -> Any:
    """A node splits on a feature that the tree does not have."""
    return grown(feature=(0, FAR))


@damage("Tree.nodes")
def tree_loop() -> Any:
    """A child is its own parent, so prediction never ends."""
    return grown(left_child=(0, 0), right_child=(0, 0))


@damage("Tree.nodes")
def tree_child() -> Any:
    """A child lies outside the tree."""
    return grown(right_child=(0, FAR))


@damage("Tree.nodes")
def tree_two_parents() -> Any:
    """A node has two parents, so that paths multiply."""
    model = grown()
    right = int(model.tree_.children_right[0])
    return grown(left_child=(0, right))


@damage("Tree.nodes")
def tree_half_leaf() -> Any:
    """A node has one child."""
    return grown(right_child=(0, -1))


@damage("tree_")
def tree_more_features() -> Any:
    """A native tree has more features than its estimator, which compares the input."""
    model = tree.DecisionTreeClassifier(random_state=0).fit(X, Y)
    model.tree_ = changed(model.tree_, n_features=FAR + 1, feature=(0, FAR))
    return model


@damage("n_features_in_")
def tree_without_features() -> Any:
    """An estimator without a number of features does not compare the input."""
    model = grown()
    del model.n_features_in_
    return model


@damage("Tree")
def tree_alone() -> Any:
    """A native tree is not the tree of an estimator."""
    return [grown().tree_]


@damage("Tree")
def tree_without_state() -> Any:
    """A native tree was created, but its nodes were never set."""
    model = grown()
    create, arguments, _ = model.tree_.__reduce__()
    model.tree_ = create(*arguments)
    return model


def boosted(count: int = 3) -> ensemble.GradientBoostingClassifier:
    """Return gradient boosting with three classes."""
    rows = Y % count
    return ensemble.GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, rows)


@damage("GradientBoostingClassifier.estimators_")
def boosting_tree() -> Any:
    """A tree of a later stage has more features than the first one."""
    model = boosted(2)
    later = model.estimators_[1, 0]
    later.n_features_in_ = FAR + 1
    later.tree_ = changed(later.tree_, n_features=FAR + 1, feature=(0, FAR))
    return model


@damage("GradientBoostingClassifier.estimators_")
def boosting_outputs() -> Any:
    """Stages have more trees than outputs, so predictions are written behind the output."""
    model = boosted(2)
    model.estimators_ = np.repeat(model.estimators_, 64, axis=1)
    return model


@damage("GradientBoostingClassifier.init_")
def boosting_first_prediction() -> Any:
    """The first prediction has fewer columns than the stages have trees."""
    model = boosted()
    model.init_.class_prior_ = model.init_.class_prior_[:1]
    return model


@damage("GradientBoostingRegressor.init_")
def boosting_without_columns() -> Any:
    """The first prediction has no column, so predictions are written behind its end."""
    model = ensemble.GradientBoostingRegressor(init=LinearRegression(), n_estimators=2)
    model.fit(X, TARGET)
    model.init_.coef_, model.init_.intercept_ = np.zeros((0, 4)), 0.0
    return model


@damage("GradientBoostingClassifier.init_")
def boosting_zero_outputs() -> Any:
    """A model that starts at zero has no output."""
    model = boosted(2)
    model.init_, model.n_trees_per_iteration_ = "zero", 0
    return model


@damage("GradientBoostingRegressor.init_")
def boosting_in_itself() -> Any:
    """A model makes its own first prediction."""
    model = ensemble.GradientBoostingRegressor(n_estimators=2).fit(X, TARGET)
    model.init_ = make_pipeline(model)
    return model


@damage("RandomForestClassifier.estimators_")
def forest_features() -> Any:
    """A tree of a forest has fewer features than the forest."""
    model = ensemble.RandomForestClassifier(3, random_state=0).fit(X, Y)
    other = ensemble.RandomForestClassifier(3, random_state=0).fit(X[:, :2], Y)
    model.estimators_[1] = other.estimators_[1]
    return model


@damage("BaggingClassifier.estimators_features_")
def bagging_columns() -> Any:
    """An estimator of a bag gets a column that does not exist."""
    model = ensemble.BaggingClassifier(n_estimators=2, max_features=2).fit(X, Y)
    model.estimators_features_[0] = np.array([0, FAR])
    return model


def binned(**fields: tuple[int, Any]) -> ensemble.HistGradientBoostingClassifier:
    """Return histogram gradient boosting with changed nodes of its first tree."""
    model = ensemble.HistGradientBoostingClassifier(
        max_iter=2, min_samples_leaf=3, categorical_features=[1]
    ).fit(np.c_[X[:, 0], BINS[:, 1], X[:, 2:]], Y % 2)
    for field, (place, value) in fields.items():
        model._predictors[0][0].nodes[field][place] = value
    return model


@damage("TreePredictor.nodes")
def histogram_child() -> Any:
    """A child lies outside the tree."""
    return binned(left=(0, FAR), right=(0, FAR))


@damage("TreePredictor.nodes")
def histogram_loop() -> Any:
    """A child is its own parent."""
    return binned(left=(0, 0), right=(0, 0))


@damage("TreePredictor.nodes")
def histogram_feature() -> Any:
    """A node splits on a feature that does not exist."""
    return binned(feature_idx=(0, FAR))


@damage("TreePredictor.nodes")
def histogram_bitset() -> Any:
    """A split by categories has no set of categories."""
    return binned(is_categorical=(0, 1), bitset_idx=(0, FAR), feature_idx=(0, 0))


@damage("TreePredictor.nodes")
def histogram_categories_of_numbers() -> Any:
    """A split by categories is on a feature of numbers."""
    model = binned(is_categorical=(0, 1), bitset_idx=(0, 0), feature_idx=(0, 1))
    first = model._predictors[0][0]
    first.raw_left_cat_bitsets = first.binned_left_cat_bitsets = np.ones((1, 8), dtype=np.uint32)
    return model


@damage("TreePredictor.raw_left_cat_bitsets")
def histogram_short_bitset() -> Any:
    """A set of categories has fewer than 256 bits."""
    model = binned()
    model._predictors[0][0].raw_left_cat_bitsets = np.ones((9, 1), dtype=np.uint32)
    return model


@damage("ColumnTransformer.transformers_")
def histogram_columns() -> Any:
    """The encoder returns fewer columns than the trees read."""
    model = binned()
    model._preprocessor.transformers_ = model._preprocessor.transformers_[:1]
    return model


@damage("TreePredictor")
def histogram_predictor_alone() -> Any:
    """A predictor is not part of a model that compares its input."""
    return {"predictor": binned()._predictors[0][0]}
