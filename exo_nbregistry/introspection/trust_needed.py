"""The message about a model that a reader who does not trust its signer cannot load."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from exo_nbregistry.introspection.fitted_search import is_fitted_search
from exo_nbregistry.restricted.trust_needed import how_to_avoid, how_to_load, unlisted_names
from exo_nbregistry.values.attribute import read_attribute

_log = logging.getLogger("exo_nbregistry")
# A cell is often run again, and each version of a model has the same types.
_logged: set[tuple[str, str]] = set()


def log_trust_needed(name: str, model: Any, globals: Sequence[str], *, has_code: bool) -> None:
    """Log once for each model name why a reader needs trust in the signer to load the model.

    It is a warning if the model can be registered so that loading it requires no trust, and
    otherwise information: it is normal that a model has types of other libraries.

    Parameters
    ----------
    name : str
        Name of the registered model.
    model : object
        The model.
    globals : sequence of str
        The names that loading imports.
    has_code : bool
        Whether the model carries its own code.
    """
    names, has_cache = unlisted_names(globals), _has_cache(model)
    if not names and not has_cache:
        return
    fix = how_to_avoid(names, is_search=is_fitted_search(model), has_cache=has_cache)
    if fix is not None:
        level, why = logging.WARNING, f"cannot load it, because {fix}"
    else:
        level, why = logging.INFO, how_to_load(names, has_code=has_code)
    if (name, why) not in _logged:
        _logged.add((name, why))
        _log.log(level, "%s: a reader who does not trust its signer %s.", name, why)


def _has_cache(model: Any) -> bool:
    """Return whether a part of a model has a folder for its intermediate results."""
    parameters = read_attribute(model, "get_params")
    if isinstance(model, type) or not callable(parameters):
        return False
    try:
        found = parameters(deep=True).items()
        names = {name.rpartition("__")[2] for name, value in found if value is not None}
    except Exception:  # noqa: BLE001 - the class of a user can raise any error
        return False
    return "memory" in names
