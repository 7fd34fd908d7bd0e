"""Small fitted models whose prediction runs native code, and the input that each accepts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse
from sklearn import (
    cluster,
    compose,
    decomposition,
    ensemble,
    feature_extraction,
    gaussian_process,
    isotonic,
    kernel_approximation,
    linear_model,
    model_selection,
    multiclass,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    random_projection,
    svm,
    tree,
)
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction import text

ROWS, COLUMNS = 60, 5


def honest_models() -> Iterator[tuple[Any, Any]]:
    """Yield fitted models, each with its input."""
    random = np.random.RandomState(0)
    X = np.abs(random.normal(size=(ROWS, COLUMNS)))
    y = np.arange(ROWS) % 3
    X[:, 0] += y
    target = X @ np.arange(1.0, COLUMNS + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for model in classifiers():
            yield model.fit(X, y), X
        for model in regressors():
            yield model.fit(X, target), X
        for model in transformers():
            yield model.fit(X, y), X
        yield from sparse_models(sparse.csr_matrix(X), y)
        yield from special_models(X, y, target)
        yield from text_models(y)


def classifiers() -> Iterator[Any]:
    """Yield classifiers of dense rows."""
    yield tree.DecisionTreeClassifier(random_state=0)
    yield tree.ExtraTreeClassifier(random_state=np.random.RandomState(1))
    yield ensemble.RandomForestClassifier(4, random_state=0)
    yield ensemble.ExtraTreesClassifier(3, max_depth=3)
    yield ensemble.GradientBoostingClassifier(n_estimators=3)
    yield ensemble.GradientBoostingClassifier(
        n_estimators=3, init=linear_model.LogisticRegression()
    )
    yield ensemble.HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=3)
    yield ensemble.HistGradientBoostingClassifier(
        max_iter=4, min_samples_leaf=3, categorical_features=[1]
    )
    yield ensemble.AdaBoostClassifier(n_estimators=3)
    yield ensemble.BaggingClassifier(n_estimators=3, max_features=0.6)
    yield ensemble.VotingClassifier(
        [("a", tree.DecisionTreeClassifier()), ("b", naive_bayes.GaussianNB())]
    )
    yield ensemble.StackingClassifier([("a", tree.DecisionTreeClassifier())], cv=2)
    yield neighbors.KNeighborsClassifier(3, algorithm="kd_tree", leaf_size=5)
    yield neighbors.KNeighborsClassifier(3, algorithm="ball_tree", leaf_size=5, metric="chebyshev")
    yield neighbors.KNeighborsClassifier(3, algorithm="brute")
    yield neighbors.RadiusNeighborsClassifier(5.0, algorithm="brute")
    yield neighbors.NearestCentroid()
    yield svm.SVC(probability=False)
    yield svm.SVC(kernel="linear")
    yield svm.NuSVC(nu=0.2)
    yield svm.LinearSVC()
    yield CalibratedClassifierCV(svm.LinearSVC(), cv=2)
    yield linear_model.LogisticRegression()
    yield linear_model.SGDClassifier(average=True, random_state=0)
    yield linear_model.Perceptron()
    yield naive_bayes.MultinomialNB()
    yield neural_network.MLPClassifier(hidden_layer_sizes=(4,), max_iter=5, random_state=0)
    yield gaussian_process.GaussianProcessClassifier()
    yield multiclass.OneVsRestClassifier(svm.SVC())
    yield model_selection.GridSearchCV(tree.DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2)
    yield pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC())


def regressors() -> Iterator[Any]:
    """Yield regressors of dense rows."""
    yield tree.DecisionTreeRegressor(max_depth=4)
    yield ensemble.RandomForestRegressor(3, random_state=0)
    yield ensemble.GradientBoostingRegressor(n_estimators=4)
    yield ensemble.HistGradientBoostingRegressor(max_iter=4, min_samples_leaf=3)
    yield ensemble.IsolationForest(n_estimators=4, random_state=0)
    yield neighbors.KNeighborsRegressor(3, algorithm="kd_tree", leaf_size=5)
    yield neighbors.LocalOutlierFactor(5, novelty=True)
    yield neighbors.KernelDensity()
    yield svm.SVR()
    yield svm.NuSVR()
    yield svm.OneClassSVM()
    yield linear_model.Lasso(warm_start=True)
    yield linear_model.ElasticNetCV(cv=2)
    yield linear_model.SGDRegressor(random_state=0)
    yield linear_model.PoissonRegressor()
    yield gaussian_process.GaussianProcessRegressor()
    yield compose.TransformedTargetRegressor(svm.SVR(), func=np.log, inverse_func=np.exp)


def transformers() -> Iterator[Any]:
    """Yield transformers and clusterings of dense rows."""
    yield preprocessing.StandardScaler()
    yield preprocessing.SplineTransformer(n_knots=4)
    yield preprocessing.SplineTransformer(n_knots=4, extrapolation="periodic", sparse_output=True)
    yield preprocessing.KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf")
    yield preprocessing.PolynomialFeatures(2)
    yield preprocessing.QuantileTransformer(n_quantiles=10)
    yield cluster.KMeans(3, n_init=1, random_state=0)
    yield cluster.MiniBatchKMeans(3, n_init=1, random_state=0)
    yield cluster.BisectingKMeans(4, random_state=0)
    yield cluster.Birch(n_clusters=3)
    yield cluster.FeatureAgglomeration(2)
    yield cluster.MeanShift()
    yield cluster.HDBSCAN(min_cluster_size=4, copy=True)
    yield decomposition.PCA(2)
    yield decomposition.NMF(2, max_iter=50)
    yield decomposition.MiniBatchDictionaryLearning(2, max_iter=2)
    yield decomposition.LatentDirichletAllocation(2, max_iter=2)
    yield ensemble.RandomTreesEmbedding(3)
    yield kernel_approximation.Nystroem(n_components=5)
    yield random_projection.SparseRandomProjection(2, random_state=0)
    yield neighbors.KNeighborsTransformer(n_neighbors=3)


def sparse_models(X: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    """Yield models that were fitted to a sparse matrix."""
    for model in (
        svm.SVC(),
        svm.OneClassSVM(),
        neighbors.KNeighborsClassifier(3),
        ensemble.RandomForestClassifier(3, random_state=0),
        ensemble.GradientBoostingClassifier(n_estimators=2),
        cluster.MiniBatchKMeans(3, n_init=1, random_state=0),
        linear_model.LogisticRegression().set_params(C=0.1),
        preprocessing.MaxAbsScaler(),
        text.TfidfTransformer(),
    ):
        yield model.fit(X, y), X
    yield linear_model.SGDClassifier(penalty="l1", random_state=0).fit(X, y).sparsify(), X


def special_models(X: Any, y: Any, target: Any) -> Iterator[tuple[Any, Any]]:
    """Yield models of other input: precomputed kernels, categories, one column, labels."""
    kernel = X @ X.T
    yield svm.SVC(kernel="precomputed").fit(kernel, y), kernel
    yield neighbors.KNeighborsClassifier(3, metric="precomputed").fit(kernel, y), kernel
    yield isotonic.IsotonicRegression(out_of_bounds="clip").fit(X[:, 0], target), X[:, 0]
    bins = np.floor(X * 3) % 4
    yield preprocessing.OneHotEncoder(handle_unknown="ignore").fit(bins), bins
    yield preprocessing.OneHotEncoder(sparse_output=False, drop="first").fit(bins), bins
    yield (
        preprocessing.OneHotEncoder(sparse_output=False, max_categories=3, drop="if_binary").fit(
            bins
        ),
        bins,
    )
    yield preprocessing.OrdinalEncoder(min_frequency=5).fit(bins), bins
    yield preprocessing.TargetEncoder(cv=2).fit(bins, target), bins
    labels = [[0, 1], [1], [2]] * 4
    yield preprocessing.MultiLabelBinarizer().fit(labels), labels
    yield preprocessing.LabelBinarizer().fit(y), y
    several = np.column_stack([y, y[::-1]])
    yield ensemble.RandomForestClassifier(3, random_state=0).fit(X, several), X
    yield neighbors.KNeighborsClassifier(3).fit(X, several), X


def text_models(y: Any) -> Iterator[tuple[Any, Any]]:
    """Yield models of texts and of dicts."""
    texts = ["a planet", "a false positive", "a planet candidate", "noise"] * (ROWS // 4)
    yield text.CountVectorizer().fit(texts), texts
    yield text.TfidfVectorizer(ngram_range=(1, 2)).fit(texts), texts
    yield text.HashingVectorizer(n_features=16).fit(texts), texts
    yield pipeline.make_pipeline(text.TfidfVectorizer(), svm.LinearSVC()).fit(texts, y), texts
    facts = [{"depth": 1.0, "kind": "a"}, {"period": 2.0}] * 5
    yield feature_extraction.DictVectorizer(sparse=False).fit(facts), facts
    yield feature_extraction.FeatureHasher(8).fit(facts), facts
