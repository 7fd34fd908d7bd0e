"""Registration of fits on request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from exo_nbregistry.autoregister.handle import Autoregistration
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.monitoring import Monitoring
from exo_nbregistry.registry.registration import Registration
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.reference import model_key


class Autoregistering:
    """Registry method that starts automatic registration.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    registration : Registration
        Registers the fits.
    monitoring : Monitoring
        Adds metrics that are measured in later cells.
    """

    def __init__(
        self, workspace: Workspace, registration: Registration, monitoring: Monitoring
    ) -> None:
        self._target = _Target(workspace, registration, monitoring)

    def autoregister(
        self,
        pattern: str = "*",
        *,
        tags: Mapping[str, Any] | Collection[str] | None = None,
        report: Callable[[str], object] = print,
    ) -> Autoregistration:
        """Register each fit of an estimator in this thread as a version.

        The version has the facts that `register_model` reads off the estimator and its training
        data. If the model is scored on other data in the same cell or block, by ``score`` or a
        function of `sklearn.metrics`, these are its test data; of several, the last. Scores in a
        later cell are added as later metrics. Fits inside of a search, a cross-validation, an
        ensemble or a pipeline are not registered, and neither are estimators that only transform.

        Fits are registered at the end of the cell, at the end of the ``with`` block, or before the
        same estimator changes, also after an error. A repeated fit with the same result adds no
        version.

        Parameters
        ----------
        pattern : str
            Name of the models, with ``*`` for the algorithm: ``kepler_*`` gives
            ``kepler_random_forest``.
        tags : mapping or collection of str, optional
            Tags of each version.
        report : callable
            Takes a line of text for each version; by default it is printed.

        Returns
        -------
        Autoregistration
            A context manager. Without ``with``, its `stop` ends the registration; ``registered``
            has the versions.

        Raises
        ------
        InvalidReferenceError
            If no model can have such a name.
        RegistryError
            If `report` is not a function.

        Examples
        --------
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> X, y = [[0.1], [0.2], [0.8], [0.9]], [0, 0, 1, 1]
        >>> with registry.autoregister("kepler_*"):
        ...     model = DecisionTreeClassifier(random_state=0).fit(X, y)
        ...     score = model.score([[0.3], [0.7]], [0, 1])
        kepler_decision_tree:1 registered (f1_score 1)
        """
        return Autoregistration(self._target, pattern, {"tags": tags}, report)


class _Target:
    """The registry, with the few calls that automatic registration makes."""

    def __init__(
        self, workspace: Workspace, registration: Registration, monitoring: Monitoring
    ) -> None:
        self._work = workspace
        self._register = registration.register_model
        self._add_metrics = monitoring.add_metrics

    @property
    def location(self) -> str:
        return self._work.location

    def register(self, model: Any, name: str, **facts: Any) -> tuple[str, bool]:
        key = model_key(name)
        before = self._work.journal.numbers(key) if self._work.descriptor.exists else []
        ref = self._register(model, name, **facts)
        return ref, int(ref.rpartition(":")[2]) not in before

    def describe(self, ref: str) -> ModelMetadata:
        return self._work.metadata(ref)

    def measure_later(self, ref: str, metrics: Mapping[str, float], on: str) -> ModelMetadata:
        return self._add_metrics(ref, metrics, on=on)
