"""The numbers of versions that are moved in."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.values.reference import MAX_VERSION


def keeps_number(number: int | None, last: int) -> bool:
    """Return whether a version keeps its number after the last one of its model.

    Numbers are never reused, so a number is free if it is greater than all others.

    Parameters
    ----------
    number : int or None
        The number in its store.
    last : int
        The highest number of the model in this registry, or 0.

    Examples
    --------
    >>> keeps_number(7, 4), keeps_number(4, 4), keeps_number(None, 4)
    (True, False, False)
    """
    return number is not None and last < number < MAX_VERSION


def new_numbers(numbers: Sequence[int | None], last: int) -> list[int]:
    """Return the number of each version in this registry.

    Versions whose number is free keep it. The others follow with the next numbers, in their order.

    Parameters
    ----------
    numbers : sequence of int or None
        The numbers in their store, oldest version first.
    last : int
        The highest number of the model in this registry, or 0.

    Returns
    -------
    list of int
        The new numbers.

    Examples
    --------
    >>> new_numbers([1, 2, 5], 0), new_numbers([1, 2, 5], 1), new_numbers([None, None], 3)
    ([1, 2, 5], [6, 2, 5], [4, 5])
    """
    found: dict[int, int] = {}
    for place, number in enumerate(numbers):
        if number is not None and keeps_number(number, last):
            found[place] = last = number
    for place in range(len(numbers)):
        if place not in found:
            found[place] = last = last + 1
    return [found[place] for place in range(len(numbers))]
