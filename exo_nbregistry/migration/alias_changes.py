"""The changes of aliases that a move-in makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exo_nbregistry.migration.names import alias_names
from exo_nbregistry.registry.moved_aliases import IncomingMove
from exo_nbregistry.sources.found import FoundModel


def alias_changes(
    model: FoundModel,
    current: Sequence[tuple[str, str]],
    tool: str,
    number_of: Callable[[str], int | None],
) -> tuple[list[IncomingMove], tuple[str, ...]]:
    """Return the changes of the aliases of a model, oldest first.

    Parameters
    ----------
    model : FoundModel
        The model. If its store has no history of aliases, each current alias is one change.
    current : sequence of (str, str)
        The current aliases with the ids of their versions.
    tool : str
        The tool.
    number_of : callable
        Takes the id of a version and returns its number in this registry, or None.

    Returns
    -------
    changes : list of IncomingMove
        The changes.
    lost : tuple of str
        Aliases that this registry cannot have, each with the reason.
    """
    moves = model.alias_moves
    names, lost = alias_names([m.alias for m in moves] if moves else [a for a, _ in current])
    problems = list(lost)
    changes = []
    start = f"{tool}:{model.name}"
    places: dict[str, int] = {}
    for move in moves:
        alias = names.get(move.alias)
        if alias is None:
            continue
        version = None if move.source_id is None else number_of(move.source_id)
        place = places[alias] = places.get(alias, 0) + 1
        if move.source_id is not None and version is None:
            problems.append(f"alias {move.alias} on {move.source_id} (not moved in)")
            continue
        changes.append(
            IncomingMove(
                alias=alias,
                version=version,
                series=f"{start}@{alias}",
                source_id=move.source_id,
                place=place,
                at=move.at,
                by=move.by,
            )
        )
    for alias, source_id in () if moves else current:
        version = number_of(source_id)
        if alias in names and version is not None:
            name = names[alias]
            change = IncomingMove(
                alias=name, version=version, series=f"{start}@{name}", source_id=source_id
            )
            changes.append(change)
    return changes, tuple(problems)
