"""Public methods of `ModelRegistry` that call its collaborators.

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
    method: Callable[Concatenate[Any, _P], _R], module: str, *, on_missing: bool = False
) -> Callable[Concatenate[Any, _P], _R]:
    """Return a method of `ModelRegistry` that calls a method of a collaborator.

    The method has the signature, docstring and source of the collaborator's method. Its argument
    errors, ``help()`` and ``repr`` name `ModelRegistry`.

    Parameters
    ----------
    method : function
        The method of a collaborator's class, such as ``Aliases.set_alias``.
    module : str
        Module of `ModelRegistry`.
    on_missing : bool
        Whether the method can be called if the registry does not exist. Other methods raise
        RegistryNotFoundError then.

    Returns
    -------
    function
        Method that takes a registry; ``registry._parts`` has the collaborator.
    """
    original = cast(FunctionType, method)
    part, name = original.__qualname__.rpartition(".")[::2]
    # A TypeError shows the qualified name of the called function, so call a renamed copy.
    target = FunctionType(
        original.__code__, original.__globals__, name, original.__defaults__, original.__closure__
    )
    target.__kwdefaults__ = original.__kwdefaults__

    def call(registry: Any, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not on_missing:
            registry._workspace.descriptor.require()
        return cast(_R, target(registry._parts[part], *args, **kwargs))

    for function in (target, cast(FunctionType, call)):
        function.__name__, function.__qualname__ = name, f"{_OWNER}.{name}"
        function.__module__, function.__doc__ = module, original.__doc__
        function.__annotations__ = original.__annotations__
    call.__wrapped__ = target  # type: ignore[attr-defined]
    return call
