"""The pickle instructions that the restricted loader understands; all others are refused.

Refused are the instructions of protocols 0 and 1 that later ones replace, ``INST``, ``OBJ``,
``NEWOBJ_EX``, the extension registry, persistent ids, buffers outside the stream, ``DUP`` and
integers of more than 255 bytes. A new instruction of a later Python is refused too.
"""

from __future__ import annotations

import pickletools

_NAMES = {
    "PROTO": "load_proto",
    "FRAME": "load_frame",
    "NONE": "load_none",
    "NEWTRUE": "load_true",
    "NEWFALSE": "load_false",
    "BININT": "load_binint",
    "BININT2": "load_binint2",
    "LONG1": "load_long1",
    "BINFLOAT": "load_binfloat",
    "SHORT_BINUNICODE": "load_short_binunicode",
    "BINUNICODE": "load_binunicode",
    "BINUNICODE8": "load_binunicode8",
    "SHORT_BINBYTES": "load_short_binbytes",
    "BINBYTES": "load_binbytes",
    "BINBYTES8": "load_binbytes8",
    "BYTEARRAY8": "load_bytearray8",
    "MARK": "load_mark",
    "TUPLE": "load_tuple",
    "EMPTY_TUPLE": "load_empty_tuple",
    "TUPLE1": "load_tuple1",
    "TUPLE2": "load_tuple2",
    "TUPLE3": "load_tuple3",
    "EMPTY_LIST": "load_empty_list",
    "EMPTY_DICT": "load_empty_dict",
    "EMPTY_SET": "load_empty_set",
    "FROZENSET": "load_frozenset",
    "APPEND": "load_append",
    "APPENDS": "load_appends",
    "SETITEM": "load_setitem",
    "SETITEMS": "load_setitems",
    "ADDITEMS": "load_additems",
    "POP": "load_pop",
    "POP_MARK": "load_pop_mark",
    "LONG_BINGET": "load_long_binget",
    "BINPUT": "load_binput",
    "LONG_BINPUT": "load_long_binput",
    "GLOBAL": "load_global",
    "STACK_GLOBAL": "load_stack_global",
    "REDUCE": "load_reduce",
    "NEWOBJ": "load_newobj",
    "BUILD": "load_build",
}

OPCODE_NAMES = {ord(opcode.code): opcode.name for opcode in pickletools.opcodes}
"""Name of each instruction, by its byte."""

ALLOWED = {code: _NAMES[name] for code, name in OPCODE_NAMES.items() if name in _NAMES}
"""Method of the machine for each allowed instruction, by its byte.

The machine itself handles ``BINGET``, ``MEMOIZE``, ``BININT1`` and ``STOP``."""
