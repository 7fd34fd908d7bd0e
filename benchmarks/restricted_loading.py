"""Loading without trust: how many honest models load, and the time against joblib.load."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import joblib
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from benchmarks.model import Bare, forest, large
from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved
from exo_nbregistry.persistence import loading
from exo_nbregistry.restricted.load import load_restricted

_MIN_SHARE = 0.98
_RNG = np.random.default_rng(0)
_X = _RNG.normal(size=(2_000, 20))
_LABELS = (_X[:, 0] + _X[:, 1] > 0).astype(int)


def measure(settings: Settings) -> Iterator[Row]:
    """Count the models of each kind that load, and time models of several families."""
    yield from _counted(quick=settings.quick)
    quick = settings.quick
    trees = 2 if quick else 100
    timed: tuple[tuple[str, Callable[[], Any], float | None], ...] = (
        ("RandomForest(100)", lambda: forest(quick=quick), 1.2),
        ("500 MB", lambda: large(quick=quick), 1.2),
        (
            "GradientBoosting(100)",
            lambda: _fit(GradientBoostingClassifier(n_estimators=trees)),
            2.5,
        ),
        ("HistGradientBoosting(100)", lambda: _fit(_histograms(trees)), None),
        ("MLP(256, 128)", lambda: _fit(MLPClassifier((256, 128), max_iter=2)), None),
        ("SVC", lambda: _fit(SVC()), None),
        ("kNN, kd_tree", lambda: _fit(KNeighborsClassifier(algorithm="kd_tree")), None),
    )
    for what, build, target in timed:
        yield _timed(settings, f"load restricted {what}", build(), target)


def _counted(*, quick: bool) -> Iterator[Row]:
    from itertools import islice

    from tests.security.honest_composites import fitted_composites
    from tests.security.honest_estimators import fitted_estimators
    from tests.security.test_coverage import measured

    for what, models in (("estimators", fitted_estimators()), ("composites", fitted_composites())):
        found = measured(islice(models, 20) if quick else models)
        loaded = found.count - len(found.rejected)
        yield Row(
            f"share of {found.count} {what} that load restricted and answer as before",
            (loaded - len(found.different)) / found.count,
            unit="",
            least=_MIN_SHARE,
        )


def _fit(model: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(_X, _LABELS)


def _histograms(count: int) -> Any:
    return HistGradientBoostingClassifier(max_iter=count, early_stopping=False)


def _timed(settings: Settings, what: str, model: Any, target: float | None) -> Row:
    bare = Bare(settings.folder / what)
    path = bare.save(model)
    runs = 1 if settings.quick else 9 if path.stat().st_size > 1 << 26 else 31

    def restricted() -> Any:
        # As load_model does: arrays are views of the memory whose digest was checked.
        memory = loading._memory(path.stat().st_size)
        with path.open("rb", buffering=0) as source:
            source.readinto(memory)
        return load_restricted(memory)

    ours, floor = interleaved(restricted, lambda: joblib.load(path), runs=runs)
    bare.clear()
    return Row(what, ours, floor, target)
