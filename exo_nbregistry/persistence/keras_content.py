"""Content of Keras models, whose file has times, and names that count up in a kernel."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

_MODEL = ("keras.src.models.model", "Model")


def keras_content(value: Any) -> dict[str, Any] | None:
    """Return configuration, weights and state of the optimizer of a Keras model.

    Names that Keras invented, such as ``dense_3``, are numbered from the beginning of the model,
    because they depend on the models that the kernel made before.

    Parameters
    ----------
    value : object
        Any object.

    Returns
    -------
    dict or None
        Plain values and arrays. None for another object.
    """
    if _MODEL not in ((base.__module__, base.__name__) for base in type(value).__mro__):
        return None
    import numpy as np

    config = sys.modules["keras"].saving.serialize_keras_object(value)
    names: dict[str, str] = {}
    for kind, name in _layers(config):
        stem = _snake_case(kind)
        if name not in names and re.fullmatch(rf"{re.escape(stem)}(_\d+)?", name):
            names[name] = f"{stem} {len(names)}"
    optimizer = getattr(value, "optimizer", None)
    return {
        "config": _renamed(config, names),
        "weights": [np.asarray(weight) for weight in value.weights],
        "optimizer": [np.asarray(item) for item in optimizer.variables] if optimizer else [],
    }


def _layers(node: Any) -> Iterator[tuple[str, str]]:
    """Yield class and name of each configured object."""
    if isinstance(node, dict):
        config = node.get("config")
        name = config.get("name") if isinstance(config, dict) else None
        if isinstance(name, str) and isinstance(node.get("class_name"), str):
            yield node["class_name"], name
    if isinstance(node, dict | list | tuple):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _layers(part)


def _snake_case(name: str) -> str:
    # Source: keras/src/utils/naming.py, to_snake_case.
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, str):
        return names.get(node, node)
    if isinstance(node, dict):
        return {_renamed(key, names): _renamed(item, names) for key, item in node.items()}
    if isinstance(node, list | tuple):
        return [_renamed(item, names) for item in node]  # as in the file of a model
    return node
