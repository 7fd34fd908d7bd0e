"""Files that set states which change classes, hide methods or call functions later."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.cluster import AgglomerativeClustering, FeatureAgglomeration
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KDTree, KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree._tree import Tree

from tests.security.payload import COMMAND, MARKER, Collection
from tests.security.stream import Raw, Reduced, build, call, dumped, name, new, stream

STATES = Collection()
KFOLD = name("sklearn.model_selection._split", "KFold")
GROUPS = name("sklearn.model_selection._split", "GroupKFold")
ESTIMATOR = name("sklearn.svm._classes", "SVC")
EXP = name("numpy", "exp")
BUILT: dict[str, Raw] = {
    "state of a class": build(KFOLD, {"split": EXP}),
    "state of a function": build(name("sklearn.metrics._regression", "r2_score"), {"x": 1}),
    "state of a ufunc": build(EXP, {"x": 1}),
    "state of a call": build(name("sklearn.tree._tree", "Tree"), {"x": 1}),
    "state of a list": build([], {"x": 1}),
    "state of a dict": build({}, {"x": 1}),
    "state of a text": build("x", {"x": 1}),
    "slots of a class": build(KFOLD, (None, {"split": EXP})),
    "slots of an instance": build(new(KFOLD), (None, {"x": 1})),
    "slots that are a class": build(new(KFOLD), (None, {"__class__": GROUPS})),
    "another class": build(new(KFOLD), {"__class__": GROUPS}),
    "another dict": build(new(KFOLD), {"__dict__": {}}),
    "own setstate": build(build(new(KFOLD), {"__setstate__": EXP}), 1.0),
    "own reduce": build(new(KFOLD), {"__reduce__": EXP}),
    "own getattr": build(new(KFOLD), {"__getattr__": EXP}),
    "own repr": build(new(KFOLD), {"__repr__": EXP}),
    "own dunder that is not known": build(new(KFOLD), {"__custom__": 1}),
    "hidden predict": build(new(ESTIMATOR), {"predict": EXP}),
    "hidden fit": build(new(ESTIMATOR), {"fit": EXP}),
    "hidden get_params": build(new(ESTIMATOR), {"get_params": EXP}),
    "hidden private method": build(new(ESTIMATOR), {"_validate_targets": EXP}),
    "hidden representation": build(new(ESTIMATOR), {"_repr_html_": "<script>"}),
    "hidden property": build(new(ESTIMATOR), {"coef_": 1.0}),
    "hidden available method": build(new(ESTIMATOR), {"predict_proba": EXP}),
    "hidden method of a search": build(
        new(name("sklearn.model_selection._search", "GridSearchCV")), {"score_samples": EXP}
    ),
    "attribute that is a number": build(new(ESTIMATOR), {1: 2}),
    "attribute that is a tuple": build(new(ESTIMATOR), {("predict",): 2}),
    "attribute that is bytes": build(new(ESTIMATOR), {b"predict": 2}),
    "state that is a list": build(new(ESTIMATOR), [1]),
    "state that is a text": build(new(ESTIMATOR), "x"),
    "state that is an estimator": build(new(ESTIMATOR), new(ESTIMATOR)),
    "state of a Bunch that hides": build(
        new(name("sklearn.utils._bunch", "Bunch")), {"__class__": KFOLD}
    ),
    "state of a partial": build(
        call(name("functools", "partial"), EXP), (name("os", "system"), (COMMAND,), {}, None)
    ),
    "positional state of a partial": build(
        call(name("functools", "partial"), EXP), (EXP, (1.0,), {}, None)
    ),
    "keywords of a partial": build(
        call(name("functools", "partial"), EXP), (EXP, (), {"out": new(KFOLD)}, None)
    ),
    "state of a call of getattr": build(name("builtins", "getattr"), {"x": 1}),
}
for what, body in BUILT.items():
    STATES.add(what, lambda body=body: stream(body))

STATES.add(
    "attributes of a partial",
    lambda: stream(build(call(name("functools", "partial"), EXP), (EXP, (), {}, {"func": 1}))),
    harmless=True,
)

ROWS = np.random.default_rng(0).normal(size=(20, 4))
LABELS = np.arange(20) % 2


def _function(function: Any, **keywords: Any) -> bytes:
    return dumped(FunctionTransformer(function, kw_args=keywords).fit(ROWS))


STATES.add("function Tree", lambda: _function(Tree, n_classes=np.array([1]), n_outputs=1))
STATES.add("function numpy.dtype", lambda: _function(np.dtype))
STATES.add("function KDTree", lambda: _function(KDTree))
STATES.add("function getattr", lambda: _function(getattr))
STATES.add("function SVC", lambda: _function(SVC))
STATES.add("function Bunch", lambda: stream(_transformer(name("sklearn.utils._bunch", "Bunch"))))
STATES.add("function set", lambda: stream(_transformer(name("builtins", "set"))))
STATES.add(
    "function numpy.ndarray",
    lambda: stream(_transformer(name("numpy", "ndarray"))),
    harmless=True,
)


def _transformer(function: Raw) -> Raw:
    cls = name("sklearn.preprocessing._function_transformer", "FunctionTransformer")
    state = {
        "func": function,
        "inverse_func": None,
        "validate": False,
        "accept_sparse": False,
        "check_inverse": False,
        "feature_names_out": None,
        "kw_args": {},
        "inv_kw_args": None,
    }
    return build(new(cls), state)


def _memory(model: Any) -> bytes:
    model.memory = f"./{MARKER}"
    return dumped(model)


STATES.add(
    "cache of a pipeline",
    lambda: _memory(make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, LABELS)),
)
STATES.add("cache of merged features", lambda: _memory(FeatureAgglomeration().fit(ROWS)))
STATES.add("cache of clusters", lambda: _memory(AgglomerativeClustering().fit(ROWS)))
STATES.add(
    "cache of an inner pipeline",
    lambda: dumped(
        BaggingClassifier(
            Pipeline([("a", StandardScaler()), ("b", SVC())], memory=f"./{MARKER}"), 2
        )
    ),
)
STATES.add(
    "cache of a column transformer",
    lambda: dumped(
        ColumnTransformer([("a", Pipeline([("s", StandardScaler())], memory=f"./{MARKER}"), [0])])
    ),
)


@STATES("a metric that is an estimator")
def _metric() -> bytes:
    model = KNeighborsClassifier().fit(ROWS, LABELS)
    model.effective_metric_ = SVC
    return dumped(model)


@STATES("a kernel that is a class")
def _kernel() -> bytes:
    model = SVC().fit(ROWS, LABELS)
    model.kernel = GroupKFold
    return dumped(model)


@STATES("an analyzer that is a class")
def _analyzer() -> bytes:
    return dumped(CountVectorizer(analyzer=SVC))


@STATES("a target function that is a class")
def _target_function() -> bytes:
    return dumped(TransformedTargetRegressor(SVC(), func=GroupKFold, inverse_func=GroupKFold))


@STATES("a class deep in a list")
def _deep_class() -> bytes:
    model = SVC().fit(ROWS, LABELS)
    model.extra_ = [{"a": ({"b": [SVC]},)}]
    return dumped(model)


@STATES("a class in an array of objects")
def _class_in_an_array() -> bytes:
    model = SVC().fit(ROWS, LABELS)
    model.extra_ = np.array([SVC, 1], dtype=object)
    return dumped(model)


@STATES("a command in an array of objects")
def _command_in_an_array() -> bytes:
    import os

    model = SVC().fit(ROWS, LABELS)
    model.classes_ = np.array([Reduced(os.system, (COMMAND,)), 1], dtype=object)
    return dumped(model)


@STATES("a command after an honest array")
def _command_after_an_array() -> bytes:
    import os

    return dumped([np.arange(1000.0), Reduced(os.system, (COMMAND,))])


@STATES("an unbound method of another class")
def _method_of_another_object() -> bytes:
    model = SVC().fit(ROWS, LABELS)
    model.extra_ = StandardScaler().fit(ROWS).transform
    return dumped(model)
