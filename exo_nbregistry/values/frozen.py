"""Dataclasses that say plainly that they cannot be changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

Kind = TypeVar("Kind", bound=type)


def immutable(kind: Kind) -> Kind:
    """Let a frozen dataclass with slots answer an assignment with one clear sentence.

    Its own answer, where the name is no field but a property or a slip, is a TypeError about
    ``super``: the class with slots is another one than that whose methods were written.

    Parameters
    ----------
    kind : type
        The dataclass, of something that tells what the registry holds.

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
    dataclasses.FrozenInstanceError: rank of a Score cannot be set: it tells what the registry ...
    """

    def refuse(self: Any, name: str, *_: Any) -> NoReturn:
        raise FrozenInstanceError(
            f"{name} of a {type(self).__name__} cannot be set: it tells what the registry holds, "
            "and calls such as tag_model, annotate and set_alias change that."
        )

    kind.__setattr__ = kind.__delattr__ = refuse  # type: ignore[assignment, method-assign]
    return kind
