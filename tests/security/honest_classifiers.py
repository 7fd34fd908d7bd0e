"""Classifiers as users build them: pipelines, ensembles, boosting and searches."""

from __future__ import annotations

import numpy as np
from sklearn import (
    calibration,
    decomposition,
    metrics,
    multiclass,
    naive_bayes,
    neighbors,
    svm,
    tree,
)
from sklearn import discriminant_analysis as discriminant
from sklearn import ensemble as forests
from sklearn import feature_selection as selection
from sklearn import gaussian_process as gaussian
from sklearn import kernel_approximation as kernels
from sklearn import linear_model as linear
from sklearn import model_selection as searches
from sklearn import preprocessing as scaling
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes it importable
from sklearn.gaussian_process import kernels as covariances
from sklearn.pipeline import make_pipeline, make_union

from tests.security.honest_parts import (
    Boosting,
    Build,
    Forest,
    Histogram,
    Logistic,
    Network,
    scaled,
)


def classifiers() -> dict[str, Build]:
    """Return builders by name."""
    gaussian_kernel = covariances.ConstantKernel() * covariances.RBF() + covariances.WhiteKernel()
    mixed_kernel = covariances.Matern(nu=1.5) + covariances.DotProduct() ** 2
    return {
        "scaled logistic": lambda: scaled(Logistic()),
        "log1p": lambda: make_pipeline(scaling.FunctionTransformer(np.log1p), Logistic()),
        "log1p and expm1": lambda: make_pipeline(
            scaling.FunctionTransformer(np.log1p, np.expm1, validate=True), Forest()
        ),
        "cube root": lambda: make_pipeline(scaling.FunctionTransformer(np.cbrt), Forest()),
        "passthrough": lambda: make_pipeline("passthrough", Forest()),
        "union": lambda: make_pipeline(
            make_union(decomposition.PCA(2), selection.SelectKBest(k=2)), Logistic()
        ),
        "splines": lambda: make_pipeline(scaling.SplineTransformer(), Logistic()),
        "polynomials": lambda: make_pipeline(scaling.PolynomialFeatures(2), Logistic()),
        "quantiles": lambda: make_pipeline(scaling.QuantileTransformer(n_quantiles=10), Logistic()),
        "bins": lambda: make_pipeline(scaling.KBinsDiscretizer(3), Logistic()),
        "chosen by a forest": lambda: make_pipeline(
            selection.SelectFromModel(Forest()), Logistic()
        ),
        "eliminated": lambda: selection.RFECV(Logistic(), cv=3),
        "voting": lambda: forests.VotingClassifier([("a", Logistic()), ("b", Forest())]),
        "soft voting": lambda: forests.VotingClassifier(
            [("a", Logistic()), ("b", Forest())], voting="soft", weights=[1, 2]
        ),
        "stacking": lambda: forests.StackingClassifier(
            [("a", Forest()), ("b", neighbors.KNeighborsClassifier())], Logistic(), cv=3
        ),
        "calibrated": lambda: calibration.CalibratedClassifierCV(Forest(), cv=3),
        "calibrated, isotonic": lambda: calibration.CalibratedClassifierCV(
            svm.LinearSVC(), method="isotonic", cv=3
        ),
        "tuned threshold": lambda: searches.TunedThresholdClassifierCV(Logistic(), cv=3),
        "fixed threshold": lambda: searches.FixedThresholdClassifier(Logistic(), threshold=0.3),
        "bagged trees": lambda: forests.BaggingClassifier(max_features=2, random_state=0),
        "bagged support vectors": lambda: forests.BaggingClassifier(svm.SVC(), 3),
        "adaboost": lambda: forests.AdaBoostClassifier(n_estimators=5, random_state=0),
        "extra trees": lambda: forests.ExtraTreesClassifier(5, bootstrap=True, oob_score=True),
        "tree": lambda: tree.DecisionTreeClassifier(max_depth=3, random_state=0),
        "random state": lambda: Forest(random_state=np.random.RandomState(0)),
        "forest with out-of-bag score": lambda: Forest(oob_score=metrics.accuracy_score),
        "neighbors": lambda: scaled(neighbors.KNeighborsClassifier(3)),
        "neighbors, kd_tree": lambda: neighbors.KNeighborsClassifier(algorithm="kd_tree"),
        "neighbors, ball_tree": lambda: neighbors.KNeighborsClassifier(
            algorithm="ball_tree", metric="manhattan"
        ),
        "neighbors, brute": lambda: neighbors.KNeighborsClassifier(
            algorithm="brute", weights="distance"
        ),
        "radius": lambda: neighbors.RadiusNeighborsClassifier(100.0),
        "centroids": lambda: neighbors.NearestCentroid(),
        "components": lambda: make_pipeline(
            neighbors.NeighborhoodComponentsAnalysis(2, max_iter=5),
            neighbors.KNeighborsClassifier(),
        ),
        "support vectors": lambda: scaled(svm.SVC()),
        "support vectors, linear": lambda: svm.SVC(kernel="linear", decision_function_shape="ovo"),
        "support vectors, callable": lambda: svm.SVC(kernel=metrics.pairwise.rbf_kernel),
        "nu": lambda: svm.NuSVC(nu=0.3),
        "linear support vectors": lambda: scaled(svm.LinearSVC()),
        "network": lambda: scaled(Network()),
        "network, lbfgs": lambda: Network(solver="lbfgs"),
        "network, early stopping": lambda: Network(early_stopping=True),
        "gaussian process": lambda: gaussian.GaussianProcessClassifier(gaussian_kernel),
        "gaussian process, sum": lambda: gaussian.GaussianProcessClassifier(mixed_kernel),
        "kernel map": lambda: make_pipeline(kernels.Nystroem(n_components=10), Logistic()),
        "fourier features": lambda: make_pipeline(kernels.RBFSampler(random_state=0), Logistic()),
        "descent": lambda: scaled(linear.SGDClassifier(loss="modified_huber", random_state=0)),
        "descent, averaged": lambda: linear.SGDClassifier(average=True, early_stopping=True),
        "elastic": lambda: Logistic(solver="saga", l1_ratio=0.5),
        "discriminant": lambda: discriminant.LinearDiscriminantAnalysis(
            solver="lsqr", shrinkage="auto"
        ),
        "quadratic": lambda: discriminant.QuadraticDiscriminantAnalysis(reg_param=0.1),
        "bayes": lambda: naive_bayes.GaussianNB(),
    }


def boosted() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "boosting": Boosting,
        "boosting, exponential": lambda: Boosting(loss="exponential", subsample=0.5),
        "boosting, initial": lambda: Boosting(init=Logistic()),
        "boosting, early stopping": lambda: Boosting(n_iter_no_change=2),
        "histograms": Histogram,
        "histograms, early stopping": lambda: Histogram(early_stopping=True),
        "histograms, scored": lambda: Histogram(early_stopping=True, scoring="accuracy"),
        "histograms, monotonic": lambda: Histogram(monotonic_cst=[1, 0, 0, -1]),
        "histograms, interactions": lambda: Histogram(interaction_cst=[{0, 1}, {2, 3}]),
    }


def searched() -> dict[str, Build]:
    """Return builders by name."""
    grid = {"C": [0.1, 1.0]}
    scoring = {"f1": "f1", "own": metrics.make_scorer(metrics.fbeta_score, beta=2)}
    return {
        "grid": lambda: searches.GridSearchCV(Logistic(), grid, cv=3),
        "grid, scored": lambda: searches.GridSearchCV(
            Logistic(), grid, scoring=scoring, refit="f1", cv=searches.StratifiedKFold(3)
        ),
        "grid, average precision": lambda: searches.GridSearchCV(
            Logistic(), grid, scoring="average_precision", return_train_score=True, cv=3
        ),
        "grid of a pipeline": lambda: searches.GridSearchCV(
            make_pipeline(scaling.StandardScaler(), svm.SVC()), {"svc__C": [1, 10]}, cv=3
        ),
        "grid of steps": lambda: searches.GridSearchCV(
            make_pipeline(scaling.StandardScaler(), Logistic()),
            {"standardscaler": [scaling.StandardScaler(), scaling.MinMaxScaler(), "passthrough"]},
            cv=3,
        ),
        "random search": lambda: searches.RandomizedSearchCV(
            Forest(), {"max_depth": [2, 3, None]}, n_iter=2, cv=3, random_state=0
        ),
        "grouped folds": lambda: searches.GridSearchCV(
            Logistic(), grid, cv=searches.RepeatedStratifiedKFold(n_splits=2, n_repeats=2)
        ),
    }


def labelled() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "words": lambda: scaled(Logistic()),
        "words, forest": Forest,
        "words, histograms": Histogram,
        "words, boosting": Boosting,
        "words, support vectors": lambda: svm.SVC(),
        "words, network": Network,
        "one against the rest": lambda: multiclass.OneVsRestClassifier(svm.LinearSVC()),
        "one against one": lambda: multiclass.OneVsOneClassifier(svm.LinearSVC()),
        "output codes": lambda: multiclass.OutputCodeClassifier(Logistic(), random_state=0),
        "words, gaussian process": lambda: gaussian.GaussianProcessClassifier(),
        "words, one against one": lambda: gaussian.GaussianProcessClassifier(
            multi_class="one_vs_one"
        ),
        "words, descent": lambda: linear.SGDClassifier(loss="log_loss"),
        "words, stacking": lambda: forests.StackingClassifier([("a", Forest())], cv=3),
        "words, weights": lambda: Forest(class_weight="balanced"),
    }
