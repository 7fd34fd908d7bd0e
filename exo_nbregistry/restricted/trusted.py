"""Packages and names that a user trusts in addition to the allow list."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import import_module
from types import BuiltinFunctionType, FunctionType
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.restricted.rejection import Rejection

# Libraries with a function that runs given code: trusting one of them trusts everything.
_NEVER_TEXT = """
builtins numpy scipy sklearn joblib pandas cloudpickle dill skops matplotlib exo_nbregistry
pip setuptools pkg_resources pytest _pytest click invoke fabric sh pexpect psutil cffi numba
IPython ipykernel ipywidgets jupyter_client jupyter_core jupyter_server jupyterlab notebook
torch tensorflow dask ray
"""
_NEVER = frozenset(_NEVER_TEXT.split())
_KINDS = (type, FunctionType, BuiltinFunctionType)
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def check_trust(trust: Sequence[str]) -> tuple[str, ...]:
    """Return the packages and names that a user trusts, after a check of each.

    Parameters
    ----------
    trust : sequence of str
        Names of packages such as ``xgboost``, or of classes such as ``mypkg.Thing``.

    Raises
    ------
    InvalidInputError
        If one is not a name, or belongs to Python or to a library that can run any code.

    Examples
    --------
    >>> check_trust(["xgboost", "mypkg.Thing"])
    ('xgboost', 'mypkg.Thing')
    >>> check_trust(["os"])
    Traceback (most recent call last):
    exo_nbregistry.errors.InvalidInputError: trust= cannot contain 'os': functions of os can run \
any code. If you trust the author, use trust_signer(...) or unsafe=True.
    """
    if isinstance(trust, str):
        raise InvalidInputError(f"trust= must be a list of names, got {trust!r}; pass [{trust!r}].")
    for name in trust:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InvalidInputError(
                f"trust= requires names such as 'xgboost' or 'mypkg.Thing', got {name!r}."
            )
        if not can_be_trusted(name):
            top = name.partition(".")[0]
            raise InvalidInputError(
                f"trust= cannot contain {name!r}: functions of {top} can run any code. If you "
                "trust the author, use trust_signer(...) or unsafe=True."
            )
    return tuple(trust)


def can_be_trusted(name: str) -> bool:
    """Return whether a package or name can be passed as ``trust=``.

    Examples
    --------
    >>> can_be_trusted("subprocess.Popen"), can_be_trusted("xgboost.sklearn.XGBClassifier")
    (False, True)
    """
    if not _NAME.fullmatch(name):
        return False
    top, _, rest = name.partition(".")
    if top == "__main__":
        return bool(rest)
    return top not in _NEVER and top not in sys.stdlib_module_names


class TrustedNames:
    """The classes and functions of the packages that a user trusts.

    Parameters
    ----------
    trust : sequence of str
        As for `check_trust`.
    """

    def __init__(self, trust: Sequence[str]) -> None:
        self._names = check_trust(trust)
        self._tops = {name.partition(".")[0] for name in self._names}

    def __bool__(self) -> bool:
        return bool(self._names)

    def covers(self, full: str) -> bool:
        """Return whether a dotted name is one of the names, or below one of them."""
        return any(full == name or full.startswith(f"{name}.") for name in self._names)

    def find(self, module: str, name: str) -> Any:
        """Return a class or function of a trusted package.

        Raises
        ------
        Rejection
            If the name leads to something else, such as a module that the package imported.
        """
        if module.endswith(".__main__"):
            # Its import runs the command of the package.
            raise _not_its_own(f"{module}.{name}")
        first, *rest = name.split(".")
        found = getattr(import_module(module), first, None)
        for part in rest:
            found = getattr(found, part, None) if isinstance(found, type) else None
        if not self.owns(found):
            raise _not_its_own(f"{module}.{name}")
        return found

    def owns(self, value: Any) -> bool:
        """Return whether a class or function was defined in a trusted package."""
        if not self._names or not isinstance(value, _KINDS):
            return False
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
        if not isinstance(module, str) or module.partition(".")[0] not in self._tops:
            return False
        top = module.partition(".")[0]
        return top in self._names or any(
            one.partition(".")[0] == top and one.rpartition(".")[2] in (name, name.split(".")[0])
            for one in self._names
        )


def _not_its_own(full: str) -> Rejection:
    return Rejection(f"{full} is not a class or function that its package defines.", [full])
