"""The check of the Python version of a model that carries its own code."""

from __future__ import annotations

import platform

from exo_nbregistry.errors import VersionMismatchError
from exo_nbregistry.records.code import Code


def other_python(code: Code | None) -> str | None:
    """Return the minor version of this Python if it cannot load the code, or None.

    Parameters
    ----------
    code : Code or None
        The code of a model.

    Examples
    --------
    >>> other_python(None)
    """
    here = ".".join(platform.python_version_tuple()[:2])
    return None if code is None or code.python == here else here


def require_same_python(name: str, code: Code | None, sources: str = "") -> None:
    """Check that this Python can load the code of a model, before the model is read.

    Compiled code of another minor version ends the process, or does something else than it did.

    Parameters
    ----------
    name : str
        Name of the model.
    code : Code or None
        The code of the model.
    sources : str, default=""
        Where the sources are, such as ``registry.load_attachment('rf:1', 'sources')``.

    Raises
    ------
    VersionMismatchError
        If the minor versions differ.

    Examples
    --------
    >>> require_same_python("rf:1", Code(("__main__.f",), "2.7", "3.1"), "sources.py")
    Traceback (most recent call last):
    exo_nbregistry.errors.VersionMismatchError: rf:1 carries its own code (1 definition, \
Python 2.7), which ... cannot load. Load it with Python 2.7, or run its sources, \
sources.py, and fit again.
    """
    here = other_python(code)
    if code is None or here is None:
        return
    again = f"run its sources, {sources}, and fit again" if sources else "fit it again here"
    raise VersionMismatchError(
        f"{name} {code.label}, which Python {here} cannot load. Load it with Python "
        f"{code.python}, or {again}.",
        recorded=code.python,
        current=here,
    )
