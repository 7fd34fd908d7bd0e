"""Models whose arrays do not fit together, so that compiled code reads outside of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import DBSCAN, Birch, KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import CategoricalNB
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler
from sklearn.random_projection import SparseRandomProjection
from sklearn.svm import SVC, SVR, NuSVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from tests.security.payload import Collection
from tests.security.stream import Reduced, dumped

NATIVE = Collection()
RNG = np.random.default_rng(0)
X = np.abs(RNG.normal(size=(60, 4)))
LABELS = np.arange(60) % 2
TEXTS = ["a planet", "a false positive", "a planet candidate", "noise"] * 15
FAR = 100_000_000
SPARSE = sparse.csr_matrix(X)


# They raise errors of NumPy or scikit-learn when they are used.
HARMLESS = (
    "text: given vocabulary",
    "outliers: distances",
    "clusters: subclusters",
    "clusters: components",
    "bayes: far categories",
    "calibration: nothing",
)


def add(what: str, fit: Callable[[], Any], **changes: Any) -> None:
    """Add a fitted model with changed attributes; a callable gets the old value."""

    def make() -> bytes:
        model = fit()
        last = model[-1] if hasattr(model, "steps") else model
        for key, value in changes.items():
            old = getattr(last, key, None)
            vars(last)[key] = value(old) if callable(value) else value
        return dumped(model)

    NATIVE.add(what, make, harmless=what in HARMLESS)


def _support() -> Any:
    return SVC().fit(X, LABELS)


def _sparse_support() -> Any:
    return SVC().fit(SPARSE, LABELS)


def _first(array: Any) -> Any:
    return array[:1]


def _column(array: Any) -> Any:
    return np.ascontiguousarray(array[:, :1])


def _far(array: Any) -> Any:
    array = np.array(array)
    array[0] = FAR
    return array


add("support: coefficients too short", _support, _dual_coef_=_column)
add("support: vectors too few", _support, support_vectors_=_first)
add("support: vectors too narrow", _support, support_vectors_=_column)
add("support: intercept too short", _support, _intercept_=np.zeros(0))
add("support: counts", _support, _n_support=np.array([FAR, FAR], np.int32))
add("support: negative counts", _support, _n_support=np.array([-FAR, 5], np.int32))
add("support: one count", _support, _n_support=np.array([5], np.int32))
add("support: no counts", _support, _n_support=np.zeros(0, np.int32))
add("support: counts of floats", _support, _n_support=np.array([5.0, 5.0]))
add("support: probabilities", _support, _probA=np.zeros(9), _probB=np.zeros(0))
add("support: more classes", _support, classes_=np.arange(500))
add("support: indices", _support, support_=_first)
add("support: sparse vectors", _sparse_support, support_vectors_=lambda old: _bad_csr(old))
add("support: sparse that are dense", _sparse_support, support_vectors_=X)
add("support: dense that are sparse", _support, support_vectors_=SPARSE)
add("support: one class", lambda: OneClassSVM().fit(X), _n_support=np.array([5], np.int32))
add("support: nu", lambda: NuSVR().fit(X, X[:, 0]), _n_support=np.array([5], np.int32))
add("support: regression", lambda: SVR().fit(X, X[:, 0]), _dual_coef_=np.zeros((1, 1)))


def _bad_csr(matrix: Any) -> Any:
    matrix = sparse.csr_matrix(matrix).copy()
    matrix.indices[:] = FAR
    return matrix


def _bad_pointers(matrix: Any) -> Any:
    matrix = sparse.csr_matrix(matrix).copy()
    matrix.indptr[1:] = FAR
    return matrix


def _sparse_coefficients() -> Any:
    return LogisticRegression().fit(X, LABELS).sparsify()


def _bad_csc(matrix: Any) -> Any:
    matrix = sparse.csc_matrix(matrix).copy()
    matrix.indices[:] = FAR
    return matrix


def _bad_coo(matrix: Any) -> Any:
    matrix = sparse.coo_matrix(matrix)
    matrix.row = np.full_like(matrix.row, FAR)
    return matrix


def _bad_shape(matrix: Any) -> Any:
    matrix = sparse.csr_matrix(matrix).copy()
    matrix._shape = (FAR, FAR)
    return matrix


add("sparse: columns", _sparse_coefficients, coef_=_bad_csr)
add("sparse: pointers", _sparse_coefficients, coef_=_bad_pointers)
add("sparse: rows", _sparse_coefficients, coef_=_bad_csc)
add("sparse: coordinates", _sparse_coefficients, coef_=_bad_coo)
add("sparse: shape", _sparse_coefficients, coef_=_bad_shape)
add(
    "sparse: projection",
    lambda: SparseRandomProjection(2, random_state=0).fit(X),
    components_=_bad_csr,
)
add("sparse: in an extra attribute", _support, extra_=lambda _: [_bad_csr(SPARSE)])


def _counts() -> Any:
    return CountVectorizer().fit(TEXTS)


add("text: far index", _counts, vocabulary_={"planet": 10**9, "noise": 0})
add("text: negative index", _counts, vocabulary_={"planet": -5, "noise": 0})
add("text: index that is a float", _counts, vocabulary_={"planet": 0.5, "noise": 0})
add("text: same index", _counts, vocabulary_={"planet": 0, "noise": 0, "a": 2})
add("text: vocabulary that is a text", _counts, vocabulary_="planet")
add("text: given vocabulary", lambda: CountVectorizer(), vocabulary={"planet": 10**9})
add(
    "text: weights of another length",
    lambda: make_pipeline(TfidfVectorizer()).fit(TEXTS),
    vocabulary_={"planet": 10**6},
)
add("hash: no columns", lambda: HashingVectorizer(), n_features=0)
add("hash: negative columns", lambda: HashingVectorizer(), n_features=-5)
add("hash: columns that are a text", lambda: HashingVectorizer(), n_features="x")
add("hash: no columns of mappings", lambda: FeatureHasher(), n_features=0)

FITTED: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "neighbors: columns": (lambda: _neighbors(), {"_fit_X": _column}),
    "neighbors: rows": (lambda: _neighbors(), {"_y": _first}),
    "neighbors: far labels": (lambda: _neighbors(), {"_y": lambda old: np.full_like(old, FAR)}),
    "neighbors: no labels": (lambda: _neighbors(), {"classes_": np.zeros(0)}),
    "outliers: distances": (
        lambda: LocalOutlierFactor(novelty=True).fit(X),
        {"_distances_fit_X_": _first},
    ),
    "clusters: columns": (lambda: KMeans(2, n_init=1).fit(X), {"cluster_centers_": _column}),
    "clusters: threads": (lambda: KMeans(2, n_init=1).fit(X), {"_n_threads": 10**9}),
    "clusters: no threads": (lambda: KMeans(2, n_init=1).fit(X), {"_n_threads": -5}),
    "clusters: labels": (lambda: KMeans(2, n_init=1).fit(X), {"cluster_centers_": "x"}),
    "clusters: subclusters": (lambda: Birch(n_clusters=2).fit(X), {"subcluster_labels_": _first}),
    "clusters: components": (lambda: DBSCAN().fit(X), {"components_": np.zeros((3, 99))}),
    "splines: degree": (lambda: SplineTransformer().fit(X), {"bsplines_": lambda old: _k(old)}),
    "splines: coefficients": (
        lambda: SplineTransformer().fit(X),
        {"bsplines_": lambda old: _c(old)},
    ),
    "splines: fewer": (lambda: SplineTransformer().fit(X), {"bsplines_": _first}),
    "network: layers": (lambda: _network(), {"coefs_": _first}),
    "network: sizes": (
        lambda: _network(),
        {"coefs_": lambda old: [old[0][:, :1], *old[1:]]},
    ),
    "scaling: means": (lambda: StandardScaler().fit(X), {"mean_": np.zeros(99)}),
    "components: columns": (lambda: PCA(2).fit(X), {"components_": np.zeros((2, 99))}),
    "mixture: means": (lambda: GaussianMixture(2).fit(X), {"means_": np.zeros((2, 99))}),
    "bayes: far categories": (
        lambda: CategoricalNB().fit(LABELS.reshape(-1, 1), LABELS),
        {"feature_log_prob_": [np.zeros((2, 1))]},
    ),
    "descent: columns": (lambda: SGDClassifier().fit(X, LABELS), {"coef_": np.zeros((1, 99))}),
    "encoder: categories": (lambda: OneHotEncoder().fit(X[:, :1]), {"categories_": []}),
    "bagging: columns": (
        lambda: BaggingClassifier(DecisionTreeClassifier(), 2).fit(X, LABELS),
        {"estimators_features_": [np.array([FAR])] * 2},
    ),
    "calibration: nothing": (
        lambda: CalibratedClassifierCV(LogisticRegression(), cv=2).fit(X, LABELS),
        {"calibrated_classifiers_": [5]},
    ),
    "isotonic: lengths": (
        lambda: IsotonicRegression().fit(X[:, 0], X[:, 1]),
        {"X_thresholds_": np.zeros(5), "y_thresholds_": np.zeros(50)},
    ),
}
for name, (fit, changes) in FITTED.items():
    add(name, fit, **changes)


def _neighbors() -> Any:
    return KNeighborsClassifier(algorithm="brute").fit(X, LABELS)


def _network() -> Any:
    return MLPClassifier((8,), max_iter=2).fit(X, LABELS)


def _k(splines: Any) -> Any:
    for spline in splines:
        spline.k = 50
    return splines


def _c(splines: Any) -> Any:
    for spline in splines:
        spline.c = spline.c[:1]
    return splines


def _generator(kind: str, change: Callable[[Any], Any]) -> bytes:
    """Return a generator of random numbers with a changed state, in an estimator."""
    from numpy.random import RandomState, _pickle

    bits = getattr(np.random, kind)(0)
    _, arguments, _ = bits.__reduce__()
    state = bits.state
    change(state)
    damaged = Reduced(_pickle.__bit_generator_ctor, arguments[:1], (state, None))
    generator = Reduced(_pickle.__randomstate_ctor, (damaged,))
    assert RandomState
    return dumped(PCA(2, svd_solver="randomized", random_state=generator))


GENERATORS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "far position": ("MT19937", lambda state: state["state"].update(pos=FAR)),
    "negative position": ("MT19937", lambda state: state["state"].update(pos=-FAR)),
    "short key": ("MT19937", lambda state: state["state"].update(key=np.zeros(3, np.uint64))),
    "key of floats": ("MT19937", lambda state: state["state"].update(key=np.zeros(624))),
    "another generator": ("MT19937", lambda state: state.update(bit_generator="PCG64")),
    "no state": ("MT19937", lambda state: state.clear()),
    "far position of Philox": ("Philox", lambda state: state.update(buffer_pos=FAR)),
    "short buffer of Philox": ("Philox", lambda state: state.update(buffer=np.zeros(1, "u8"))),
    "short state of SFC64": ("SFC64", lambda state: state["state"].update(state=np.zeros(1, "u8"))),
    "huge state of PCG64": ("PCG64", lambda state: state["state"].update(state=1 << 500)),
}
for what, (kind, change) in GENERATORS.items():
    NATIVE.add(f"generator: {what}", lambda k=kind, c=change: _generator(k, c))
