"""Methods of estimators that a watcher sees while automatic registration is on.

A hook replaces a method in its class. It returns the method itself to everyone but the user's own
code in a thread with a watcher, and to introspection of the class, so that signatures, metadata
routing, pickles and calls inside of libraries stay the same. Classes that are defined later get
their hooks from ``__init_subclass__``.
"""

from __future__ import annotations

import functools
import operator
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

from exo_nbregistry.autoregister.active import current_watcher
from exo_nbregistry.autoregister.callers import is_users_call
from exo_nbregistry.persistence.local_code import is_by_value

FITS = ("fit", "fit_predict")
CHANGES = ("partial_fit", "set_params")
PREDICTIONS = ("predict", "predict_proba", "decision_function")
METHODS = (*FITS, *CHANGES, "score", *PREDICTIONS)
_SUBCLASS = "__init_subclass__"


class Hook:
    """A method of a class, which a watcher sees if the user calls it.

    Parameters
    ----------
    name : str
        Name of the method.
    original : descriptor
        The method in the class: a function, or a descriptor such as ``available_if``.

    Examples
    --------
    >>> class Model:
    ...     fit = Hook("fit", lambda self, X: self)
    >>> model = Model()
    >>> model.fit([]) is model
    True
    """

    def __init__(self, name: str, original: Any) -> None:
        self.original = original

        @functools.wraps(getattr(original, "fn", original))
        def call(estimator: Any, /, *args: Any, **kwargs: Any) -> Any:
            bound = original.__get__(estimator, type(estimator))
            watcher = current_watcher()
            if watcher is None:
                return bound(*args, **kwargs)
            return watcher.on_call(name, estimator, bound, args, kwargs)

        self._call = call

    def __get__(self, estimator: Any, owner: type | None = None) -> Any:
        """Return the method, bound to an estimator; that of a class is the original."""
        bound = self.original.__get__(estimator, owner)
        if estimator is None or current_watcher() is None:
            return bound
        return MethodType(self._call, estimator) if is_users_call(sys._getframe(1)) else bound

    def __reduce__(self) -> tuple[Any, ...]:
        """Return the original, because a class of a notebook can be pickled for workers."""
        return operator.itemgetter(0), ((self.original,),)


_Place = tuple[weakref.ref[type], str, Hook]


class Hooks:
    """The hooks of this process. The first `install` adds them, the last `remove` removes them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._users = 0
        self._own: Any = None
        self._placed: list[_Place] = []
        self._lifts = 0
        self._lifted: list[_Place] = []

    def install(self) -> None:
        """Add the hooks to all classes of estimators, unless they are there."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._hook_subclasses()
                for kind in estimator_classes():
                    self._add(kind)

    def remove(self) -> None:
        """Remove the hooks, if this is the last user of them."""
        from sklearn.base import BaseEstimator

        with self._lock:
            self._users -= 1
            if self._users == 0:
                placed, self._placed = self._placed, []
                for reference, name, hook in placed:
                    _put_back(reference(), name, hook)
                if self._own is None:
                    delattr(BaseEstimator, _SUBCLASS)
                else:
                    setattr(BaseEstimator, _SUBCLASS, self._own)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Remove the hooks of classes that models carry with them, while a model is stored."""
        if not self._placed:
            yield
            return
        with self._lock:
            self._lifts += 1
            if self._lifts == 1:
                self._lifted = [
                    (reference, name, hook)
                    for reference, name, hook in self._placed
                    if (kind := reference()) is not None and is_by_value(kind)
                ]
                for reference, name, hook in self._lifted:
                    _put_back(reference(), name, hook)
        try:
            yield
        finally:
            with self._lock:
                self._lifts -= 1
                if not self._lifts:
                    self._place_again()

    def _place_again(self) -> None:
        lifted, self._lifted = self._lifted, []
        for reference, name, hook in lifted if self._users else ():
            kind = reference()
            if kind is not None and vars(kind).get(name) is hook.original:
                setattr(kind, name, hook)

    def _add(self, kind: type) -> None:
        for name in METHODS:
            original = vars(kind).get(name)
            if _is_method(original):
                hook = Hook(name, original)
                setattr(kind, name, hook)
                self._placed.append((weakref.ref(kind), name, hook))

    def _hook_subclasses(self) -> None:
        from sklearn.base import BaseEstimator

        self._own = own = vars(BaseEstimator).get(_SUBCLASS)

        def added(cls: type, /, **kwargs: Any) -> None:
            if own is None:
                super(BaseEstimator, cls).__init_subclass__(**kwargs)  # type: ignore[misc]
            else:
                own.__get__(None, cls)(**kwargs)
            with self._lock:
                if self._users:
                    for kind in cls.__mro__:
                        self._add(kind)

        setattr(BaseEstimator, _SUBCLASS, classmethod(added))


def estimator_classes() -> set[type]:
    """Return the classes of all estimators that are imported, and the classes they derive from."""
    from sklearn.base import BaseEstimator

    found: set[type] = set()
    waiting: list[type] = [BaseEstimator]
    while waiting:
        kind = waiting.pop()
        found.update(kind.__mro__[:-1])
        waiting += kind.__subclasses__()
    return found


def _is_method(value: Any) -> bool:
    kind = type(value)
    plain = kind not in (Hook, property, staticmethod, classmethod)
    return plain and hasattr(kind, "__get__") and not hasattr(kind, "__set__")


def _put_back(kind: type | None, name: str, hook: Hook) -> None:
    # A method that was replaced again by another library keeps the hook inside, without effect.
    if kind is not None and vars(kind).get(name) is hook:
        setattr(kind, name, hook.original)


hooks = Hooks()
