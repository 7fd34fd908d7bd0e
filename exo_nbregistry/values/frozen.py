"""Immutable dataclasses with a clear error on assignment."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

Kind = TypeVar("Kind", bound=type)


def immutable(kind: Kind) -> Kind:
    """Raise one clear error when a field of a frozen dataclass is assigned.

    By default, assigning a property or a misspelled name of a frozen dataclass with slots raises
    a TypeError about ``super``.

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
    """

    def reject(self: Any, name: str, *_: Any) -> NoReturn:
        raise FrozenInstanceError(
            f"Cannot set {name} of {type(self).__name__}: it describes stored content. Use "
            "tag_model, annotate or set_alias to change the registry."
        )

    kind.__setattr__ = kind.__delattr__ = reject  # type: ignore[assignment, method-assign]
    return kind
