"""Digest of the content of a model, independent of how its objects lie in memory."""

from __future__ import annotations

import copyreg
import hashlib
import json
import pickle
import struct
import warnings
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import TYPE_CHECKING, Any

from exo_nbregistry.persistence.array_content import UnsupportedContentError, array_parts
from exo_nbregistry.persistence.keras_content import keras_content
from exo_nbregistry.persistence.volatile import stable_state

if TYPE_CHECKING:
    from exo_nbregistry.persistence.code_content import CodeContent

_PROTOCOL = 4
_LONG_LIST = 16
# Walks into parts of a cycle that cannot be remembered.
_MAX_REPEATS = 10_000
_NAN = struct.pack("<d", float("nan"))


def content_digest(model: Any, *, by_value: bool = False) -> str | None:
    """Return a digest of the content of a model.

    It is equal for models whose pickled parts are equal. Memory order, memory maps, shared
    references, the order of sets and attributes, search timings, query counters and addresses are
    ignored. Different parameters, attributes, array items or random states give another digest.

    Parameters
    ----------
    model : object
        A model that can be pickled.
    by_value : bool, default=False
        Whether the model carries its own code. Then the digest depends on the content of the
        code, without its lines and files, instead of on its names.

    Returns
    -------
    str or None
        sha256, 64 hexadecimal digits. None if a part has no canonical form, so that only the
        stored bytes can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.arange(6.0).reshape(2, 3)
    >>> content_digest({"X": table}) == content_digest({"X": np.asfortranarray(table)})
    True
    >>> content_digest({"X": table}) == content_digest({"X": table + 1})
    False
    """
    try:
        # Writing the model has already shown the warnings of its reductions.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encoded = _walk(by_value).encode_all(model)
    except Exception:  # noqa: BLE001  # the reductions of a model may raise any error
        return None
    return hashlib.sha256(b"exo-nbregistry content 1\n" + encoded).hexdigest()


def _walk(by_value: bool) -> _Walk:
    if not by_value:
        return _Walk()
    from exo_nbregistry.persistence.code_content import CodeContent

    return _Walk(CodeContent())


class _Walk:
    """Encodes each object as a tag with its value, or as the digest of its encoded parts.

    Every encoding states its own length, so equal concatenations have equal parts.
    """

    def __init__(self, code: CodeContent | None = None) -> None:
        self._code = code
        self._done: dict[int, bytes] = {}
        # A freed object would give its id to another one.
        self._alive: list[Any] = []
        self._path: dict[int, int] = {}
        self._outermost = 0
        self._unfinished: set[int] = set()
        self._repeats = 0

    def encode_all(self, model: Any) -> bytes:
        """Return the encoding of a model, and of the classes and functions in it."""
        encoded = [self.encode(model)]
        for content in self._code.contents() if self._code else ():
            encoded.append(self._hash(b"D", map(self.encode, content)))
            # The content of a class is a temporary copy.
            self._alive.append(content)
        return b"".join(encoded)

    def encode(self, value: Any) -> bytes:
        """Return the canonical encoding of an object."""
        encode = _ATOMS.get(type(value))
        if encode is not None:
            return encode(value)
        if self._code is not None:
            place = self._code.place_of(value)
            if place is not None:
                return _tagged(b"D", b"%d" % place)
        if isinstance(value, type) or type(value) is FunctionType:
            return _name(value)
        parts = array_parts(value)
        if parts is not None:
            return self._hash(b"a", parts)
        return self._once(value)

    def _once(self, value: Any) -> bytes:
        """Encode an object; again only if it contains the object that contains it."""
        key, depth = id(value), len(self._path)
        if key in self._done:
            return self._done[key]
        if key in self._path:
            # The number of levels up, which is the same for each equal cycle.
            self._outermost = min(self._outermost, self._path[key])
            return _tagged(b"^", b"%d" % (depth - self._path[key]))
        if key in self._unfinished:
            self._repeats += 1
            if self._repeats > _MAX_REPEATS:
                raise UnsupportedContentError("The model has too many circular references.")
        outer, self._outermost = self._outermost, depth
        self._path[key] = depth
        digest = self._parts(value)
        del self._path[key]
        self._alive.append(value)
        if self._outermost >= depth:
            self._done[key], self._outermost = digest, outer
        else:
            self._unfinished.add(key)
            self._outermost = min(outer, self._outermost)
        return digest

    def _parts(self, value: Any) -> bytes:
        kind = type(value)
        if kind is list or kind is tuple:
            return self._hash(b"l" if kind is list else b"t", self._sequence(value))
        if kind is dict:
            return self._hash(
                b"d", (*self._sequence([*value]), b"|", *self._sequence([*value.values()]))
            )
        if kind is set or kind is frozenset:
            return self._hash(b"s" if kind is set else b"z", sorted(map(self.encode, value)))
        return self._object(value)

    def _sequence(self, items: Any) -> Iterable[bytes]:
        if len(items) >= _LONG_LIST:
            kinds = set(map(type, items))
            if kinds == {float}:
                return (_tagged(b"F", struct.pack(f"<{len(items)}d", *items)),)
            if kinds in ({str}, {int}):
                return (_tagged(b"J", json.dumps(items).encode()),)
        return [self.encode(item) for item in items]

    def _object(self, value: Any) -> bytes:
        if (content := keras_content(value)) is not None:
            return self._hash(b"k", [_name(type(value)), self.encode(content)])
        find = copyreg.dispatch_table.get if self._code is None else self._code.reducer
        reduce = find(type(value))
        reduced = reduce(value) if reduce else value.__reduce_ex__(_PROTOCOL)
        if isinstance(reduced, str):
            return _name(value, reduced)
        function, args, *rest = reduced
        state, items, pairs, setter = (*rest, None, None, None, None)[:4]
        parts = [self.encode(function), *map(self.encode, args), b"|"]
        parts += self._state(stable_state(value, state))
        parts += [b"|", *map(self.encode, items or ()), b"|"]
        for name, item in pairs or ():
            parts += [self.encode(name), self.encode(item)]
        return self._hash(b"o", [*parts, b"|", self.encode(setter)])

    def _state(self, state: Any) -> list[bytes]:
        """Encode a state without remembering it, because it may be a temporary copy."""
        if type(state) is dict:
            pairs = [(self.encode(name), item) for name, item in state.items()]
            pairs.sort(key=lambda pair: pair[0])
            return [part for name, item in pairs for part in (name, self.encode(item))]
        if type(state) is tuple:
            return [b"("] + [p for item in state for p in (*self._state(item), b",")] + [b")"]
        return [self.encode(state)]

    @staticmethod
    def _hash(tag: bytes, parts: Iterable[Any]) -> bytes:
        digest = hashlib.sha256(tag)
        for part in parts:
            digest.update(part)
        return b"h" + digest.digest()


def _tagged(tag: bytes, body: bytes) -> bytes:
    return tag + len(body).to_bytes(8, "little") + body


def _name(value: Any, name: str | None = None) -> bytes:
    """Return a class or function by name, as pickle writes it."""
    name = name or getattr(value, "__qualname__", None) or value.__name__
    module = pickle.whichmodule(value, name)  # type: ignore[attr-defined]
    return _tagged(b"g", f"{module}.{name}".encode())


_ATOMS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"N",
    type(...): lambda _: b".",
    type(NotImplemented): lambda _: b"I",
    bool: lambda value: b"1" if value else b"0",
    int: lambda value: _tagged(b"i", b"%x" % value),
    float: lambda value: b"f" + (struct.pack("<d", value) if value == value else _NAN),
    complex: lambda value: b"c" + struct.pack("<dd", value.real, value.imag),
    str: lambda value: _tagged(b"u", value.encode("utf-8", "surrogatepass")),
    bytes: lambda value: _tagged(b"y", value),
    bytearray: lambda value: _tagged(b"Y", bytes(value)),
}
