"""Which models can be loaded without trust in their signer, from the names in their record."""

from __future__ import annotations

from collections.abc import Iterable

from exo_nbregistry.restricted.allow_list import allow_list
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.trusted import can_be_trusted
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import visible

_DISTRIBUTIONS = "scipy.stats."
_CACHE = "joblib.memory."


def unlisted_names(globals: Iterable[str], sklearn_version: str | None = None) -> tuple[str, ...]:
    """Return the names of a model that the restricted loader does not allow.

    Parameters
    ----------
    globals : iterable of str
        The names that loading imports, as the record of a version has them.
    sklearn_version : str or None, default=None
        Version of scikit-learn that the model was fitted with; by default the installed one.

    Returns
    -------
    tuple of str
        The names, sorted; empty also if no list exists for this version.

    Examples
    --------
    >>> unlisted_names(["builtins.range", "xgboost.sklearn.XGBClassifier"])
    ('xgboost.sklearn.XGBClassifier',)
    """
    try:
        listed = allow_list(sklearn_version)
    except Rejection:
        return ()
    return tuple(sorted({name for name in globals if name not in listed}))


def trust_label(globals: Iterable[str], sklearn_version: str | None = None) -> str | None:
    """Return which names of a model require trust in its signer, or None if it requires none.

    Examples
    --------
    >>> trust_label(["builtins.range"])
    >>> trust_label(["xgboost.sklearn.XGBClassifier"])
    'required for xgboost.sklearn.XGBClassifier'
    """
    names = unlisted_names(globals, sklearn_version)
    return f"required for {_listed(names)}" if names else None


def how_to_avoid(names: Iterable[str], *, is_search: bool, has_cache: bool) -> str | None:
    """Return how a model can be registered so that loading it requires no trust, if it can.

    Parameters
    ----------
    names : iterable of str
        Names that are not allowed.
    is_search : bool
        Whether the model is a search that has its best estimator.
    has_cache : bool
        Whether a part of the model has ``memory=``.

    Returns
    -------
    str or None
        The reason and the change of the model; None if loading requires no trust, or always does.

    Examples
    --------
    >>> how_to_avoid([], is_search=False, has_cache=True)
    'it caches its steps in a folder; set memory=None and fit again'
    """
    unlisted = list(names)
    others = [name for name in unlisted if not name.startswith((_DISTRIBUTIONS, _CACHE))]
    if others:
        return None
    if has_cache or any(name.startswith(_CACHE) for name in unlisted):
        return "it caches its steps in a folder; set memory=None and fit again"
    if unlisted and is_search:
        return f"it has {_listed(unlisted)}; register its best_estimator_ instead"
    return None


def how_to_load(names: Iterable[str], *, has_code: bool) -> str:
    """Return how a reader loads a model with names that are not allowed.

    Parameters
    ----------
    names : iterable of str
        The names.
    has_code : bool
        Whether the model carries its own code, which has no package.

    Examples
    --------
    >>> how_to_load(["xgboost.sklearn.XGBClassifier"], has_code=False)
    "can load it only with trust=['xgboost'], because it has xgboost.sklearn.XGBClassifier"
    """
    unlisted = list(names)
    if has_code:
        return "cannot load it, because it carries its own code; they can trust the signer"
    if not all(map(can_be_trusted, unlisted)):
        return f"cannot load it, because it has {_listed(unlisted)}; they can trust the signer"
    packages = sorted({name.partition(".")[0] for name in unlisted})
    trust = name_list(packages, quoted=True)
    return f"can load it only with trust=[{trust}], because it has {_listed(unlisted)}"


def _listed(names: Iterable[str]) -> str:
    return name_list([visible(name) for name in names])
