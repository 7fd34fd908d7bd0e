"""The model registry: register, load, list, compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import (
    InvalidReferenceError,
    NotFoundError,
    RegistryError,
)
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.aliasing import Aliasing
from exo_nbregistry.registry.curation import Curation
from exo_nbregistry.registry.exchange import Exchange
from exo_nbregistry.registry.maintenance import Maintenance
from exo_nbregistry.registry.overview import Overview
from exo_nbregistry.registry.plotting import Plotting
from exo_nbregistry.registry.registration import Registration
from exo_nbregistry.values.metric import higher_is_better as metric_direction
from exo_nbregistry.views.comparison import Comparison, compare

if TYPE_CHECKING:
    from exo_nbregistry.panels.browser.panel import BrowserPanel


class ModelRegistry(Registration, Plotting, Overview, Aliasing, Curation, Exchange, Maintenance):
    """A model registry in a plain folder.

    Each version is immutable, checked and signed; several kernels and machines may write at
    once; a crash loses nothing that was acknowledged.

    Parameters
    ----------
    path : str, Path or Store
        The registry's folder, or a store.
    create : bool
        Whether to make a registry where there is none.
    durable : bool
        Whether what is acknowledged survives power loss; False is faster, for scratch.
    keyring : Keyring or None
        Signs and judges; by default this user's own.
    now : callable or None
        Returns the time as an aware datetime; by default the system's clock.
    new_id : callable or None
        Returns a new random id; by default ``uuid4().hex``.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> registry = ModelRegistry("models/registry")
    >>> model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    >>> registry.register_model(model=model, model_name="toy")
    'toy:1'
    >>> loaded, metadata = registry.load_model("toy")
    >>> metadata.algorithm
    'LogisticRegression'
    >>> registry["toy:1"] == metadata, "toy@champion" in registry
    (True, False)
    """

    # Else Python would try registry[0], registry[1] and so on; list_models() goes over versions.
    __iter__ = None
    _panel: BrowserPanel | None = None

    def __getitem__(self, ref: str) -> ModelMetadata:
        """Return what the registry knows of a version, as `get_metadata` does.

        Parameters
        ----------
        ref : str
            Any reference; in a notebook the tab key completes names and aliases.

        Returns
        -------
        ModelMetadata
            Always read from the registry itself.

        Raises
        ------
        NotFoundError
            If the reference means nothing.
        """
        return self.get_metadata(ref)

    def __contains__(self, ref: object) -> bool:
        """Tell whether a reference means a version, be it a deleted one that is named."""
        try:
            self.get_metadata(ref)  # type: ignore[arg-type]  # what is no text is no reference
        except (NotFoundError, InvalidReferenceError):
            return False
        return True

    def _ipython_key_completions_(self) -> list[str]:
        return self._index.references()

    def compare_models(
        self, refs: Sequence[str] | None = None, *, model_name: str | None = None
    ) -> Comparison:
        """Compare versions side by side.

        Parameters
        ----------
        refs : sequence of str, optional
            References, the first being what the others are compared with.
        model_name : str, optional
            Instead: all active versions of this model.

        Returns
        -------
        Comparison
            Shows what differs.

        Raises
        ------
        RegistryError
            If there are fewer than two versions.
        """
        if (refs is None) == (model_name is None):
            raise RegistryError(
                "Give compare_models either references, such as ['kepler_rf:1', 'kepler_rf:2'], "
                "or model_name='kepler_rf'."
            )
        if isinstance(refs, str):
            name = refs.partition(":")[0]
            raise RegistryError(
                f"compare_models takes a list of references: compare_models([{refs!r}, ...]), or "
                f"compare_models(model_name={name!r}) for all versions of one model."
            )
        if refs is None:
            items = list(reversed(self.list_models(model_name, order_by="-version")))
        else:
            items = [self.get_metadata(ref) for ref in refs]
        return compare(items, directions=metric_direction)

    def browse(
        self,
        where: str = "",
        *,
        model_name: str | None = None,
        order_by: str | None = None,
        page_size: int = 25,
        columns: Sequence[str] | None = None,
    ) -> BrowserPanel:
        """Return a panel to search, sort, select, compare and change versions in.

        Parameters
        ----------
        where : str
            Words or a filter to begin with.
        model_name : str, optional
            Only this model's versions to begin with.
        order_by : str, optional
            A field, with ``-`` before it for descending; by default the newest first.
        page_size : int
            How many rows a page has.
        columns : sequence of str, optional
            Such as ``aliases`` or ``metrics.f1_score``; by default those that suit.

        Returns
        -------
        BrowserPanel
            Its ``selected`` can be read, set and observed; where no kernel serves it, it shows
            as a table.

        Examples
        --------
        >>> panel = registry.browse("kepler", columns=["metrics.f1_score"])
        >>> panel.selected = ["kepler_rf"]
        >>> panel.selected
        ('kepler_rf:1',)
        """
        from exo_nbregistry.panels.browser.panel import BrowserPanel

        return BrowserPanel(
            self,
            where,
            model_name=model_name,
            order_by=order_by,
            page_size=page_size,
            columns=columns,
        )

    def _repr_mimebundle_(self, **asked: Any) -> dict[str, Any]:
        # One panel, however often a cell is run: widgets live as long as the kernel.
        if self._panel is None or self._panel.comm is None:
            self._panel = self.browse()
        else:
            self._panel.refresh()
        return self._panel._repr_mimebundle_(**asked)
