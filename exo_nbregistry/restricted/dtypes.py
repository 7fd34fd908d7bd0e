"""Array types of a stream, rebuilt by NumPy's public constructor and compared with the stream.

NumPy believes the state of a pickled dtype: fields outside the item, or a field of objects that is
hidden by its flags, turn bytes of the file into pointers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

import numpy as np

from exo_nbregistry.restricted.rejection import Rejection

MAX_ITEM_BYTES = 1 << 26
MAX_FIELDS = 1_000
_CODE = re.compile(r"[<>=|]?([biufcSUmMVO])([0-9]{0,9})")
_FIELD_KINDS = set("biufc")
_PLAIN_TYPES = {str, int, type(None)}
_UNITS = {b"generic", *b"Y M W D h m s ms us ns ps fs as".split()}
_ALIGNED = 0x80


class PendingDtype:
    """A dtype of a stream before its state is known; no array can have it.

    Attributes
    ----------
    index : int
        Position in the memo, where the dtype replaces it.

    Parameters
    ----------
    code : str
        Kind and size, such as ``f8``.
    """

    __slots__ = ("code", "index", "is_built")

    def __init__(self, code: str) -> None:
        self.code = code
        self.index = 0
        self.is_built = False

    def build(self, state: Any) -> np.dtype[Any]:
        """Return the dtype of a state.

        Raises
        ------
        Rejection
            If the state is not the one of the dtype that NumPy makes of its parts.
        """
        if self.is_built:
            raise _invalid(self.code)
        self.is_built = True
        return _from_state(self.code, state)


def dtype_call(args: tuple[Any, ...]) -> PendingDtype:
    """Check the arguments of ``numpy.dtype`` in a stream.

    Raises
    ------
    Rejection
        If they are not a kind and a size.
    """
    match args:
        case (str(code), False, True) if match := _CODE.fullmatch(code):
            if int(match[2] or 0) <= MAX_ITEM_BYTES:
                return PendingDtype(code)
    raise Rejection("The file has an array type with arguments that NumPy does not write.")


def _from_state(code: str, state: Any) -> np.dtype[Any]:
    if type(state) is not tuple or len(state) not in (8, 9):
        raise _invalid(code)
    if len(state) == 8 and {*map(type, state)} <= _PLAIN_TYPES:
        return _plain(code, state)
    made = _structured(code, state) if len(state) == 8 else np.dtype(_with_unit(code, state[8]))
    return _compared(made, code, state)


@lru_cache(256)
def _plain(code: str, state: tuple[Any, ...]) -> np.dtype[Any]:
    """Return a dtype without fields; the state has only texts, integers and None."""
    made = np.dtype(code)
    if made.kind == "V":
        raise _invalid(code)
    return _compared(made, code, state)


def _compared(made: np.dtype[Any], code: str, state: tuple[Any, ...]) -> np.dtype[Any]:
    """Return a dtype in the byte order of its state, if NumPy writes that state for it."""
    if state[1] == ">":
        made = made.newbyteorder(">")
    written = cast("tuple[Any, ...]", made.__reduce__()[2])
    if len(written) != len(state) or not all(
        type(one) is type(other) and one == other
        for one, other in zip(written[:8], state[:8], strict=True)
    ):
        raise _invalid(code)
    return made


def _with_unit(code: str, metadata: Any) -> str:
    if code in ("M8", "m8") and type(metadata) is tuple and len(metadata) == 2:
        match metadata[1]:
            case (bytes(unit), int(number), int(above), int(below)) if (
                unit in _UNITS and 0 < number < 1 << 31 and above == below == 1
            ):
                return f"{code}[{number}{unit.decode()}]" if unit != b"generic" else code
    raise _invalid(code)


def _structured(code: str, state: tuple[Any, ...]) -> np.dtype[Any]:
    names, fields, size, flags = state[3], state[4], state[5], state[7]
    if type(names) is not tuple or type(fields) is not dict or not 0 < len(names) <= MAX_FIELDS:
        raise _invalid(code)
    if type(size) is not int or not 0 < size <= MAX_ITEM_BYTES or type(flags) is not int:
        raise _invalid(code)
    formats, offsets = [], []
    for name in names:
        match fields.get(name) if type(name) is str else None:
            case (np.dtype() as kind, int(offset)) if 0 <= offset <= size - kind.itemsize:
                formats.append(kind)
                offsets.append(offset)
            case _:
                raise _invalid(code)
    if not {kind.kind for kind in formats} <= _FIELD_KINDS:
        raise _invalid(code)
    parts = {"names": list(names), "formats": formats, "offsets": offsets, "itemsize": size}
    try:
        return np.dtype(parts, align=bool(flags & _ALIGNED))  # type: ignore[call-overload, no-any-return]
    except ValueError:
        raise _invalid(code) from None


def _invalid(code: str) -> Rejection:
    return Rejection(f"The file has an array type {code!r} whose state NumPy does not write.")
