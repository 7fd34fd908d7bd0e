"""Reads a joblib or pickle stream, and runs only what the allow list and its rules permit."""

from __future__ import annotations

import functools
import mmap
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from exo_nbregistry.restricted.arrays import (
    read_plain,
    require_shape,
    require_size,
    set_array_state,
    set_masked_state,
)
from exo_nbregistry.restricted.calls import set_partial_state
from exo_nbregistry.restricted.dtypes import PendingDtype
from exo_nbregistry.restricted.instances import can_be_called, set_instance_state, type_name
from exo_nbregistry.restricted.limits import NATIVE_COST, Budget
from exo_nbregistry.restricted.machine import Machine
from exo_nbregistry.restricted.names import DTYPE, Names
from exo_nbregistry.restricted.native_states import STATES
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.values import ArrayHeader, Call

_FIELDS = {"subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"}
_MAX_PADDING = 64

# They return an object whose state follows.
_STATE_FOLLOWS = {
    "numpy._core.multiarray._reconstruct",
    "numpy.ma.core._mareconstruct",
    "functools.partial",
}

_SETTERS: dict[type, Callable[[Any, Any], None]] = {
    np.ndarray: set_array_state,
    np.ma.MaskedArray: set_masked_state,
    functools.partial: set_partial_state,
}


class RestrictedUnpickler(Machine):
    """Reads one stream of a file; a nested one holds the items of an array of objects.

    Parameters
    ----------
    data : bytes or mmap
        Memory with the whole file.
    start : int
        Offset of the stream.
    names : Names
        The names that the file may use.
    budget : Budget
        Limit of the containers of the file.
    is_nested : bool, default=False
        Whether the stream is inside another one.
    """

    def __init__(
        self,
        data: bytes | mmap.mmap,
        start: int,
        names: Names,
        budget: Budget,
        *,
        is_nested: bool = False,
    ) -> None:
        super().__init__(data, start, budget)
        self._names = names
        self._is_nested = is_nested
        self.find = names.find  # type: ignore[method-assign]
        # Native states are set once; the references keep the ids unique.
        self._built: dict[int, Any] = {}
        # Arrays without a state: another state would free memory that is already used.
        self._empty: dict[int, Any] = {}
        self.failure: Exception | None = None

    def call(self, function: Any, args: tuple[Any, ...]) -> Any:
        """Return the result of a call with checked arguments."""
        if type(function) is Call:
            if function.name == DTYPE:
                return self.new_dtype(args)
            if function.is_native:
                self.budget.spend(NATIVE_COST)
            made = function.make(args)
            if function.name in _STATE_FOLLOWS:
                self._empty[id(made)] = made
            return made
        trusted = self._names.trusted
        methods = ("__new__", "__init__") if isinstance(function, type) else ()
        if trusted.owns(function) and all(
            can_be_called(function, method, trusted) for method in methods
        ):
            return self._run(function, *args)
        raise _not_callable(function)

    def create(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Return a new instance of a listed or trusted class."""
        if cls is ArrayHeader and not args:
            return ArrayHeader()
        if type(cls) is Call:
            return cls.make(args)
        if self._names.is_class(cls) and not args:
            # Raises a TypeError for native classes, whose memory their constructor must fill.
            return dict.__new__(cls) if issubclass(cls, dict) else object.__new__(cls)
        trusted = self._names.trusted
        if isinstance(cls, type) and trusted.owns(cls) and can_be_called(cls, "__new__", trusted):
            return self._run(cls.__new__, cls, *args)
        raise _not_callable(cls)

    def _run(self, function: Any, *args: Any) -> Any:
        """Call trusted code, and keep its error apart from those of the file."""
        try:
            return function(*args)
        except Exception as error:
            self.failure = error
            raise

    def build(self, instance: Any, state: Any) -> Any:
        """Set a state under the rules of its instance."""
        kind = type(instance)
        names = self._names
        if kind is ArrayHeader:
            return self._read_array(instance, state)
        if kind is PendingDtype:
            return instance.build(state)
        if (setter := _SETTERS.get(kind)) is not None:
            if self._empty.pop(id(instance), None) is not instance:
                raise _twice(kind)
            setter(instance, state)
            if kind is np.ndarray and instance.dtype.hasobject:
                self._link(instance.ravel().tolist())
        elif kind in names.classes:
            set_instance_state(instance, state, names.trusted)
        elif names.trusted.owns(kind):
            self._run(set_instance_state, instance, state, names.trusted)
        elif type_name(kind) in STATES:
            self._once(instance)
            set_instance_state(instance, state, names.trusted)
        else:
            raise Rejection(f"The file sets the state of a {type_name(kind)}, which has none.")
        return instance

    def _once(self, instance: Any) -> None:
        if id(instance) in self._built:
            raise _twice(type(instance))
        self._built[id(instance)] = instance

    def update(self, target: Any, items: list[Any]) -> None:
        """Add items to a mapping, and count those that could form a chain."""
        if type(target) is defaultdict:
            self._link(items)
        super().update(target, items)

    def _link(self, items: Iterable[Any]) -> None:
        self.budget.link(
            sum(
                type(item) is defaultdict
                or (type(item) is np.ndarray and (item.dtype.hasobject or id(item) in self._empty))
                for item in items
            )
        )

    def _read_array(self, header: ArrayHeader, state: Any) -> np.ndarray[Any, Any]:
        if header.is_read or type(state) is not dict or not set(state) <= _FIELDS:
            raise Rejection("The file has an array with an unknown description.")
        header.is_read = True
        shape: Any = state.get("shape")
        dtype, order = state.get("dtype"), state.get("order")
        if type(order) is not str or order not in ("C", "F") or not isinstance(dtype, np.dtype):
            raise Rejection("The file has an array with an unknown description.")
        if dtype.hasobject:
            return self._read_objects(dtype, shape)
        size = require_size(dtype, shape)
        if "numpy_array_alignment_bytes" in state:
            padding = self._number("B", 1)
            if padding > _MAX_PADDING:
                raise Rejection("The file has an array after too many bytes of padding.")
            self.take(padding)
        return read_plain(self.data, self.take(size), dtype, shape, order)

    def _read_objects(self, dtype: np.dtype[Any], shape: Any) -> np.ndarray[Any, Any]:
        require_shape(shape)
        if self._is_nested:
            raise Rejection("The file has a stream inside the stream of an array.")
        inner = RestrictedUnpickler(self.data, self.pos, self._names, self.budget, is_nested=True)
        inner._built, inner._empty = self._built, self._empty
        try:
            array = inner.run()
        finally:
            self.failure = self.failure or inner.failure
        self.pos = inner.pos
        if type(array) is not np.ndarray or array.dtype != dtype or array.shape != shape:
            raise Rejection("The file has an array of objects that does not fit its shape.")
        return array


def _twice(kind: type) -> Rejection:
    return Rejection(f"The file sets the state of a {type_name(kind)} twice.")


def _not_callable(value: Any) -> Rejection:
    if isinstance(value, type):
        what = type_name(value)
    else:
        what = getattr(value, "name", None) or type_name(type(value))
    return Rejection(f"The file calls {str(what)[:100]}, which is not allowed.")
