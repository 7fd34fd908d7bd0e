"""The interface of a model format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.records.code import Code
from exo_nbregistry.values.digest import Writable


@dataclass(frozen=True, slots=True)
class Written:
    """Names and code of a model that was written.

    Attributes
    ----------
    globals : tuple of str
        All module-level names that loading imports, sorted.
    code : Code or None
        The classes and functions that the file contains; None if there are none.
    sources : mapping of str to str
        Source of each of them, by name.
    imports : tuple of str
        Modules that they use or import when they are called.
    warnings : tuple of str
        One sentence for each variable that the user may not want to store.
    """

    globals: tuple[str, ...]
    code: Code | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


Dump = Callable[[Writable], Written]
"""Writes a model."""


class Format(Protocol):
    """Interface of a format that stores a model as bytes."""

    name: str
    """Name in records, such as ``joblib``."""

    extension: str
    """File extension without its dot."""

    def dump(self, model: Any, target: Writable) -> tuple[str, ...]:
        """Write a model.

        Parameters
        ----------
        model : object
            The model.
        target : Writable
            Stream that receives the bytes.

        Returns
        -------
        tuple of str
            All module-level names that loading imports, sorted, such as
            ``sklearn.svm._classes.SVC``.

        Raises
        ------
        SerializationError
            If the model is None or contains an object that cannot be written.
        """
        ...

    def load(self, source: BinaryIO, *, mmap_path: str | None = None) -> Any:
        """Read a model from bytes whose digest and signer were checked before.

        Parameters
        ----------
        source : BinaryIO
            The verified bytes.
        mmap_path : str or None
            File with the same bytes; arrays are memory-mapped from it instead of copied.

        Returns
        -------
        object
            The model.
        """
        ...


def type_name(model: Any) -> str:
    """Return the dotted name of a model's type.

    Examples
    --------
    >>> from fractions import Fraction
    >>> type_name(Fraction(1, 2))
    'fractions.Fraction'
    """
    return f"{type(model).__module__}.{type(model).__qualname__}"


def refuse_none(model: Any) -> None:
    """Check that a model is not None, such as the result of a failed fit.

    Raises
    ------
    SerializationError
        If `model` is None.
    """
    if model is None:
        raise SerializationError(
            "The model is None; pass the fitted model.",
            model_type="builtins.NoneType",
        )
