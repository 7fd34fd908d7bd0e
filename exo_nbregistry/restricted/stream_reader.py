"""The bytes of a pickle stream, and the instructions that push a plain value.

Each length is compared with the bytes that remain before anything is allocated.
"""

from __future__ import annotations

import mmap
from struct import unpack_from
from typing import Any

from exo_nbregistry.restricted.limits import Budget
from exo_nbregistry.restricted.rejection import Rejection

Data = bytes | mmap.mmap
"""Memory with a stream in it: its items are integers and its slices are bytes."""

MAX_NAME_BYTES = 1_000


class StreamReader:
    """Reads lengths, names and plain values of a stream onto a stack.

    Parameters
    ----------
    data : bytes or mmap
        Memory with the stream.
    start : int
        Offset of the stream.
    budget : Budget
        Limit of the containers that all streams of a file may create.
    """

    def __init__(self, data: Data, start: int, budget: Budget) -> None:
        self.data = data
        self.end = len(data)
        self.pos = start
        self.budget = budget
        self.stack: list[Any] = []
        self._push = self.stack.append
        self._marks: list[list[Any]] = []
        self._memo: list[Any] = []

    def take(self, count: int) -> int:
        """Return the offset of the next bytes and skip them, if the stream has that many."""
        start = self.pos
        if not 0 <= count <= self.end - start:
            raise Rejection(f"The file ends before {count:,} bytes that it announces.")
        self.pos = start + count
        return start

    def _bytes(self, count: int) -> bytes:
        start = self.take(count)
        return self.data[start : start + count]

    def _number(self, code: str, size: int) -> Any:
        return unpack_from(code, self.data, self.take(size))[0]

    def _line(self) -> str:
        end = self.data.find(b"\n", self.pos, min(self.end, self.pos + MAX_NAME_BYTES))
        if end < 0:
            raise Rejection("The file has a name that does not end.")
        line = self.data[self.pos : end].decode("utf-8")
        self.pos = end + 1
        return line

    # Framing.

    def load_proto(self) -> None:
        """Read the protocol."""
        protocol = self._number("B", 1)
        if not 2 <= protocol <= 5:
            raise Rejection(f"The file has pickle protocol {protocol}; 2 to 5 are supported.")

    def load_frame(self) -> None:
        """Read the length of a frame, which only has to be in the stream."""
        length = self._number("<Q", 8)
        if length > self.end - self.pos:
            raise Rejection(f"The file ends before {length:,} bytes that it announces.")

    # Values.

    def load_none(self) -> None:
        """Push None."""
        self._push(None)

    def load_true(self) -> None:
        """Push True."""
        self._push(True)

    def load_false(self) -> None:
        """Push False."""
        self._push(False)

    def load_binint(self) -> None:
        """Push a signed integer of 4 bytes."""
        self._push(self._number("<i", 4))

    def load_binint2(self) -> None:
        """Push an integer of 2 bytes."""
        self._push(self._number("<H", 2))

    def load_long1(self) -> None:
        """Push an integer of up to 255 bytes."""
        self._push(int.from_bytes(self._bytes(self._number("B", 1)), "little", signed=True))

    def load_binfloat(self) -> None:
        """Push a float."""
        self._push(self._number(">d", 8))

    def load_short_binunicode(self) -> None:
        """Push a text of up to 255 bytes."""
        start = self.pos + 1
        stop = start + self.data[self.pos]
        if stop > self.end:
            self.take(stop - self.pos)
        self.pos = stop
        self._push(str(self.data[start:stop], "utf-8", "surrogatepass"))

    def load_binunicode(self) -> None:
        """Push a text."""
        self._push(str(self._bytes(self._number("<I", 4)), "utf-8", "surrogatepass"))

    def load_binunicode8(self) -> None:
        """Push a long text."""
        self._push(str(self._bytes(self._number("<Q", 8)), "utf-8", "surrogatepass"))

    def load_short_binbytes(self) -> None:
        """Push up to 255 bytes."""
        self._push(self._bytes(self._number("B", 1)))

    def load_binbytes(self) -> None:
        """Push bytes."""
        self._push(self._bytes(self._number("<I", 4)))

    def load_binbytes8(self) -> None:
        """Push many bytes."""
        self._push(self._bytes(self._number("<Q", 8)))

    def load_bytearray8(self) -> None:
        """Push a bytearray."""
        self._push(bytearray(self._bytes(self._number("<Q", 8))))
