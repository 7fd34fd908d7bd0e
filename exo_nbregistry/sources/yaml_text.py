"""Mappings in YAML or JSON of other tools, and their values by dotted names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from exo_nbregistry.sources.safe_yaml import parse_yaml


def mapping_in(text: str | None) -> dict[str, Any]:
    """Return a YAML or JSON document that is a mapping; otherwise an empty one.

    Parameters
    ----------
    text : str or None
        The document; None if its file is missing.

    Returns
    -------
    dict
        Its values; empty if it is damaged, too large, or has another form.

    Examples
    --------
    >>> mapping_in("rf: {path: model.pkl}")
    {'rf': {'path': 'model.pkl'}}
    >>> mapping_in("- [damaged")
    {}
    """
    try:
        value = parse_yaml(text or "")
    except ValueError:
        return {}
    return {str(key): part for key, part in mapping(value).items()}


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a value that is a mapping; otherwise an empty mapping.

    Examples
    --------
    >>> mapping(["not", "a", "mapping"])
    {}
    """
    return value if isinstance(value, dict) else {}


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the plain values of a nested mapping by their dotted names.

    Lists stay values if they have plain values only. Dates become text.

    Examples
    --------
    >>> dict(flat({"train": {"trees": 100, "seeds": [1, 2]}}))
    {'train.trees': 100, 'train.seeds': [1, 2]}
    """
    if isinstance(value, dict):
        for key, part in value.items():
            yield from flat(part, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list):
        if all(_is_plain(part) for part in value):
            yield prefix, value
    elif isinstance(value, date | datetime):
        yield prefix, value.isoformat()
    elif _is_plain(value):
        yield prefix, value


def numbers(value: Any) -> dict[str, float]:
    """Return the numbers of a nested mapping by their dotted names.

    Examples
    --------
    >>> numbers({"test": {"accuracy": 0.9, "name": "kepler", "ok": True}})
    {'test.accuracy': 0.9}
    """
    return {
        name: float(number)
        for name, number in flat(mapping(value))
        if isinstance(number, int | float) and not isinstance(number, bool) and _fits(number)
    }


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool | float) or (isinstance(value, int) and _fits(value))


def _fits(number: float) -> bool:
    # A record keeps integers below 2^63.
    return not math.isfinite(number) or abs(number) < 2**63 or isinstance(number, float)
