"""Errors of intact models that cannot be read with the packages that are installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from shlex import quote

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.distributions import (
    KNOWN_DISTRIBUTIONS,
    distribution_of,
    installed_version,
    normal_name,
)
from exo_nbregistry.values.requirements import requirement

_OWN = __name__.partition(".")[0]
_MAX_NEEDS = 2


def load_error(
    name: str,
    error: Exception,
    globals: Iterable[str],
    packages: Mapping[str, str] | None,
    *,
    is_recorded: bool = True,
) -> SerializationError:
    """Return the error for a verified model that cannot be read, with its cause and remedy.

    Parameters
    ----------
    name : str
        Name of the model.
    error : Exception
        The error of the format.
    globals : iterable of str
        Names that loading imports, from the record.
    packages : mapping of str to str or None
        Recorded version of each package, by name; None if they are unknown. pip is advised only
        for these.
    is_recorded : bool, default=True
        Whether the bytes match a record. Other files can be of any kind.

    Examples
    --------
    >>> error = ModuleNotFoundError(name="nebula.stars")
    >>> print(load_error("rf:1", error, ["nebula.stars.Rule"], {"numpy": "1.26.4"}))
    rf:1 requires the module nebula.stars, which is not in its recorded packages: it is a local \
file of its author. Copy nebula to the import path, or install it as a package.
    """
    if isinstance(error, ModuleNotFoundError) and error.name:
        message = _missing_module(error.name, {_top(one) for one in globals}, packages)
        return SerializationError(f"{name} requires the module {error.name}, {message}")
    if isinstance(error, AttributeError) and "__main__" in str(error):
        return SerializationError(
            f"{name} requires code from a notebook or script ({short_error(error)}). Define it "
            "here under the same name and load again; then move it to a module and register the "
            "model again."
        )
    if not is_recorded:
        return SerializationError(
            f"{name} cannot be read ({short_error(error)}): it is damaged, it is not a joblib, "
            "pickle or skops file, or it requires other package versions."
        )
    return SerializationError(
        f"{name} is intact but cannot be read here: {short_error(error)}. "
        f"{_versions(packages or {})}"
    )


def _missing_module(module: str, imported: set[str], packages: Mapping[str, str] | None) -> str:
    top = _top(module)
    if top == _OWN:
        return (
            "which this release of exo-nbregistry does not have. Install the release that saved "
            "the model, or fit it again."
        )
    if packages is None:
        return (
            "which cannot be imported here, and the packages of the model are not recorded. "
            f"Install the package that has it, or copy {_file(module)} to the import path."
        )
    if owner := _recorded_owner(top, packages):
        return _missing_package(owner, packages[owner])
    if missing := [name for name in packages if installed_version(name) is None]:
        return f"which is not installed; {_install(missing, packages)}."
    # Compiled modules of a package can have a private name of their own, such as _loss.
    if top.startswith("_") or top not in imported:
        return f"which is not installed. {_versions(packages)}"
    return (
        "which is not in its recorded packages: it is a local file of its author. Copy "
        f"{_file(module)} to the import path, or install it as a package."
    )


def _file(module: str) -> str:
    top = _top(module)
    return top if "." in module else f"{top}.py"


def _recorded_owner(top: str, packages: Mapping[str, str]) -> str | None:
    """Return the recorded distribution that has a module, or None."""
    here = distribution_of(top)
    likely = {KNOWN_DISTRIBUTIONS.get(top, top), here.name if here else top}
    equal = [name for name in packages if normal_name(name) in map(normal_name, likely)]
    # Such as xgboost-cpu, python-dateutil and PyYAML.
    similar = [name for name in packages if normal_name(top) in normal_name(name)]
    return next(iter([*equal, *(similar if not top.startswith("_") else [])]), None)


def _missing_package(name: str, recorded: str) -> str:
    here, install = installed_version(name), _install([name], {name: recorded})
    if here is None:
        return f"which is not installed; {install}."
    if here != recorded:
        return f"and needs {name} {recorded}, here is {here}; {install}."
    return f"which is missing in the installed {name} {here}; {install} --force-reinstall."


def _versions(packages: Mapping[str, str]) -> str:
    """Return the recorded packages whose installed version differs, in a sentence."""
    here = {name: installed_version(name) for name in packages}
    other = [name for name, version in packages.items() if here[name] != version]
    # A model of scikit-learn fails because of it rather than because of another package.
    first = sorted(other, key=lambda name: name != "scikit-learn")[:_MAX_NEEDS]
    if not first:
        return "Install the package versions that the model was created with and load again."
    needs = " and ".join(
        f"{name} {packages[name]}, here is {here[name] or 'none'}" for name in first
    )
    return f"It needs {needs}; {_install(first, packages)} and load again."


def _install(names: Iterable[str], packages: Mapping[str, str]) -> str:
    wanted = (quote(requirement(name, packages[name])) for name in names)
    return f"run pip install {' '.join(wanted)}"


def _top(name: str) -> str:
    return name.partition(".")[0]
