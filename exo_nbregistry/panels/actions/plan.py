"""An action before it is done: the question, the calls, and the code that makes the same calls."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.errors import VersionNotFoundError
from exo_nbregistry.panels.actions.undo import Fact
from exo_nbregistry.records.model_state import ACTIVE, DELETED
from exo_nbregistry.text.markup import count

_MAX_NAMED = 5


@dataclass(frozen=True)
class RegistryCall:
    """One call of the registry; its code is made of what is called, so it cannot say otherwise.

    Attributes
    ----------
    method : str
        The method's name.
    args : tuple
        Its arguments by place.
    options : dict
        Its arguments by name.
    facts : tuple of Fact
        What it may change, or relies on.

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
        """Do it."""
        return getattr(registry, self.method)(*self.args, **self.options)

    def code(self, *first: str) -> str:
        """Return the line of Python; `first` stands in the place of the first arguments."""
        named = {key: value for key, value in self.options.items() if _is_keyword_argument(key)}
        other = {key: value for key, value in self.options.items() if key not in named}
        told = [*first, *map(repr, self.args[len(first) :])]
        told += [f"{key}={value!r}" for key, value in named.items()]
        told += [f"**{other!r}"] if other else []
        return f"registry.{self.method}({', '.join(told)})"


@dataclass(frozen=True)
class Plan:
    """An action that can be done by a click.

    Attributes
    ----------
    name : str
        What is done, in two or three words.
    question : str
        What is asked before.
    calls : tuple of RegistryCall
        What is done; several are the same one for several versions.
    message : str or callable
        What is said after; a callable takes what the calls returned.
    permanent_because : str
        Why it cannot be undone; empty if it can.
    """

    name: str
    question: str
    calls: tuple[RegistryCall, ...]
    message: str | Callable[[list[Any]], str]
    permanent_because: str = ""

    @property
    def code(self) -> str:
        """The lines of Python that do the same."""
        if len(self.calls) == 1:
            return self.calls[0].code()
        refs = [call.args[0] for call in self.calls]
        return f"for ref in {refs!r}:\n    {self.calls[0].code('ref')}"

    def result_message(self, results: list[Any]) -> str:
        """Return what is said when all calls were made."""
        return self.message if isinstance(self.message, str) else self.message(results)


def require_active(registry: Any, ref: str) -> None:
    """Refuse a version that is hidden, be it since a moment: nothing is said of it any more.

    Raises
    ------
    VersionNotFoundError
        With what to do.
    """
    status = registry.get_metadata(ref).status
    if status != ACTIVE:
        then = "restore it first" if status == DELETED else "its model is gone for good"
        raise VersionNotFoundError(f"{ref} is {status}: {then}.", name=ref)


def listed(refs: Sequence[str]) -> str:
    """Return a few references in full, and of many how many there are.

    Examples
    --------
    >>> listed(["m:1", "m:2"]), listed([f"m:{n}" for n in range(9)])
    ('m:1 and m:2', '9 versions (m:0, m:1, m:2, m:3, m:4 and 4 more)')
    """
    if len(refs) <= _MAX_NAMED:
        return " and ".join([", ".join(refs[:-1]), refs[-1]] if refs[1:] else refs)
    named = ", ".join(refs[:_MAX_NAMED])
    return f"{count(len(refs), 'version')} ({named} and {len(refs) - _MAX_NAMED} more)"


def _is_keyword_argument(name: str) -> bool:
    # Python folds identifiers that look alike into one: only plain ones are spelled as they are.
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
