"""The result of a move-in."""

from __future__ import annotations

from dataclasses import dataclass

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.text.markup import count, paragraph, stack
from exo_nbregistry.text.numbers import size
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.values.frozen import immutable

_MAX_PROBLEMS = 20


@immutable
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MoveInResult:
    """The result of `MoveInPlan.execute`.

    Attributes
    ----------
    source, target : str
        Location of the store and of the registry.
    versions : int
        Number of versions that were added.
    present : int
        Number of versions that were moved in before.
    aliases : int
        Number of changes of aliases.
    deleted : int
        Number of versions that were deleted, because they are deleted in their store.
    size_bytes : int, bytes
        Size of the files that were copied.
    problems : tuple of str
        Sentences about versions and aliases that were not moved in.

    Examples
    --------
    >>> MoveInResult(
    ...     source="mlruns",
    ...     target="models",
    ...     versions=2,
    ...     present=1,
    ...     aliases=1,
    ...     size_bytes=2_500,
    ... )
    Moved in: 2 versions (2.5 kB) and 1 change of an alias, from mlruns to models; 1 version \
already there.
    """

    source: str
    target: str
    versions: int
    present: int
    aliases: int
    size_bytes: int
    deleted: int = 0
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the result as sentences."""
        return "\n".join(map(visible, self._lines()))

    def to_html(self) -> str:
        """Return the result as HTML without scripts or style sheets."""
        return stack(map(paragraph, self._lines()))

    _repr_html_ = html_unless_text(to_html)

    def _lines(self) -> list[str]:
        moved = f"{count(self.versions, 'version')} ({size(self.size_bytes)})"
        if self.aliases:
            one = self.aliases == 1
            moved += " and 1 change of an alias" if one else f" and {self.aliases:,} alias changes"
        text = f"Moved in: {moved}, from {self.source} to {self.target}"
        text += f"; {count(self.present, 'version')} already there" if self.present else ""
        text += (
            f"; {count(self.deleted, 'version')} deleted as in the store." if self.deleted else "."
        )
        rest = len(self.problems) - _MAX_PROBLEMS
        more = [f"… and {count(rest, 'more problem')}"] if rest > 0 else []
        return [text, *self.problems[:_MAX_PROBLEMS], *more]
