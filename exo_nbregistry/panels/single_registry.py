"""The one registry of a panel, as the routes of `api` expect their registries."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.registries import Place, place_name
from exo_nbregistry.values.keys import MODELS

ID = "this"


class SingleRegistry:
    """Registries with exactly one member, whose ID is ``this``. A page cannot name a path.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.

    Examples
    --------
    >>> class Team:
    ...     location = "shared/team"
    >>> [place.id for place in SingleRegistry(Team()).places()]
    ['this']
    """

    # The kernel runs as the user, who may write an export to any folder.
    exports = True

    def __init__(self, registry: Any) -> None:
        self._registry = registry

    def places(self) -> list[Place]:
        """Return the place of the registry."""
        location = str(self._registry.location)
        return [Place(ID, place_name(location), location, "configured", location)]

    def place(self, registry_id: str) -> Place:
        """Return the place of the registry.

        Raises
        ------
        Problem
            If the ID differs.
        """
        if registry_id != ID:
            raise Problem(
                404,
                "not_found",
                "The panel shows another registry.",
                "Open the other registry with ModelRegistry(path).",
            )
        return self.places()[0]

    def registry(self, place: Place) -> Any:  # noqa: ARG002 - there is one
        """Return the registry."""
        return self._registry

    def is_writable(self, place: Place) -> bool:
        """Return whether the user may write to the folder of the registry."""
        if place.in_bucket or not os.path.isdir(place.path):
            return True  # a store without a folder reports a rejected change itself
        models = os.path.join(place.path, MODELS)
        return os.access(models if os.path.isdir(models) else place.path, os.W_OK | os.X_OK)

    def notebook(self, name: str, place: Place) -> str | None:
        """Return the notebook with a file name beside the running one or near the registry.

        Parameters
        ----------
        name : str
            File name.
        place : Place
            The registry.

        Returns
        -------
        str or None
            Path relative to the folder of the running notebook, because the kernel does not know
            the root folder of the server; None if there is no such file.
        """
        if not name or name != os.path.basename(name):
            return None
        try:
            here = os.getcwd()
        except OSError:
            # The folder of the kernel was removed.
            return None
        home = os.path.dirname(os.environ.get("JPY_SESSION_NAME", ""))
        home = home if os.path.isabs(home) else here
        for parent in [home, here, *_parents(place)]:
            if os.path.isfile(os.path.join(parent, name)):
                return os.path.relpath(os.path.join(parent, name), home).replace(os.sep, "/")
        return None

    def names_of_paths(self) -> Mapping[str, str]:
        """Return no other names: the user of a kernel knows its paths."""
        return {}


def _parents(place: Place) -> list[str]:
    """Return the two folders above the folder of a registry."""
    if place.in_bucket:
        return []
    parent = os.path.dirname(os.path.abspath(place.path))
    return [parent, os.path.dirname(parent)]
