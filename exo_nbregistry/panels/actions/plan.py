"""Plan of an action: the question, the calls and the equivalent code."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.errors import VersionNotFoundError
from exo_nbregistry.panels.actions.undo import Fact
from exo_nbregistry.records.model_state import ACTIVE, DELETED
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import MAX_NAMES, name_list


@dataclass(frozen=True)
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
    facts : tuple of Fact
        Facts that the call may change or depends on.

    Examples
    --------
    >>> RegistryCall("tag_model", ("m:1",), {"team": "vetting", "is": 2}).code()
    "registry.tag_model('m:1', team='vetting', **{'is': 2})"
    """

    method: str
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()

    def run(self, registry: Any) -> Any:
        """Run the call."""
        return getattr(registry, self.method)(*self.args, **self.options)

    def code(self, *first: str) -> str:
        """Return the call as Python; `first` replaces the first arguments."""
        named = {key: value for key, value in self.options.items() if _is_keyword_argument(key)}
        other = {key: value for key, value in self.options.items() if key not in named}
        arguments = [*first, *map(repr, self.args[len(first) :])]
        arguments += [f"{key}={value!r}" for key, value in named.items()]
        arguments += [f"**{other!r}"] if other else []
        return f"registry.{self.method}({', '.join(arguments)})"


@dataclass(frozen=True)
class Plan:
    """An action to confirm.

    Attributes
    ----------
    name : str
        Short name of the action.
    question : str
        Question to confirm.
    calls : tuple of RegistryCall
        Calls to run; several are the same call for several versions.
    message : str or callable
        Message after the calls; a callable receives their results.
    permanent_because : str
        Reason why the action cannot be undone; empty if it can be.
    """

    name: str
    question: str
    calls: tuple[RegistryCall, ...]
    message: str | Callable[[list[Any]], str]
    permanent_because: str = ""

    @property
    def code(self) -> str:
        """Equivalent Python code."""
        if len(self.calls) == 1:
            return self.calls[0].code()
        refs = [call.args[0] for call in self.calls]
        return f"for ref in {refs!r}:\n    {self.calls[0].code('ref')}"

    def result_message(self, results: list[Any]) -> str:
        """Return the message after all calls."""
        return self.message if isinstance(self.message, str) else self.message(results)


def require_active(registry: Any, ref: str) -> None:
    """Check that a version is not deleted or purged.

    Raises
    ------
    VersionNotFoundError
        If the version is deleted or purged.
    """
    status = registry.get_metadata(ref).status
    if status != ACTIVE:
        then = "restore it first" if status == DELETED else "its model was deleted permanently"
        raise VersionNotFoundError(f"{ref} is {status}; {then}.", name=ref)


def join_references(refs: Sequence[str]) -> str:
    """Return references as text; of many, only the first ones and their number.

    Examples
    --------
    >>> join_references(["m:1", "m:2"]), join_references([f"m:{n}" for n in range(9)])
    ('m:1 and m:2', '9 versions (m:0, m:1, m:2, m:3, m:4 and 4 more)')
    """
    if len(refs) <= MAX_NAMES:
        return " and ".join([", ".join(refs[:-1]), refs[-1]] if refs[1:] else refs)
    return f"{count(len(refs), 'version')} ({name_list(refs)})"


def _is_keyword_argument(name: str) -> bool:
    # Python normalizes identifiers (NFKC), so that only ASCII ones keep their spelling.
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
