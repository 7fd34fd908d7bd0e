"""Plan of a move-in: what it copies, what it cannot keep, and which files need trust."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import html_unless_text, runs_unattended
from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.migration.execution import Execution
from exo_nbregistry.migration.inspection import Inspections
from exo_nbregistry.migration.names import tool_name
from exo_nbregistry.migration.places import check_places
from exo_nbregistry.migration.plan_table import (
    breakable_path,
    plan_table,
    problem_lines,
    proposal_cells,
    total_lines,
)
from exo_nbregistry.migration.planned_model import PlannedModel
from exo_nbregistry.migration.planning import plan_models, select_models
from exo_nbregistry.migration.proposal import PROPOSAL_HEADERS, proposal_rows
from exo_nbregistry.migration.result import MoveInResult
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.moving_in import workspace_of
from exo_nbregistry.sources.found import FoundModel, Source
from exo_nbregistry.sources.open_source import open_source
from exo_nbregistry.text.markup import html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import line_width, visible

if TYPE_CHECKING:
    import pandas as pd

_TEXT_WIDTH = 140


class MoveInPlan:
    """Plan of a move-in, which a notebook and a terminal show as a table.

    Parameters
    ----------
    source : Source
        The store.
    registry : ModelRegistry
        The registry.
    found : sequence of FoundModel
        The models of the store.
    files : Inspections
        The inspected files.
    models : sequence of PlannedModel
        The plan of each model.

    Attributes
    ----------
    models : tuple of PlannedModel
        The plan of each model.
    lost : tuple of str
        What this registry cannot keep of the whole store.
    """

    def __init__(
        self,
        source: Source,
        registry: ModelRegistry,
        found: Sequence[FoundModel],
        files: Inspections,
        models: Sequence[PlannedModel],
    ) -> None:
        self._source = source
        self._registry = registry
        self._found = tuple(found)
        self._files = files
        self.models = tuple(models)
        self.lost = tuple(source.lost)

    @property
    def source(self) -> str:
        """Location and tool of the store."""
        return f"{self._source.location} ({tool_name(self._source.kind)})"

    @property
    def target(self) -> str:
        """Location of the registry."""
        return self._registry.location

    @property
    def versions(self) -> int:
        """Number of versions to move in."""
        return sum(model.versions for model in self.models)

    @property
    def present(self) -> int:
        """Number of versions that were moved in before."""
        return sum(model.present for model in self.models)

    @property
    def size_bytes(self) -> int:
        """Size of the files to copy in bytes."""
        return sum(model.size_bytes for model in self.models)

    @property
    def needs_trust(self) -> tuple[str, ...]:
        """Types of all files that are not loaded without trust, sorted."""
        return tuple(sorted({name for model in self.models for name in model.needs_trust}))

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences about versions and aliases that are not moved in."""
        return tuple(dict.fromkeys(text for model in self.models for text in model.problems))

    @property
    def is_guessed(self) -> bool:
        """Whether the models and versions are guessed from file names."""
        return bool(getattr(self._source, "confirm", False))

    @property
    def changes_nothing(self) -> bool:
        """Whether all versions, aliases and deletions are in the registry already."""
        return not any(model.versions or model.aliases or model.deleted for model in self.models)

    @property
    def proposal(self) -> list[list[object]]:
        """The file, the model and the version of each file that is guessed to be a version."""
        return proposal_rows(self._found)

    def execute(self, *, trust: bool = False, progress: bool = True) -> MoveInResult:
        """Move the versions in.

        The store is only read. Each version is signed with your key. A version that was moved in
        before is not added again: after an interruption, the same call continues.

        Parameters
        ----------
        trust : bool
            Declare that you trust all files of the plan: they are loaded as your own models
            are. A version that was moved in before does not change. By default, a moved-in model is
            loaded as one of an unknown signer: only if it has no types that could run code, or with
            ``trust=`` or ``unsafe=True``.
        progress : bool
            Whether to show a progress bar.

        Returns
        -------
        MoveInResult
            The number of versions, and the problems.

        Raises
        ------
        StoreError
            If the registry cannot be written. The same call continues.

        Examples
        --------
        >>> from pathlib import Path
        >>> import joblib
        >>> from exo_nbregistry.migration import plan_move_in
        >>> from sklearn.linear_model import Ridge
        >>> Path("ridges").mkdir()
        >>> _ = joblib.dump(Ridge(), "ridges/ridge_v1.pkl")
        >>> plan_move_in("ridges", registry, kind="files").execute(progress=False).versions
        1
        """
        from tqdm.auto import tqdm

        work = workspace_of(self._registry)
        work.prepare_first_write()
        blocked = {model.name for model in self.models if model.is_blocked}
        options: dict[str, Any] = {"unit": "B", "unit_scale": True}
        options["disable"] = not progress or runs_unattended()
        with tqdm(total=self.size_bytes, desc="Moving in", **options) as bar:
            run = Execution(self._source, work, self._files, trusted=trust, report=bar.update)
            run.run(model for model in self._found if model.name not in blocked)
        refused = (text for model in self.models if model.is_blocked for text in model.problems)
        return MoveInResult(
            source=self._source.location,
            target=self.target,
            versions=run.versions,
            present=run.present,
            aliases=run.aliases,
            deleted=run.deleted,
            size_bytes=run.size_bytes,
            problems=(*dict.fromkeys(refused), *run.problems),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per model as a DataFrame.

        Returns
        -------
        pandas.DataFrame of shape (n_models, 13)
            The attributes of `PlannedModel`.
        """
        import pandas as pd

        names = list(PlannedModel.__dataclass_fields__)
        return pd.DataFrame(
            {name: [getattr(model, name) for model in self.models] for name in names}
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain values, for JSON."""
        names = list(PlannedModel.__dataclass_fields__)
        return {
            "source": self._source.location,
            "kind": self._source.kind,
            "target": self.target,
            "versions": self.versions,
            "present": self.present,
            "size_bytes": self.size_bytes,
            "lost": list(self.lost),
            "proposal": self.proposal,
            "models": [{name: getattr(model, name) for name in names} for model in self.models],
        }

    def __repr__(self) -> str:
        """Return a text table with the totals and the problems."""
        width = line_width(_TEXT_WIDTH)
        files = proposal_cells(self.proposal, width)
        table = [text_table(PROPOSAL_HEADERS, files, width=width), ""] if files else []
        table += [text_table(*plan_table(self.models), width=width), ""] if self.models else []
        lines = [*total_lines(self), *problem_lines(self)]
        return "\n".join([*table, *map(visible, lines)])

    def to_html(self) -> str:
        """Return the plan as HTML without scripts or style sheets."""
        files = [[breakable_path(str(file)), *others] for file, *others in self.proposal]
        tables = [html_table(PROPOSAL_HEADERS, files)] if files else []
        tables += [html_table(*plan_table(self.models))] if self.models else []
        lines = [*total_lines(self), *problem_lines(self)]
        return stack([*tables, *map(paragraph, lines)])

    _repr_html_ = html_unless_text(to_html)


def plan_move_in(
    source: str | os.PathLike[str] | Source,
    registry: ModelRegistry,
    *,
    kind: str | None = None,
    models: Sequence[str] | None = None,
    names: Mapping[str, Any] | None = None,
) -> MoveInPlan:
    """Return the plan to move the models of another tool into a registry. Nothing is written.

    Parameters
    ----------
    source : str, Path or Source
        The store: the folder ``mlruns`` or the database ``mlflow.db`` of MLflow, a board of pins,
        a git repository with tags of gto, the folder of the predecessor with ``index.json``, a
        folder of joblib, pickle or skops files; or your own reader.
    registry : ModelRegistry
        The registry. `MoveInPlan.execute` creates it if it does not exist.
    kind : {'mlflow', 'pins', 'json-index', 'gto', 'files'}, optional
        The tool; by default it is recognized by its files.
    models : sequence of str, optional
        Names of the models to move in, or patterns such as ``kepler_*``; by default all.
    names : mapping of str to str, (str, int) or None, optional
        For a folder of model files: the model, or the model and the version, by the name of a
        file, its path or a pattern, instead of the proposed one; None leaves the file out.

    Returns
    -------
    MoveInPlan
        The plan. Nothing is unpickled to make it.

    Raises
    ------
    InvalidInputError
        If the store does not exist or is not recognized, if it is inside the registry or the
        registry inside it, if a name matches no model, or if an item of `names` is invalid or
        matches no file.

    Examples
    --------
    >>> from pathlib import Path
    >>> import joblib
    >>> from sklearn.linear_model import Ridge
    >>> Path("old").mkdir()
    >>> _ = joblib.dump(Ridge(2.0), "old/ridge_v1.pkl")
    >>> plan = plan_move_in("old", registry, kind="files")
    >>> plan.versions, plan.needs_trust
    (1, ())
    """
    if isinstance(source, str | os.PathLike):
        source = open_source(source, kind, names=names)
    elif names is not None:
        raise InvalidInputError("names= requires the path of a folder; pass names to the reader.")
    check_places(source, registry.location)
    found = select_models(source, [models] if isinstance(models, str) else models)
    files = Inspections()
    planned = list(plan_models(source, found, workspace_of(registry), files))
    return MoveInPlan(source, registry, found, files, planned)
