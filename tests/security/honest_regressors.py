"""Regressors, clusterings and transformers as users build them."""

from __future__ import annotations

import numpy as np
from sklearn import (
    cluster,
    compose,
    cross_decomposition,
    decomposition,
    mixture,
    multioutput,
    neighbors,
    svm,
    tree,
)
from sklearn import ensemble as forests
from sklearn import gaussian_process as gaussian
from sklearn import linear_model as linear
from sklearn import model_selection as searches
from sklearn import neural_network as networks
from sklearn import preprocessing as scaling
from sklearn.covariance import EllipticEnvelope
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes it importable
from sklearn.gaussian_process import kernels as covariances
from sklearn.kernel_ridge import KernelRidge
from sklearn.pipeline import make_pipeline

from tests.security.honest_parts import (
    BoostingR,
    Build,
    HistogramR,
    scaled,
)


def regressors() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "scaled ridge": lambda: scaled(linear.RidgeCV()),
        "lasso": lambda: linear.LassoCV(cv=3),
        "huber": lambda: linear.HuberRegressor(),
        "ransac": lambda: linear.RANSACRegressor(random_state=0),
        "ransac, tree": lambda: linear.RANSACRegressor(
            tree.DecisionTreeRegressor(), min_samples=10
        ),
        "theil-sen": lambda: linear.TheilSenRegressor(random_state=0),
        "quantile": lambda: linear.QuantileRegressor(),
        "poisson": lambda: linear.PoissonRegressor(),
        "tweedie": lambda: linear.TweedieRegressor(power=1.5, link="log"),
        "log target": lambda: compose.TransformedTargetRegressor(
            linear.LinearRegression(), func=np.log1p, inverse_func=np.expm1
        ),
        "scaled target": lambda: compose.TransformedTargetRegressor(
            linear.Ridge(), transformer=scaling.QuantileTransformer(n_quantiles=10)
        ),
        "forest": lambda: forests.RandomForestRegressor(5, criterion="absolute_error"),
        "boosting, quantile": lambda: BoostingR(loss="quantile"),
        "boosting, huber": lambda: BoostingR(loss="huber"),
        "histograms, regression": HistogramR,
        "histograms, gamma": lambda: HistogramR(loss="gamma"),
        "histograms, poisson": lambda: HistogramR(loss="poisson"),
        "histograms, quantile": lambda: HistogramR(loss="quantile", quantile=0.9),
        "histograms, absolute": lambda: HistogramR(loss="absolute_error"),
        "histograms, early": lambda: HistogramR(early_stopping=True, scoring="r2"),
        "adaboost, regression": lambda: forests.AdaBoostRegressor(n_estimators=3),
        "bagging, regression": lambda: forests.BaggingRegressor(n_estimators=3, oob_score=False),
        "voting, regression": lambda: forests.VotingRegressor(
            [("a", linear.Ridge()), ("b", HistogramR())]
        ),
        "stacking, regression": lambda: forests.StackingRegressor(
            [("a", linear.Ridge()), ("b", svm.SVR())], cv=3
        ),
        "support vectors, regression": lambda: scaled(svm.SVR(kernel="poly")),
        "nu, regression": lambda: svm.NuSVR(),
        "kernel ridge": lambda: KernelRidge(kernel="rbf"),
        "neighbors, regression": lambda: neighbors.KNeighborsRegressor(weights="distance"),
        "network, regression": lambda: scaled(
            networks.MLPRegressor(hidden_layer_sizes=(8, 4), max_iter=20, activation="tanh")
        ),
        "network, descent": lambda: networks.MLPRegressor(solver="sgd", max_iter=10),
        "gaussian process, regression": lambda: gaussian.GaussianProcessRegressor(
            covariances.RationalQuadratic() + covariances.WhiteKernel(), normalize_y=True
        ),
        "components, regression": lambda: make_pipeline(decomposition.PCA(), linear.Ridge()),
        "descent, regression": lambda: scaled(linear.SGDRegressor(loss="huber")),
        "descent, insensitive": lambda: scaled(linear.SGDRegressor(loss="epsilon_insensitive")),
        "grid, regression": lambda: searches.GridSearchCV(
            linear.Ridge(), {"alpha": np.logspace(-1, 1, 3)}, cv=searches.KFold(3)
        ),
        "series": lambda: searches.GridSearchCV(
            linear.Ridge(), {"alpha": [1]}, cv=searches.TimeSeriesSplit(3)
        ),
        "target of partial squares": lambda: cross_decomposition.PLSRegression(2),
    }


def with_two_targets() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "two targets": lambda: multioutput.MultiOutputRegressor(svm.SVR()),
        "regressor chain": lambda: multioutput.RegressorChain(linear.Ridge()),
        "two targets, forest": lambda: forests.RandomForestRegressor(5),
        "two targets, neighbors": lambda: neighbors.KNeighborsRegressor(),
        "two targets, gaussian process": lambda: gaussian.GaussianProcessRegressor(),
        "two targets, canonical": lambda: cross_decomposition.CCA(1),
    }


def without_target() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "clusters": lambda: scaled(cluster.KMeans(2, n_init=1)),
        "clusters, elkan": lambda: cluster.KMeans(2, n_init=1, algorithm="elkan"),
        "bisecting, elkan": lambda: cluster.BisectingKMeans(2, algorithm="elkan"),
        "clusters of batches": lambda: cluster.MiniBatchKMeans(2, n_init=1),
        "birch": lambda: cluster.Birch(
            threshold=0.1, n_clusters=cluster.AgglomerativeClustering(2)
        ),
        "merged features": lambda: cluster.FeatureAgglomeration(2),
        "densities": lambda: cluster.HDBSCAN(min_cluster_size=5, store_centers="both"),
        "mixture": lambda: mixture.GaussianMixture(2, warm_start=True),
        "kernel density": lambda: neighbors.KernelDensity(),
        "outliers": lambda: forests.IsolationForest(n_estimators=5, random_state=0),
        "outliers, local": lambda: neighbors.LocalOutlierFactor(novelty=True),
        "outliers, envelope": lambda: EllipticEnvelope(),
        "outliers, support": lambda: scaled(svm.OneClassSVM()),
        "kernel components": lambda: decomposition.KernelPCA(2, kernel="rbf"),
        "embedded trees": lambda: forests.RandomTreesEmbedding(5),
        "independent": lambda: decomposition.FastICA(2, whiten="unit-variance"),
        "generator": lambda: decomposition.PCA(
            2, svd_solver="randomized", random_state=np.random.RandomState(0)
        ),
    }
