"""The result of a move-in."""

from __future__ import annotations

from dataclasses import dataclass

from exo_nbregistry.text.markup import count
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
        changes = "1 change of an alias" if self.aliases == 1 else f"{self.aliases:,} alias changes"
        moved = f"{count(self.versions, 'version')} ({size(self.size_bytes)}) and {changes}"
        text = f"Moved in: {moved}, from {self.source} to {self.target}"
        text += f"; {count(self.present, 'version')} already there" if self.present else ""
        text += (
            f"; {count(self.deleted, 'version')} deleted as in the store." if self.deleted else "."
        )
        lines = [visible(text), *map(visible, self.problems[:_MAX_PROBLEMS])]
        rest = len(self.problems) - _MAX_PROBLEMS
        return "\n".join([*lines, *([f"… and {rest:,} more problems"] if rest > 0 else [])])
