"""The plan of one model."""

from __future__ import annotations

from dataclasses import dataclass

from exo_nbregistry.values.frozen import immutable


@immutable
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedModel:
    """The plan of one model.

    Attributes
    ----------
    name : str
        Its name as its store spells it.
    key : str or None
        Its key in this registry; None if its name cannot have one.
    versions : int
        Number of versions to move in.
    present : int
        Number of versions that were moved in before.
    size_bytes : int, bytes
        Size of the files to copy.
    aliases : tuple of str
        Aliases to set.
    renumbered : tuple of (int, int)
        Numbers that are taken, with the new numbers.
    lost : tuple of str
        Parts that this registry cannot keep.
    needs_trust : tuple of str
        Types of its files that are not loaded without trust.
    unchecked : tuple of str
        Versions whose files cannot be read without running their code, each with the reason.
    deleted : tuple of int
        Versions, by their numbers here, that are deleted because they are deleted in their store.
    problems : tuple of str
        Sentences about versions and aliases that are not moved in.
    is_blocked : bool
        Whether none of its versions is moved in.
    """

    name: str
    key: str | None
    versions: int = 0
    present: int = 0
    size_bytes: int = 0
    aliases: tuple[str, ...] = ()
    renumbered: tuple[tuple[int, int], ...] = ()
    lost: tuple[str, ...] = ()
    needs_trust: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    deleted: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()
    is_blocked: bool = False
