"""The fits of one automatic registration, from the fit to the version."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from exo_nbregistry.autoregister.fits import (
    Fit,
    Known,
    Scored,
    digest_of,
    is_same_data,
    kept,
    reference,
)
from exo_nbregistry.autoregister.naming import name_of
from exo_nbregistry.autoregister.predictions import Prediction
from exo_nbregistry.autoregister.target import Target
from exo_nbregistry.errors import RecordError, RegistryError
from exo_nbregistry.introspection.metrics import evaluate, is_clustering
from exo_nbregistry.introspection.provenance import in_cell
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.metric import main_metric

log = logging.getLogger("exo_nbregistry")

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
    predictions : list of Prediction
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
        self.predictions: list[Prediction] = []
        self.registered: list[str] = []

    def attempt(self, step: Callable[..., None], *arguments: Any) -> None:
        """Call a function; its error is reported, so that the user's code continues."""
        try:
            step(*arguments)
        except Exception as error:  # noqa: BLE001 - the code of a model can raise any error
            self._report_line(f"Automatic registration missed a call: {short_error(error)}")

    def before_change(self, parts: Collection[Any]) -> None:
        """Register the fits of estimators that are about to change."""
        if not (self._waiting or self._known):
            return
        changing = {id(part) for part in parts}
        for fit in [fit for fit in self._waiting if id(fit.estimator) in changing]:
            self._waiting.remove(fit)
            self._register(fit)
        for known in [known for known in self._known if id(known.estimator()) in changing]:
            self._known.remove(known)
        self.predictions = [p for p in self.predictions if id(p.estimator()) not in changing]

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
            alive = [made for made in self.predictions if made.is_alive]
            self.predictions = [*alive, Prediction(estimator, X, result)][-MAX_PREDICTIONS:]

    def score(self, estimator: Any, scored: Scored) -> None:
        """Keep the data that a model was scored on, if it was not fitted on them."""
        fit = self._find(estimator)
        if fit is None or scored.X is None or (scored.y is None and not is_clustering(estimator)):
            return
        passed, rows = (fit.X, fit.rows) if isinstance(fit, Fit) else (fit.X(), fit.X())
        if scored.X is not passed and not is_same_data(scored.X, rows):
            fit.scored = replace(scored, X=kept(scored.X), y=kept(scored.y))

    def register(self) -> None:
        """Register all fits that wait, and store metrics of registered ones."""
        while self._waiting:
            self._register(self._waiting.pop(0))
        for known in list(self._known):
            scored, known.scored = known.scored, None
            if scored is not None:
                self._measure_later(known, scored)
        for prediction in self.predictions:
            prediction.release()

    def _find(self, estimator: Any) -> Fit | Known | None:
        waiting = (fit for fit in reversed(self._waiting) if fit.estimator is estimator)
        known = (known for known in reversed(self._known) if known.estimator() is estimator)
        return next(waiting, None) or next(known, None)

    def _register(self, fit: Fit) -> None:
        name = "The model"
        try:
            name = name_of(self._pattern, fit.estimator)
            with in_cell(fit.cell):
                ref, is_new = self._store(fit, name)
            self.registered.append(ref)
            version = self._target.describe(ref)
        except RegistryError as error:
            self._report_line(f"{name} was not registered: {error}")
            return
        except Exception as error:  # noqa: BLE001 - the code of a model can raise any error
            self._report_line(f"{name} was not registered: {short_error(error)}")
            return
        scored = fit.scored
        measured = set() if scored is None else {digest_of(scored.X, scored.y)}
        trained = version.dataset.sha256 if version.dataset else None
        self._known.append(
            Known(reference(fit.estimator), reference(fit.X), ref, trained, measured)
        )
        if is_new:
            self._report_line(f"{ref} registered{_shown(version.metrics)}")

    def _store(self, fit: Fit, name: str) -> tuple[str, bool]:
        facts = dict(self._facts, X=fit.rows, y=fit.y)
        model, scored = fit.model(), fit.scored
        if scored is None:
            return self._target.register(model, name, **facts)
        tested = {"X_test": scored.X, "y_test": scored.y, "sample_weight": scored.sample_weight}
        try:
            return self._target.register(model, name, **facts, **tested, pos_label=scored.pos_label)
        except RecordError as error:
            fit.scored = None
            self._report_line(f"{name} is registered without metrics: {error}")
            return self._target.register(model, name, **facts)

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
            self._report_line(f"No metrics were added to {known.ref}: {error}")
            return
        except Exception as error:  # noqa: BLE001 - the code of a model can raise any error
            self._report_line(f"No metrics were added to {known.ref}: {short_error(error)}")
            return
        self._report_line(f"{known.ref} measured{_shown(found.metrics)}, as later metrics")

    def _report_line(self, line: str) -> None:
        try:
            self._report(line)
        except Exception as error:  # noqa: BLE001 - a function of the user
            log.warning("%s (report= failed: %s)", line, short_error(error))


def _shown(metrics: Mapping[str, float]) -> str:
    """Return the main metric in brackets, or nothing."""
    name = main_metric(metrics)
    return "" if name is None else f" ({name} {metrics[name]:.4g})"
