"""Immutable dataclasses with a clear error on assignment, whose equality accepts NaN."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any, NoReturn, TypeVar

Kind = TypeVar("Kind", bound=type)


def immutable(kind: Kind) -> Kind:
    """Raise one clear error when a field of a frozen dataclass is assigned, and compare NaN.

    By default, assigning a property or a misspelled name of a frozen dataclass with slots raises
    a TypeError about ``super``, and from Python 3.13 on, a field that is NaN makes an instance
    unequal to its copy.

    Parameters
    ----------
    kind : type
        A dataclass that describes content of the registry.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @immutable
    ... @dataclass(frozen=True, slots=True)
    ... class Score:
    ...     value: float
    >>> Score(0.9).rank = 1
    Traceback (most recent call last):
    ...
    dataclasses.FrozenInstanceError: Cannot set rank of Score: it describes stored content. ...
    >>> import math
    >>> Score(math.nan) == Score(math.nan)
    True
    """
    compared = tuple(item.name for item in fields(kind) if item.compare)

    def values(item: Any) -> tuple[Any, ...]:
        return tuple(getattr(item, name) for name in compared)

    def equal(self: Any, other: object) -> bool:
        # Tuples find the object math.nan equal to itself; `to_plain` stores no other NaN.
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def reject(self: Any, name: str, *_: Any) -> NoReturn:
        raise FrozenInstanceError(
            f"Cannot set {name} of {type(self).__name__}: it describes stored content. Use "
            "tag_model, annotate or set_alias to change the registry."
        )

    kind.__eq__ = equal  # type: ignore[assignment, method-assign]
    kind.__setattr__ = kind.__delattr__ = reject  # type: ignore[assignment, method-assign]
    return kind
