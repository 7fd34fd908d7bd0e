"""Automatic registration: the handle that the user gets."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from exo_nbregistry.autoregister.active import inside_call, watchers_of_thread
from exo_nbregistry.autoregister.fits import changed_parts, read_fit, rows_and_target
from exo_nbregistry.autoregister.hooks import FITS, PREDICTIONS, hooks
from exo_nbregistry.autoregister.metric_calls import metric_calls
from exo_nbregistry.autoregister.naming import check_pattern
from exo_nbregistry.autoregister.predictions import Prediction
from exo_nbregistry.autoregister.scoring_calls import read_metric, read_score
from exo_nbregistry.autoregister.session import Session
from exo_nbregistry.autoregister.target import Target
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.introspection.provenance import running_cell, running_shell


class Autoregistration:
    """Registers what is fitted in this thread, until it is stopped.

    `ModelRegistry.autoregister` returns it, started. It is also a context manager.

    Parameters
    ----------
    target : Target
        The registry.
    pattern : str
        Name of the models, with ``*`` for the algorithm.
    facts : mapping
        Arguments of each registration.
    report : callable
        Takes a line for each version.

    Attributes
    ----------
    pattern : str
        The pattern.

    Raises
    ------
    InvalidReferenceError
        If no model can have such a name.
    RegistryError
        If `report` is not a function.
    """

    def __init__(
        self,
        target: Target,
        pattern: str,
        facts: Mapping[str, Any],
        report: Callable[[str], object],
    ) -> None:
        self.pattern = check_pattern(pattern)
        if not callable(report):
            raise RegistryError(
                f"report must be a function that takes a line of text, got {report!r:.60}."
            )
        self._target = target
        self._session = Session(target, self.pattern, facts, report)
        self._process = os.getpid()
        self._entered = self._stopped = False
        self._watchers = watchers_of_thread()
        self._replace_forgotten()
        hooks.install()
        metric_calls.install()
        self._watchers.append(self)
        self._shell = running_shell()
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._after_cell)
        atexit.register(self.stop)

    @property
    def registered(self) -> tuple[str, ...]:
        """The model_id of each registered fit, in order; a repeated fit has that of its version."""
        return tuple(self._session.registered)

    @property
    def active(self) -> bool:
        """Whether fits are registered."""
        return not self._stopped

    def stop(self) -> None:
        """Register the fits that wait, and leave all estimators as they were before.

        Calling it again has no effect.
        """
        if self._stopped:
            return
        self._stopped = True
        atexit.unregister(self.stop)
        self._watchers.remove(self)
        hooks.remove()
        metric_calls.remove()
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._after_cell)
        self._register()

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Also after an error: a model that was fitted is not lost with the rest of the block.
        self.stop()

    def __repr__(self) -> str:
        """Return the pattern, the registry, and what was registered."""
        count = len(set(self.registered))
        return (
            f"Automatic registration of {self.pattern} in {self._target.location}: "
            f"{'off' if self._stopped else 'on'}, {count} version{'' if count == 1 else 's'}"
        )

    def on_call(
        self, name: str, estimator: Any, call: Callable[..., Any], args: Any, kwargs: Any
    ) -> Any:
        """Make a call of an estimator, and keep what it shows of a model.

        Parameters
        ----------
        name : str
            Name of the method.
        estimator : estimator
            The estimator.
        call : callable
            The bound method.
        args, kwargs : tuple and dict
            The arguments.

        Returns
        -------
        object
            What the method returns.
        """
        # A forked process has a copy of this handle.
        if os.getpid() != self._process:
            return call(*args, **kwargs)
        session = self._session
        with inside_call():
            if name in PREDICTIONS or name == "score":
                result = call(*args, **kwargs)
                session.attempt(self._read, name, estimator, args, kwargs, result)
                return result
            # The model changes now, so a version of it as it was cannot wait any longer.
            session.attempt(self._before_change, name, estimator)
            result = call(*args, **kwargs)
            if name in FITS:
                session.attempt(self._add, estimator, args, kwargs)
        return result

    def on_metric(self, arguments: Mapping[str, Any]) -> None:
        """Keep the true values of a metric whose predictions come from a known model.

        Parameters
        ----------
        arguments : mapping
            Arguments of the metric, by name.
        """
        with inside_call():
            for prediction in self._session.predictions:
                self._session.attempt(self._read_metric, prediction, arguments)

    def _read(self, name: str, estimator: Any, args: Any, kwargs: Any, result: Any) -> None:
        if name == "score":
            self._session.score(estimator, read_score(args, kwargs))
        else:
            self._session.predict(estimator, rows_and_target(args, kwargs)[0], result)

    def _read_metric(self, prediction: Prediction, arguments: Mapping[str, Any]) -> None:
        if (scored := read_metric(prediction, arguments)) is not None:
            self._session.score(prediction.estimator(), scored)

    def _before_change(self, name: str, estimator: Any) -> None:
        self._session.before_change(changed_parts(name, estimator))

    def _add(self, estimator: Any, args: Any, kwargs: Any) -> None:
        self._session.add(read_fit(estimator, args, kwargs, running_cell()))

    def _replace_forgotten(self) -> None:
        """Stop an earlier handle for the same names, whose cell was run again."""
        for other in list(self._watchers):
            if isinstance(other, Autoregistration) and not other._entered:
                same = other.pattern == self.pattern
                if same and other._target.location == self._target.location:
                    other.stop()

    def _after_cell(self, *_result: Any) -> None:
        self._register()

    def _register(self) -> None:
        # A forked process has copies of the fits that wait in its parent.
        if os.getpid() == self._process:
            with inside_call():
                self._session.register()
