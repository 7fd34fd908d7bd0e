"""Public calls of `ModelRegistry` that collaborators carry out.

Source: ``functools.update_wrapper``, and PEP 612 for the types.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_R = TypeVar("_R")
_OWNER = "ModelRegistry"


def delegate(
    method: Callable[Concatenate[Any, _P], _R], module: str
) -> Callable[Concatenate[Any, _P], _R]:
    """Return a method of `ModelRegistry` that calls a method of a collaborator.

    The new method has the signature, the docstring and the source of the collaborator's method.
    Errors about its arguments, ``help()`` and ``repr`` name `ModelRegistry`.

    Parameters
    ----------
    method : function
        The method of a collaborator's class, such as ``Aliases.set_alias``.
    module : str
        The module of `ModelRegistry`.

    Returns
    -------
    function
        Takes a registry in place of the collaborator, which it finds in ``registry._parts``.
    """
    original = cast(FunctionType, method)
    part, name = original.__qualname__.rpartition(".")[::2]
    # A copy, because Python takes the name in a TypeError from the function that is called.
    target = FunctionType(
        original.__code__, original.__globals__, name, original.__defaults__, original.__closure__
    )
    target.__kwdefaults__ = original.__kwdefaults__

    def call(registry: Any, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return cast(_R, target(registry._parts[part], *args, **kwargs))

    for function in (target, cast(FunctionType, call)):
        function.__name__, function.__qualname__ = name, f"{_OWNER}.{name}"
        function.__module__, function.__doc__ = module, original.__doc__
        function.__annotations__ = original.__annotations__
    call.__wrapped__ = target  # type: ignore[attr-defined]
    return call
