"""Parameters of any estimator that start threads or read files."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.restricted.check_arguments import MAX_WORKERS, check_arguments
from exo_nbregistry.restricted.check_values import Attributes
from exo_nbregistry.restricted.rejection import Rejection


def check_parameters(estimator: object) -> list[Any]:
    """Reject a cache folder, and more workers than a machine has processors.

    ``fit`` of an estimator with ``memory`` unpickles what lies in that folder.
    """
    attributes = Attributes(estimator)
    if "memory" in attributes:
        raise Rejection(
            f"{attributes.part('memory')} names a cache folder, whose files are loaded by fit; "
            "the author can set memory=None and register the model again."
        )
    for name in ("n_jobs", "_n_jobs"):
        if name in attributes:
            attributes.count(name, least=-MAX_WORKERS, most=MAX_WORKERS)
    for name in ("n_threads", "_n_threads"):
        if name in attributes:
            attributes.count(name, least=1, most=MAX_WORKERS)
    # An ensemble passes some of its attributes to its parts.
    check_arguments({name: attributes.get(name) for name in attributes.values if "__" in name})
    if "n_features_in_" in attributes:
        attributes.count("n_features_in_")
    return []
