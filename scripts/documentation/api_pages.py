"""Reference of the Python API, from the public names and their docstrings."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

from exo_nbregistry.registry import facade
from exo_nbregistry.registry.facade import ModelRegistry

_GROUP = re.compile(r"^    # (.+)$", re.MULTILINE)
_METHOD = re.compile(r"^    (\w+) = delegate\(", re.MULTILINE)
OTHER = "Panels and properties"
REGISTRY = "exo_nbregistry.ModelRegistry"
# Modules whose public names have a page each, most general first.
MODULES = (
    "exo_nbregistry",
    "exo_nbregistry.errors",
    "exo_nbregistry.evaluation",
    "exo_nbregistry.migration",
    "exo_nbregistry.training",
    "exo_nbregistry.serve",
    "exo_nbregistry.agents.tools",
    "exo_nbregistry.exoplanet",
)
_ELSEWHERE = ("ModelRegistry", "__version__")


def registry_groups() -> dict[str, list[str]]:
    """Return the public methods of ModelRegistry, by the headings in its source.

    Returns
    -------
    dict of str to list of str
        Names by heading, in the order of the source. The last heading has all other names.
    """
    source = inspect.getsource(facade.ModelRegistry)
    parts = _GROUP.split(source)[1:]
    sections = zip(parts[::2], parts[1::2], strict=True)
    found = {title: _METHOD.findall(text) for title, text in sections}
    groups = {title: names for title, names in found.items() if names}
    listed = {name for names in groups.values() for name in names}
    others = [name for name in dir(ModelRegistry) if not name.startswith("_")]
    return groups | {OTHER: [name for name in others if name not in listed]}


def registry_page() -> str:
    """Return the reference of ModelRegistry, with one section for each group of methods."""
    lines = [_block(f".. autoclass:: {REGISTRY}")]
    for title, names in registry_groups().items():
        entries = [f".. {_directive(ModelRegistry, name)}:: {REGISTRY}.{name}" for name in names]
        lines += [f"## {title}", _block("\n".join(entries))]
    return "\n\n".join(lines)


def module_page(module: str) -> str:
    """Return the reference of the public names of a module, without ModelRegistry."""
    found = import_module(module)
    names = [name for name in public_names(module) if name not in _ELSEWHERE]
    return _block("\n\n".join(_entry(module, name, getattr(found, name)) for name in names))


def public_names(module: str) -> list[str]:
    """Return the public names of a module; for the module of the errors, its classes."""
    found = import_module(module)
    return list(getattr(found, "__all__", None) or _defined_names(found))


def _defined_names(module: Any) -> list[str]:
    return [
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__
    ]


def _entry(module: str, name: str, value: Any) -> str:
    home = _documented_in(module, name, value)
    if home:
        return f":py:obj:`{name} <{home}.{name}>` is the same as in {home}."
    if inspect.isclass(value):
        return f".. autoclass:: {module}.{name}\n   :members:"
    kind = "autofunction" if callable(value) else "autodata"
    return f".. {kind}:: {module}.{name}"


def _documented_in(module: str, name: str, value: Any) -> str | None:
    """Return an earlier module that has the same public object, or None."""
    for earlier in MODULES[: MODULES.index(module)]:
        if name in public_names(earlier) and getattr(import_module(earlier), name) is value:
            return earlier
    return None


def _directive(owner: type, name: str) -> str:
    value = inspect.getattr_static(owner, name)
    return "autoproperty" if isinstance(value, property) else "automethod"


def _block(text: str) -> str:
    return f"```{{eval-rst}}\n{text}\n```"
