"""Pickle streams written instruction by instruction."""

from __future__ import annotations

import io
import pickle
import struct
from typing import Any

from exo_nbregistry.restricted.load import load_restricted, unknown_names
from exo_nbregistry.restricted.rejection import Rejection

START, STOP = pickle.PROTO + b"\x05", pickle.STOP


def text(value: str) -> bytes:
    """Return the instruction that pushes a text."""
    data = value.encode()
    return pickle.BINUNICODE + struct.pack("<I", len(data)) + data


def name(full: str) -> bytes:
    """Return the instructions that push the value of a dotted name."""
    module, _, rest = full.rpartition(".")
    return text(module) + text(rest) + pickle.STACK_GLOBAL


def call(full: str, arguments: bytes) -> bytes:
    """Return the instructions that call a function; the arguments are pushed one by one."""
    return name(full) + pickle.MARK + arguments + pickle.TUPLE + pickle.REDUCE


def new(full: str) -> bytes:
    """Return the instructions that create an instance without arguments."""
    return name(full) + pickle.EMPTY_TUPLE + pickle.NEWOBJ


def plain(value: Any) -> bytes:
    """Return the instructions that push a value, without those around the stream."""
    data = pickle.dumps(value, 2)
    return data[2:-1]


def build(full: str, state: dict[str, Any]) -> bytes:
    """Return a stream of an instance with a plain state."""
    return START + new(full) + plain(state) + pickle.BUILD + STOP


def load(stream: bytes, **options: Any) -> Any:
    """Return the value of a stream by the restricted loader."""
    return load_restricted(io.BytesIO(stream), **options)


def reason(stream: bytes, **options: Any) -> str:
    """Return why the restricted loader rejects a stream."""
    try:
        value = load(stream, **options)
    except Rejection as rejection:
        return rejection.reason
    raise AssertionError(f"loaded {type(value)}")


def names(stream: bytes) -> tuple[str, ...]:
    """Return the names in a stream that are not allowed."""
    return unknown_names(io.BytesIO(stream))
