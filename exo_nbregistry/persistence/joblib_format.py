"""The joblib format: the bytes of ``joblib.dump``, and the exact names that loading imports."""

from __future__ import annotations

import functools
import io
import mmap
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import refuse_none, type_name
from exo_nbregistry.persistence.unpicklable import can_be_pickled, find_unpicklable
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.digest import Writable
from exo_nbregistry.values.distributions import distribution_of

_PACKAGE = __name__.partition(".")[0]
_PICKLE_START = b"\x80"


class JoblibFormat:
    """Models as ``joblib.dump`` writes them, uncompressed, readable by any joblib.

    Examples
    --------
    >>> import io
    >>> buffer = io.BytesIO()
    >>> JOBLIB.dump({"steps": range(3)}, buffer)
    ('builtins.range',)
    >>> _ = buffer.seek(0)
    >>> JOBLIB.load(buffer)
    {'steps': range(0, 3)}
    """

    name = "joblib"
    extension = "joblib"

    def dump(self, model: Any, target: Writable) -> tuple[str, ...]:
        """Write a model, with the same bytes as ``joblib.dump``.

        Parameters
        ----------
        model : object
            The model.
        target : Writable
            Stream that receives the bytes, at its beginning because arrays are aligned.

        Returns
        -------
        tuple of str
            All module-level names that loading imports, sorted; with joblib's array wrapper if
            the model contains arrays.

        Raises
        ------
        SerializationError
            If the model is None or contains an object that cannot be written; the message names
            the object and what to do.
        """
        from exo_nbregistry.persistence.joblib_pickle import RecordingPickler

        refuse_none(model)
        pickler = RecordingPickler(target)
        try:
            pickler.dump(model)
        except MemoryError:
            raise
        except Exception as error:
            # An OSError is one of the disk, unless the model itself raises it.
            if isinstance(error, OSError) and can_be_pickled(model):
                raise
            raise _refusal(model, error) from error
        return tuple(sorted(pickler.found))

    def load(self, source: BinaryIO, *, mmap_path: str | None = None) -> Any:
        """Read a model from bytes whose digest and signer were checked before.

        Parameters
        ----------
        source : BinaryIO
            The verified bytes. If it is an ``mmap.mmap``, large arrays are writable views of its
            memory instead of copies.
        mmap_path : str or None
            File with the same bytes; large arrays are memory-mapped from it, read-only.

        Returns
        -------
        object
            The model.
        """
        import joblib

        from exo_nbregistry.persistence.joblib_pickle import SharingUnpickler

        start = source.read(1)
        source.seek(0)
        if start == _PICKLE_START:
            return SharingUnpickler(source, mmap_path).load()
        # Files of other tools may be compressed, which joblib detects.
        whole = io.BytesIO(source.read()) if isinstance(source, mmap.mmap) else source
        return joblib.load(whole)


JOBLIB = JoblibFormat()
"""The joblib format."""


def portability_issues(globals: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a model that cannot be imported on another machine, with a remedy each.

    Parameters
    ----------
    globals : iterable of str
        The result of `JoblibFormat.dump`.

    Returns
    -------
    tuple of str
        One sentence per name; empty if the model requires only installed packages.

    Examples
    --------
    >>> portability_issues(["builtins.range", "__main__.Scaler"])
    ('__main__.Scaler is defined in the notebook or script; move it to a module of an installed \
package, otherwise no other process can load the model.',)
    """
    return tuple(issue for name in globals for issue in _issue(name))


def local_files(globals: Iterable[str]) -> dict[str, str]:
    """Return the name of the local file of each module that no package provides.

    Parameters
    ----------
    globals : iterable of str
        The result of `JoblibFormat.dump`.

    Examples
    --------
    >>> local_files(["builtins.range", "numpy.ndarray"])
    {}
    """
    modules = sorted({name.partition(".")[0] for name in globals} - {"__main__", "__mp_main__"})
    paths = {module: _local_file(module) for module in modules}
    return {module: path.name for module, path in paths.items() if path is not None}


def _issue(name: str) -> Iterable[str]:
    module = name.partition(".")[0]
    if module in ("__main__", "__mp_main__"):
        yield (
            f"{name} is defined in the notebook or script; move it to a module of an installed "
            "package, otherwise no other process can load the model."
        )
    # The process that loads the model has this package, even from a source checkout.
    elif module != _PACKAGE and (path := _local_file(module)) is not None:
        yield (
            f"{name} is defined in the local file {path.name}; to load the model on another "
            "machine, install it as a package there or copy the file to the import path."
        )


def _local_file(module: str) -> Path | None:
    found = sys.modules.get(module)
    file = getattr(found, "__file__", None) or next(iter(getattr(found, "__path__", ())), None)
    return _outside(module, file) if file and module not in sys.stdlib_module_names else None


# Paths are slow to resolve, and each registration needs the same few.
@functools.cache
def _outside(module: str, file: str) -> Path | None:
    path = Path(file).resolve()
    homes = {Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib", "stdlib")}
    if any(path.is_relative_to(home) for home in homes) or distribution_of(module):
        return None
    return path.parent if path.name == "__init__.py" else path


def _refusal(model: Any, error: Exception) -> SerializationError:
    model_type = type_name(model)
    place, value = find_unpicklable(model)
    name = read_attribute(value, "__qualname__") if callable(value) else None
    what = name if isinstance(name, str) else f"a {type(value).__qualname__}"
    where = f" in model{place}" if place else ""
    return SerializationError(
        f"Cannot write {model_type}: {what}{where} cannot be pickled ({short_error(error)}). "
        f"{_hint(what, short_error(error))}",
        model_type=model_type,
    )


def _hint(what: str, reason: str) -> str:
    if "<lambda>" in what:
        return "Replace it with a named function in a module and fit again."
    if "<locals>" in what:
        return "Move it from the function that defines it to a module and fit again."
    if "not the same object" in reason:
        return (
            "It was defined again after the model was fitted: a cell was run again, or a module "
            "was reloaded. Fit again with the new definition."
        )
    if "not found as" in reason or "attribute lookup" in reason:
        return "It is not defined under this name any more. Define it again and fit again."
    return "Set it to None before saving, or exclude it in __getstate__ of its owner."
