"""The folded display of all versions: one row for each model, or for each parent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from exo_nbregistry.views.folding import is_drowned
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.model_table import Summaries


@dataclass(frozen=True, slots=True)
class Folding:
    """Folds a list of all versions, or of all versions of a model.

    Parameters
    ----------
    list_models, list_model_names : callable
        The methods of the registry.
    model_name : str or None
        Only versions of this model.
    include_deleted : bool
        Whether deleted versions are included.
    """

    list_models: Callable[..., Listing]
    list_model_names: Callable[..., Summaries]
    model_name: str | None
    include_deleted: bool

    def fold(self, size: int) -> Summaries | Listing | None:
        """Return one row for each model or parent if the versions would fill the rows.

        Parameters
        ----------
        size : int
            Number of rows.

        Returns
        -------
        Summaries, Listing or None
            The models, the versions without folded children, or None if there is nothing to fold.
        """
        if self.model_name is None:
            models = self.list_model_names(limit=size, include_deleted=self.include_deleted)
            ends = accumulate(model.n_versions + model.n_deleted for model in models)
            n_shown = 1 + sum(end < size for end in ends)
            if is_drowned(n_shown, models.total, size):
                return models
        versions = self.list_models(
            self.model_name, limit=size, include_deleted=self.include_deleted, fold_children=True
        )
        return versions if versions.children else None
