"""Lists the names in a stream: each is replaced by an object that does nothing."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np

from exo_nbregistry.restricted.arrays import require_size
from exo_nbregistry.restricted.dtypes import PendingDtype
from exo_nbregistry.restricted.limits import Budget
from exo_nbregistry.restricted.machine import Machine
from exo_nbregistry.restricted.names import DTYPE, HEADER, full_name


class Stub:
    """Placeholder of a class, a function or the result of a call."""

    __slots__ = ("name",)

    def __init__(self, name: str = "") -> None:
        self.name = name


class NameReader(Machine):
    """Reads a stream without importing or calling anything, and collects its names.

    Parameters
    ----------
    data : bytes or mmap
        Memory with the whole file.
    start : int
        Offset of the stream.
    budget : Budget
        Limit of the containers of the file.
    found : dict
        Receives the names, as keys in the order of the stream.
    """

    def __init__(
        self, data: bytes | mmap.mmap, start: int, budget: Budget, found: dict[str, None]
    ) -> None:
        super().__init__(data, start, budget)
        self._names = found

    def find(self, module: str, name: str) -> Stub:
        """Record a name."""
        full = full_name(module, name)
        self._names[full] = None
        return Stub(full)

    def call(self, function: Any, args: tuple[Any, ...]) -> Any:
        """Return a dtype, which is needed to skip arrays, or a stub."""
        if type(function) is Stub and function.name == DTYPE:
            return self.new_dtype(args)
        return Stub()

    def create(self, cls: Any, args: tuple[Any, ...]) -> Any:  # noqa: ARG002
        """Return a stub, which keeps the name of the header of an array."""
        return Stub(HEADER) if type(cls) is Stub and cls.name == HEADER else Stub()

    def build(self, instance: Any, state: Any) -> Any:
        """Complete a dtype, skip an array, or ignore a state."""
        if type(instance) is PendingDtype:
            return instance.build(state)
        if type(instance) is Stub and instance.name == HEADER and type(state) is dict:
            self._skip(state)
            return Stub()
        return instance

    def extend(self, target: Any, items: list[Any]) -> None:
        """Add items to a list; a stub ignores them."""
        if type(target) is list:
            target.extend(items)

    def update(self, target: Any, items: list[Any]) -> None:
        """Add items to a dict; only texts are needed as keys."""
        if type(target) is dict:
            pairs = zip(items[::2], items[1::2], strict=True)
            target.update((key, value) for key, value in pairs if type(key) is str)

    def add(self, target: Any, items: list[Any]) -> None:
        """Ignore the items of a set."""

    def load_frozenset(self) -> None:
        """Push a stub for a set."""
        self._pop_mark()
        self._push(Stub())

    def _skip(self, state: dict[str, Any]) -> None:
        dtype = state.get("dtype")
        if isinstance(dtype, np.dtype) and dtype.hasobject:
            inner = NameReader(self.data, self.pos, self.budget, self._names)
            inner.run()
            self.pos = inner.pos
            return
        size = require_size(dtype, state.get("shape"))
        if "numpy_array_alignment_bytes" in state:
            self.take(self._number("B", 1))
        self.take(size)
