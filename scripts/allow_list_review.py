"""Names of the allow list that a person reviewed, and names that never are on it, with reasons.

A name that fitted models contain and that is in no table stops `make_allow_list`, so each new name
is read by a person before it can be loaded from a file of an unknown signer.
"""

from __future__ import annotations

# Functions and types that a file may call; restricted/ checks the arguments of each.
CALLS = {
    "_codecs.encode": "bytes of protocol 2, from a text and the encoding latin1",
    "builtins.bytearray": "a copy of literal bytes",
    "builtins.complex": "two literal numbers",
    "builtins.frozenset": "a literal collection",
    "builtins.getattr": "only the method _raw_predict of histogram gradient boosting",
    "builtins.range": "literal integers",
    "builtins.set": "a literal collection",
    "builtins.slice": "literal integers, the columns of a ColumnTransformer",
    "collections.OrderedDict": "without arguments",
    "collections.defaultdict": "without arguments, or with a scalar type",
    "functools.partial": "a function with the role value, and keywords that are plain values",
    "numpy._core.multiarray._reconstruct": "an empty array, whose state is checked",
    "numpy._core.multiarray.scalar": "a scalar of a plain dtype, from bytes of its size",
    "numpy._core.numeric._frombuffer": "an array of a plain dtype, from bytes of its size",
    "numpy.dtype": "a kind and a size; the state is rebuilt under rules",
    "numpy.ma.core._mareconstruct": "an empty masked array, as cv_results_ has them",
    "numpy.random._pickle.__bit_generator_ctor": "one of NumPy's bit generators",
    "numpy.random._pickle.__generator_ctor": "one bit generator",
    "numpy.random._pickle.__randomstate_ctor": "one bit generator",
    "numpy.random.bit_generator.__pyx_unpickle_SeedSequence": "the class and its checksum",
    "sklearn._loss._loss.__pyx_unpickle_CyHalfMultinomialLoss": "the class and its checksum",
    "sklearn.impute._iterative._ImputerTriplet": "a named tuple of two indices and an estimator",
    "sklearn.metrics._dist_metrics.newObj": "one of the distances of this module",
    "sklearn.neighbors._ball_tree.newObj": "one of the trees of this module",
    "sklearn.neighbors._kd_tree.newObj": "one of the trees of this module",
    "sklearn.tree._tree.Tree": "sizes that are compared with the estimator",
}
# All losses of these compiled modules; they take at most two numbers.
LOSS_MODULES = {
    "sklearn._loss._loss": "CyLossFunction",
    "sklearn.linear_model._sgd_fast": "CyLossFunction LossFunction Classification Regression",
}

# Classes outside scikit-learn, and those that only a reviewed call creates.
CLASSES = {
    "joblib.numpy_pickle.NumpyArrayWrapper": "the description of an array; restricted/ reads it",
    "numpy.ma.MaskedArray": "the type that _mareconstruct creates",
    "numpy.ma.core.MaskedArray": "the name of the same type in older versions of NumPy",
    "numpy.ndarray": "the type that _reconstruct creates",
    "numpy.random._mt19937.MT19937": "a bit generator",
    "numpy.random._pcg64.PCG64": "a bit generator",
    "numpy.random._pcg64.PCG64DXSM": "a bit generator",
    "numpy.random._philox.Philox": "a bit generator",
    "numpy.random._sfc64.SFC64": "a bit generator",
    "numpy.random.bit_generator.SeedSequence": "the seed of a bit generator",
    "sklearn._loss._loss.CyHalfMultinomialLoss": "the type that its __pyx_unpickle creates",
    "scipy.interpolate._bsplines.BSpline": "the splines of SplineTransformer",
    "scipy.sparse._bsr.bsr_array": "a sparse array, checked by its indices",
    "scipy.sparse._bsr.bsr_matrix": "a sparse matrix, checked by its indices",
    "scipy.sparse._coo.coo_array": "a sparse array, checked by its indices",
    "scipy.sparse._coo.coo_matrix": "a sparse matrix, checked by its indices",
    "scipy.sparse._csc.csc_array": "a sparse array, checked by its indices",
    "scipy.sparse._csc.csc_matrix": "a sparse matrix, checked by its indices",
    "scipy.sparse._csr.csr_array": "a sparse array, checked by its indices",
    "scipy.sparse._csr.csr_matrix": "a sparse matrix, checked by its indices",
    "scipy.sparse._dia.dia_array": "a sparse array, checked by its offsets",
    "scipy.sparse._dia.dia_matrix": "a sparse matrix, checked by its offsets",
}
# Classes of newer versions of these packages than the list is written with.
NEWER_CLASSES = {
    "scipy.interpolate._bsplines._BSpline": "what a BSpline of SciPy 1.18 and newer holds",
}
# All classes of these modules, which fitted models contain: losses, links, distances, trees.
CLASS_MODULES = {
    "sklearn._loss.link": "BaseLink Interval",
    "sklearn._loss.loss": "BaseLoss",
    "sklearn.metrics._dist_metrics": "DistanceMetric",
    "sklearn.neighbors._ball_tree": "BinaryTree32 BinaryTree64 BallTree32 BallTree64",
    "sklearn.neighbors._kd_tree": "BinaryTree32 BinaryTree64 KDTree32 KDTree64",
    "sklearn.neural_network._stochastic_optimizers": "BaseOptimizer",
}

# Modules whose ufuncs are values, with all modules that files name for them.
UFUNC_MODULES = {
    "numpy": ("numpy", "numpy._core._multiarray_umath"),
    "scipy.special": (
        "scipy.special",
        "scipy.special._special_ufuncs",
        "scipy.special._ufuncs",
    ),
}

# Functions and types that a model may hold, and call with the rows of the user.
VALUES = {
    "builtins.bool": "a dtype",
    "builtins.float": "a dtype",
    "builtins.int": "a dtype",
    "builtins.object": "a dtype",
    "builtins.str": "a dtype",
    "numpy.amax": "a pooling function",
    "numpy.amin": "a pooling function",
    "numpy.max": "a pooling function",
    "numpy.mean": "a pooling function",
    "numpy.median": "a pooling function",
    "numpy.min": "a pooling function",
    "numpy.nan_to_num": "a function that FunctionTransformer often has",
    "numpy.std": "a pooling function",
    "numpy.sum": "a pooling function",
    "numpy.var": "a pooling function",
    "sklearn.cluster._kmeans._kmeans_single_elkan": "one run of KMeans",
    "sklearn.feature_extraction.text.strip_accents_ascii": "a preprocessor of texts",
    "sklearn.feature_extraction.text.strip_accents_unicode": "a preprocessor of texts",
    "sklearn.feature_selection._mutual_info.mutual_info_classif": "a score of columns",
    "sklearn.feature_selection._mutual_info.mutual_info_regression": "a score of columns",
    "sklearn.preprocessing._data.maxabs_scale": "a function of the rows",
    "sklearn.preprocessing._data.minmax_scale": "a function of the rows",
    "sklearn.preprocessing._data.normalize": "a function of the rows",
    "sklearn.preprocessing._data.robust_scale": "a function of the rows",
    "sklearn.preprocessing._data.scale": "a function of the rows",
    "sklearn.utils.validation.check_array": "what histogram gradient boosting does to categories",
}
# Private functions that fitted models hold.
VALUE_MODULES = {
    "scipy._lib.array_api_compat": "asarray of the B-splines",
    "sklearn.cluster._kmeans": "one run of KMeans",
}
# Modules whose public functions are metrics, scores and kernels.
METRIC_MODULES = ("sklearn.metrics", "sklearn.metrics.pairwise", "sklearn.feature_selection")
NOT_METRICS = frozenset(
    {
        "check_paired_arrays",
        "check_pairwise_arrays",
        "classification_report",
        "distance_metrics",
        "get_scorer_names",
        "kernel_metrics",
    }
)
# A function that has one of these calls, or starts threads for, what the file passes.
NOT_METRIC_PARAMETERS = frozenset(
    {"n_jobs", "estimator", "reduce_func", "score_func", "scoring", "metric_func", "memory"}
)

# Never on the list, even if fitted models contain them.
KEPT_OFF = {
    "cloudpickle": "code by value",
    "copyreg._reconstructor": "creates any type with any state",
    "joblib.memory": "creates a folder in its constructor, and unpickles what it finds there",
    "joblib.numpy_pickle.NDArrayWrapper": "reads another file, by its name",
    "joblib.numpy_pickle.ZNDArrayWrapper": "reads another file, by its name",
    "joblib.parallel": "starts processes",
    "numpy.frompyfunc": "calls any function",
    "numpy.fromfile": "reads any file",
    "numpy.load": "reads any file",
    "numpy.memmap": "reads and writes any file",
    "numpy.save": "writes any file",
    "numpy.vectorize": "calls any function",
    "operator": "calls any method, and reads any attribute",
    "pandas": "no fitted model of scikit-learn contains it; its state is not checked",
    "scipy.optimize": "calls any function",
    "scipy.stats": "a state of these distributions is executed as code",
    "sklearn._loss._loss.CyLossFunction": "an abstract class",
    "sklearn._loss.loss.BaseLoss": "an abstract class",
    "sklearn.callback": "calls functions of the user during a fit",
    "sklearn.datasets": "reads and downloads files",
    "sklearn.exceptions": "models do not contain errors and warnings",
    "sklearn.experimental": "changes scikit-learn when imported",
    "sklearn.externals": "other libraries",
    "sklearn.linear_model._sgd_fast.Classification": "an abstract class",
    "sklearn.linear_model._sgd_fast.LossFunction": "an abstract class",
    "sklearn.linear_model._sgd_fast.Regression": "an abstract class",
    "sklearn.metrics._dist_metrics.PyFuncDistance": "calls any function",
    "sklearn.metrics._dist_metrics.PyFuncDistance32": "calls any function",
    "sklearn.metrics._dist_metrics.PyFuncDistance64": "calls any function",
    "sklearn.utils._testing": "not for users; re-exports os and subprocess",
    "sklearn.utils.deprecation": "wraps functions",
    "sklearn.utils.estimator_checks": "not for users",
    "sklearn.utils.parallel": "starts processes",
    "sklearn.utils.parallel_backend": "starts processes",
}
