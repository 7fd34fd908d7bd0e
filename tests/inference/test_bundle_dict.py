"""Recognition of dicts with a model and its transformers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.bundle_dict import bundle_of_dict, has_estimator
from exo_nbregistry.inference.bundle_keys import (
    FEATURES,
    LABELS,
    MODELS,
    THRESHOLDS,
    TRANSFORMERS,
)

NAMES = ["a", "b"]
X = pd.DataFrame({"a": [0.0, 1.0, 2.0, np.nan], "b": [3.0, 1.0, 0.0, 2.0]})
CODES = [0, 1, 1, 0]
IMPUTER = SimpleImputer().fit(X)
FILLED = IMPUTER.transform(X)
SCALER = StandardScaler().fit(FILLED)
SCALED = SCALER.transform(FILLED)
MODEL = LogisticRegression().fit(SCALED, CODES)
ENCODER = LabelEncoder().fit(["dust", "planet"])
EXPECTED = ENCODER.inverse_transform(MODEL.predict(SCALED)).tolist()


@pytest.mark.parametrize("model", ["model", "Model", "clf", "classifier", "best_model", "my_thing"])
@pytest.mark.parametrize("labels", ["encoder", "label_encoder", "le", "Label Encoder", "xyz"])
def test_usual_keys_are_known(model: str, labels: str) -> None:
    """The usual keys of the parts are known in any case; a label encoder under any key."""
    parts = {labels: ENCODER, "features": NAMES, "SCALER": SCALER, "imputer": IMPUTER}
    found = bundle_of_dict(parts | {model: MODEL})
    assert [name for name, _ in found.steps] == ["imputer", "SCALER", model]
    assert found.predict(X[NAMES[::-1]]).tolist() == EXPECTED


@pytest.mark.parametrize("labels", [["dust", "planet"], {0: "dust", 1: "planet"}, ENCODER.classes_])
def test_labels_can_be_plain(labels: Any) -> None:
    """Labels under a usual key decode the predictions."""
    parts = {"model": MODEL, "scaler": SCALER, "imputer": IMPUTER, "class_names": labels}
    assert bundle_of_dict(parts).predict(X).tolist() == EXPECTED


def test_equal_labels_and_columns_can_be_stored_twice() -> None:
    """An encoder with the list of its classes, and columns under two keys, are one."""
    parts = {"model": MODEL, "scaler": SCALER, "imputer": IMPUTER, "le": ENCODER}
    parts |= {"classes": ["dust", "planet"], "features": NAMES, "feature_names": tuple(NAMES)}
    assert bundle_of_dict(parts).predict(X).tolist() == EXPECTED
    with pytest.raises(InvalidInputError, match="different labels under 'le', 'classes'"):
        bundle_of_dict(parts | {"classes": ["planet", "dust"]})
    with pytest.raises(InvalidInputError, match="different columns under 'features'"):
        bundle_of_dict(parts | {"features": NAMES[::-1]})


def test_a_model_of_labels_needs_no_decoding() -> None:
    """The classes of a model that predicts labels are only stored."""
    model = LogisticRegression().fit(SCALED, EXPECTED)
    parts = {"model": model, "scaler": SCALER, "imputer": IMPUTER}
    found = bundle_of_dict(parts | {"classes": model.classes_})
    assert found.predict(X).tolist() == model.predict(SCALED).tolist()


def test_names_of_words_are_not_columns() -> None:
    """The words of a vectorizer are stored, but are not the columns of the data."""
    texts = ["deep transit", "flat line"]
    words = TfidfVectorizer().fit(texts)
    model = LogisticRegression().fit(words.transform(texts), [0, 1])
    names = words.get_feature_names_out().tolist()
    found = bundle_of_dict({"model": model, "tfidf": words, "feature_names": names})
    assert found.predict(texts).tolist() == [0, 1]
    assert found["feature_names"] == names


def test_names_of_encoded_columns_are_not_those_of_the_data() -> None:
    """The names of one-hot columns are stored, but are not the columns of the data."""
    table = pd.DataFrame({"kind": ["a", "b", "c"]})
    hot = OneHotEncoder(sparse_output=False).fit(table)
    model = Ridge().fit(hot.transform(table), [1, 2, 3])
    names = hot.get_feature_names_out().tolist()
    found = bundle_of_dict({"model": model, "encoder": hot, "features": names})
    assert found.feature_names_in_.tolist() == ["kind"]
    assert np.allclose(found.predict(table), model.predict(hot.transform(table)))


def test_a_threshold_is_applied() -> None:
    """The bundle uses the threshold of the dict."""
    parts = {"model": MODEL, "scaler": SCALER, "imputer": IMPUTER, "threshold": 0.9}
    assert bundle_of_dict(parts).threshold == 0.9


def test_missing_and_plain_parts_are_kept() -> None:
    """A part that is None is ignored, and plain values are only stored."""
    parts = {"model": MODEL, "imputer": None, "pca": None, "scaler": SCALER, "notes": "ok"}
    found = bundle_of_dict(parts | {"history": {"loss": [1.0]}, "rows": X})
    assert [name for name, _ in found.steps] == ["scaler", "model"]
    assert found["notes"] == "ok"
    assert found["imputer"] is None


def test_a_list_of_models_is_their_mean() -> None:
    """Models of folds are averaged."""
    found = bundle_of_dict({"models": [MODEL, MODEL], "scaler": SCALER})
    assert np.allclose(found.predict_proba(FILLED), MODEL.predict_proba(SCALED))


def test_a_clustering_can_be_a_step() -> None:
    """A transformer under its usual key is a step, also if it can predict."""
    clusters = KMeans(2, n_init=1, random_state=0).fit(FILLED)
    model = Ridge().fit(clusters.transform(FILLED), CODES)
    found = bundle_of_dict({"model": model, "transformer": clusters})
    assert np.allclose(found.predict(FILLED), model.predict(clusters.transform(FILLED)))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"model": MODEL, "clf": MODEL}, "several models: 'model', 'clf'"),
        ({"a": MODEL, "b": MODEL}, "several models: 'a', 'b'"),
        ({"scaler": SCALER}, "no object with predict"),
        ({"model": MODEL, "one": SCALER, "two": SCALER}, "the order of 'one', 'two' is unknown"),
        (
            {"model": MODEL, "scaler": SCALER, "sc": SCALER},
            "the order of 'scaler', 'sc' is unknown",
        ),
        ({"model": MODEL, "encoders": {"a": ENCODER}}, "purpose of 'encoders' (dict) is unknown"),
        ({"model": MODEL, "scalers": [SCALER]}, "purpose of 'scalers' (list) is unknown"),
        ({"model": MODEL, "f": lambda rows: rows}, "purpose of 'f' (function) is unknown"),
        ({"model": MODEL, "threshold": {"a": 1}}, "must be a probability from 0 to 1"),
        ({"model": Ridge().fit(SCALED, CODES), "threshold": 0.5}, "requires a classifier"),
        ({"model": MODEL, "features": ["a", "b", "c"]}, "has 3 names"),
        ({"model": LogisticRegression()}, "LogisticRegression is not fitted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unknown_parts_are_rejected(parts: Any, reason: str) -> None:
    """A part whose use is unknown is named, with the call that defines it."""
    with pytest.raises(InvalidInputError) as caught:
        bundle_of_dict(parts)
    assert reason in str(caught.value)
    assert "from exo_nbregistry import bundle" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"cut": 0.5}, False),
        ({"rows": X, "array": FILLED}, False),
        ([0.5] * 3000, False),
        ({"deep": [{"deeper": MODEL}]}, False),
        ({"any": SCALER}, True),
        ({"folds": [MODEL]}, True),
        ((SCALER, MODEL), True),
        ({"kind": StandardScaler}, False),
    ],
    ids=lambda value: f"{value!r:.30}",
)
def test_containers_with_estimators_are_recognized(value: Any, expected: bool) -> None:
    """Fitted objects are found in a container and in the containers in it."""
    assert has_estimator(value) is expected


def test_a_container_of_itself() -> None:
    """A dict that contains itself is searched to a fixed depth."""
    parts: dict[str, Any] = {}
    parts["self"] = parts
    assert not has_estimator(parts)


def test_the_docstring_lists_the_keys() -> None:
    """Each usual key is in the docstring."""
    documented = set(re.findall(r"\w+", bundle_of_dict.__doc__ or ""))
    keys = {
        *MODELS,
        *LABELS,
        *FEATURES,
        *THRESHOLDS,
        *(name for row in TRANSFORMERS for name in row),
    }
    assert keys <= documented


def test_pca_comes_after_the_scaler() -> None:
    """Transformers are applied in the usual order, not in that of the dict."""
    pca = PCA(1).fit(SCALED)
    model = Ridge().fit(pca.transform(SCALED), CODES)
    found = bundle_of_dict({"pca": pca, "model": model, "scaler": SCALER, "imputer": IMPUTER})
    assert [name for name, _ in found.steps] == ["imputer", "scaler", "pca", "model"]
    assert np.allclose(found.predict(X), model.predict(pca.transform(SCALED)))
