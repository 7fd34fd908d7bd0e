"""Compare the models of a store with those of the registry."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from exo_nbregistry.errors import InvalidInputError, RecordError
from exo_nbregistry.migration.alias_changes import alias_changes
from exo_nbregistry.migration.inspection import Inspections
from exo_nbregistry.migration.names import key_of
from exo_nbregistry.migration.numbering import new_numbers
from exo_nbregistry.migration.packing import pack_files
from exo_nbregistry.migration.planned_model import PlannedModel
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.registry.moved_aliases import IncomingMove, conflict, is_made
from exo_nbregistry.registry.moved_deletions import is_decided
from exo_nbregistry.registry.moving_in import FILES, ModelMoveIn
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.restricted.trust_needed import unlisted_names
from exo_nbregistry.sources.found import FoundModel, FoundVersion, Source
from exo_nbregistry.spelling import close_matches, either
from exo_nbregistry.text.names import name_list


def select_models(source: Source, patterns: Sequence[str] | None) -> list[FoundModel]:
    """Return the models whose names match a pattern.

    Parameters
    ----------
    source : Source
        The store.
    patterns : sequence of str or None
        Names, or patterns such as ``kepler_*``; None for all models.

    Returns
    -------
    list of FoundModel
        The models.

    Raises
    ------
    InvalidInputError
        If a pattern matches no model.
    """
    models = list(source.models())
    if patterns is None:
        return models
    names = [model.name for model in models]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            close = close_matches(pattern, names)
            hint = f"did you mean {either(close)}?" if close else "it has other models."
            raise InvalidInputError(f"{source.location} has no model {pattern!r:.80}; {hint}")
    return [m for m in models if any(fnmatchcase(m.name, pattern) for pattern in patterns)]


def plan_models(
    source: Source, models: Sequence[FoundModel], work: Workspace, files: Inspections
) -> Iterator[PlannedModel]:
    """Yield the plan of each model.

    Parameters
    ----------
    source : Source
        The store.
    models : sequence of FoundModel
        Its models.
    work : Workspace
        The open registry.
    files : Inspections
        Keeps the facts of the files.
    """
    by_key: dict[str | None, list[str]] = {}
    for model in models:
        by_key.setdefault(key_of(model.name), []).append(model.name)
    for model in models:
        key = key_of(model.name)
        if key is None:
            problem = f"{model.name} has no name that is possible here; rename it in its store."
        elif len(by_key[key]) > 1:
            names = by_key[key]
            problem = (
                f"{name_list(names, quoted=True)} would all be {key} here; move in one of them "
                f"with models=[{names[0]!r}], and rename the others in their store."
            )
        else:
            yield _plan_model(source, model, ModelMoveIn(work, key), work, files)
            continue
        yield PlannedModel(name=model.name, key=key, problems=(problem,), is_blocked=True)


class _Totals:
    """Totals of the versions of a model; the versions themselves are not kept."""

    def __init__(self) -> None:
        self.new: list[tuple[str, int | None]] = []
        self.present = 0
        self.size_bytes = 0
        self.aliases: list[tuple[str, str]] = []
        self.lost: dict[str, None] = {}
        self.needs_trust: dict[str, None] = {}
        self.unchecked: list[str] = []
        self.deleted: list[str] = []
        self.problems: list[str] = []

    def add(self, found: FoundVersion, move: ModelMoveIn, files: Inspections) -> None:
        """Add a version."""
        self.aliases += [(alias, found.source_id) for alias in found.aliases]
        if found.deleted:
            self.deleted.append(found.source_id)
        try:
            if known_number(found, move, files) is not None:
                self.present += 1
                return
            self.size_bytes += sum(file.size_bytes for file in found.files.values())
            if found.model_file is not None:
                seen = files.of(found.source_id, found.model_file)
                self.size_bytes += seen.size_bytes
                names = unlisted_names(seen.names)
                self.needs_trust |= dict.fromkeys(names)
                if seen.problem and not names:
                    file = f"{found.model_file.path.name} of {found.source_id}"
                    self.unchecked.append(f"{file} ({seen.problem.rstrip('.')})")
        except OSError as error:
            self.problems.append(unreadable(found, error))
            return
        self.lost |= dict.fromkeys(found.lost)
        self.new.append((found.source_id, found.number))


def known_number(found: FoundVersion, move: ModelMoveIn, files: Inspections) -> int | None:
    """Return the number of a version that was moved in before with the same bytes, or None.

    Parameters
    ----------
    found : FoundVersion
        The version in its store.
    move : ModelMoveIn
        The versions of the registry.
    files : Inspections
        Computes digests.

    Raises
    ------
    OSError
        If its files cannot be read.
    """
    if move.number_of(found.source_id) is None:
        return None
    digest = ""
    if found.model_file is not None:
        digest = files.of(found.source_id, found.model_file, digest=True).sha256
    elif found.files:
        try:
            digest = pack_files(found.files, FILES).artifact.sha256
        except RecordError:
            return None
    return move.find(found.source_id, digest)


def unreadable(found: FoundVersion, error: OSError) -> str:
    """Return the sentence about a version whose files cannot be read."""
    name = f"{error.filename}: " if error.filename else ""
    return f"{found.source_id} was not moved in: {name}{error.strerror or error}."


def _plan_model(
    source: Source, model: FoundModel, move: ModelMoveIn, work: Workspace, files: Inspections
) -> PlannedModel:
    totals = _Totals()
    for found in source.versions(model.name):
        totals.add(found, move, files)
    numbers = new_numbers([number for _, number in totals.new], move.last)
    new = {source_id: number for (source_id, _), number in zip(totals.new, numbers, strict=True)}

    def number_of(source_id: str) -> int | None:
        return new.get(source_id) or move.number_of(source_id)

    changes, lost = alias_changes(model, totals.aliases, source.kind, number_of)
    state = work.journal.snapshot(move.key).state
    pending = [change for change in changes if not is_made(state, change)]
    conflicts = {c.alias: text for c in pending[::-1] if (text := conflict(state, move.key, c))}
    nothing = (
        () if totals.new or totals.present or totals.problems else ("a model without versions",)
    )
    taken = zip(totals.new, numbers, strict=True)
    withdrawn = [n for n in map(number_of, totals.deleted) if n and not is_decided(state, n)]
    return PlannedModel(
        name=model.name,
        key=move.key,
        versions=len(totals.new),
        present=totals.present,
        size_bytes=totals.size_bytes,
        aliases=_once(_moved(pending, state, conflicts)),
        renumbered=tuple((old, now) for (_, old), now in taken if old not in (None, now) and old),
        lost=_once((*model.lost, *totals.lost, *lost, *nothing)),
        needs_trust=tuple(sorted(totals.needs_trust)),
        unchecked=tuple(totals.unchecked),
        deleted=tuple(withdrawn),
        problems=(*totals.problems, *conflicts.values()),
    )


def _moved(
    changes: Iterable[IncomingMove], state: ModelState, conflicts: Container[str]
) -> Iterator[str]:
    """Yield the alias of each change after which it points to another version."""
    now = {alias: move.version for alias, move in state.aliases().items()}
    for change in changes:
        if change.alias not in conflicts and now.get(change.alias) != change.version:
            now[change.alias] = change.version
            yield change.alias


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
