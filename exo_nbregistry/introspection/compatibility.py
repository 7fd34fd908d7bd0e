"""Comparison of the packages of a model with the installed ones."""

from __future__ import annotations

import logging
import platform
import shlex
from dataclasses import dataclass
from functools import cache
from typing import Literal

from exo_nbregistry.errors import VersionMismatchError

# Earlier releases have it here.
from exo_nbregistry.introspection.input_example import reproduces as reproduces
from exo_nbregistry.persistence.python_check import other_python
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.distributions import installed_version
from exo_nbregistry.values.requirements import requirement

LIBRARY = "scikit-learn"
log = logging.getLogger("exo_nbregistry")


def mismatch(metadata: ModelMetadata) -> tuple[str, str] | None:
    """Return the recorded and the installed scikit-learn version if their minor versions differ."""
    recorded = metadata.environment.packages.get(LIBRARY)
    if recorded is None:
        return None
    current = _installed()
    return (recorded, current) if _minor(recorded) != _minor(current) else None


@cache
def _installed() -> str:
    return installed_version(LIBRARY) or "none"


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Result of `check_compatibility`.

    Attributes
    ----------
    status : {"loads", "mismatch", "missing", "python", "unknown"}
        The model loads, requires ``allow_version_mismatch=True``, requires missing packages,
        carries code of another minor version of Python, or has no record of its packages.
    message : str
        Status and remedy in a sentence.
    installed : dict of str to str or None
        Installed version of each recorded package.
    """

    status: Literal["loads", "mismatch", "missing", "python", "unknown"]
    message: str
    installed: dict[str, str | None]


def check_compatibility(metadata: ModelMetadata) -> Compatibility:
    """Compare the recorded packages of a model with the installed ones; nothing is loaded.

    Parameters
    ----------
    metadata : ModelMetadata
        The version.

    Returns
    -------
    Compatibility
        Status and message.
    """
    made = metadata.environment.packages
    here = {name: installed_version(name) for name in made}
    if (current := other_python(metadata.code)) and metadata.code is not None:
        wanted = f"requires Python {metadata.code.python}, because it {metadata.code.label}"
        return Compatibility("python", f"Cannot load in Python {current}: {wanted}.", here)
    missing = [name for name, version in here.items() if version is None]
    if missing:
        named = name_list(missing, separator=" and ")
        wanted = " ".join(shlex.quote(requirement(name, made[name])) for name in missing)
        verb = "is" if len(missing) == 1 else "are"
        return Compatibility(
            "missing",
            f"Cannot load here: {named} {verb} not installed; run pip install {wanted}.",
            here,
        )
    differing = mismatch(metadata)
    if differing:
        recorded, current = differing
        return Compatibility(
            "mismatch",
            f"Requires allow_version_mismatch=True: registered with {LIBRARY} {recorded}, "
            f"installed: {current}.",
            here,
        )
    if not made and not metadata.environment.python:
        return Compatibility("unknown", "The packages of this model are not recorded.", here)
    return Compatibility("loads", _loads(metadata, here), here)


def _loads(metadata: ModelMetadata, here: dict[str, str | None]) -> str:
    made = {"Python": metadata.environment.python or None} | metadata.environment.packages
    now = {"Python": platform.python_version()} | here
    other = [
        f"{name} {version} (installed: {now[name]})"
        for name, version in made.items()
        if version and _minor(version) != _minor(now[name] or "")
    ]
    return f"Loads, recorded with {name_list(other)}." if other else "Matches this kernel."


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def require_same_library(metadata: ModelMetadata, call: str = "") -> None:
    """Raise VersionMismatchError if the minor version of scikit-learn differs.

    `call` is the beginning of the call that loads the model; by default that of ``load_model``.

    Source: scikit-learn's user guide, "Model persistence": loading under another version is
    not supported and may silently give other results.
    """
    found = mismatch(metadata)
    if found:
        recorded, current = found
        raise VersionMismatchError(
            f"{metadata.model_id} was registered with {LIBRARY} {recorded}, but {current} is "
            f"installed; run pip install {requirement(LIBRARY, recorded)}, or "
            f"{call or f'load_model({metadata.model_id!r}'}, allow_version_mismatch=True) and "
            "compare its predictions.",
            recorded=recorded,
            current=current,
        )
