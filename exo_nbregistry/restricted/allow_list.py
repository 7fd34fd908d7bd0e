"""The names that the restricted loader allows, for each supported version of scikit-learn.

``scripts/make_allow_list.py`` writes the lists in ``allowed/``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from exo_nbregistry.restricted.rejection import Rejection

_FOLDER = Path(__file__).parent / "allowed"
_NAME = "scikit-learn-{}.json"
# Older name of a module in files, and its name now.
_RENAMED = {
    "numpy.core": "numpy._core",
    # Until scikit-learn 1.8, the compiled losses had the name of their file only.
    "_loss": "sklearn._loss._loss",
    "exo_nbregistry.exoplanet.classifiers": "exo_nbregistry.exoplanet.models.classifiers",
    "exo_nbregistry.exoplanet.ensemble": "exo_nbregistry.training.ensemble",
}

OWN_CLASSES = frozenset(
    {
        "exo_nbregistry.exoplanet.models.classifiers.NeuralNetworkClassifier",
        "exo_nbregistry.exoplanet.models.classifiers.RandomForestClassifier",
        "exo_nbregistry.exoplanet.models.classifiers.SVMClassifier",
        "exo_nbregistry.exoplanet.models.gradient_boosting.HistGradientBoostingClassifier",
        "exo_nbregistry.inference.bundle.Bundle",
        "exo_nbregistry.inference.mean_of_models.MeanOfModels",
        "exo_nbregistry.training.ensemble.EnsembleClassifier",
    }
)
"""Classes of this package that are on each list: their state is plain or checked."""

STORED_CLASSES = frozenset(
    {
        "sklearn.model_selection._split.KFold",
        "sklearn.model_selection._split.StratifiedKFold",
    }
)
"""Classes of the list that a model may also hold: repeated splits create them again."""


@dataclass(frozen=True)
class AllowList:
    """Full dotted names of a version of scikit-learn; each name has exactly one role.

    Attributes
    ----------
    sklearn : str
        Version of scikit-learn, without the patch level.
    classes : frozenset of str
        Classes that a file may create without arguments, and whose state it may set.
    calls : frozenset of str
        Functions and types that a file may call, with arguments that are checked.
    values : frozenset of str
        Functions and types that a model may hold, and that a file may not call.
    """

    sklearn: str
    classes: frozenset[str]
    calls: frozenset[str]
    values: frozenset[str]

    def __contains__(self, name: str) -> bool:
        """Return whether a name has a role."""
        name = canonical_name(name)
        return name in self.classes or name in self.calls or name in self.values


def canonical_name(name: str) -> str:
    """Return a dotted name with the names that its modules have now.

    Examples
    --------
    >>> canonical_name("numpy.core.multiarray.scalar")
    'numpy._core.multiarray.scalar'
    """
    for old, new in _RENAMED.items():
        if name.startswith(f"{old}."):
            return new + name[len(old) :]
    return name


def allow_list(sklearn_version: str | None = None) -> AllowList:
    """Return the list for a version of scikit-learn.

    Parameters
    ----------
    sklearn_version : str or None
        Version such as '1.9.1'. The default is the installed version.

    Returns
    -------
    AllowList
        The names.

    Raises
    ------
    Rejection
        If no list exists for this version, or scikit-learn is not installed.

    Examples
    --------
    >>> names = allow_list()
    >>> "sklearn.linear_model._logistic.LogisticRegression" in names.classes
    True
    >>> "os.system" in names
    False
    >>> allow_list("0.24.2")
    Traceback (most recent call last):
    exo_nbregistry.restricted.rejection.Rejection: No allow list exists for scikit-learn 0.24; \
lists exist for 1.6, 1.7, 1.8 and 1.9.
    """
    if sklearn_version is None:
        try:
            sklearn_version = version("scikit-learn")
        except PackageNotFoundError:
            raise Rejection("scikit-learn is not installed.") from None
    return _read(".".join(sklearn_version.split(".")[:2]))


def listed_versions() -> tuple[str, ...]:
    """Return the versions of scikit-learn that have a list, oldest first."""
    before, after = _NAME.split("{}")
    names = [path.name for path in _FOLDER.iterdir()]
    found = [name[len(before) : -len(after)] for name in names if name.startswith(before)]
    return tuple(sorted(found, key=lambda text: [int(part) for part in text.split(".")]))


@lru_cache(maxsize=8)
def _read(minor: str) -> AllowList:
    known = listed_versions()
    if minor not in known:
        raise Rejection(
            f"No allow list exists for scikit-learn {minor}; lists exist for "
            f"{', '.join(known[:-1])} and {known[-1]}."
        )
    read = json.loads((_FOLDER / _NAME.format(minor)).read_bytes())
    classes = OWN_CLASSES.union(read["classes"])
    return AllowList(minor, classes, frozenset(read["calls"]), frozenset(read["values"]))
