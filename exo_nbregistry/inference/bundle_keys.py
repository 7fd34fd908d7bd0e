"""Usual keys of the parts of a model in a dict."""

from __future__ import annotations

import re
from collections.abc import Collection

# Usual keys, without case, spaces, hyphens and underscores. Transformers are applied in this order.
TRANSFORMERS = (
    ["preprocessor", "preprocess", "preprocessing", "preproc", "columntransformer", "cleaner"],
    ["encoder", "featureencoder", "onehotencoder", "ordinalencoder", "targetencoder", "ohe"],
    ["vectorizer", "vec", "tfidf", "tfidfvectorizer", "countvectorizer"],
    ["imputer", "imp", "simpleimputer", "knnimputer"],
    ["transformer", "powertransformer", "quantiletransformer"],
    ["scaler", "sc", "standardscaler", "minmaxscaler", "robustscaler", "normalizer"],
    ["selector", "featureselector"],
    ["pca", "svd", "reducer"],
)
MODELS = [
    "model",
    "models",
    "classifier",
    "clf",
    "regressor",
    "reg",
    "estimator",
    "booster",
    "bst",
    "net",
    "pipeline",
    "pipe",
    "predictor",
    "trainedmodel",
    "bestmodel",
    "finalmodel",
]
LABELS = [
    "encoder",
    "labelencoder",
    "le",
    "labelbinarizer",
    "decoder",
    "decode",
    "labelmap",
    "labelmapping",
    "classmap",
    "labels",
    "labelnames",
    "classes",
    "classnames",
    "targetnames",
    "id2label",
    "idxtoclass",
]
FEATURES = [
    "features",
    "featurecolumns",
    "featurenames",
    "featurecols",
    "featurelist",
    "columns",
    "cols",
    "selectedfeatures",
    "inputcolumns",
    "featurenamesin",
]
THRESHOLDS = ["threshold", "bestthreshold", "optimalthreshold", "decisionthreshold", "cutoff"]


def is_named(key: object, names: Collection[str]) -> bool:
    """Return whether a key is one of the usual names.

    Examples
    --------
    >>> is_named("Label Encoder", LABELS), is_named("notes", LABELS)
    (True, False)
    """
    return _plain(key) in names


def step_rank(key: object) -> int | None:
    """Return the place of a transformer in the usual order, or None for an unknown key.

    Examples
    --------
    >>> step_rank("imputer") < step_rank("StandardScaler")
    True
    """
    name = _plain(key)
    return next((place for place, keys in enumerate(TRANSFORMERS) if name in keys), None)


def _plain(key: object) -> str:
    return re.sub(r"[\s_-]", "", str(key)).lower()
