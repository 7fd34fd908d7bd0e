"""Training, tuning and retraining give the same numbers with any backend of joblib."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.data_split import DataSplit, split_by_group
from exo_nbregistry.training.fitting import TrainingError, fit_models
from exo_nbregistry.training.out_of_fold import predict_out_of_fold
from exo_nbregistry.training.retraining import retrain
from exo_nbregistry.training.trainer import ModelTrainer
from exo_nbregistry.training.training_run import TrainingRun
from exo_nbregistry.training.trials import TuningResult
from exo_nbregistry.training.tuning import tune
from tests.training.late_backend import LateBackend

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
OTHERS = ("loky", "multiprocessing", "threading", "late", "dask")
# A fork of a process that has used OpenMP must not use it, so multiprocessing cannot fit this.
BOOSTING = {"boosting": HistGradientBoostingClassifier(max_iter=20, random_state=0)}
MODELS: dict[str, Any] = {
    "forest": RandomForestClassifier(20, random_state=0, n_jobs=2),
    "line": LogisticRegression(),
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Return a cluster of two worker processes."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@contextmanager
def active(backend: str, cluster: LocalCluster) -> Iterator[None]:
    """Use a backend with two workers."""
    joblib.register_parallel_backend("late", LateBackend)
    if backend == "dask":
        with Client(cluster), joblib.parallel_config(backend="dask"):
            yield
    else:
        with joblib.parallel_config(backend=backend, n_jobs=2):
            yield


def split(seed: int = 0, rows: int = 240) -> DataSplit:
    """Return named columns, of which one is informative."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    X = pd.DataFrame({"a": y + rng.normal(size=rows), "b": rng.normal(size=rows)})
    return split_by_group(X, y)


def trained(models: dict[str, Any]) -> TrainingRun:
    """Fit models, their ensemble and their folds."""
    trainer = ModelTrainer(progress=False, ensemble=True, out_of_fold=True)
    return trainer.train_and_evaluate(*split(), model_configs=models)


def tuned(method: str) -> TuningResult:
    """Search for the depth and the number of trees of a forest."""
    parts, space = split(), {"max_depth": [1, 2, 4], "n_estimators": [5, 10]}
    return tune(
        RandomForestClassifier(random_state=0, n_jobs=2),
        parts.X_train,
        parts.y_train,
        space=space,
        n_trials=5,
        folds=3,
        method=method,
        progress=False,
    )


def retrained(folder: Path) -> tuple[Any, Any, Any]:
    """Retrain a version with out-of-fold predictions; return what depends on the fits."""
    registry, parts = ModelRegistry(folder, durable=False), split()
    trainer = ModelTrainer(progress=False, out_of_fold=True)
    forest = {"forest": MODELS["forest"]}
    run = trainer.train_and_evaluate(*parts, model_configs=forest)
    (ref,) = trainer.register(registry, run, "kepler_rf").values()
    found = retrain(registry, ref, split(1), n_resamples=100, progress=False)
    stored = registry.load_attachment(found.model_id, "out_of_fold")
    metrics = dict(registry.get_metadata(found.model_id).metrics)
    return metrics, found.comparison.to_dict(), stored["probabilities"].tolist()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the results of one fit at a time, in this process."""
    with joblib.parallel_config(backend="sequential"):
        return {
            "trained": trained(MODELS | BOOSTING),
            "forked": trained(MODELS),
            "random": tuned("random"),
            "halving": tuned("halving"),
            "retrained": retrained(tmp_path_factory.mktemp("registry")),
        }


@pytest.mark.parametrize("backend", OTHERS)
def test_training_gives_the_same_numbers(
    backend: str, cluster: LocalCluster, expected: dict[str, Any]
) -> None:
    """Metrics, folds and the best model of a run do not depend on the backend."""
    is_fork = backend == "multiprocessing"
    with active(backend, cluster):
        run = trained(MODELS if is_fork else MODELS | BOOSTING)
    other = expected["forked" if is_fork else "trained"]
    assert run.failures == {}
    assert list(run.models) == list(other.models)
    assert run.validation_results == other.validation_results
    assert run.evaluation_results == other.evaluation_results
    assert run.cross_validation_results == other.cross_validation_results
    assert run.best_model_name == other.best_model_name
    for name, arrays in other.out_of_fold.items():
        assert np.array_equal(run.out_of_fold[name]["probabilities"], arrays["probabilities"])


@pytest.mark.parametrize("method", ["random", "halving"])
@pytest.mark.parametrize("backend", OTHERS)
def test_tuning_gives_the_same_numbers(
    backend: str, method: str, cluster: LocalCluster, expected: dict[str, Any]
) -> None:
    """Trials, scores and the best hyperparameters do not depend on the backend."""
    with active(backend, cluster):
        found = tuned(method)
    assert found.trials == expected[method].trials
    assert found.best_params == expected[method].best_params
    assert found.best_score == expected[method].best_score


@pytest.mark.parametrize("backend", OTHERS)
def test_retraining_gives_the_same_numbers(
    backend: str, cluster: LocalCluster, expected: dict[str, Any], tmp_path: Path
) -> None:
    """Metrics, comparison and folds of a retrained version do not depend on the backend."""
    with active(backend, cluster):
        assert retrained(tmp_path) == expected["retrained"]


class Sent:
    """A large object that counts how often it is pickled."""

    times = 0

    def __sizeof__(self) -> int:
        return 100_000

    def __reduce__(self) -> Any:
        type(self).times += 1
        return Sent, ()


class Taker(DecisionTreeClassifier):
    """A classifier that accepts any objects as tables."""

    def fit(self, X: Any, y: Any, X_val: Any = None, y_val: Any = None) -> Taker:
        """Keep nothing."""
        return self


def test_a_cluster_receives_each_table_once(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Features, labels and validation rows are sent once, not once per model."""
    monkeypatch.setattr(Sent, "times", 0)
    tables = [Sent() for _ in range(4)]
    with active("dask", cluster):
        fit_models({str(n): Taker() for n in range(6)}, *tables, progress=False)
    assert Sent.times == len(tables)


def test_scattered_tables_are_not_sent_again(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two calls with tables that joblib has scattered send nothing more."""
    monkeypatch.setattr(Sent, "times", 0)
    tables = [Sent() for _ in range(4)]
    models = {str(n): Taker() for n in range(3)}
    with Client(cluster), joblib.parallel_config(backend="dask", scatter=tables):
        sent = Sent.times
        for _ in range(2):
            fit_models(models, *tables, progress=False)
    assert Sent.times == sent > 0


def test_progress_of_a_cluster_is_shown_for_each_model(cluster: LocalCluster) -> None:
    """Dask returns each model when it is fitted, so that the listener gets each result."""
    seen: list[str] = []

    class Listener:
        def begin(self, name: str) -> None:
            seen.append(f"begin {name}")

        def step(self, steps: int = 1) -> None:
            seen.extend(["step"] * steps)

        def result(self, name: str, **_found: Any) -> None:
            seen.append(f"end {name}")

        def fail(self, name: str, reason: str, /) -> None:
            seen.append(f"{name}: {reason}")

    parts = split()
    models = {"one": DecisionTreeClassifier(), "two": DecisionTreeClassifier()}
    with active("dask", cluster):
        fit_models(models, parts.X_train, parts.y_train, progress=Listener())
    assert seen.count("step") == 2
    assert {line for line in seen if line != "step"} == {
        "begin one",
        "begin two",
        "end one",
        "end two",
    }


class Unreadable(list[float]):
    """A row that can be pickled, and raises an error when a worker reads it."""

    def __reduce__(self) -> Any:
        return int, ("not a number",)


def test_an_error_of_a_cluster_ends_the_fits(cluster: LocalCluster) -> None:
    """A task that a worker cannot read is a failure; the call does not wait forever."""
    X, y = [Unreadable([float(n)]) for n in range(12)], [0, 1] * 6
    with (
        active("dask", cluster),
        pytest.raises(TrainingError, match=r"^No .* one: The workers stopped; "),
    ):
        fit_models({"one": DecisionTreeClassifier()}, X, y, progress=False)


def test_an_error_of_a_cluster_ends_the_search(cluster: LocalCluster) -> None:
    """The error of a worker reaches the caller of tune."""
    X, y = [Unreadable([float(n)]) for n in range(12)], [0, 1] * 6
    space = {"max_depth": [1, 2]}
    with active("dask", cluster), pytest.raises(Exception, match="deserialization"):
        tune(DecisionTreeClassifier(), X, y, space=space, n_trials=2, folds=2, progress=False)


class Killer(DecisionTreeClassifier):
    """A classifier that kills its worker after another model was fitted."""

    def __init__(self, waits_for: str = "") -> None:
        super().__init__()
        self.waits_for = waits_for

    def fit(self, X: Any, y: Any) -> Killer:
        """Wait for a file, and kill the process."""
        while not Path(self.waits_for).exists():
            time.sleep(0.02)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)
        return self


class Marker(DecisionTreeClassifier):
    """A classifier that creates a file when it is fitted."""

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self.path = path

    def fit(self, X: Any, y: Any) -> Marker:
        """Create the file."""
        super().fit(X, y)
        Path(self.path).touch()
        return self


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_models_that_were_fitted_before_a_worker_was_killed_are_kept(tmp_path: Path) -> None:
    """A killed worker is the failure of the models that have no result."""
    parts, file = split(), str(tmp_path / "fitted")
    models = {"lost": Killer(file), "kept": Marker(file)}
    with joblib.parallel_config(n_jobs=2):
        fitted = fit_models(models, parts.X_train, parts.y_train, progress=False)
    assert list(fitted.models) == ["kept"]
    assert fitted.failures["lost"].startswith("The workers stopped; a fit may need more memory")
    assert "TerminatedWorkerError" in fitted.failures["lost"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_model_whose_worker_was_killed_has_no_folds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Out-of-fold predictions of incomplete folds are omitted, with the reason."""
    parts = split()
    file = tmp_path / "exists"
    file.touch()
    with joblib.parallel_config(n_jobs=2):
        models = {"lost": Killer(str(file))}
        found = predict_out_of_fold(models, parts.X_train, parts.y_train, progress=False)
    assert found == {}
    assert "lost has no out-of-fold predictions: The workers stopped" in caplog.text
