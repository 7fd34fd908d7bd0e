"""The fits of one automatic registration, from the fit to the version."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from exo_nbregistry.autoregister.fits import (
    Fit,
    Known,
    Prediction,
    Scored,
    digest_of,
    is_same_data,
    reference,
)
from exo_nbregistry.autoregister.naming import name_of
from exo_nbregistry.autoregister.target import Target
from exo_nbregistry.errors import RecordError, RegistryError
from exo_nbregistry.introspection.metrics import evaluate, is_clustering
from exo_nbregistry.introspection.provenance import in_cell
from exo_nbregistry.introspection.structure import is_pipeline
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.metric import main_metric

# A loop keeps this many models and their data in memory, until older ones are registered.
MAX_WAITING = 16
MAX_KNOWN = 256
MAX_PREDICTIONS = 16


class Session:
    """The fits that wait, those that are registered, and predictions for metrics.

    Parameters
    ----------
    target : Target
        The registry.
    pattern : str
        Pattern of the names.
    facts : mapping
        Arguments of each registration.
    report : callable
        Takes a line for each version.

    Attributes
    ----------
    registered : list of str
        The model_id of each registered fit.
    predictions : deque of Prediction
        The last predictions of known models.
    """

    def __init__(
        self,
        target: Target,
        pattern: str,
        facts: Mapping[str, Any],
        report: Callable[[str], object],
    ) -> None:
        self._target = target
        self._pattern = pattern
        self._facts = facts
        self._report = report
        self._waiting: list[Fit] = []
        self._known: deque[Known] = deque(maxlen=MAX_KNOWN)
        self.predictions: deque[Prediction] = deque(maxlen=MAX_PREDICTIONS)
        self.registered: list[str] = []

    def before_change(self, estimator: Any) -> None:
        """Register the fits of an estimator that is about to change."""
        changing = {id(estimator)}
        if is_pipeline(estimator):  # It fits its steps in place.
            changing |= {id(step) for _, step in estimator.steps}
        for fit in [fit for fit in self._waiting if id(fit.estimator) in changing]:
            self._waiting.remove(fit)
            self._register(fit)
        for known in [known for known in self._known if id(known.estimator()) in changing]:
            self._known.remove(known)

    def add(self, fit: Fit | None) -> None:
        """Add a fit, which is registered later; None adds nothing."""
        if fit is None:
            return
        self._waiting.append(fit)
        if len(self._waiting) > MAX_WAITING:
            self._register(self._waiting.pop(0))

    def predict(self, estimator: Any, X: Any, result: Any) -> None:
        """Keep the prediction of a model that is waiting or registered."""
        if self._find(estimator) is not None:
            made = Prediction(*map(reference, (estimator, X, result)))
            self.predictions.append(made)

    def score(self, estimator: Any, scored: Scored) -> None:
        """Keep the data that a model was scored on, if it was not fitted on them."""
        fit = self._find(estimator)
        if fit is None or scored.X is None or (scored.y is None and not is_clustering(estimator)):
            return
        trained = fit.X if isinstance(fit, Fit) else fit.X()
        if not is_same_data(scored.X, trained):
            fit.scored = scored

    def register(self) -> None:
        """Register all fits that wait, and store metrics of registered ones."""
        while self._waiting:
            self._register(self._waiting.pop(0))
        for known in list(self._known):
            scored, known.scored = known.scored, None
            if scored is not None:
                self._measure_later(known, scored)

    def _find(self, estimator: Any) -> Fit | Known | None:
        waiting = (fit for fit in reversed(self._waiting) if fit.estimator is estimator)
        known = (known for known in reversed(self._known) if known.estimator() is estimator)
        return next(waiting, None) or next(known, None)

    def _register(self, fit: Fit) -> None:
        name = name_of(self._pattern, fit.estimator)
        try:
            with in_cell(fit.cell):
                ref, is_new = self._store(fit, name)
        except RegistryError as error:
            self._report(f"{name} was not registered: {error}")
            return
        self.registered.append(ref)
        version = self._target.describe(ref)
        scored = fit.scored
        measured = set() if scored is None else {digest_of(scored.X, scored.y)}
        trained = version.dataset.sha256 if version.dataset else None
        self._known.append(
            Known(reference(fit.estimator), reference(fit.X), ref, trained, measured)
        )
        if is_new:
            self._report(f"{ref} registered{_shown(version.metrics)}")

    def _store(self, fit: Fit, name: str) -> tuple[str, bool]:
        facts = dict(self._facts, X=fit.X, y=fit.y)
        scored = fit.scored
        if scored is None:
            return self._target.register(fit.estimator, name, **facts)
        tested = {"X_test": scored.X, "y_test": scored.y, "sample_weight": scored.sample_weight}
        try:
            return self._target.register(
                fit.estimator, name, **facts, **tested, pos_label=scored.pos_label
            )
        except RecordError as error:
            fit.scored = None
            self._report(f"{name} is registered without metrics: {error}")
            return self._target.register(fit.estimator, name, **facts)

    def _measure_later(self, known: Known, scored: Scored) -> None:
        """Store the metrics of a scoring call in a later cell than the fit."""
        digest = digest_of(scored.X, scored.y)
        estimator = known.estimator()
        if (
            estimator is None
            or digest is None
            or digest in known.measured
            or digest == known.trained_on
        ):
            return
        known.measured.add(digest)
        source = f"held-out data {digest[:12]}"
        try:
            found = evaluate(
                *(estimator, scored.X, scored.y),
                pos_label=scored.pos_label,
                sample_weight=scored.sample_weight,
            )
            earlier = self._target.describe(known.ref).later_metrics
            if not found.metrics or any(each.on == source for each in earlier):
                return
            self._target.measure_later(known.ref, found.metrics, source)
        except RegistryError as error:
            self._report(f"No metrics were added to {known.ref}: {error}")
            return
        except Exception as error:  # noqa: BLE001 - the code of a model can raise any error
            self._report(f"No metrics were added to {known.ref}: {short_error(error)}")
            return
        self._report(f"{known.ref} measured{_shown(found.metrics)}, as later metrics")


def _shown(metrics: Mapping[str, float]) -> str:
    """Return the main metric in brackets, or nothing."""
    name = main_metric(metrics)
    return "" if name is None else f" ({name} {metrics[name]:.4g})"
