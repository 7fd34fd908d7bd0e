"""The names that files of fitted models contain, by what loading does with each."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from typing import Any, ClassVar
from unittest import mock

import joblib
from joblib import numpy_pickle

from exo_nbregistry.restricted.allow_list import canonical_name


class Survey:
    """The names that were called, created and stored.

    Attributes
    ----------
    called, created, stored : set of str
        Names of callables (REDUCE), of classes without arguments (NEWOBJ), and all others.
    built : set of str
        Names of the types whose state was set (BUILD).
    """

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.created: set[str] = set()
        self.built: set[str] = set()
        self._found: dict[str, Any] = {}

    @property
    def stored(self) -> set[str]:
        """Names that were neither called nor created."""
        return self._found.keys() - self.called - self.created

    def add(self, model: Any) -> None:
        """Write a model with joblib, and load it and record its names."""
        written = io.BytesIO()
        joblib.dump(model, written)
        written.seek(0)
        unpickler = _JoblibUnpickler(self, written)
        # joblib loads each array of objects with an unpickler of this name.
        nested = type("Nested", (_Unpickler,), {"survey": self})
        with mock.patch.object(numpy_pickle, "Unpickler", nested):
            unpickler.load()

    def found(self, name: str, value: Any) -> None:
        """Record a name in a file."""
        self._found[name] = value

    def _names(self, value: Any) -> Iterable[str]:
        return [name for name, found in self._found.items() if found is value]

    def record(self, names: set[str], value: Any) -> None:
        """Record what loading does with a value."""
        names.update(self._names(value))


class _Recording:
    """The methods of both unpicklers: pickle's instructions, with a record of each name."""

    survey: Survey
    stack: list[Any]

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)  # type: ignore[misc]
        self.survey.found(canonical_name(f"{module}.{name}"), found)
        return found

    def load_reduce(self) -> None:
        self.survey.record(self.survey.called, self.stack[-2])
        pickle._Unpickler.load_reduce(self)  # type: ignore[attr-defined]

    def load_newobj(self) -> None:
        names = self.survey.created if self.stack[-1] == () else self.survey.called
        self.survey.record(names, self.stack[-2])
        pickle._Unpickler.load_newobj(self)  # type: ignore[attr-defined]

    def load_newobj_ex(self) -> None:
        raise ValueError(f"{self.stack[-3]} is created with keywords.")


_NOTES = {
    pickle.REDUCE[0]: _Recording.load_reduce,
    pickle.NEWOBJ[0]: _Recording.load_newobj,
    pickle.NEWOBJ_EX[0]: _Recording.load_newobj_ex,
}


class _Unpickler(_Recording, pickle._Unpickler):  # type: ignore[name-defined, misc]
    dispatch: ClassVar = {**pickle._Unpickler.dispatch, **_NOTES}  # type: ignore[attr-defined]


class _JoblibUnpickler(_Recording, numpy_pickle.NumpyUnpickler):  # type: ignore[misc]
    dispatch: ClassVar = {**numpy_pickle.NumpyUnpickler.dispatch, **_NOTES}

    def __init__(self, survey: Survey, source: Any) -> None:
        super().__init__("", source, ensure_native_byte_order=False)
        self.survey = survey
