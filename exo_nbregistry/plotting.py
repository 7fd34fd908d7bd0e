"""Plotting: what the registry knows of versions, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.listing import Listing
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.plot.kinds import Kind, choose, find_kind
from exo_nbregistry.reference import parse_reference
from exo_nbregistry.retrieval import Retrieval

if TYPE_CHECKING:
    from exo_nbregistry.plot.view import Plot

_OPTIONS = {"metric": ("metric", "hyperparameter"), "hyperparameter": ("hyperparameter",)}
# Each shows many versions of a model: of a name without a version it takes all of them.
_OVER_VERSIONS = ("metric", "hyperparameter")
_OLDEST = 10**6


class Plotting(Retrieval):
    """The call that draws."""

    def plot(
        self,
        kind: str,
        refs: str | Sequence[str] | None = None,
        *,
        model_name: str | None = None,
        where: str | None = None,
        metric: str | None = None,
        hyperparameter: str | None = None,
        figsize: tuple[float, float] | None = None,
    ) -> Plot:
        """Draw versions: one picture, with the same numbers as text.

        It follows the style that is set, such as ``plt.style.use("dark_background")``.

        Parameters
        ----------
        kind : str
            Of several versions: ``metric`` (over versions, with aliases), ``roc``,
            ``precision_recall``, ``confusion_matrix``, ``calibration``, ``probabilities`` (by
            class), ``hyperparameter`` (against a metric). Of one: ``trials`` (of its search) and
            ``importances``, the only one that loads the model, checked as `load_model` does.
        refs : str or sequence of str, optional
            References of the versions. For ``metric`` and ``hyperparameter`` a name alone means
            all its versions, else the latest.
        model_name : str, optional
            Instead of `refs`: all versions of this model, the newest where only some fit.
        where : str, optional
            Instead of `refs`: only versions that fit this filter.
        metric : str, optional
            For ``metric`` and ``hyperparameter``; by default the one that most versions have.
        hyperparameter : str, optional
            For ``hyperparameter``; by default the one with most values.
        figsize : tuple of float, optional
            Width and height in inches; by default matplotlib's ``figure.figsize``.

        Returns
        -------
        Plot
            Shows itself; has ``figure``, ``save(path)``, ``to_png()`` and ``to_frame()``.

        Raises
        ------
        NotFoundError
            If there is no such kind or version.
        RegistryError
            If no version has what the kind shows; the message says what to do.

        Examples
        --------
        >>> plot = registry.plot("metric", "kepler_rf", metric="accuracy")
        >>> plot
        accuracy of kepler_rf
        <BLANKLINE>
        model        accuracy  created
        -----------  --------  ----------
        kepler_rf:1    0.9000  2026-01-01
        """
        found = find_kind(kind)
        options: dict[str, Any] = {"figsize": _checked_size(figsize)}
        for name, value in (("metric", metric), ("hyperparameter", hyperparameter)):
            if found.name in _OPTIONS[name]:
                options[name] = value
            elif value is not None:
                takers = " and ".join(_OPTIONS[name])
                raise RegistryError(f"{name} is an option of the kind {takers}, not of {kind}.")
        items, named = self._asked(found, refs, model_name, where)
        shown, notes = choose(found, items, everything=named)
        if not named:
            shown.reverse()  # the newest were chosen; they are drawn oldest first
        from exo_nbregistry.plot.draw import DRAW

        if found.reads != "metadata":
            options["data"] = [self._data(found, item.model_id) for item in shown]
        return DRAW[found.name](shown, notes=notes, **options)

    def _asked(
        self, kind: Kind, refs: str | Sequence[str] | None, name: str | None, where: str | None
    ) -> tuple[Sequence[ModelMetadata], bool]:
        """Return the versions that are meant, and whether each was named."""
        if refs is None:
            order = "-version" if name is not None else "-created_at"
            return self.list_models(name, where=where, order_by=order), False
        if name is not None or where is not None:
            raise RegistryError(
                "Give plot either references, such as ['kepler_rf:1', 'kepler_rf:2'], or "
                "model_name and where."
            )
        items: list[ModelMetadata] = []
        for ref in [refs] if isinstance(refs, str) else refs:
            items += self._meant(kind, ref)
        return list({item.model_id: item for item in items}.values()), True

    def _meant(self, kind: Kind, ref: str) -> Listing | list[ModelMetadata]:
        reference = parse_reference(ref)
        is_name = reference.version is None and reference.alias is None
        if kind.name in _OVER_VERSIONS and is_name:
            return self.list_models(ref, order_by="-version")
        return [self.get_metadata(ref)]

    def _data(self, kind: Kind, ref: str) -> Any:
        if kind.reads == "model":
            return self.load_model(ref)[0]
        if kind.reads == "evaluation":
            return self.load_evaluation(ref)
        return self.load_attachment(ref, kind.reads)


def _checked_size(figsize: Any) -> tuple[float, float] | None:
    if figsize is None:
        return None
    try:
        width, height = map(float, figsize)
    except (TypeError, ValueError):
        width = height = 0.0
    if not (0 < width <= 100 and 0 < height <= 100):
        raise RegistryError(
            f"figsize is a width and a height in inches, such as (8, 5), not {figsize!r:.60}."
        )
    return width, height
