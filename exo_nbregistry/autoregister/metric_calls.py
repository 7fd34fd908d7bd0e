"""Calls of the metrics of scikit-learn, however the user has imported them.

A function that was imported cannot be replaced in the user's variables. But each metric checks its
arguments with one function of one module, which is replaced while automatic registration is on.

Source: ``sklearn.utils._param_validation.validate_params``, the same in scikit-learn 1.6 to 1.9.
"""

from __future__ import annotations

import functools
import sys
import threading
from typing import Any

from exo_nbregistry.autoregister.active import current_watcher
from exo_nbregistry.autoregister.callers import is_users_call

_CHECK = "validate_parameter_constraints"


class MetricCalls:
    """Passes the arguments of metrics to the watcher of the thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._original: Any = None
        self._watched: Any = None

    def install(self) -> None:
        """Watch the metrics, unless they are watched."""
        from sklearn.utils import _param_validation

        with self._lock:
            self._users += 1
            # Without the function in a later scikit-learn, only `score` counts.
            if self._users == 1 and hasattr(_param_validation, _CHECK):
                self._original = original = getattr(_param_validation, _CHECK)
                self._watched = _watched(original)
                setattr(_param_validation, _CHECK, self._watched)

    def remove(self) -> None:
        """Stop watching, if this is the last user."""
        from sklearn.utils import _param_validation

        with self._lock:
            self._users -= 1
            if self._users == 0 and getattr(_param_validation, _CHECK, None) is self._watched:
                setattr(_param_validation, _CHECK, self._original)


def _watched(original: Any) -> Any:
    @functools.wraps(original)
    def check(constraints: Any, params: Any, *args: Any, **kwargs: Any) -> None:
        original(constraints, params, *args, **kwargs)
        watcher = current_watcher()
        if watcher is not None and "y_true" in params and is_users_call(sys._getframe(1)):
            watcher.on_metric(params)

    return check


metric_calls = MetricCalls()
