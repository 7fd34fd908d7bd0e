"""Write the list of names that the restricted loader allows for the installed scikit-learn.

Usage: ``python -m scripts.make_allow_list`` for the installed version; ``--all`` creates an
environment for each supported version and writes all lists; ``--check`` only shows what would
change. It stops at each name of a fitted model that scripts/allow_list_review.py does not have.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import scipy
import sklearn

from exo_nbregistry.restricted.allow_list import canonical_name
from scripts import allow_list_review as review
from scripts.pickle_survey import Survey

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "exo_nbregistry" / "restricted" / "allowed"
# Of each supported scikit-learn, the versions of NumPy and SciPy that were current with it.
ENVIRONMENTS = {
    "1.6": ("2.2", "1.15"),
    "1.7": ("2.3", "1.16"),
    "1.8": ("2.4", "1.17"),
    "1.9": ("2.4", "1.17"),
}
ROLES = ("classes", "calls", "values")


class UnreviewedError(Exception):
    """A fitted model contains names that are in no table."""


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="all supported versions")
    parser.add_argument("--check", action="store_true", help="show changes, write nothing")
    arguments = parser.parse_args()
    if arguments.all:
        sys.exit(max(_in_environment(version, arguments.check) for version in ENVIRONMENTS))
    try:
        text = allow_list_text()
    except UnreviewedError as error:
        sys.exit(str(error))
    path = list_path()
    changes = differences(path, text)
    print("\n".join(changes) or f"{path.name} is up to date.")
    if not arguments.check:
        path.write_text(text, "utf-8")
    sys.exit(arguments.check and bool(changes))


def list_path(version: str = sklearn.__version__) -> Path:
    """Return the path of the list of a version of scikit-learn."""
    return FOLDER / f"scikit-learn-{_minor(version)}.json"


def differences(path: Path, text: str) -> list[str]:
    """Return the lines that differ from a written list, with their sign."""
    old = path.read_text("utf-8").splitlines() if path.exists() else []
    lines = difflib.unified_diff(old, text.splitlines(), path.name, "now", lineterm="", n=0)
    return [line for line in lines if not line.startswith("@@")]


def allow_list_text() -> str:
    """Return the list for the installed versions as JSON, with one name a line.

    Raises
    ------
    UnreviewedError
        If a fitted model contains a name that is in no table.
    """
    versions = {
        "scikit-learn": _minor(sklearn.__version__),
        "numpy": _minor(np.__version__),
        "scipy": _minor(scipy.__version__),
    }
    return json.dumps(versions | allowed_names(), indent=1) + "\n"


def allowed_names() -> dict[str, list[str]]:
    """Return the sorted names of each role."""
    survey = surveyed()
    modules = list(_public_modules())
    calls = _present({*review.CALLS, *_classes_of(review.LOSS_MODULES)})
    classes = _present(
        {*review.CLASSES, *_classes_of(review.CLASS_MODULES), *_public_classes(modules)}
        | {name for name in survey.created if name.startswith("sklearn.")}
    )
    values = _present({*review.VALUES, *_ufuncs(), *_scalar_types(), *_metrics()})
    values |= {name for name in survey.stored if _is_private_function(name)}
    classes |= review.NEWER_CLASSES.keys()
    classes -= calls
    values -= calls | classes
    named = {"classes": classes, "calls": calls, "values": values}
    _refuse_unreviewed(survey, named)
    return {role: sorted(name for name in named[role] if not _is_kept_off(name)) for role in ROLES}


def surveyed() -> Survey:
    """Return the names in the files of fitted models."""
    from tests.security.honest_composites import fitted_composites
    from tests.security.honest_estimators import fitted_estimators

    survey = Survey()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fitted in (fitted_estimators, fitted_composites):
            for honest in fitted():
                survey.add(honest.model)
    return survey


def _refuse_unreviewed(survey: Survey, named: dict[str, set[str]]) -> None:
    found = {
        "classes": survey.created,
        "calls": survey.called,
        "classes or values": survey.stored,
    }
    known = {
        "classes": named["classes"],
        "calls": named["calls"],
        "classes or values": named["classes"] | named["values"],
    }
    lines = [
        f"{name}: fitted models contain it, and it is not among the {role}"
        for role, names in found.items()
        for name in sorted(names - known[role])
    ]
    if lines:
        raise UnreviewedError("\n".join([*lines, "Review each in scripts/allow_list_review.py."]))


def _public_modules() -> Iterator[ModuleType]:
    from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer

    _ = enable_halving_search_cv, enable_iterative_imputer
    for found in pkgutil.walk_packages(sklearn.__path__, "sklearn."):
        parts = found.name.split(".")
        private = any(part.startswith("_") or part in ("tests", "conftest") for part in parts)
        if not private and not _is_kept_off(found.name):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield importlib.import_module(found.name)


def _public_classes(modules: Iterable[ModuleType]) -> Iterator[str]:
    from sklearn.base import BaseEstimator
    from sklearn.gaussian_process.kernels import Kernel

    for module in modules:
        for name in _public_names(module):
            found = getattr(module, name)
            if (
                inspect.isclass(found)
                and found.__module__.startswith("sklearn.")
                and not name.endswith("Display")
                and (hasattr(module, "__all__") or issubclass(found, BaseEstimator | Kernel))
            ):
                yield _name_of(found)


def _public_names(module: ModuleType) -> list[str]:
    names = getattr(module, "__all__", None)
    return [name for name in (names or vars(module)) if not name.startswith("_")]


def _classes_of(modules: dict[str, str]) -> Iterator[str]:
    for module_name, bases in modules.items():
        module = importlib.import_module(module_name)
        kinds = tuple(getattr(module, base) for base in bases.split() if hasattr(module, base))
        found = [value for value in vars(module).values() if inspect.isclass(value)]
        names = (_name_of(kind) for kind in found if issubclass(kind, kinds))
        yield from (name for name in names if name.rpartition(".")[0] == module_name)


def _ufuncs() -> Iterator[str]:
    # A function without __module__ is pickled from the first imported module that has it.
    for names, modules in review.UFUNC_MODULES.items():
        for name, found in vars(importlib.import_module(names)).items():
            if isinstance(found, np.ufunc) and not name.startswith("_"):
                yield from (f"{module}.{name}" for module in modules)


def _scalar_types() -> Iterator[str]:
    for kind in {*np.sctypeDict.values(), np.bool_, np.str_, np.bytes_}:
        if kind not in (np.object_, np.void):
            yield f"numpy.{kind.__name__}"
    # The name of the type of booleans changed in NumPy 2.
    yield from ("numpy.bool", "numpy.bool_")


def _metrics() -> Iterator[str]:
    for module_name in review.METRIC_MODULES:
        module = importlib.import_module(module_name)
        for name in _public_names(module):
            found = getattr(module, name)
            if (
                inspect.isfunction(found)
                and found.__module__.startswith(module_name)
                and name not in review.NOT_METRICS
            ):
                parameters = inspect.signature(found).parameters
                if not review.NOT_METRIC_PARAMETERS & parameters.keys() and not any(
                    parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()
                ):
                    yield _name_of(found)


def _is_private_function(name: str) -> bool:
    return any(name.startswith(f"{module}.") for module in review.VALUE_MODULES)


def _is_kept_off(name: str) -> bool:
    return any(name == off or name.startswith(f"{off}.") for off in review.KEPT_OFF)


def _present(names: Iterable[str]) -> set[str]:
    return {name for name in names if _find(name) is not None}


def _find(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    if np.__version__.startswith("1."):
        module = module.replace("numpy._core", "numpy.core")
    try:
        return getattr(importlib.import_module(module), attribute, None)
    except ImportError:
        return None


def _name_of(value: Any) -> str:
    return canonical_name(f"{value.__module__}.{value.__qualname__}")


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _in_environment(version: str, check: bool) -> int:
    """Run this command in a new environment with a version of scikit-learn."""
    numpy, scipy_ = ENVIRONMENTS[version]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        packages = [f"scikit-learn=={version}.*", f"numpy=={numpy}.*", f"scipy=={scipy_}.*"]
        install = [python, "-m", "pip", "install", "--quiet", *packages, "joblib>=1.6"]
        subprocess.run(install, check=True)
        command = [python, "-m", "scripts.make_allow_list", *(["--check"] if check else [])]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    main()
