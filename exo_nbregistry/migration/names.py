"""Names of models and aliases of other tools in the grammar of this registry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.values.reference import check_alias, suggested_key

_TOOLS = {
    "mlflow": "MLflow",
    "json-index": "index.json",
    "files": "model files",
}


def tool_name(kind: str) -> str:
    """Return the name of a tool for people.

    Parameters
    ----------
    kind : str
        The kind of its store, such as ``mlflow``.

    Examples
    --------
    >>> tool_name("mlflow"), tool_name("pins")
    ('MLflow', 'pins')
    """
    return _TOOLS.get(kind, kind)


def key_of(name: str) -> str | None:
    """Return the model key for a name of another tool, or None if it has none.

    Parameters
    ----------
    name : str
        The name as its store spells it.

    Examples
    --------
    >>> key_of("Kepler_RF"), key_of("main.prod.churn"), key_of("Kepler forest (v2)"), key_of("//")
    ('kepler_rf', 'main.prod.churn', 'kepler_forest_v2', None)
    """
    return suggested_key(name)


def alias_of(alias: str) -> str | None:
    """Return an alias of another tool in the grammar of this registry, or None.

    Parameters
    ----------
    alias : str
        The alias as its store spells it.

    Examples
    --------
    >>> alias_of("Champion"), alias_of("prod.eu"), alias_of("v3")
    ('champion', 'prod-eu', None)
    """
    folded = unicodedata.normalize("NFKD", alias.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9_-]+", "-", folded).strip("-")[:63]
    try:
        return check_alias(plain)
    except InvalidReferenceError:
        return None


def alias_names(aliases: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the aliases of a model in the grammar of this registry.

    Parameters
    ----------
    aliases : iterable of str
        The aliases as their store spells them.

    Returns
    -------
    names : dict of str to str
        The new alias by the one of the store.
    lost : tuple of str
        The aliases that have none, each with the reason.

    Examples
    --------
    >>> alias_names(["champion", "Champion", "latest"])
    ({'champion': 'champion'}, ('alias Champion (same as champion here)', 'alias latest (not \
allowed here)'))
    """
    names: dict[str, str] = {}
    used: dict[str, str] = {}
    lost = []
    # An alias that is valid as it is spelled keeps its name.
    for alias in sorted(set(aliases), key=lambda text: (alias_of(text) != text, text)):
        plain = alias_of(alias)
        if plain is None:
            lost.append(f"alias {alias} (not allowed here)")
        elif plain in used:
            lost.append(f"alias {alias} (same as {used[plain]} here)")
        else:
            names[alias], used[plain] = plain, alias
    return names, tuple(lost)
