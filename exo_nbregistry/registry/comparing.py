"""Compare versions side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.journal.record_files import MAX_AT_ONCE, Place
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.search import Search
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.text.markup import count
from exo_nbregistry.values.metric import higher_is_better
from exo_nbregistry.values.reference import model_key, parse_reference
from exo_nbregistry.views.comparison import Comparison, compare


class Comparing:
    """Registry method that compares versions.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    search : Search
        Lists versions.
    """

    def __init__(self, workspace: Workspace, search: Search) -> None:
        self._work = workspace
        self._search = search

    def compare_models(
        self, refs: Sequence[str] | None = None, *, model_name: str | None = None
    ) -> Comparison:
        """Compare versions side by side.

        Parameters
        ----------
        refs : sequence of str, optional
            References to at least two versions; the first is the baseline. The default is the
            latest version of every model.
        model_name : str, optional
            Compare all active versions of this model. Cannot be combined with `refs`.

        Returns
        -------
        Comparison
            The differences between the versions.

        Raises
        ------
        RegistryError
            If there are fewer than two versions.
        NotFoundError
            If a version or the model does not exist.

        Examples
        --------
        >>> registry.register_model(model={"threshold": 0.5}, model_name="baseline")
        'baseline:1'
        >>> [item.model_id for item in registry.compare_models().items]
        ['baseline:1', 'kepler_rf:1']
        """
        if refs is not None and model_name is not None:
            raise RegistryError(
                "compare_models() takes either references, such as ['kepler_rf:1', "
                "'kepler_rf:2'], or model_name='kepler_rf', not both."
            )
        if isinstance(refs, str):
            name = refs.partition(":")[0]
            raise RegistryError(
                f"compare_models() requires a list of references: compare_models([{refs!r}, "
                f"...]), or compare_models(model_name={name!r}) for all versions of one model."
            )
        if refs is not None and not isinstance(refs, Iterable):
            raise RegistryError(
                "compare_models() requires a list of references, such as ['kepler_rf:1', "
                f"'kepler_rf:2'], got {refs!r:.60}."
            )
        with self._work.journal.shared_reads():
            if refs is not None:
                items = self._metadata_of(refs)
            elif model_name is not None:
                items = list(reversed(self._search.list_models(model_name, order_by="-version")))
            else:
                items = self._latest()
        return compare(items, directions=higher_is_better)

    def _metadata_of(self, refs: Sequence[str]) -> list[ModelMetadata]:
        """Return the metadata of versions, with one snapshot per model."""
        references = [parse_reference(ref) for ref in refs]
        snapshots = {
            reference.key: self._work.journal.snapshot(reference.key) for reference in references
        }
        return [
            snapshots[reference.key].metadata(snapshots[reference.key].resolve(reference))
            for reference in references
        ]

    def _latest(self) -> list[ModelMetadata]:
        found, _unknown = self._work.index.names(None, (), None, 0, False)
        names = [summary.model_name for summary in found]
        if len(names) < 2:
            raise RegistryError(
                "compare_models() without arguments compares the latest version of every model "
                f"and requires at least 2 models; this registry has {count(len(names), 'model')}. "
                "Pass model_name= to compare the versions of one model."
            )
        places = (Place(model_key(item.model_name), item.latest_version) for item in found)
        self._work.journal.read_ahead(list(islice(places, MAX_AT_ONCE)))
        return self._metadata_of(names)
