"""The line magic ``%autoregister`` of IPython."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, Protocol

from exo_nbregistry.autoregister.handle import Autoregistration
from exo_nbregistry.errors import RegistryError

_NAME = "autoregister"
_OFF = "Automatic registration is off."
_USUAL = "registry"


class Registry(Protocol):
    """A registry with automatic registration."""

    def autoregister(self, pattern: str) -> Autoregistration:
        """Start automatic registration."""


class AutoregisterMagic:
    """The line magic of one shell.

    Parameters
    ----------
    shell : InteractiveShell
        The shell of IPython.
    registry_class : type
        Class of the registries in the user's variables; called with a path, or without one for the
        default place, it opens a registry.
    """

    def __init__(self, shell: Any, registry_class: Callable[..., Registry]) -> None:
        self._shell = shell
        self._class = registry_class
        self._handle: Autoregistration | None = None
        shell.register_magic_function(self.autoregister, "line", _NAME)

    def autoregister(self, line: str) -> None:
        """Register each fit of the following cells, until ``%autoregister off``.

        ``%autoregister PATTERN [REGISTRY]`` registers each fit as a version. ``*`` in PATTERN is
        the algorithm: ``kepler_*``. REGISTRY is a path, or a variable with a registry or a path; by
        default it is the variable ``registry``, or else the default registry. ``%autoregister``
        shows the state.

        Parameters
        ----------
        line : str
            The rest of the line.

        Raises
        ------
        UsageError
            If the pattern or the registry is invalid. IPython shows it as one line.
        """
        # IPython passes a comment too.
        code = f" {line}".partition(" #")[0]
        pattern, *rest = code.split(maxsplit=1) or [""]
        if pattern == "off":
            self.stop()
        elif pattern:
            # After an error, the earlier registration continues.
            handle = self._start(pattern, rest[0].strip("\"' ") if rest else "")
            self.stop()
            self._handle = handle
        is_on = self._handle is not None and self._handle.active
        _show(repr(self._handle) if is_on else _OFF)

    def stop(self) -> None:
        """Stop the registration that the magic has started."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.stop()

    def _start(self, pattern: str, named: str) -> Autoregistration:
        from IPython.core.error import UsageError

        try:
            return self._registry(named).autoregister(pattern)
        except RegistryError as error:
            raise UsageError(str(error)) from error

    def _registry(self, named: str) -> Registry:
        found = self._shell.user_ns.get(named or _USUAL)
        if named and isinstance(found, str | PathLike):
            named = str(found)
        if isinstance(found, self._class):  # type: ignore[arg-type]  # a class, called as a function
            return found  # type: ignore[no-any-return]
        return self._class(named) if named else self._class()


def add_magic(shell: Any, registry_class: Callable[..., Registry]) -> None:
    """Add ``%autoregister`` to a shell.

    Parameters
    ----------
    shell : InteractiveShell
        The shell of IPython.
    registry_class : type
        Class of registries.
    """
    remove_magic(shell)
    AutoregisterMagic(shell, registry_class)


def remove_magic(shell: Any) -> None:
    """Remove ``%autoregister`` from a shell, and stop what it has started.

    Parameters
    ----------
    shell : InteractiveShell
        The shell of IPython.
    """
    found = shell.magics_manager.magics["line"].pop(_NAME, None)
    if found is not None:
        found.__self__.stop()


def _show(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a magic is its output
