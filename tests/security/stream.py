"""Pickle streams from single instructions, and objects that are written as any call."""

from __future__ import annotations

import io
import struct
from typing import Any

import joblib

MARK, STOP, EMPTY_TUPLE = b"(", b".", b")"
REDUCE, NEWOBJ, BUILD = b"R", b"\x81", b"b"


class Raw(bytes):
    """Instructions that push one value."""


def stream(*parts: Any, protocol: int = 4) -> bytes:
    """Return a whole stream that pushes values; the last one is its result."""
    return b"\x80" + bytes([protocol]) + b"".join(push(part) for part in parts) + STOP


def name(module: str, qualname: str) -> Raw:
    """Return the instructions that push a class or function."""
    return Raw(push(module) + push(qualname) + b"\x93")


def text_name(module: str, qualname: str) -> Raw:
    """Return the instruction of older protocols that pushes a class or function."""
    return Raw(f"c{module}\n{qualname}\n".encode())


def call(function: Any, *args: Any) -> Raw:
    """Return the instructions that push the result of a call."""
    return Raw(push(function) + push(args) + REDUCE)


def new(cls: Any, *args: Any) -> Raw:
    """Return the instructions that push an instance without calling its constructor."""
    return Raw(push(cls) + push(args) + NEWOBJ)


def build(instance: Any, state: Any) -> Raw:
    """Return the instructions that push an instance with a state."""
    return Raw(push(instance) + push(state) + BUILD)


def push(value: Any) -> bytes:
    """Return the instructions that push a plain value."""
    if isinstance(value, Raw):
        return bytes(value)
    match value:
        case None:
            return b"N"
        case bool():
            return b"\x88" if value else b"\x89"
        case int() if -(1 << 31) <= value < 1 << 31:
            return b"J" + struct.pack("<i", value)
        case int():
            data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            return b"\x8a" + bytes([len(data)]) + data
        case float():
            return b"G" + struct.pack(">d", value)
        case str():
            data = value.encode()
            return b"X" + struct.pack("<I", len(data)) + data
        case bytes():
            return b"B" + struct.pack("<I", len(value)) + value
        case tuple():
            return MARK + b"".join(map(push, value)) + b"t"
        case list():
            return b"]" + MARK + b"".join(map(push, value)) + b"e"
        case dict():
            items = b"".join(push(key) + push(item) for key, item in value.items())
            return b"}" + MARK + items + b"u"
    raise TypeError(f"cannot push {value!r}")


class Reduced:
    """An object that pickle writes as a call, with a state."""

    def __init__(self, function: Any, args: tuple[Any, ...], state: Any = None) -> None:
        self.reduced = (function, args) if state is None else (function, args, state)

    def __reduce__(self) -> Any:
        """Return the call."""
        return self.reduced


def dumped(value: Any) -> bytes:
    """Return the file that joblib writes."""
    written = io.BytesIO()
    joblib.dump(value, written)
    return written.getvalue()
