"""The schema of a skops file: which kind of node may name which class or function.

Skops itself calls any name of an allowed node, so that a list of names is not enough: a node
for lists calls its class with a list, and a node for constructors calls any name.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from exo_nbregistry.restricted.arrays import require_valid_values
from exo_nbregistry.restricted.check_trees import TREE
from exo_nbregistry.restricted.names import Names, listed_value
from exo_nbregistry.restricted.native_constructors import CALLS
from exo_nbregistry.restricted.native_states import STATES
from exo_nbregistry.restricted.rejection import Rejection

Node = dict[str, Any]
_MAX_UNPACKED_BYTES = 64 << 20
_ARRAY_MAGIC, _ZIP_MAGIC = b"\x93NUMPY", b"PK"
_LOSSES = ("sklearn._loss._loss.Cy", "sklearn.linear_model._sgd_fast.")
_KEYS = {f"builtins.{name}" for name in ("str", "int", "float", "bool", "bytes")}
_CONTAINERS = {
    "ListNode": {"builtins.list"},
    "SetNode": {"builtins.set"},
    "TupleNode": {"builtins.tuple", "sklearn.impute._iterative._ImputerTriplet"},
    "DictNode": {"builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch"},
    "DefaultDictNode": {"collections.defaultdict"},
}
# They do not use the class that they name.
_PLAIN = {
    *("JsonNode", "BytesNode", "BytearrayNode", "SliceNode", "CachedNode"),
    *("MaskedArrayNode", "DTypeNode", "SparseMatrixNode", "PartialNode"),
}
# Their ``__setstate__`` is of Python or compares types, and the finished graph is checked.
_SAFE_STATES = (
    *("sklearn.ensemble.", "sklearn.isotonic.", "sklearn.utils.", "exo_nbregistry."),
    *("sklearn.neighbors._kd_tree.", "sklearn.neighbors._ball_tree."),
    "sklearn.metrics._dist_metrics.",
)


def check_schema(data: bytes, names: Names) -> None:
    """Check each node of a skops file, before skops reads it.

    Parameters
    ----------
    data : bytes
        The file.
    names : Names
        The names that the file may use.

    Raises
    ------
    Rejection
        If a node names something that this node must not use.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        schema = json.loads(archive.read("schema.json"))
        objects = _Objects(schema)
        for node in objects.nodes:
            _check_node(node, names, objects, archive)


class _Objects:
    """The nodes of a schema; skops reads one of those with the same number, instead of each."""

    def __init__(self, schema: Any) -> None:
        self.nodes = list(_nodes(schema))
        self.by_number: dict[Any, list[Node]] = {}
        self._agreed: dict[Any, Node] = {}
        for node in self.nodes:
            if "__id__" in node and node["__loader__"] != "CachedNode":
                self.by_number.setdefault(node["__id__"], []).append(node)
        for same in self.by_number.values():
            if len({(node["__loader__"], _name(node)) for node in same}) > 1:
                raise _ambiguous()

    def read(self, node: Any) -> Node:
        """Return a node whose content is checked, or the one that it refers to."""
        if not isinstance(node, dict) or not isinstance(node.get("__loader__"), str):
            raise Rejection("The skops file has an object without a loader.")
        number = node.get("__id__")
        if number not in self.by_number:
            return node
        # Compared once: all keys of a dict can refer to one type.
        if number not in self._agreed:
            first, *others = self.by_number[number]
            if any(other != first for other in others):
                raise _ambiguous()
            self._agreed[number] = first
        return self._agreed[number]


def _ambiguous() -> Rejection:
    return Rejection("The skops file has two objects with the same number.")


def check_parts(archive: zipfile.ZipFile, size_bytes: int) -> None:
    """Check that the arrays of a file have only valid values, and that they fit into memory.

    Parameters
    ----------
    archive : ZipFile
        The file, whose parts are not compressed.
    size_bytes : int, bytes
        Its size.

    Raises
    ------
    Rejection
        If a part is damaged or would be too large.
    """
    for part in archive.infolist():
        content = archive.read(part)
        if content.startswith(_ARRAY_MAGIC):
            require_valid_values(np.load(io.BytesIO(content), allow_pickle=False))
        elif content.startswith(_ZIP_MAGIC):
            _check_sparse(content, size_bytes)


def _check_sparse(content: bytes, size_bytes: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as inner:
        unpacked = sum(part.file_size for part in inner.infolist())
        if unpacked > _MAX_UNPACKED_BYTES + 10 * size_bytes:
            raise Rejection("A sparse matrix of the skops file may not fit into memory.")
        for part in inner.infolist():
            array = np.load(io.BytesIO(inner.read(part)), allow_pickle=False)
            require_valid_values(array)


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, dict) and isinstance(value.get("__loader__"), str):
        yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _nodes(part)


def _name(node: Node) -> str:
    return f"{node.get('__module__')}.{node.get('__class__')}"


def _check_node(node: Node, names: Names, objects: _Objects, archive: zipfile.ZipFile) -> None:
    loader, name = node["__loader__"], _name(node)
    if loader in _PLAIN:
        return
    if loader in _CONTAINERS:
        is_allowed = name in _CONTAINERS[loader]
    elif loader == "NdArrayNode":
        is_allowed = name == "numpy.ndarray" or _is_scalar(name, names)
    elif loader in ("TypeNode", "FunctionNode"):
        is_allowed = names.has_value(name) or name in _KEYS or names.trusted.covers(name)
    elif loader == "ObjectNode":
        is_safe = name not in STATES or name.startswith(_SAFE_STATES)
        is_allowed = (names.has_class(name) and is_safe) or names.trusted.covers(name)
    elif loader in ("TreeNode", "LossNode"):
        is_allowed = _is_checked_call(node, objects, archive)
    else:
        is_allowed = names.trusted.covers(name) and loader == "ConstructorFromReduceNode"
    if not is_allowed:
        raise Rejection(
            f"The skops file uses {name[:100]} in a {loader[:50]}, which is not allowed."
        )
    if loader == "DictNode":
        _check_keys(node, names, objects)


def _is_scalar(name: str, names: Names) -> bool:
    if not (name.startswith("numpy.") and names.has_value(name)):
        return False
    kind = listed_value(name)
    return isinstance(kind, type) and issubclass(kind, np.generic)


def _check_keys(node: Node, names: Names, objects: _Objects) -> None:
    """Check that the types of the keys of a dict, which are called, are types of keys."""
    kinds = objects.read(node.get("key_types"))
    if kinds["__loader__"] != "ListNode":
        raise Rejection("The skops file has a dict without types of its keys.")
    for part in kinds["content"]:
        kind = objects.read(part)
        name = _name(kind)
        if kind["__loader__"] != "TypeNode" or not (name in _KEYS or _is_scalar(name, names)):
            raise Rejection(f"The skops file has a dict with keys of the type {name[:100]}.")


def _is_checked_call(node: Node, objects: _Objects, archive: zipfile.ZipFile) -> bool:
    """Return whether a node calls a native constructor with arguments that fit."""
    is_tree = node["__loader__"] == "TreeNode"
    name = TREE if is_tree else _name(node)
    if name == "sklearn._loss._loss.CyHalfMultinomialLoss":
        return not _arguments(node, objects, archive)
    if name not in CALLS or not (is_tree or name.startswith(_LOSSES)):
        return False
    CALLS[name](*_arguments(node, objects, archive))
    return True


def _arguments(node: Node, objects: _Objects, archive: zipfile.ZipFile) -> list[Any]:
    """Return the arguments of a call, which must be numbers and arrays."""
    reduced = objects.read(node["__reduce__"]["args"])
    if reduced["__loader__"] != "TupleNode":
        raise Rejection("The skops file calls a constructor with arguments of another kind.")
    found: list[Any] = []
    for each in reduced["content"]:
        part = objects.read(each)
        if part["__loader__"] == "JsonNode":
            found.append(json.loads(part["content"]))
        elif part["__loader__"] == "NdArrayNode" and part["type"] == "numpy":
            found.append(np.load(io.BytesIO(archive.read(part["file"])), allow_pickle=False))
        else:
            raise Rejection("The skops file calls a constructor with arguments of another kind.")
    return found
