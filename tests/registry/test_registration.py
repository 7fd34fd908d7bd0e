"""Facts that a registration infers from the model and the data."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from exo_nbregistry.errors import (
    ConflictError,
    InvalidReferenceError,
    ModelNotFoundError,
    NotFoundError,
    RecordError,
)
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.metric_table import METRICS
from exo_nbregistry.values.reference import MAX_VERSION

FRAME = pd.DataFrame(
    {"koi_period": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "koi_depth": [9.0, 1.0, 8.0, 2.0, 7.0, 3.0]}
)
ARRAY = FRAME.to_numpy()
ROWS = ARRAY.tolist()
BINARY = [0, 0, 0, 1, 1, 1]
TEXTS = ["FALSE POSITIVE"] * 3 + ["CONFIRMED"] * 3
THREE = [0, 0, 1, 1, 2, 2]
HEIGHTS = [1.5, 2.5, 3.5, 4.5, 5.5, 7.0]
SCORES, RANKED, PROBABLE = (
    {name for name, metric in METRICS.items() if metric.needs == needs}
    for needs in ("labels", "scores", "probabilities")
)


class NearestMean(ClassifierMixin, BaseEstimator):
    """A user-defined classifier without probabilities and decision function."""

    def __init__(self, column: int = 0) -> None:
        self.column = column

    def fit(self, X: Any, y: Any) -> NearestMean:
        """Compute the mean of one column for each class."""
        values, labels = np.asarray(X)[:, self.column], np.asarray(y)
        self.classes_ = np.unique(labels)
        self.means_ = np.array([values[labels == label].mean() for label in self.classes_])
        return self

    def predict(self, X: Any) -> Any:
        """Return the class with the nearest mean."""
        values = np.asarray(X)[:, self.column]
        return self.classes_[np.abs(values[:, None] - self.means_).argmin(axis=1)]


class Threshold:
    """A class that does not use scikit-learn."""

    def predict(self, X: Any) -> Any:
        """Return 1 for values above 3.5, else 0."""
        return (np.asarray(X)[:, 0] > 3.5).astype(int)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False, create=True)


def registered(registry: ModelRegistry, model: Any, X: Any, y: Any, **facts: Any) -> ModelMetadata:
    """Register a model with its data and return its metadata."""
    data = {"X": X, "y": y, "X_test": X, "y_test": y, **facts}
    return registry.get_metadata(registry.register_model(model=model, model_name="toy", **data))


@pytest.mark.parametrize(
    ("model", "algorithm"),
    [
        (make_pipeline(StandardScaler(), SVC()), "SVC"),
        (GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2), None),
        (GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1.0]}, cv=2), "SVC"),
        (VotingClassifier([("a", SVC()), ("b", LogisticRegression())]), "VotingClassifier"),
        (NearestMean(), "NearestMean"),
    ],
    ids=["pipeline", "search", "search of a pipeline", "vote", "own class"],
)
def test_the_algorithm_is_inferred(
    registry: ModelRegistry, model: Any, algorithm: str | None
) -> None:
    """The algorithm is the class name of the final estimator, and the loaded model is equal."""
    model.fit(ARRAY, BINARY)
    metadata = registered(registry, model, ARRAY, BINARY)
    assert metadata.algorithm == (algorithm or "DecisionTreeClassifier")
    again, _ = registry.load_model(metadata.model_id)
    assert type(again) is type(model)
    assert np.array_equal(again.predict(ARRAY), model.predict(ARRAY))


def test_a_search_has_its_grid_and_best_parameters(registry: ModelRegistry) -> None:
    """The hyperparameters of a search include its grid and the best parameters."""
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=2)
    found = registered(registry, search.fit(ARRAY, BINARY), ARRAY, BINARY).hyperparameters
    assert found["param_grid"] == {"max_depth": [1, 2]}
    assert found["best_params_"] == search.best_params_


def test_a_vote_is_recorded_with_its_members(registry: ModelRegistry) -> None:
    """The hyperparameters of a voting classifier include its members."""
    vote = VotingClassifier([("machine", SVC(C=3.0)), ("line", LogisticRegression())])
    found = registered(registry, vote.fit(ARRAY, BINARY), ARRAY, BINARY).hyperparameters
    names = [name for name, _ in found["estimators"]]
    assert names == ["machine", "line"]
    assert found["estimators"][0][1]["params"]["C"] == 3.0


def test_a_user_defined_class_has_its_parameters(registry: ModelRegistry) -> None:
    """The facts of a user-defined classifier are inferred as for scikit-learn classes."""
    metadata = registered(registry, NearestMean(column=1).fit(ARRAY, BINARY), ARRAY, BINARY)
    assert metadata.hyperparameters == {"column": 1}
    assert metadata.signature is not None
    assert metadata.signature.classes == (0, 1)
    assert METRICS.keys() & metadata.metrics == SCORES


def test_another_object_is_registered_by_its_class(registry: ModelRegistry) -> None:
    """An object that is not an estimator is registered without metrics and hyperparameters."""
    metadata = registered(registry, Threshold(), ARRAY, BINARY)
    assert metadata.algorithm == "Threshold"
    assert metadata.hyperparameters == {}
    assert metadata.metrics == {}
    assert (metadata.training_samples, metadata.test_samples) == (6, 6)


@pytest.mark.parametrize(
    ("model", "metrics", "arrays"),
    [
        (DecisionTreeClassifier(), SCORES | RANKED | PROBABLE, "probabilities"),
        (RidgeClassifier(), SCORES | RANKED, "y_score"),
        (NearestMean(), SCORES, None),
    ],
    ids=["probabilities", "decision function", "labels only"],
)
def test_metrics_depend_on_the_outputs_of_a_classifier(
    registry: ModelRegistry, model: Any, metrics: set[str], arrays: str | None
) -> None:
    """Metrics that need missing probabilities or scores are omitted."""
    metadata = registered(registry, model.fit(ARRAY, BINARY), ARRAY, BINARY)
    assert METRICS.keys() & metadata.metrics == metrics
    assert metadata.accuracy == 1.0
    stored = registry.load_evaluation(metadata.model_id)
    assert stored.keys() == {"y_true", "y_pred", "classes"} | ({arrays} if arrays else set())


def test_a_regressor_has_regression_metrics(registry: ModelRegistry) -> None:
    """A regressor has r2, rmse and mae, but not classes and a class distribution."""
    model = LinearRegression().fit(ARRAY, HEIGHTS)
    metadata = registered(registry, model, ARRAY, HEIGHTS)
    errors = model.predict(ARRAY) - HEIGHTS
    assert metadata.metrics == pytest.approx(
        {
            "r2": model.score(ARRAY, HEIGHTS),
            "rmse": math.sqrt(np.mean(errors**2)),
            "mae": np.mean(np.abs(errors)),
        }
    )
    assert metadata.accuracy is None
    assert metadata.class_distribution == {}
    assert metadata.signature is not None
    assert metadata.signature.classes is None


def test_integer_targets_of_a_regressor_are_not_classes(registry: ModelRegistry) -> None:
    """A regressor with integer targets has regression metrics and no class distribution."""
    metadata = registered(registry, DecisionTreeRegressor().fit(ARRAY, THREE), ARRAY, THREE)
    assert metadata.metrics == {"r2": 1.0, "rmse": 0.0, "mae": 0.0}
    assert metadata.class_distribution == {}


def test_several_classes_are_counted_and_measured(registry: ModelRegistry) -> None:
    """A model with three classes has averaged metrics, counts and a 3x3 confusion matrix."""
    model = DecisionTreeClassifier(max_depth=1).fit(ARRAY, THREE)
    metadata = registered(registry, model, ARRAY, THREE)
    assert METRICS.keys() & metadata.metrics == SCORES | RANKED | PROBABLE
    assert metadata.accuracy == pytest.approx(4 / 6)
    assert metadata.class_distribution == {0: 2, 1: 2, 2: 2}
    assert np.shape(metadata.additional_metrics["confusion_matrix"]) == (3, 3)


@pytest.mark.parametrize("labels", [TEXTS, np.array(TEXTS), pd.Series(TEXTS, dtype="category")])
def test_text_labels_are_kept(registry: ModelRegistry, labels: Any) -> None:
    """Text labels are kept in signature, counts, report and arrays."""
    metadata = registered(registry, DecisionTreeClassifier().fit(ARRAY, labels), ARRAY, labels)
    assert metadata.signature is not None
    assert metadata.signature.classes == ("CONFIRMED", "FALSE POSITIVE")
    assert metadata.class_distribution == {"CONFIRMED": 3, "FALSE POSITIVE": 3}
    assert metadata.additional_metrics["classes"] == ["CONFIRMED", "FALSE POSITIVE"]
    assert metadata.f1_score == 1.0
    assert registry.load_evaluation(metadata.model_id)["y_true"].tolist() == TEXTS


@pytest.mark.parametrize(
    ("X", "columns"),
    [
        (FRAME, ("koi_period", "koi_depth")),
        (ARRAY, ()),
        (ROWS, ()),
        (sparse.csr_array(ARRAY), ()),
    ],
    ids=["frame", "array", "list", "sparse"],
)
def test_data_of_each_kind_are_described(
    registry: ModelRegistry, X: Any, columns: tuple[str, ...]
) -> None:
    """Facts are inferred from frames, arrays, lists and sparse data."""
    metadata = registered(registry, DecisionTreeClassifier().fit(X, BINARY), X, BINARY)
    assert metadata.feature_columns == columns
    assert (metadata.training_samples, metadata.test_samples) == (6, 6)
    assert metadata.signature is not None
    names = [column.name for column in metadata.signature.columns]
    ranges = [(column.minimum, column.maximum) for column in metadata.signature.columns]
    assert names == list(columns or ("x0", "x1"))
    assert [high for _, high in ranges] == [6.0, 9.0]
    assert metadata.dataset is not None
    assert (metadata.dataset.rows, len(metadata.dataset.sha256)) == (6, 64)
    assert metadata.attachments.keys() == {"evaluation", "input_example"}


def test_the_same_numbers_have_one_fingerprint(registry: ModelRegistry) -> None:
    """A list and an array of equal numbers have one fingerprint; other labels have another."""
    model = DecisionTreeClassifier().fit(ARRAY, BINARY)
    prints = [
        registered(registry, model, X, y, description=str(i)).dataset
        for i, (X, y) in enumerate([(ARRAY, BINARY), (ROWS, BINARY), (ARRAY, BINARY[::-1])])
    ]
    first, same, other = (part.sha256 for part in prints if part)
    assert first == same != other


def test_data_without_labels_are_described(registry: ModelRegistry) -> None:
    """Without y, columns and fingerprint are inferred, and classes are not counted."""
    model = DecisionTreeClassifier().fit(FRAME, BINARY)
    metadata = registered(registry, model, FRAME, None, X_test=None)
    assert metadata.feature_columns == ("koi_period", "koi_depth")
    assert metadata.class_distribution == {}
    assert metadata.dataset is not None
    assert metadata.metrics == {}
    assert metadata.attachments.keys() == {"input_example"}


def test_a_model_without_data_has_its_columns(registry: ModelRegistry) -> None:
    """Without data, only the columns of the model are inferred."""
    model = DecisionTreeClassifier().fit(FRAME, BINARY)
    metadata = registry.get_metadata(registry.register_model(model=model, model_name="toy"))
    assert metadata.feature_columns == ("koi_period", "koi_depth")
    assert metadata.signature is None
    assert metadata.dataset is None
    assert metadata.training_samples is None
    assert metadata.metrics == {}


def test_passed_metrics_take_precedence(registry: ModelRegistry) -> None:
    """A passed metric replaces the computed one, and other metrics are added."""
    model = DecisionTreeClassifier().fit(ARRAY, BINARY)
    passed = {"accuracy": 0.5, "purity": 0.25}
    metadata = registered(registry, model, ARRAY, BINARY, evaluation_results=passed)
    assert metadata.accuracy == 0.5
    assert metadata.metrics["purity"] == 0.25
    assert metadata.f1_score == 1.0


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"algorithm": 5}, "algorithm"),
        ({"description": None}, "description"),
        ({"evaluation_results": {"rows": 10**400}}, r"metrics\.rows"),
        ({"training_info": {"dataset": 5}}, "training_dataset"),
        ({"training_info": {"training_samples": "many"}}, "training_samples"),
        ({"training_info": {"class_distribution": [1, 2]}}, "class_distribution"),
    ],
)
def test_a_fact_of_the_wrong_type_is_rejected(
    registry: ModelRegistry, facts: dict[str, Any], field: str
) -> None:
    """The error about a fact of the wrong type names its field, and no version is added."""
    with pytest.raises(RecordError, match=field):
        registry.register_model(model=Threshold(), model_name="toy", **facts)
    assert len(registry.list_models()) == 0


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"X": ARRAY, "y": BINARY[:3]}, "X has 6 rows and y has 3"),
        ({"y": BINARY}, "X is required with y"),
        ({"X_test": ARRAY}, "y_test is required with X_test"),
        ({"y_test": BINARY}, "X_test is required with y_test"),
    ],
)
def test_inconsistent_data_is_rejected(
    registry: ModelRegistry, facts: dict[str, Any], message: str
) -> None:
    """Incomplete pairs and different lengths of data raise an error."""
    with pytest.raises(RecordError, match=message):
        registry.register_model(LogisticRegression().fit(ARRAY, BINARY), "toy", **facts)
    assert len(registry.list_models()) == 0


def test_unsupervised_models_do_not_need_labels(registry: ModelRegistry) -> None:
    """Without y_test, clusterings have metrics and outlier detectors have none."""
    for model, has_metrics in ((KMeans(2), True), (IsolationForest(), False)):
        ref = registry.register_model(model.fit(ARRAY), "toy", X_test=ARRAY)
        metadata = registry.get_metadata(ref)
        assert ("silhouette" in metadata.metrics) == has_metrics
        assert metadata.test_samples == 6
        assert registry.load_evaluation(ref) == {}


def test_skipped_numbers_are_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """Skipped version numbers are logged."""

    def register(version: int | None) -> str:
        caplog.clear()
        registry.register_model({"version": version}, "toy", version=version)
        return caplog.text

    assert "toy:3 is the first version: the numbers that it skips are never" in register(3)
    assert "skips" not in register(4)
    assert "toy:1000 comes after version 4: " in register(1000)
    assert "next version is 1001" in caplog.text
    assert "skips" not in register(None)


def test_a_single_skipped_number_is_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A single skipped number is logged, for the first version and for a later one."""
    registry.register_model({"version": 2}, "toy", version=2)
    assert "toy:2 is the first version: the numbers that it skips" in caplog.text
    caplog.clear()
    registry.register_model({"version": 4}, "toy", version=4)
    assert "toy:4 comes after version 2: the numbers that it skips" in caplog.text


def test_a_large_value_is_named_by_its_argument(registry: ModelRegistry) -> None:
    """The error about a large record names the argument with the largest value."""
    with pytest.raises(RecordError, match="largest field is 'description'"):
        registry.register_model({}, "toy", description="x" * 2_000_000)
    with pytest.raises(RecordError, match=r"largest field is 'hyperparameters\.grid'"):
        registry.register_model({}, "toy", hyperparameters={"grid": list(range(300_000))})


def test_a_model_that_is_not_fitted_is_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """Registering an unfitted estimator logs a warning."""
    assert registry.register_model(LogisticRegression(), "toy") == "toy:1"
    assert "is not fitted" in caplog.text


def test_a_parent_must_exist(registry: ModelRegistry) -> None:
    """The parent is stored as a version, and an unknown parent is an error."""
    model = LogisticRegression().fit(ARRAY, BINARY)
    registry.register_model(model, "toy")
    registry.set_alias("toy", "champion", 1)
    ref = registry.register_model(model, "toy", parent="toy@champion")
    assert registry.get_metadata(ref).parent == "toy:1"
    with pytest.raises(ModelNotFoundError, match="tay"):
        registry.register_model(model, "toy", parent="tay:1")


def test_a_class_of_the_notebook_is_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, a model whose class is defined in a notebook logs a warning with the remedy."""
    import __main__

    monkeypatch.setattr(NearestMean, "__module__", "__main__")
    monkeypatch.setattr(__main__, "NearestMean", NearestMean, raising=False)
    registry.register_model(NearestMean().fit(ARRAY, BINARY), "toy", by_value=False)
    assert "__main__.NearestMean is defined in the notebook or script, and only" in caplog.text


@pytest.mark.parametrize("version", [0, -1, "3", 3.0, True, 10**30])
def test_an_invalid_version_number_is_rejected(tmp_path: Path, version: Any) -> None:
    """An invalid version number raises an error; a NumPy integer is accepted."""
    registry = ModelRegistry(tmp_path / "registry", durable=False, create=True)
    with pytest.raises(InvalidReferenceError, match="must be a positive integer"):
        registry.register_model({}, "toy", version=version)
    assert len(registry.list_models()) == 0
    assert registry.register_model({}, "toy", version=np.int64(4)) == "toy:4"


def test_no_version_is_added_after_the_maximum(tmp_path: Path) -> None:
    """After the maximum version number, registering raises an error."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": 1}, "toy", version=MAX_VERSION - 1)
    with pytest.raises(ConflictError, match="register under another name"):
        registry.register_model({"value": 2}, "toy")
    assert registry.verify()


def test_attachments_are_stored_with_the_version(tmp_path: Path) -> None:
    """Attachments are loaded by name and are facts of the version."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    model = LogisticRegression().fit(FRAME, BINARY)
    trials = {"trials": {"C": [0.1, 1.0], "scores": [0.7, None]}}
    ref = registry.register_model(model, "m", attachments=trials)
    assert registry.load_attachment(ref, "trials") == trials["trials"]
    assert registry.register_model(model, "m", attachments=trials) == ref
    assert registry.register_model(model, "m") == "m:2"
    with pytest.raises(NotFoundError, match="Did you mean trials"):
        registry.load_attachment(ref, "trial")
    assert registry.verify().ok
