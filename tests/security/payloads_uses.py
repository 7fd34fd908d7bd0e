"""Models whose allowed parts do harm together, while they are read, used or discarded."""

from __future__ import annotations

import pickle
import struct
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.cluster._kmeans import _kmeans_single_lloyd
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    IsolationForest,
)
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.metrics.pairwise import pairwise_distances_argmin
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.validation import check_array

from tests.security.payload import MARKER, Collection
from tests.security.payloads_arrays import dtype
from tests.security.stream import Raw, build, call, dumped, name, new, push, stream

USES = Collection()
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
LABELS = np.arange(60) % 2
FAR = 50_000_000
PLAIN = (3, "<", None, None, None, -1, -1, 0)
ARRAY = name("numpy", "ndarray")
RECONSTRUCT = name("numpy._core.multiarray", "_reconstruct")
FROM_BUFFER = name("numpy._core.numeric", "_frombuffer")


def _with(model: Any, **changes: Any) -> Any:
    vars(model).update(changes)
    return model


@USES("boosting: a first prediction without rows")
def _first_prediction() -> bytes:
    model = GradientBoostingRegressor(n_estimators=2).fit(X, LABELS)
    _with(model.init_, constant_=np.zeros((1, 0)), n_outputs_=0)
    return dumped(model)


@USES("boosting: a first prediction of one row")
def _first_row() -> bytes:
    model = GradientBoostingRegressor(n_estimators=2).fit(X, LABELS)
    mean = FunctionTransformer(np.mean, kw_args={"axis": 0, "keepdims": True})
    return dumped(_with(model, init_=make_pipeline(mean, LinearRegression()).fit(X[:1], [0.0])))


@USES("boosting: fewer columns than trees")
def _boosting_columns() -> bytes:
    model = GradientBoostingClassifier(n_estimators=2, init="zero").fit(X, np.arange(60) % 3)
    return dumped(_with(model, n_trees_per_iteration_=1))


def _wide_histogram() -> Any:
    wide = np.zeros((40, 3_000))
    wide[:, 2_999] = np.arange(40)
    return HistGradientBoostingRegressor(max_iter=1, min_samples_leaf=1).fit(wide, np.arange(40.0))


@USES("histogram: another class as encoder")
def _encoder() -> bytes:
    model = _wide_histogram()
    encoder = FunctionTransformer(np.abs)
    function = FunctionTransformer(partial(check_array))
    flags = np.ones(3_000, bool)
    _with(encoder, transformers_=[("a", function, flags)])
    return dumped(_with(model, _preprocessor=encoder))


@USES("histogram: a tree behind a partial")
def _partial() -> bytes:
    model = HistGradientBoostingRegressor(max_iter=1).fit(X, np.arange(60.0))
    predictor = model._predictors[0][0]
    nodes = predictor.nodes.copy()
    nodes["feature_idx"][0] = FAR
    predictor.nodes = nodes
    return dumped(FunctionTransformer(partial(model._raw_predict)))


@USES("isolation: columns that are chosen many times")
def _isolation() -> bytes:
    model = IsolationForest(n_estimators=1, max_samples=20).fit(X)
    wide = np.zeros((40, 100_000), dtype=np.float32)
    wide[:, 99_999] = np.arange(40)
    model.estimators_[0] = DecisionTreeRegressor(max_depth=1).fit(wide, np.arange(40))
    tree = model.estimators_[0]
    model.estimators_features_ = [np.zeros(100_000, dtype=np.int64)]
    model._max_features = 4
    model._decision_path_lengths = [np.ones(tree.tree_.node_count)]
    return dumped(model)


def _wrong_sparse() -> Any:
    matrix = sparse.csr_matrix(np.ones((1, 2)))
    matrix.has_sorted_indices = False
    matrix._has_sorted_indices = False
    matrix.has_canonical_format = False
    matrix.indptr = np.array([0, FAR], dtype=np.int32)
    return matrix


@USES("support: compared before its check")
def _compared_kernel() -> bytes:
    model = SVC().fit(X, LABELS)
    return dumped(_with(model, kernel=_wrong_sparse()))


@USES("isotonic: compared while it is read")
def _compared_bounds() -> bytes:
    model = IsotonicRegression().fit(X[:, 0], X[:, 1])
    return dumped(_with(model, out_of_bounds=_wrong_sparse()))


def _matrix() -> Raw:
    """Return a sparse matrix whose rows end far outside of its values."""
    indices = call(FROM_BUFFER, bytes(8), _int32(), (2,), "C")
    ends = call(FROM_BUFFER, struct.pack("<2i", 0, FAR), _int32(), (2,), "C")
    values = call(FROM_BUFFER, bytes(16), Raw(push(dtype("f8", PLAIN))), (2,), "C")
    state = {"_shape": (1, 2), "maxprint": 50, "indices": indices, "indptr": ends, "data": values}
    return build(new(name("scipy.sparse._csr", "csr_matrix")), state)


def _int32() -> Raw:
    return Raw(push(dtype("i4", PLAIN)))


@USES("codec: compared while it is read")
def _compared_codec() -> bytes:
    return stream(call(name("_codecs", "encode"), "x", _matrix()))


@USES("array: a state that is compared while it is read")
def _compared_state() -> bytes:
    empty = call(RECONSTRUCT, ARRAY, (0,), b"b")
    return stream(build(empty, (_matrix(), (2,), _int32(), False, bytes(8))))


@USES("array: axes that are compared while it is read")
def _compared_axes() -> bytes:
    axes = (_matrix(), _matrix())
    return stream(call(FROM_BUFFER, bytes(8), _int32(), (1, 2), "K", axes))


@USES("generator: a name that is compared while it is read")
def _compared_generator() -> bytes:
    return stream(call(name("numpy.random._pickle", "__bit_generator_ctor"), _matrix()))


@USES("loss: a state that is compared while it is read")
def _compared_loss() -> bytes:
    loss = name("sklearn._loss._loss", "CyHalfMultinomialLoss")
    make = name("sklearn._loss._loss", "__pyx_unpickle_CyHalfMultinomialLoss")
    return stream(build(call(make, loss, 0xE3B0C44, None), _matrix()))


@USES("version: written while it is read")
def _version() -> bytes:
    laughs = push([1] * 10) + b"q\x00"
    for _ in range(12):
        laughs += b"0](" + b"h\x00" * 10 + b"eq\x00"
    scaler = new(name("sklearn.preprocessing._data", "StandardScaler"))
    return stream(build(scaler, {"_sklearn_version": Raw(laughs)}))


@USES("support: a matrix of columns")
def _columns() -> bytes:
    wide = sparse.random(60, 400_000, 0.001, format="csr", random_state=0)
    model = SVC(kernel="linear").fit(wide, LABELS)
    return dumped(_with(model, support_vectors_=model.support_vectors_.tocsc()))


@USES("support: other names of kernels")
def _kernels() -> bytes:
    model = SVC(kernel="rbf")
    return dumped(_with(model, _sparse_kernels=["a", "b", "c", "d", "e", "rbf"]))


@USES("neighbors: too few norms")
def _norms() -> bytes:
    model = KNeighborsClassifier(algorithm="brute").fit(np.zeros((600_000, 1)), np.zeros(600_000))
    return dumped(
        _with(
            model,
            effective_metric_="euclidean",
            effective_metric_params_={"Y_norm_squared": np.zeros(1)},
        )
    )


@USES("function: too few norms")
def _function_norms() -> bytes:
    arguments = {
        "Y": np.zeros((600_000, 4)),
        "metric_kwargs": {"Y_norm_squared": np.zeros(1)},
    }
    return dumped(FunctionTransformer(pairwise_distances_argmin, kw_args=arguments))


@USES("function: a native function of clusters")
def _clusters() -> bytes:
    arguments = {"sample_weight": np.zeros(1), "centers_init": np.zeros((3, 1))}
    return dumped(FunctionTransformer(_kmeans_single_lloyd, kw_args=arguments))


@USES("function: the result changes a checked array")
def _changed_array() -> bytes:
    model = LogisticRegression().fit(X, LABELS).sparsify()
    totals = FunctionTransformer(np.sum, kw_args={"axis": 0})
    change = FunctionTransformer(np.exp, kw_args={"out": model.coef_.indices, "casting": "unsafe"})
    return dumped(FeatureUnion([("change", make_pipeline(totals, change)), ("model", model)]))


@USES("search: a cache folder among the parameters")
def _cache() -> bytes:
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return dumped(GridSearchCV(model, {"memory": [MARKER]}, cv=2))


@USES("search: a cache folder among the tried lists")
def _cache_of_lists() -> bytes:
    inner = Pipeline([("s", StandardScaler()), ("m", LogisticRegression())])
    outer = Pipeline([("inner", inner)])
    return dumped(GridSearchCV(outer, [{"inner__memory": (MARKER,)}], cv=2))


@USES("search: many workers among the parameters")
def _workers() -> bytes:
    return dumped(GridSearchCV(KNeighborsClassifier(), {"n_jobs": [1 << 30]}, cv=2))


@USES("gradient descent: no row of coefficients")
def _coefficients() -> bytes:
    wide = RNG.normal(size=(60, 4))
    model = SGDClassifier().fit(wide, LABELS)
    return dumped(_with(model, coef_=np.zeros((0, 4))))


@USES("encoder: a deep category")
def _deep_category() -> bytes:
    encoder = OneHotEncoder(handle_unknown="ignore").fit(np.array([["a"], ["b"]], dtype=object))
    marker = "MARK-OF-A-CATEGORY"
    encoder.categories_ = [np.array([marker, "b"], dtype=object)]
    written = dumped(encoder)
    deep = push(()) + b"\x85" * 90_000
    found = b"\x8c" + bytes([len(marker)]) + marker.encode() + b"\x94"
    assert found in written
    return written.replace(found, deep + b"\x94")


@USES("chain: arrays in arrays")
def _chain_of_arrays() -> bytes:
    """Each array holds the one before."""
    kind = push(dtype("O8", (3, "|", None, None, None, -1, -1, 63)))
    start = push(RECONSTRUCT) + b"q\x000" + push(ARRAY) + b"K\x00\x85" + push(b"b") + b"\x87q\x010"
    start += kind + b"q\x020" + push(None)
    link = b"q\x030" + b"h\x00h\x01R" + b"(K\x01K\x01\x85h\x02\x89]h\x03at" + b"b"
    return stream(Raw(start + link * 60_000))


@USES("chain: default dicts in default dicts")
def _chain_of_dicts() -> bytes:
    """Each dict holds the one before."""
    start = push(name("collections", "defaultdict")) + b"q\x000" + push(None)
    return stream(Raw(start + b"q\x010h\x00)RK\x00h\x01s" * 24_000 + b"0N" * 1_000_000))


@USES("array: another state after it is used")
def _second_state() -> bytes:
    """A search tree would use the memory of its row numbers, which another state frees."""
    rows = call(FROM_BUFFER, bytes(8), _int32(), (2,), "C")
    return stream((rows, build(Raw(rows + b"q\x00"), (1, (1,), _int32(), False, bytes(4)))))


@USES("keys: long numbers with one hash")
def _same_hash() -> bytes:
    numbers = np.arange(1, 100_001) * np.longdouble("1e310")
    # Their dict takes minutes to create, so that its pickle is put together from its keys.
    keys = (pickle.dumps(number, 2).removeprefix(b"\x80\x02")[:-1] for number in numbers)
    return stream(Raw(b"}(" + b"".join(key + b"N" for key in keys) + b"u"))


@USES("keys: tuples with one hash, again and again")
def _same_tuples() -> bytes:
    keys = _colliding_tuples(9_000)
    pushed = [push(key) + b"r" + struct.pack("<I", place) for place, key in enumerate(keys)]
    load = [b"0"] * len(pushed)
    body = b"".join(a + b for a, b in zip(pushed, load, strict=True))
    last = b"j" + struct.pack("<I", len(keys) - 1)
    body += b"}(" + b"".join(b"j" + struct.pack("<I", n) + b"N" for n in range(len(keys))) + b"u"
    return stream(Raw(body + (last + b"Ns") * 100_000))


def _colliding_tuples(count: int) -> list[tuple[int, int]]:
    first, second, fifth = 11400714785074694791, 14029467366897019727, 2870177450012600261
    mask = (1 << 64) - 1
    inverse = pow(second, -1, 1 << 64)

    def turned(value: int) -> int:
        return ((value << 31) | (value >> 33)) & mask

    found: list[tuple[int, int]] = []
    number = 1
    wanted = None
    while len(found) < count:
        acc = turned((fifth + number * second) & mask) * first & mask
        if wanted is None:
            wanted = (acc + 5 * second) & mask
        other = (wanted - acc) * inverse & mask
        if other < (1 << 61) - 1:
            found.append((number, other))
        number += 1
    assert hash(found[0]) == hash(found[-1])
    return found
