"""The functions of Python and NumPy that a stream may call, with the rules for their arguments.

A function that is on the allow list but has no rule here or in `native_constructors` is refused.
"""

from __future__ import annotations

import functools
from collections import OrderedDict, defaultdict
from enum import EnumType
from typing import Any

import numpy as np

from exo_nbregistry.restricted.arrays import from_buffer, scalar
from exo_nbregistry.restricted.dtypes import dtype_call
from exo_nbregistry.restricted.keys import require_shallow_keys
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.values import ARRAY, Call, Make

_FACTORIES = (int, float, str, bool, None)
_MAX_RANGE = 1 << 31


def _refused(name: str) -> Rejection:
    return Rejection(f"The file calls {name} with arguments that no model has.")


def _slice(args: tuple[Any, ...]) -> slice:
    if len(args) == 3 and all(part is None or type(part) is int for part in args):
        return slice(*args)
    raise _refused("slice")


def _range(args: tuple[Any, ...]) -> range:
    if 1 <= len(args) <= 3 and all(type(n) is int and abs(n) <= _MAX_RANGE for n in args):
        return range(*args)
    raise _refused("range")


def _items(name: str, args: tuple[Any, ...]) -> Any:
    if not args:
        return ()
    if len(args) == 1 and type(args[0]) in (list, tuple):
        require_shallow_keys(args[0])
        return args[0]
    raise _refused(name)


def _set(args: tuple[Any, ...]) -> set[Any]:
    return set(_items("set", args))


def _frozenset(args: tuple[Any, ...]) -> frozenset[Any]:
    return frozenset(_items("frozenset", args))


def _bytearray(args: tuple[Any, ...]) -> bytearray:
    if not args or (len(args) == 1 and type(args[0]) is bytes):
        return bytearray(*args)
    raise _refused("bytearray")


def _bytes(args: tuple[Any, ...]) -> bytes:
    # Protocol 2 writes bytes without content as a call.
    if not args:
        return b""
    raise _refused("bytes")


def _complex(args: tuple[Any, ...]) -> complex:
    if len(args) == 2 and all(type(part) is float for part in args):
        return complex(*args)
    raise _refused("complex")


def _ordered_dict(args: tuple[Any, ...]) -> OrderedDict[Any, Any]:
    if not args:
        return OrderedDict()
    if len(args) == 1 and type(args[0]) is list:
        pairs = args[0]
        if all(type(pair) in (list, tuple) and len(pair) == 2 for pair in pairs):
            require_shallow_keys([pair[0] for pair in pairs])
            return OrderedDict(pairs)
    raise _refused("OrderedDict")


def _defaultdict(args: tuple[Any, ...]) -> defaultdict[Any, Any]:
    if not args:
        return defaultdict()
    if len(args) == 1:
        if any(args[0] is factory for factory in _FACTORIES):
            return defaultdict(args[0])
        # LightGBM keeps its scores in a defaultdict of OrderedDicts.
        if type(args[0]) is Call and args[0].name == "collections.OrderedDict":
            return defaultdict(OrderedDict)
    raise _refused("defaultdict")


def _encode(args: tuple[Any, ...]) -> bytes:
    if len(args) == 2 and type(args[0]) is type(args[1]) is str and args[1] == "latin1":
        return args[0].encode("latin-1")
    raise _refused("codecs.encode")


def _getattr(args: tuple[Any, ...]) -> Any:
    # A histogram model that stops early by a score keeps its own bound method.
    if len(args) == 2 and args[1] == "_raw_predict" and type(args[1]) is str:
        kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(args[0]).__mro__}
        if _HISTOGRAM in kinds:
            return getattr(args[0], "_raw_predict")  # noqa: B009 - the only name
    # The first releases of Python 3.11 pickle a member of an enumeration as an attribute.
    if len(args) == 2 and isinstance(args[0], EnumType) and type(args[1]) is str:
        member = args[0].__members__.get(args[1])
        if member is not None:
            return member
    raise _refused("getattr")


_HISTOGRAM = "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.BaseHistGradientBoosting"


def _is_zero(value: Any) -> bool:
    return type(value) is int and value == 0


def _is_empty(args: tuple[Any, ...]) -> bool:
    shape, code = args
    return (
        type(shape) is tuple
        and len(shape) == 1
        and _is_zero(shape[0])
        and type(code) in (str, bytes)
        and code in ("b", b"b")
    )


def _reconstruct(args: tuple[Any, ...]) -> Any:
    if len(args) == 3 and args[0] is ARRAY and _is_empty(args[1:]):
        return np.ndarray((0,), "b")
    raise _refused("numpy's array constructor")


def _masked(args: tuple[Any, ...]) -> Any:
    from numpy.ma.core import MaskedArray

    if len(args) == 4 and args[0] is MaskedArray and args[1] is ARRAY and _is_empty(args[2:]):
        return MaskedArray(np.ndarray((0,), "b"), mask=np.ndarray((0,), bool))
    raise _refused("numpy's constructor of masked arrays")


def _frombuffer(args: tuple[Any, ...]) -> Any:
    if len(args) == 4:
        return from_buffer(*args)
    if len(args) == 5 and type(args[2]) is tuple and type(args[4]) in (tuple, type(None)):
        data, dtype, shape, order, axes = args
        if axes is None:
            return from_buffer(data, dtype, shape, order)
        if (
            type(order) is str
            and order == "K"
            and {*map(type, axes)} <= {int}
            and sorted(axes) == list(range(len(shape)))
        ):
            return from_buffer(data, dtype, shape, "C").transpose(axes)
    raise _refused("numpy's constructor of arrays from bytes")


def _generator(name: str) -> Make:
    def make(args: tuple[Any, ...]) -> Any:
        from numpy.random import BitGenerator, Generator, RandomState

        # The function of NumPy takes a second argument, which it calls.
        if len(args) == 1 and isinstance(args[0], BitGenerator):
            return {"RandomState": RandomState, "Generator": Generator}[name](args[0])
        raise _refused(f"the constructor of {name}")

    return make


def _bit_generator(args: tuple[Any, ...]) -> Any:
    from numpy.random import MT19937, PCG64, PCG64DXSM, SFC64, Philox

    kinds = (MT19937, PCG64, PCG64DXSM, Philox, SFC64)
    if len(args) == 1:
        for kind in kinds:
            if args[0] is kind or (type(args[0]) is str and args[0] == kind.__name__):
                return kind(0)
    raise _refused("the constructor of bit generators")


def _seed_sequence(args: tuple[Any, ...]) -> Any:
    from numpy.random import SeedSequence, bit_generator

    make: Any = vars(bit_generator)["__pyx_unpickle_SeedSequence"]
    if len(args) == 3 and args[0] is SeedSequence and type(args[1]) is int and args[2] is None:
        return make(*args)
    raise _refused("the constructor of SeedSequence")


def _imputer_triplet(args: tuple[Any, ...]) -> Any:
    from sklearn.impute._iterative import _ImputerTriplet

    if len(args) == 3:
        return _ImputerTriplet(*args)
    raise _refused("_ImputerTriplet")


def partial_of(function: Any) -> functools.partial[Any]:
    """Return a partial object of a function that may be stored, before its state is known."""
    return functools.partial(function)


def set_partial_state(instance: Any, state: Any) -> None:
    """Set the keywords of a partial object.

    Raises
    ------
    Rejection
        If the state has another function, positional arguments, or values that are not scalars.
    """
    match state:
        case (function, (), dict(keywords), None | dict() as more) if (
            function is instance.func and not more
        ):
            if all(type(key) is str for key in keywords) and all(map(_is_plain, keywords.values())):
                instance.__setstate__((function, (), keywords, None))
                return
    raise _refused("functools.partial")


def _is_plain(value: Any) -> bool:
    if type(value) is list:
        # Histogram gradient boosting keeps the dtypes of its input as scalar types.
        return all(isinstance(kind, type) and issubclass(kind, np.generic) for kind in value)
    return value is None or isinstance(value, bool | int | float | str | np.dtype | np.generic)


RULES: dict[str, Make] = {
    "builtins.slice": _slice,
    "builtins.range": _range,
    "builtins.set": _set,
    "builtins.frozenset": _frozenset,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytearray,
    "builtins.complex": _complex,
    "builtins.getattr": _getattr,
    "collections.OrderedDict": _ordered_dict,
    "collections.defaultdict": _defaultdict,
    "_codecs.encode": _encode,
    "numpy.dtype": dtype_call,
    "numpy._core.multiarray._reconstruct": _reconstruct,
    "numpy._core.multiarray.scalar": scalar,
    "numpy._core.numeric._frombuffer": _frombuffer,
    "numpy.ma.core._mareconstruct": _masked,
    "numpy.random._pickle.__randomstate_ctor": _generator("RandomState"),
    "numpy.random._pickle.__generator_ctor": _generator("Generator"),
    "numpy.random._pickle.__bit_generator_ctor": _bit_generator,
    "numpy.random.bit_generator.__pyx_unpickle_SeedSequence": _seed_sequence,
    "sklearn.impute._iterative._ImputerTriplet": _imputer_triplet,
}
"""Check and result of each call, by the dotted name of the function."""
