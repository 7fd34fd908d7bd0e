"""Calls of a registry, with the Python code that makes them."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RegistryCall:
    """A call of the registry; its code is generated from the call itself.

    Attributes
    ----------
    method : str
        Name of the method.
    args : tuple
        Positional arguments.
    options : dict
        Keyword arguments.

    Examples
    --------
    >>> RegistryCall("tag_model", ("m:1",), {"team": "vetting", "is": 2}).code()
    "registry.tag_model('m:1', team='vetting', **{'is': 2})"
    """

    method: str
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, registry: Any) -> Any:
        """Run the call."""
        return getattr(registry, self.method)(*self.args, **self.options)

    def code(self) -> str:
        """Return the call as Python."""
        named = {key: value for key, value in self.options.items() if _is_keyword_argument(key)}
        other = {key: value for key, value in self.options.items() if key not in named}
        arguments = [*map(repr, self.args), *(f"{key}={value!r}" for key, value in named.items())]
        arguments += [f"**{other!r}"] if other else []
        return f"registry.{self.method}({', '.join(arguments)})"


def _is_keyword_argument(name: str) -> bool:
    # Python normalizes identifiers (NFKC), so that only ASCII ones keep their spelling.
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
