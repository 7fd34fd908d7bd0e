"""Errors of a search under parallel backends are one sentence, with a way out."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.training.fitting import TrainingError
from exo_nbregistry.training.tuning import tune

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
X, Y = np.arange(40.0)[:, None], np.arange(40) % 2


class Locked(DecisionTreeClassifier):
    """A classifier with a lock, which cannot be pickled."""

    def __init__(self, max_depth: int | None = None) -> None:
        super().__init__(max_depth=max_depth)
        self.lock = threading.Lock()


class Killer(DecisionTreeClassifier):
    """A classifier that kills its worker."""

    def fit(self, X: Any, y: Any) -> Killer:
        """Kill the process."""
        os.kill(os.getpid(), signal.SIGKILL)
        return self


def search(model: Any, name: str = "max_depth", **options: Any) -> int:
    """Return the number of trials of a small search with two workers."""
    with joblib.parallel_config(n_jobs=2, **options):
        found = tune(model, X, Y, space={name: [1, 2]}, n_trials=2, folds=2, progress=False)
    return len(found.trials)


@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_a_model_that_cannot_be_pickled_names_a_backend_that_works(backend: str) -> None:
    """The error names the algorithm and the backend, and that backend works."""
    with pytest.raises(TrainingError, match=r"^Cannot send Locked to the workers: .*'threading'"):
        search(Locked(), backend=backend)
    assert search(Locked(), backend="threading") == 2


def test_a_function_of_a_notebook_needs_loky() -> None:
    """Multiprocessing cannot send a lambda; the error names loky, which can."""
    model = make_pipeline(FunctionTransformer(lambda table: table * 2), DecisionTreeClassifier())
    name = "decisiontreeclassifier__max_depth"
    with pytest.raises(TrainingError, match=r"^Cannot send Pipeline to the workers: .* loky "):
        search(model, name, backend="multiprocessing")
    assert search(model, name, backend="loky") == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_worker_is_explained() -> None:
    """A search whose worker was killed raises one sentence with the reason of the backend."""
    with pytest.raises(TrainingError, match=r"^The workers stopped; .*TerminatedWorkerError"):
        search(Killer(), backend="loky")


def test_an_error_of_the_data_is_raised_unchanged() -> None:
    """An error that is not of the backend keeps its class and its text."""
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples"):
        tune(DecisionTreeClassifier(), X, Y[:9], space={"max_depth": [1]}, progress=False)
