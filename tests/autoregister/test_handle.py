"""The handle of automatic registration: what it registers, when, and how it ends."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import DBSCAN
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import classification_report, f1_score, get_scorer, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import InvalidReferenceError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.autoregister.conftest import Data

ROOT = Path(__file__).resolve().parents[2]


def ids(registry: ModelRegistry) -> list[str]:
    """Return the model_id of each version."""
    return sorted(version.model_id for version in registry.list_models())


class Median(ClassifierMixin, BaseEstimator):
    """A classifier of the user, with a fit that calls that of its base class."""

    def fit(self, X: Any, y: Any) -> Any:
        """Keep the median of the first column."""
        self.classes_, self.cut_ = np.unique(y), np.median(X[:, 0])
        return self

    def predict(self, X: Any) -> Any:
        """Return whether the first column is above the median."""
        return (X[:, 0] > self.cut_).astype(int)


def test_a_line_reports_each_version(
    registry: ModelRegistry, data: Data, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line is printed for each version, with the main metric if there is one."""
    with registry.autoregister("kepler_*"):
        GaussianNB().fit(data.X, data.y).score(data.X_test, data.y_test)
        SVC().fit(data.X, data.y)
    score = registry["kepler_gaussian_nb"].metrics["f1_score"]
    assert capsys.readouterr().out.splitlines() == [
        f"kepler_gaussian_nb:1 registered (f1_score {score:.4g})",
        "kepler_svc:1 registered",
    ]


def test_a_repeated_fit_adds_no_version(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """The same fit with the same scores is the same version, and is not reported again."""
    for _ in range(3):
        with registry.autoregister("m", report=lines.append) as handle:
            GaussianNB().fit(data.X, data.y).score(data.X_test, data.y_test)
        assert handle.registered == ("m:1",)
    assert len(lines) == len(ids(registry)) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda model, X, y: f1_score(y, model.predict(X)),
        lambda model, X, y: f1_score(y_pred=model.predict(X), y_true=y),
        lambda model, X, y: roc_auc_score(y, model.predict_proba(X)[:, 1]),
        lambda model, X, y: classification_report(y, model.predict(X)),
        lambda model, X, y: get_scorer("accuracy")(model, X, y),
        lambda model, X, y: model.score(X=X, y=y),
    ],
    ids=["f1_score", "by name", "a column", "report", "scorer", "score"],
)
def test_a_scoring_call_gives_the_test_data(registry: ModelRegistry, data: Data, call: Any) -> None:
    """A metric of predictions, a scorer and score give the metrics of a registration by hand."""
    with registry.autoregister("m"):
        model = GaussianNB().fit(data.X, data.y)
        call(model, data.X_test, data.y_test)
    facts = {"X": data.X, "y": data.y, "X_test": data.X_test, "y_test": data.y_test}
    assert registry.register_model(model, "m", **facts) == "m:1"


@pytest.mark.parametrize(
    "call",
    [
        lambda model, data: model.score(data.X, data.y),
        lambda model, data: model.score(data.X.copy(), data.y),
        lambda model, data: model.score(data.X[:20], data.y[:20]),
        lambda model, data: f1_score(data.y, model.predict(data.X)),
        lambda model, data: f1_score(data.y_test, GaussianNB.predict(model, data.X_test)),
        lambda model, data: f1_score(data.y_test, data.y_test),
        lambda model, data: cross_val_score(model, data.X_test, data.y_test),
        lambda model, data: model.predict(data.X_test),
    ],
    ids=["same", "copy", "part", "metric", "unseen", "other", "folds", "no metric"],
)
def test_what_is_not_a_score_on_held_out_data(
    registry: ModelRegistry, data: Data, call: Any
) -> None:
    """Scores on training data, of other predictions and of other models are not metrics."""
    with registry.autoregister("m"):
        call(GaussianNB().fit(data.X, data.y), data)
    assert registry["m:1"].metrics == {}
    assert ids(registry) == ["m:1"]


def test_the_last_held_out_data_count(registry: ModelRegistry, data: Data) -> None:
    """Of several scores, the last one that is not on the training data counts."""
    with registry.autoregister("m"):
        model = GaussianNB().fit(data.X, data.y)
        model.score(data.X_test[:10], data.y_test[:10])
        score = model.score(data.X_test, data.y_test)
        model.score(data.X, data.y)
    assert registry["m"].metrics["accuracy"] == score
    assert registry["m"].test_samples == len(data.y_test)


@pytest.mark.parametrize(
    "call",
    [
        cross_val_score,
        cross_validate,
        cross_val_predict,
        lambda model, X, y: learning_curve(model, X, y, train_sizes=[0.5]),
    ],
    ids=["score", "validate", "predict", "curve"],
)
def test_folds_are_not_registered(registry: ModelRegistry, data: Data, call: Any) -> None:
    """The fits of a cross-validation are not registered."""
    with registry.autoregister("*") as handle:
        call(SVC(), data.X, data.y)
    assert handle.registered == ()


@pytest.mark.parametrize("backend", [pytest.param("loky", marks=pytest.mark.slow), "threading"])
def test_workers_register_nothing(
    registry: ModelRegistry, data: Data, backend: str, new_workers: None
) -> None:
    """Fits of a search, a cross-validation and an ensemble in workers are not registered."""
    members = [("svc", SVC()), ("forest", RandomForestClassifier(3, n_jobs=2))]
    with registry.autoregister("*"), parallel_config(backend=backend):
        VotingClassifier(members, n_jobs=2).fit(data.X, data.y)
        CalibratedClassifierCV(GaussianNB(), cv=2, n_jobs=2).fit(data.X, data.y)
        GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, n_jobs=2).fit(data.X, data.y)
        cross_val_score(SVC(), data.X, data.y, cv=2, n_jobs=2)
    assert ids(registry) == ["calibrated_classifier_cv_gaussian_nb:1", "svc:1", "voting:1"]


def test_transformers_are_not_registered(registry: ModelRegistry, data: Data) -> None:
    """An estimator that cannot predict is not a model."""
    with registry.autoregister("*") as handle:
        StandardScaler().fit(data.X)
        PCA(2).fit_transform(data.X)
    assert handle.registered == ()


def test_fit_predict_is_a_fit(registry: ModelRegistry, data: Data) -> None:
    """A clustering without predict is registered once by fit_predict."""
    with registry.autoregister("*"):
        DBSCAN(eps=2).fit_predict(data.X)
    assert ids(registry) == ["dbscan:1"]


def test_classes_that_are_defined_later(registry: ModelRegistry, data: Data) -> None:
    """A class from a later cell is registered once, also if its fit calls that of a base class."""
    with registry.autoregister("*"):

        class LaterMedian(Median):
            def fit(self, X: Any, y: Any) -> Any:
                return super().fit(X, y)

        LaterMedian().fit(data.X, data.y).score(data.X_test, data.y_test)
    assert ids(registry) == ["later_median:1"]
    assert registry["later_median"].metrics
    assert "fit" in vars(LaterMedian)
    assert "exo_nbregistry" not in repr(vars(LaterMedian))


def test_a_loop_over_one_estimator(registry: ModelRegistry, data: Data) -> None:
    """Each fit is registered with its own parameters and scores, before the estimator changes."""
    model, scores = DecisionTreeClassifier(random_state=0), []
    with registry.autoregister("m"):
        for depth in (1, 2, 3):
            model.set_params(max_depth=depth).fit(data.X, data.y)
            scores.append(model.score(data.X_test, data.y_test))
    found = [registry[f"m:{number}"] for number in (1, 2, 3)]
    assert [version.hyperparameters["max_depth"] for version in found] == [1, 2, 3]
    assert [version.metrics["accuracy"] for version in found] == scores
    assert [registry.load_model(v.model_id)[0].tree_.max_depth for v in found] == [1, 2, 3]


def test_a_partial_fit_does_not_change_a_version(registry: ModelRegistry, data: Data) -> None:
    """A model that learns on is registered as it was after its fit."""
    with registry.autoregister("m"):
        model = SGDClassifier(random_state=0).fit(data.X, data.y)
        coefficients = model.coef_.copy()
        model.partial_fit(data.X_test, data.y_test)
    np.testing.assert_array_equal(registry.load_model("m")[0].coef_, coefficients)
    assert (model.coef_ != coefficients).any()


def test_a_pipeline_changes_its_steps(registry: ModelRegistry, data: Data) -> None:
    """A model that a pipeline fits again in place is registered as it was before."""
    with registry.autoregister("m"):
        other, model = SVC().fit(data.X, data.y), GaussianNB().fit(data.X, data.y)
        means = model.theta_.copy()
        make_pipeline(StandardScaler(), model).fit(data.X, data.y)
        other.score(data.X_test, data.y_test)
    np.testing.assert_array_equal(registry.load_model("m:1")[0].theta_, means)
    assert [registry[f"m:{number}"].algorithm for number in (1, 2)] == ["GaussianNB", "SVC"]
    assert registry["m:2"].metrics


def test_many_fits_do_not_wait(registry: ModelRegistry, data: Data) -> None:
    """A long loop does not keep all models until the end of its block."""
    with registry.autoregister("m") as handle:
        for C in range(1, 20):
            LogisticRegression(C=C).fit(data.X, data.y)
        assert len(handle.registered) == 3
    assert len(handle.registered) == 19


def test_two_fits_and_then_two_scores(registry: ModelRegistry, data: Data) -> None:
    """A score belongs to the model that was scored."""
    with registry.autoregister("*"):
        first, second = SVC().fit(data.X, data.y), GaussianNB().fit(data.X, data.y)
        scores = [model.score(data.X_test, data.y_test) for model in (first, second)]
    found = [registry[name].metrics["accuracy"] for name in ("svc", "gaussian_nb")]
    assert found == scores


def test_an_error_in_the_block(registry: ModelRegistry, data: Data) -> None:
    """A fit before an error is registered, and the error is raised; a failed fit is not."""
    handle = registry.autoregister("*")

    def work() -> None:
        with handle:
            SVC().fit(data.X, data.y)
            GaussianNB().fit(data.X * np.nan, data.y)

    with pytest.raises(ValueError, match="NaN"):
        work()
    assert ids(registry) == ["svc:1"]
    assert not handle.active


def test_a_model_that_cannot_be_stored(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """The reason is reported, other models are registered, and the user's code continues."""
    with registry.autoregister("*", report=lines.append):
        model = GaussianNB().fit(data.X, data.y)
        model.lock_ = threading.Lock()
        SVC().fit(data.X, data.y)
    assert ids(registry) == ["svc:1"]
    assert lines[0].startswith("gaussian_nb was not registered: ")
    assert "lock" in lines[0]


def test_test_data_that_cannot_be_measured(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """A model whose test data have missing labels is registered without metrics."""
    y = np.where(np.arange(len(data.y_test)) < 2, None, data.y_test)

    class Lenient(GaussianNB):
        def score(self, X: Any, y: Any) -> float:
            return 0.5

    with registry.autoregister("m", report=lines.append):
        Lenient().fit(data.X, data.y).score(data.X_test, y)
    assert registry["m"].metrics == {}
    assert lines[0].startswith("m is registered without metrics: ")
    assert lines[1] == "m:1 registered"


def test_stop_is_the_end(registry: ModelRegistry, data: Data) -> None:
    """A handle without a block registers at stop, which can be called again, and nothing later."""
    handle = registry.autoregister("*")
    SVC().fit(data.X, data.y)
    assert repr(handle).endswith(": on, 0 versions")
    assert handle.registered == ()
    handle.stop()
    handle.stop()
    GaussianNB().fit(data.X, data.y)
    assert ids(registry) == ["svc:1"]
    assert repr(handle) == (f"Automatic registration of * in {registry.location}: off, 1 version")


def test_a_cell_that_starts_it_again(registry: ModelRegistry, data: Data) -> None:
    """A handle that is made again replaces the earlier one, so that stop leaves none."""
    handle = registry.autoregister("*")
    SVC().fit(data.X, data.y)
    earlier, handle = handle, registry.autoregister("*")
    assert not earlier.active
    assert ids(registry) == ["svc:1"]
    handle.stop()
    GaussianNB().fit(data.X, data.y)
    assert ids(registry) == ["svc:1"]


def test_the_inner_block_takes_the_fits(registry: ModelRegistry, data: Data) -> None:
    """In nested blocks a fit is registered once, and the outer block continues afterwards."""
    with registry.autoregister("outer_*"):
        with registry.autoregister("inner_*"):
            SVC().fit(data.X, data.y)
        GaussianNB().fit(data.X, data.y)
    assert ids(registry) == ["inner_svc:1", "outer_gaussian_nb:1"]


def test_handles_can_end_in_any_order(registry: ModelRegistry, data: Data) -> None:
    """A handle that outlives an inner or an outer one registers on."""
    first, second = registry.autoregister("a_*"), registry.autoregister("b_*")
    first.stop()
    SVC().fit(data.X, data.y)
    second.stop()
    assert ids(registry) == ["b_svc:1"]


def test_threads_have_their_own_handles(registry: ModelRegistry, data: Data) -> None:
    """A block registers what is fitted in its own thread, at the same time as other blocks."""
    barrier = threading.Barrier(3)

    def work(name: str) -> None:
        with registry.autoregister(name):
            barrier.wait()
            SVC().fit(data.X, data.y)
            barrier.wait()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    barrier.wait()
    GaussianNB().fit(data.X, data.y)
    barrier.wait()
    for thread in threads:
        thread.join()
    assert ids(registry) == ["a:1", "b:1"]


@pytest.mark.parametrize("pattern", ["", "a/*", "*_*", "-*", None, 3, "x" * 80])
def test_a_pattern_without_a_name(registry: ModelRegistry, pattern: Any) -> None:
    """A pattern that no model can have is an error, and nothing is started."""
    with pytest.raises(InvalidReferenceError):
        registry.autoregister(pattern)


def test_estimators_look_the_same(registry: ModelRegistry, data: Data) -> None:
    """Signatures, pickles, clones and introspection of classes do not show the hooks."""
    models = (SVC(), GridSearchCV(SVC(), {"C": [1]}), Median())
    before = [inspect.signature(model.fit) for model in models]
    with registry.autoregister("*"):
        assert [inspect.signature(model.fit) for model in models] == before
        assert inspect.isfunction(SVC.fit)
        assert inspect.ismethod(SVC().fit)
        assert "fit" in SVC().fit.__doc__.lower()
        for model in models:
            assert type(clone(model)) is type(model)
            assert b"exo_nbregistry" not in pickle.dumps(model)
        assert not hasattr(SVC(), "predict_proba")
        assert cloudpickle.loads(cloudpickle.dumps(SVC().fit))(data.X, data.y).classes_.size == 2
    assert ids(registry) == ["svc:1"] or ids(registry) == []


def test_report_must_be_a_function(registry: ModelRegistry) -> None:
    """Another value than a function is an error, and nothing is started."""
    with pytest.raises(RegistryError, match="report must be a function"):
        registry.autoregister("*", report="print")


def test_tags_are_those_of_each_version(registry: ModelRegistry, data: Data) -> None:
    """The tags of the call are tags of each version."""
    with registry.autoregister("*", tags={"team": "vetting"}):
        SVC().fit(data.X, data.y)
        GaussianNB().fit(data.X, data.y)
    assert [version.tags for version in registry.list_models()] == [{"team": "vetting"}] * 2


def test_a_script_that_never_stops(tmp_path: Path) -> None:
    """Fits that wait are registered when the process ends, with the classes of the script in it."""
    script = tmp_path / "train.py"
    script.write_text(
        "from exo_nbregistry import ModelRegistry\n"
        "from sklearn.base import BaseEstimator, ClassifierMixin\n"
        "class Dummy(ClassifierMixin, BaseEstimator):\n"
        "    def fit(self, X, y):\n        self.classes_ = sorted(set(y))\n        return self\n"
        "    def predict(self, X):\n        return [self.classes_[0] for _ in X]\n"
        "registry = ModelRegistry('models')\n"
        "handle = registry.autoregister('*')\n"
        "Dummy().fit([[0.0], [1.0]], [0, 1])\n"
        "print(registry.register_model(Dummy().fit([[0.0], [1.0]], [0, 1]), 'hand'))\n"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["hand:1", "dummy:1 registered"]
    stored = ModelRegistry(tmp_path / "models")
    assert ids(stored) == ["dummy:1", "hand:1"]
    digests = {version.artifact.sha256 for version in stored.list_models()}
    assert len(digests) == 1
    (blob,) = (tmp_path / "models/models/hand/blobs").glob("*.joblib")
    assert b"autoregister" not in blob.read_bytes()
