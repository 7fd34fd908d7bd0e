"""Bundles of transformers and a model."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
import xgboost
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.svm import SVC

from exo_nbregistry import bundle
from exo_nbregistry.errors import FormatVersionError, InvalidInputError, SignatureMismatchError
from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.inference.fitted_estimator import RefitError
from exo_nbregistry.persistence.content_digest import content_digest

NAMES = ["a", "b", "c", "d"]
DATA, CODES = make_classification(
    90, 4, n_informative=3, n_redundant=0, n_classes=3, random_state=0
)
TWO = (CODES > 0).astype(int)
X = pd.DataFrame(DATA, columns=NAMES)
LABELS = ["dust", "moon", "planet"]
ENCODER = LabelEncoder().fit(LABELS)
Y = ENCODER.inverse_transform(CODES)
SCALER = StandardScaler().fit(X)
SCALED = SCALER.transform(X)


@pytest.fixture(scope="module")
def both() -> Bundle:
    """Return a scaler with a model of three encoded classes."""
    return bundle(SCALER, LogisticRegression().fit(SCALED, CODES), decode=ENCODER)


def two(**options: Any) -> Bundle:
    """Return a scaler with a model of two encoded classes."""
    return bundle(SCALER, LogisticRegression().fit(SCALED, TWO), **options)


def test_labels_are_decoded(both: Bundle) -> None:
    """Predictions are the labels of the codes that the model predicts."""
    expected = ENCODER.inverse_transform(both.model.predict(SCALED))
    assert both.predict(X).tolist() == expected.tolist()
    assert both.classes_.tolist() == LABELS


def test_probabilities_are_those_of_the_model(both: Bundle) -> None:
    """Without another order of the labels, probabilities are unchanged."""
    assert np.array_equal(both.predict_proba(X), both.model.predict_proba(SCALED))


def test_classes_are_sorted_as_in_scikit_learn() -> None:
    """Labels in another order than their codes are sorted, with their probabilities."""
    swapped = two(decode={0: "planet", 1: "dust"})
    inner = swapped.model
    assert swapped.classes_.tolist() == ["dust", "planet"]
    assert np.array_equal(swapped.predict_proba(X), inner.predict_proba(SCALED)[:, ::-1])
    assert np.array_equal(swapped.decision_function(X), -inner.decision_function(SCALED))
    best = swapped.classes_[swapped.predict_proba(X).argmax(axis=1)]
    assert best.tolist() == swapped.predict(X).tolist()


@given(st.permutations(NAMES))
def test_columns_have_any_order(names: list[str]) -> None:
    """A frame is matched by the names of its columns; other columns are ignored."""
    model = two()
    shuffled = X[names].assign(kepid=1)
    assert np.array_equal(model.predict_proba(shuffled), model.predict_proba(X))


@pytest.mark.parametrize(
    "row",
    [
        X.iloc[0],
        X.iloc[0].to_dict(),
        [X.iloc[0].to_dict()],
        DATA[0],
        DATA[0].tolist(),
        X.head(1),
        DATA[:1],
        pl.DataFrame(X.head(1)),
    ],
)
def test_one_row(both: Bundle, row: Any) -> None:
    """A row can be a series, a dict, a list of numbers, or a table of one row."""
    assert both.predict(row).tolist() == both.predict(X)[:1].tolist()


def test_a_series_without_known_names_is_a_row() -> None:
    """A series of the right length is a row, even if no names are known."""
    plain = bundle(StandardScaler().fit(DATA), LogisticRegression().fit(SCALED, TWO))
    assert plain.predict(X.iloc[0]).shape == (1,)
    assert not hasattr(plain, "feature_names_in_")


def test_missing_columns_are_named(both: Bundle) -> None:
    """A frame without a column of the bundle is rejected with its name."""
    with pytest.raises(SignatureMismatchError, match=r"The data lacks b, d; pass") as caught:
        both.predict(X[["a", "c"]])
    assert caught.value.missing == ("b", "d")


def test_the_number_of_columns_is_checked(both: Bundle) -> None:
    """An array with another number of columns is rejected."""
    with pytest.raises(SignatureMismatchError, match="has 3 columns, and the model takes 4"):
        both.predict(DATA[:, :3])


def test_duplicated_columns_are_rejected(both: Bundle) -> None:
    """A table with two columns of one name is rejected."""
    table = pd.concat([X, X[["a"]]], axis=1)
    with pytest.raises(SignatureMismatchError, match="two columns named 'a'"):
        both.predict(table)


def test_features_select_the_columns() -> None:
    """features= names the columns of steps that were fitted on arrays."""
    scaler = StandardScaler().fit(DATA)
    model = bundle(scaler, LogisticRegression().fit(SCALED, TWO), features=NAMES)
    assert model.feature_names_in_.tolist() == NAMES
    assert model.n_features_in_ == 4
    assert model.predict(X[NAMES[::-1]]).tolist() == model.predict(DATA).tolist()


def test_each_step_gets_the_form_that_it_was_fitted_on() -> None:
    """A model of a frame behind a scaler of arrays gets a frame with its names, and no warning."""
    scaler = StandardScaler().fit(DATA)
    frame = pd.DataFrame(scaler.transform(DATA), columns=NAMES)
    model = bundle(scaler, LogisticRegression().fit(frame, TWO))
    assert model.feature_names_in_.tolist() == NAMES
    assert model.predict(X).tolist() == model.model.predict(frame).tolist()


@pytest.mark.parametrize("features", [None, NAMES])
def test_a_scaler_of_some_columns(features: Any) -> None:
    """A scaler of some columns changes these, and the model gets all of them."""
    scaler = StandardScaler().fit(X[["b", "d"]])
    table = X.assign(b=0.0, d=0.0)
    table[["b", "d"]] = scaler.transform(X[["b", "d"]])
    model = LogisticRegression().fit(table, TWO)
    both = bundle(scaler, model, features=features)
    assert both.feature_names_in_.tolist() == NAMES
    assert both.predict(X[NAMES[::-1]]).tolist() == model.predict(table).tolist()
    assert both.predict(DATA[0]).tolist() == model.predict(table)[:1].tolist()


def test_a_scaler_of_all_columns_of_the_model() -> None:
    """A model that takes only the columns of the scaler gets no others."""
    scaler = StandardScaler().fit(X[["b", "d"]])
    model = LogisticRegression().fit(scaler.transform(X[["b", "d"]]), TWO)
    both = bundle(scaler, model)
    assert both.feature_names_in_.tolist() == ["b", "d"]
    assert both.predict(X).tolist() == both.predict(X[["d", "b"]]).tolist()


def test_a_function_is_a_step() -> None:
    """A function of the data is a transformer with the name of the function."""
    model = bundle(np.log1p, Ridge().fit(np.log1p(np.abs(DATA)), TWO))
    assert [name for name, _ in model.steps] == ["log1p", "model"]
    expected = model.model.predict(np.log1p(np.abs(DATA)))
    assert np.array_equal(model.predict(np.abs(DATA)), expected)


def test_texts() -> None:
    """A vectorizer gets the texts of a list, or of the column that features= names."""
    texts = ["deep transit", "flat line"] * 5
    words = TfidfVectorizer().fit(texts)
    model = LogisticRegression().fit(words.transform(texts), [1, 0] * 5)
    named = bundle(words, model, decode=["dust", "planet"], features=["comment"])
    expected = ["planet", "dust"] * 5
    assert bundle(words, model, decode=["dust", "planet"]).predict(texts).tolist() == expected
    table = pd.DataFrame({"id": range(10), "comment": texts})
    assert named.predict(table).tolist() == expected
    assert named.predict({"comment": "deep"}).tolist() == ["planet"]


def test_native_boosters_predict_labels() -> None:
    """A booster predicts its most probable class; of two classes, the second one from 0.5 on."""
    three = {"objective": "multiclass", "num_class": 3, "verbose": -1}
    grown = lightgbm.train(three, lightgbm.Dataset(SCALED, CODES), 3)
    shares = grown.predict(SCALED)
    model = bundle(SCALER, grown, decode=ENCODER)
    assert model.predict(X).tolist() == [LABELS[k] for k in shares.argmax(axis=1)]
    boosted = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(SCALED, TWO), 3)
    share = boosted.predict(xgboost.DMatrix(SCALED))
    model = bundle(SCALER, boosted)
    assert model.predict(X).tolist() == (share >= 0.5).astype(int).tolist()
    assert np.array_equal(model.predict_proba(X), np.column_stack([1 - share, share]))
    assert model.classes_.tolist() == [0, 1]


def test_a_booster_of_labels_has_no_probabilities() -> None:
    """A booster that returns labels decodes them, and lacks predict_proba."""
    settings = {"objective": "multi:softmax", "num_class": 3}
    booster = xgboost.train(settings, xgboost.DMatrix(SCALED, CODES), 3)
    model = bundle(SCALER, booster, decode=ENCODER)
    assert not hasattr(model, "predict_proba")
    assert set(model.predict(X)) <= set(LABELS)


def test_the_threshold_applies_to_the_second_class_of_the_model() -> None:
    """The threshold is a probability of the class with code 1, also if its label comes first."""
    model = two(decode={0: "planet", 1: "dust"}, threshold=0.2)
    positive = model.model.predict_proba(SCALED)[:, 1] >= 0.2
    assert model.predict(X).tolist() == np.where(positive, "dust", "planet").tolist()
    assert model.positive_label == "dust"


def test_a_regressor_stays_one() -> None:
    """A bundle of a regressor predicts its numbers and has no classes."""
    model = bundle(SCALER, Ridge().fit(SCALED, DATA[:, 0]))
    assert is_regressor(model)
    assert model.score(X, DATA[:, 0]) > 0.99
    assert not hasattr(model, "classes_")
    assert not hasattr(model, "predict_proba")


def test_scikit_learn_knows_the_kind(both: Bundle) -> None:
    """scikit-learn's functions work with a bundle as with a fitted classifier."""
    assert is_classifier(both)
    found = permutation_importance(both, X, Y, n_repeats=2, random_state=0)
    assert len(found.importances_mean) == 4
    calibrated = CalibratedClassifierCV(FrozenEstimator(both)).fit(X, Y)
    assert calibrated.classes_.tolist() == LABELS


def test_optional_methods_have_names(both: Bundle) -> None:
    """scikit-learn reads the names of methods, and hasattr is the test of their existence."""
    assert both.predict_proba.__name__ == "predict_proba"
    machine = bundle(SCALER, SVC().fit(SCALED, CODES), decode=ENCODER)
    assert not hasattr(machine, "predict_proba")
    assert machine.decision_function(X).shape == (90, 3)
    assert not hasattr(bundle(SCALER, KMeans(2, n_init=1).fit(SCALED)), "decision_function")


def test_codes_are_true_labels(both: Bundle) -> None:
    """A score accepts labels and their codes."""
    assert both.score(X, Y) == both.score(X, CODES)


@pytest.mark.parametrize("call", [clone, lambda model: model.fit(X, Y)])
def test_it_cannot_be_fitted_again(both: Bundle, call: Any) -> None:
    """A clone or a fit is rejected with the remedy."""
    with pytest.raises(RefitError, match="fit its steps and bundle them again"):
        call(both)


def test_the_parts_are_items(both: Bundle) -> None:
    """The parts are read as from a dict, which a bundle is not."""
    assert both["scaler"] is SCALER
    assert both["decode"] is ENCODER
    assert list(both) == list(both.keys()) == ["scaler", "model", "decode"]
    assert len(both) == 3
    assert dict(both.items())["model"] is list(both.values())[1]
    assert both.get("threshold", 0.5) == 0.5
    assert "scaler" in both
    assert not isinstance(both, dict)
    with pytest.raises(KeyError, match="'scalr' is not a part of the bundle, which has 'scaler'"):
        both["scalr"]


def test_a_copy_predicts_the_same(both: Bundle) -> None:
    """A pickled or copied bundle has equal predictions, content and text."""
    for other in (pickle.loads(pickle.dumps(both)), copy.deepcopy(both)):
        assert np.array_equal(other.predict_proba(X), both.predict_proba(X))
        assert content_digest(other) == content_digest(both)
        assert repr(other) == repr(both)


def test_another_model_has_another_content(both: Bundle) -> None:
    """Bundles that differ in a step, a label or the threshold have different content."""
    digests = {
        content_digest(model) for model in (both, two(), two(threshold=0.3), two(decode=["a", "b"]))
    }
    assert len(digests) == 4


def test_the_state_of_a_newer_release_is_an_error(both: Bundle) -> None:
    """The error for the form of a newer release names the package to upgrade."""
    state = both.__getstate__() | {"state": 2}
    with pytest.raises(FormatVersionError, match="pip install --upgrade exo-nbregistry"):
        Bundle.__new__(Bundle).__setstate__(state)


class Deep:
    """A rule with the interface of a model."""

    def predict(self, rows: Any) -> Any:
        """Return 1 for deep transits."""
        return (np.asarray(rows)[:, 0] > 0.5).astype(int)


def test_the_first_form_of_the_state_is_read() -> None:
    """The state that this release saves is read by all later ones."""
    other = Bundle.__new__(Bundle)
    rule = Deep()
    other.__setstate__(
        {
            "state": 1,
            "steps": [("model", rule)],
            "decode": ["dust", "planet"],
            "labels": {0: "dust", 1: "planet"},
            "features": ("depth",),
            "names": ("depth",),
            "threshold": None,
            "facts": ("classifier", (0, 1), False),
            "items": {"model": rule},
        }
    )
    rows = pd.DataFrame({"period": [1.0, 2.0], "depth": [0.1, 0.9]})
    assert other.predict(rows).tolist() == ["dust", "planet"]
    assert other.classes_.tolist() == ["dust", "planet"]
    assert bundle(rule, decode=["dust", "planet"], features=["depth"]).__getstate__().keys() == (
        other.__getstate__().keys()
    )


def test_unknown_fields_of_the_state_are_ignored(both: Bundle) -> None:
    """A later release of the same form can add a field."""
    other = Bundle.__new__(Bundle)
    other.__setstate__(both.__getstate__() | {"later": 1})
    assert other.predict(X).tolist() == both.predict(X).tolist()


def test_the_text_shows_the_parts(both: Bundle) -> None:
    """The text has the classes of the steps, and the numbers of labels and columns."""
    assert repr(both) == (
        "Bundle(scaler=StandardScaler, model=LogisticRegression, decode=3 labels, features=4)"
    )
    assert repr(two(threshold=0.25)).endswith("features=4, threshold=0.25)")


def test_names_of_steps_are_shown_safely() -> None:
    """Control characters in the name of a step are escaped in the text."""
    model = bundle(("a\nb\x1b[0m", SCALER), Ridge().fit(SCALED, TWO))
    assert "\n" not in repr(model)
    assert "\x1b" not in repr(model)


def test_params_are_those_of_the_steps(both: Bundle) -> None:
    """Parameters have the name of their step, as in a pipeline."""
    params = both.get_params()
    assert params["scaler__with_mean"] is True
    assert params["model__C"] == 1.0
    assert set(both.get_params(deep=False)) == {"steps", "decode"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decode": ["dust"]}, "no label for 1, which the model predicts"),
        ({"threshold": 2}, "a probability from 0 to 1, got 2"),
        ({"threshold": True}, "a probability from 0 to 1, got True"),
        ({"features": ["a", "b"]}, "has 2 names, and StandardScaler was fitted on 4 columns"),
        ({"features": [*"abcz"]}, "lacks d, which StandardScaler was fitted on"),
        ({"features": [*"abca"]}, "has a more than once"),
        ({"features": "abcd"}, "must be a list of column names"),
    ],
)
def test_parts_that_do_not_match_are_rejected(options: dict[str, Any], message: str) -> None:
    """Labels, columns and threshold must match the model."""
    with pytest.raises(InvalidInputError, match=message):
        two(**options)


def test_labels_require_a_classifier() -> None:
    """A regressor has no classes to decode."""
    with pytest.raises(InvalidInputError, match="Ridge is a regressor; bundle it without decode="):
        bundle(SCALER, Ridge().fit(SCALED, TWO), decode=["a", "b"])


def test_a_threshold_requires_two_classes_with_probabilities() -> None:
    """A threshold for other models is rejected."""
    for model in (SVC().fit(SCALED, TWO), LogisticRegression().fit(SCALED, CODES)):
        with pytest.raises(InvalidInputError, match="two classes with probabilities"):
            bundle(SCALER, model, threshold=0.3)
