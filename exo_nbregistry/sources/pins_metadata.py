"""The metadata of a pin, with those that vetiver adds, as facts of a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.sources.metric_names import metric_name
from exo_nbregistry.sources.side_files import REQUIREMENT, facts_of

_MAX_DEPTH = 8
_MAX_TAGS = 500
_VETIVER = ("required_pkgs", "python_version", "prototype", "ptype")


@dataclass(frozen=True, slots=True, kw_only=True)
class PinFacts:
    """Facts in ``data.txt``.

    Attributes
    ----------
    description : str
        The title of the user, and the description.
    metrics : dict of str to float
        Numbers that are clearly metrics by their names.
    hyperparameters : dict of str to Any
        Parameters in a part such as ``params``.
    feature_columns : tuple of str
        Input columns, also of a prototype of vetiver.
    packages : dict of str to str
        Packages whose versions are known.
    python : str or None
        Version of Python.
    training_dataset : str or None
        Name of the training data.
    tags : dict of str to Any
        The other metadata with dotted names, and those of pins as ``pins.hash`` and so on.
    left_out : int
        Number of items that are nested too deeply or are too many.
    """

    description: str
    metrics: dict[str, float]
    hyperparameters: dict[str, Any]
    feature_columns: tuple[str, ...]
    packages: dict[str, str]
    python: str | None
    training_dataset: str | None
    tags: dict[str, Any] = field(default_factory=dict)
    left_out: int = 0


def pin_facts(meta: Mapping[str, Any]) -> PinFacts:
    """Return the facts of a version of a pin.

    Parameters
    ----------
    meta : mapping of str to Any
        The content of ``data.txt``.

    Returns
    -------
    PinFacts
        The facts.

    Examples
    --------
    >>> facts = pin_facts({"title": "Kepler", "user": {"accuracy": 0.9, "by": {"team": "vetting"}}})
    >>> facts.description, facts.metrics, facts.tags["by.team"]
    ('Kepler', {'accuracy': 0.9}, 'vetting')

    Source: pins, ``pins/meta.py``; vetiver, ``vetiver/pin_read_write.py``.
    """
    user = meta.get("user")
    metadata = dict(user) if isinstance(user, Mapping) else {}
    # vetiver puts its own metadata beside those of its user; older releases do not separate them.
    vetiver = metadata.pop("vetiver_meta", None)
    own = vetiver if isinstance(vetiver, Mapping) else metadata
    required = {name: own[name] for name in _VETIVER if name in own}
    metadata = {name: value for name, value in metadata.items() if name not in required}
    if isinstance(vetiver, Mapping) and isinstance(metadata.get("user"), Mapping):
        metadata |= metadata.pop("user")
    facts = facts_of(metadata)
    tags, left_out = _flatten(metadata)
    packages = _texts(required.get("required_pkgs"))
    return PinFacts(
        description=_description(meta),
        metrics=facts.metrics,
        hyperparameters=facts.hyperparameters,
        feature_columns=facts.feature_columns
        or _columns(required.get("prototype", required.get("ptype"))),
        packages=dict(pair for text in packages for pair in REQUIREMENT.findall(text)),
        python=_python(required.get("python_version")),
        training_dataset=facts.training_dataset,
        tags=tags | _own_tags(meta, packages),
        left_out=left_out,
    )


def _own_tags(meta: Mapping[str, Any], packages: list[str]) -> dict[str, str]:
    known = {
        "hash": meta.get("pin_hash"),
        "created": meta.get("created"),
        "type": meta.get("type"),
        "title": meta.get("title"),
        "tags": ", ".join(_texts(meta.get("tags"))),
        "required_pkgs": ", ".join(packages),
    }
    return {f"pins.{name}": str(value) for name, value in known.items() if value}


def _description(meta: Mapping[str, Any]) -> str:
    title, text = (str(meta.get(name) or "").strip() for name in ("title", "description"))
    # pins writes a title such as "rf: a pinned Ridge object" if the user does not.
    parts = ["" if ": a pinned " in title else title, text]
    return "\n\n".join(part for part in parts if part)


def _columns(prototype: Any) -> tuple[str, ...]:
    """Return the columns of a prototype of vetiver, whose JSON text has them in order."""
    try:
        columns = json.loads(prototype) if isinstance(prototype, str) else None
    except (ValueError, RecursionError):
        return ()
    return tuple(columns) if isinstance(columns, dict) else ()


def _python(version: Any) -> str | None:
    """Return a version of Python, which vetiver writes as [3, 11, 7, 'final', 0]."""
    if isinstance(version, str):
        return version or None
    parts = version[:3] if isinstance(version, list | tuple) else []
    return ".".join(map(str, parts)) if parts and all(type(p) is int for p in parts) else None


def _texts(values: Any) -> list[str]:
    listed = values if isinstance(values, list) else [values]
    return [value for value in listed if isinstance(value, str)]


def _flatten(metadata: Mapping[Any, Any]) -> tuple[dict[str, Any], int]:
    """Return nested metadata as tags with dotted names, and the number of items left out."""
    tags: dict[str, Any] = {}
    left_out = 0
    # YAML can refer to the same part many times, so the work is limited too.
    waiting = [(str(name), value, 1) for name, value in metadata.items()][::-1]
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, Mapping | list) and depth <= _MAX_DEPTH and len(value) <= _MAX_TAGS:
            pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
            inner = [(f"{name}.{part}", item, depth + 1) for part, item in pairs]
            waiting += inner[::-1]
        elif isinstance(value, Mapping | list) or len(tags) + left_out >= _MAX_TAGS:
            left_out += 1
            if left_out > _MAX_TAGS:
                break
        elif value is not None and not _is_metric(name, value):
            tags[name] = value if _can_be_stored(value) else str(value)
    return tags, left_out


def _can_be_stored(value: Any) -> bool:
    # A record keeps integers below 2^63.
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**63)


def _is_metric(name: str, value: Any) -> bool:
    return isinstance(value, int | float) and metric_name(name) is not None
