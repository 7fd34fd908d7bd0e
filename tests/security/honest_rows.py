"""Classifiers of rows with missing values, categories, texts, mappings and several labels."""

from __future__ import annotations

from typing import Any

from sklearn import (
    compose,
    decomposition,
    multiclass,
    multioutput,
    naive_bayes,
    neighbors,
    svm,
)
from sklearn import ensemble as forests
from sklearn import feature_selection as selection
from sklearn import linear_model as linear
from sklearn import preprocessing as scaling
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes it importable
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline, make_union

from tests.security.honest_parts import (
    Build,
    Forest,
    Histogram,
    Logistic,
    Network,
)


def with_missing_values() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "median": lambda: make_pipeline(SimpleImputer(strategy="median"), Forest()),
        "indicator": lambda: make_pipeline(SimpleImputer(add_indicator=True), Logistic()),
        "missing": lambda: make_pipeline(
            make_union(SimpleImputer(), MissingIndicator(features="all")), Logistic()
        ),
        "nearest": lambda: make_pipeline(KNNImputer(), Logistic()),
        "iterative": lambda: make_pipeline(IterativeImputer(max_iter=2), Logistic()),
        "iterative, forest": lambda: make_pipeline(
            IterativeImputer(forests.ExtraTreesRegressor(3), max_iter=1), Logistic()
        ),
        "forest with missing values": Forest,
        "histograms with missing values": Histogram,
    }


def with_categories() -> dict[str, Build]:
    """Return builders by name."""

    def columns(encoder: Any) -> Any:
        return compose.ColumnTransformer(
            [("number", scaling.StandardScaler(), [0, 1]), ("category", encoder, [2])]
        )

    return {
        "one hot": lambda: make_pipeline(
            columns(scaling.OneHotEncoder(handle_unknown="ignore")), Logistic()
        ),
        "infrequent": lambda: make_pipeline(
            columns(scaling.OneHotEncoder(min_frequency=25, handle_unknown="infrequent_if_exist")),
            Logistic(),
        ),
        "ordinal": lambda: make_pipeline(columns(scaling.OrdinalEncoder()), Forest()),
        "target encoded": lambda: make_pipeline(columns(scaling.TargetEncoder()), Forest()),
        "remainder": lambda: make_pipeline(
            compose.ColumnTransformer(
                [("category", scaling.OneHotEncoder(sparse_output=False), slice(2, 3))],
                remainder=scaling.MinMaxScaler(),
            ),
            Forest(),
        ),
        "dropped": lambda: make_pipeline(
            compose.ColumnTransformer([("kept", "passthrough", [0, 1]), ("not", "drop", [2])]),
            Forest(),
        ),
    }


def with_codes() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "categories": lambda: Histogram(categorical_features=[2]),
        "categories, early stopping": lambda: Histogram(
            categorical_features=[2], early_stopping=True, scoring="accuracy"
        ),
        "categories, mask": lambda: Histogram(categorical_features=[False, False, True]),
    }


def on_sparse_rows() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "sparse logistic": Logistic,
        "sparse coefficients": lambda: linear.LogisticRegression(solver="liblinear", **_lasso()),
        "sparse support vectors": lambda: svm.SVC(),
        "sparse forest": Forest,
        "sparse neighbors": lambda: neighbors.KNeighborsClassifier(),
        "sparse components": lambda: make_pipeline(decomposition.TruncatedSVD(2), Logistic()),
        "sparse scaling": lambda: make_pipeline(
            scaling.MaxAbsScaler(), naive_bayes.MultinomialNB()
        ),
    }


def _lasso() -> dict[str, Any]:
    from sklearn import __version__

    old = tuple(map(int, __version__.split(".")[:2])) < (1, 8)
    return {"penalty": "l1"} if old else {"l1_ratio": 1.0}


def on_texts() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "counts": lambda: make_pipeline(CountVectorizer(), naive_bayes.MultinomialNB()),
        "word pairs": lambda: make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), Logistic()),
        "characters": lambda: make_pipeline(
            TfidfVectorizer(analyzer="char_wb", strip_accents="unicode"), svm.LinearSVC()
        ),
        "hashes": lambda: make_pipeline(HashingVectorizer(n_features=64), Logistic()),
        "stop words": lambda: make_pipeline(
            CountVectorizer(stop_words="english", binary=True), naive_bayes.BernoulliNB()
        ),
        "topics": lambda: make_pipeline(
            CountVectorizer(), decomposition.LatentDirichletAllocation(2), Logistic()
        ),
        "chosen words": lambda: make_pipeline(
            TfidfVectorizer(), selection.SelectKBest(selection.chi2, k=2), Logistic()
        ),
    }


def on_mappings() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "mappings": lambda: make_pipeline(DictVectorizer(), Logistic()),
        "hashed mappings": lambda: make_pipeline(FeatureHasher(16, alternate_sign=False), Forest()),
    }


def with_two_labels() -> dict[str, Build]:
    """Return builders by name."""
    return {
        "two labels": lambda: multioutput.MultiOutputClassifier(Logistic()),
        "chain": lambda: multioutput.ClassifierChain(Logistic(), order="random", random_state=0),
        "two labels, forest": Forest,
        "two labels, network": Network,
        "two labels, neighbors": lambda: neighbors.KNeighborsClassifier(),
        "two labels, rest": lambda: multiclass.OneVsRestClassifier(Logistic()),
    }
