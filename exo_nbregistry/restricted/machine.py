"""An interpreter of pickle streams that refuses each opcode that is not on its list.

What names, calls and states may do is decided by a subclass.

Source: CPython ``Lib/pickle.py``, class ``_Unpickler``, and ``Lib/pickletools.py``.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from exo_nbregistry.restricted.dtypes import PendingDtype, dtype_call
from exo_nbregistry.restricted.keys import require_shallow_keys
from exo_nbregistry.restricted.limits import CALL_COST, MAX_NESTING, TABLE_COST
from exo_nbregistry.restricted.opcodes import ALLOWED, OPCODE_NAMES
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.stream_reader import StreamReader

_BINGET, _MEMOIZE, _BININT1, _STOP = (
    ord(code) for code in (pickle.BINGET, pickle.MEMOIZE, pickle.BININT1, pickle.STOP)
)
_SETTERS = (dict.__setitem__, OrderedDict.__setitem__)


class Machine(StreamReader):
    """Reads one pickle stream; a subclass decides about names, calls, instances and states.

    Parameters
    ----------
    data : bytes or mmap
        Memory with the stream.
    start : int
        Offset of the stream.
    budget : Budget
        Limit of the containers that all streams of a file may create.
    """

    def find(self, module: str, name: str) -> Any:
        """Return the value of a name in the stream."""
        raise NotImplementedError

    def call(self, function: Any, args: Any) -> Any:
        """Return the result of a call in the stream."""
        raise NotImplementedError

    def create(self, cls: Any, args: Any) -> Any:
        """Return a new instance of a class."""
        raise NotImplementedError

    def build(self, instance: Any, state: Any) -> Any:
        """Set the state of an instance, and return the value that replaces it on the stack."""
        raise NotImplementedError

    def run(self) -> Any:
        """Read the stream and return its value.

        Raises
        ------
        Rejection
            If an opcode, a length or a value is not allowed.
        """
        if self.data[self.pos : self.pos + 1] != pickle.PROTO:
            raise Rejection(
                "The file is not a pickle or has a legacy format; only joblib files and pickles of "
                "protocol 2 to 5 can be loaded without trust."
            )
        handlers: list[Callable[[], None]] = [
            getattr(self, name) if (name := ALLOWED.get(code)) else self._refuse
            for code in range(256)
        ]
        data, memo = self.data, self._memo
        pos, stack = self.pos, self.stack
        while True:
            code = data[pos]
            pos += 1
            # The three most frequent instructions are here because a call takes most of their time.
            if code == _BINGET:
                stack.append(memo[data[pos]])
                pos += 1
            elif code == _MEMOIZE:
                memo.append(stack[-1])
            elif code == _BININT1:
                stack.append(data[pos])
                pos += 1
            else:
                self.pos = pos
                if code == _STOP:
                    return stack.pop()
                handlers[code]()
                pos, stack = self.pos, self.stack

    def _refuse(self) -> None:
        code = self.data[self.pos - 1]
        name = OPCODE_NAMES.get(code, f"0x{code:02x}")
        raise Rejection(f"The file has the pickle instruction {name}, which is not allowed.")

    # Containers.

    def _pop_mark(self) -> list[Any]:
        items = self.stack
        self.stack = self._marks.pop()
        self._push = self.stack.append
        return items

    def load_mark(self) -> None:
        """Start a group of values."""
        if len(self._marks) >= MAX_NESTING:
            raise Rejection(f"The file nests values more than {MAX_NESTING:,} levels deep.")
        self._marks.append(self.stack)
        self.stack = []
        self._push = self.stack.append

    def load_tuple(self) -> None:
        """Push a group as a tuple."""
        self.budget.spend()
        items = tuple(self._pop_mark())
        self._push(items)

    def load_empty_tuple(self) -> None:
        """Push an empty tuple."""
        self._push(())

    def load_tuple1(self) -> None:
        """Replace a value by a tuple of it."""
        self.budget.spend()
        stack = self.stack
        stack[-1] = (stack[-1],)

    def load_tuple2(self) -> None:
        """Replace two values by a tuple of them."""
        self.budget.spend()
        stack = self.stack
        last = stack.pop()
        stack[-1] = (stack[-1], last)

    def load_tuple3(self) -> None:
        """Replace three values by a tuple of them."""
        self.budget.spend()
        stack = self.stack
        last, middle = stack.pop(), stack.pop()
        stack[-1] = (stack[-1], middle, last)

    def load_empty_list(self) -> None:
        """Push an empty list."""
        self.budget.spend()
        self._push([])

    def load_empty_dict(self) -> None:
        """Push an empty dict."""
        self.budget.spend(TABLE_COST)
        self._push({})

    def load_empty_set(self) -> None:
        """Push an empty set."""
        self.budget.spend(TABLE_COST)
        self._push(set())

    def load_frozenset(self) -> None:
        """Push a group as a frozenset."""
        self.budget.spend(TABLE_COST)
        items = self._pop_mark()
        require_shallow_keys(items)
        self._push(frozenset(items))

    def load_append(self) -> None:
        """Append a value to a list."""
        value = self.stack.pop()
        self.extend(self.stack[-1], [value])

    def load_appends(self) -> None:
        """Append a group to a list."""
        items = self._pop_mark()
        self.extend(self.stack[-1], items)

    def load_setitem(self) -> None:
        """Add an item to a mapping."""
        value, key = self.stack.pop(), self.stack.pop()
        self.update(self.stack[-1], [key, value])

    def load_setitems(self) -> None:
        """Add a group to a mapping."""
        items = self._pop_mark()
        self.update(self.stack[-1], items)

    def load_additems(self) -> None:
        """Add a group to a set."""
        items = self._pop_mark()
        self.add(self.stack[-1], items)

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append items to a list."""
        if type(target) is not list:
            raise _not_a_container(target)
        target.extend(items)

    def update(self, target: Any, items: list[Any]) -> None:
        """Add alternating keys and values to a mapping."""
        keys = items[::2]
        setter = getattr(type(target), "__setitem__", None)
        if not isinstance(target, dict) or setter not in _SETTERS:
            raise _not_a_container(target)
        require_shallow_keys(keys, len(target))
        if type(target) is dict:
            target.update(zip(keys, items[1::2], strict=True))
            return
        for key, value in zip(keys, items[1::2], strict=True):
            setter(target, key, value)

    def add(self, target: Any, items: list[Any]) -> None:
        """Add items to a set."""
        if type(target) is not set:
            raise _not_a_container(target)
        require_shallow_keys(items, len(target))
        target.update(items)

    # The stack and the memo.

    def load_pop(self) -> None:
        """Drop a value."""
        if self.stack:
            self.stack.pop()
        else:
            self._pop_mark()

    def load_pop_mark(self) -> None:
        """Drop a group."""
        self._pop_mark()

    def load_long_binget(self) -> None:
        """Push a value of the memo by a long index."""
        self._push(self._memo[self._number("<I", 4)])

    def load_binput(self) -> None:
        """Store a value in the memo."""
        self._put(self._number("B", 1))

    def load_long_binput(self) -> None:
        """Store a value in the memo by a long index."""
        self._put(self._number("<I", 4))

    def _put(self, index: int) -> None:
        if index > len(self._memo):
            raise Rejection("The file has a gap in its memo.")
        self._memo[index : index + 1] = [self.stack[-1]]

    # Names, calls and states.

    def load_global(self) -> None:
        """Push the value of a name in two lines."""
        module, name = self._line(), self._line()
        self._push(self.find(module, name))

    def load_stack_global(self) -> None:
        """Push the value of a name on the stack."""
        name, module = self.stack.pop(), self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise Rejection("The file has a name that is not a text.")
        self._push(self.find(module, name))

    def load_reduce(self) -> None:
        """Replace a function and its arguments by the result of the call."""
        args = self.stack.pop()
        self.budget.spend(CALL_COST)
        if type(args) is not tuple:
            raise Rejection("The file calls a function with arguments that are not a tuple.")
        self.stack[-1] = self.call(self.stack[-1], args)

    def load_newobj(self) -> None:
        """Replace a class and arguments by an instance."""
        args = self.stack.pop()
        self.budget.spend(CALL_COST)
        if type(args) is not tuple:
            raise Rejection("The file calls a class with arguments that are not a tuple.")
        self.stack[-1] = self.create(self.stack[-1], args)

    def load_build(self) -> None:
        """Set the state of an instance."""
        state = self.stack.pop()
        before = self.stack[-1]
        self.stack[-1] = after = self.build(before, state)
        if type(before) is PendingDtype:
            index = before.index
            if index < len(self._memo) and self._memo[index] is before:
                self._memo[index] = after

    def new_dtype(self, args: tuple[Any, ...]) -> PendingDtype:
        """Return a dtype whose state follows; the memo gets it next."""
        made = dtype_call(args)
        made.index = len(self._memo)
        return made


def _not_a_container(target: Any) -> Rejection:
    kind = f"{type(target).__module__}.{type(target).__qualname__}"
    return Rejection(f"The file adds items to a {kind}, which is not allowed.")
