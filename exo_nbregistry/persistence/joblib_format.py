"""The joblib format: the bytes of ``joblib.dump``, and the exact names that loading imports."""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterable
from typing import Any, BinaryIO

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Written, refuse_none, type_name
from exo_nbregistry.persistence.code_sources import sources_of
from exo_nbregistry.persistence.local_code import NOTEBOOK, is_compiled, local_path
from exo_nbregistry.persistence.unpicklable import Unpicklable, can_be_pickled, find_unpicklable
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.digest import Writable

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
        """Write a model; return all module-level names that loading imports, sorted.

        For the parameters and errors, see `write`.
        """
        return self.write(model, target).globals

    def write(self, model: Any, target: Writable, *, by_value: bool = True) -> Written:
        """Write a model, with the same bytes as ``joblib.dump`` if packages have its classes.

        Parameters
        ----------
        model : object
            The model.
        target : Writable
            Stream that receives the bytes, at its beginning because arrays are aligned.
        by_value : bool, default=True
            Whether to store the classes and functions of the notebook and of local files in the
            model, so that other processes can load it. If False, only their names are stored.

        Returns
        -------
        Written
            The names that loading imports, with joblib's array wrapper if the model contains
            arrays; and the code that the model carries with it.

        Raises
        ------
        SerializationError
            If the model is None or contains an object that cannot be written; the message names
            the object and what to do.
        """
        from exo_nbregistry.persistence.joblib_pickle import RecordingPickler

        refuse_none(model)
        pickler = RecordingPickler(target, by_value=by_value)
        try:
            pickler.dump(model)
        except MemoryError:
            raise
        except Exception as error:
            # An OSError is one of the disk, unless the model itself raises it.
            if isinstance(error, OSError) and can_be_pickled(model, by_value=by_value):
                raise
            raise _refusal(model, error, by_value) from error
        globals_ = tuple(sorted(pickler.found))
        definitions = pickler.definitions
        if definitions is None or (code := definitions.code()) is None:
            return Written(globals_)
        from exo_nbregistry.persistence.code_variables import variable_warnings
        from exo_nbregistry.persistence.joblib_pickle import written_bytes

        return Written(
            globals_,
            code,
            sources_of(definitions.outermost()),
            tuple(sorted(definitions.imports)),
            variable_warnings(definitions.variables, written_bytes),
        )

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
        The names that loading imports, and the modules that its functions import.

    Returns
    -------
    tuple of str
        One sentence per name; empty if the model requires only installed packages.

    Examples
    --------
    >>> portability_issues(["builtins.range", "__main__.Scaler"])
    ('__main__.Scaler is defined in the notebook or script, and only its name is stored; store \
the model with by_value=True, or move it to a module of an installed package, otherwise no other \
process can load the model.',)
    """
    return tuple(issue for name in globals for issue in _issue(name))


def local_files(globals: Iterable[str]) -> dict[str, str]:
    """Return the name of the local file of each module that no package provides.

    Parameters
    ----------
    globals : iterable of str
        The names that loading imports.

    Examples
    --------
    >>> local_files(["builtins.range", "numpy.ndarray"])
    {}
    """
    modules = sorted({name.partition(".")[0] for name in globals} - {*NOTEBOOK, _PACKAGE})
    paths = {module: local_path(module) for module in modules}
    return {module: path.name for module, path in paths.items() if path is not None}


def unloadable(globals: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each name that no exported folder can provide.

    Parameters
    ----------
    globals : iterable of str
        The names that loading imports, and the modules that its functions import.

    Examples
    --------
    >>> unloadable(["numpy.ndarray"])
    ()
    """
    return tuple(
        issue
        for name in globals
        for issue in _issue(name)
        if name.partition(".")[0] in NOTEBOOK or is_compiled(_module(name))
    )


def _module(name: str) -> str:
    import sys

    return name if name in sys.modules else name.rpartition(".")[0]


def _issue(name: str) -> Iterable[str]:
    module = name.partition(".")[0]
    if module in NOTEBOOK:
        yield (
            f"{name} is defined in the notebook or script, and only its name is stored; store the "
            "model with by_value=True, or move it to a module of an installed package, otherwise "
            "no other process can load the model."
        )
    # The process that loads the model has this package, even from a source checkout.
    elif module != _PACKAGE and (path := local_path(module)) is not None:
        if is_compiled(_module(name)):
            yield (
                f"{name} is compiled in the local file {path.name}, which cannot be stored with "
                "the model; install it as a package where the model is loaded."
            )
        else:
            yield (
                f"{name} is defined in the local file {path.name}, which is not stored; to load "
                "the model on another machine, install it as a package there or copy the file to "
                "the import path."
            )


def _refusal(model: Any, error: Exception, by_value: bool) -> SerializationError:
    model_type = type_name(model)
    found = find_unpicklable(model, by_value=by_value)
    value, reason = found.value, short_error(error)
    name = read_attribute(value, "__qualname__") if callable(value) else None
    what = name if isinstance(name, str) else f"a {type(value).__qualname__}"
    where = f" in model{found.place}" if found.place else ""
    if found.variable:
        message = _variable_refusal(found, what, reason)
    else:
        message = f"{what}{where} cannot be pickled ({reason}). {_hint(what, reason)}"
    return SerializationError(f"Cannot write {model_type}: {message}", model_type=model_type)


def _variable_refusal(found: Unpicklable, what: str, reason: str) -> str:
    return (
        f"the variable {found.variable}, which {found.function} uses, has {what}, which cannot be "
        f"pickled ({reason}). Create it inside {found.function}, or pass it as a parameter."
    )


def _hint(what: str, reason: str) -> str:
    if "<lambda>" in what:
        return "Replace it with a named function in a module and fit again."
    if "<locals>" in what:
        return "Move it from the function that defines it to a module and fit again."
    if "(vectorized)" in reason:
        return "Use numpy.vectorize(function) instead of numpy.frompyfunc."
    if "not the same object" in reason:
        return (
            "It was defined again after the model was fitted: a cell was run again, or a module "
            "was reloaded. Fit again with the new definition."
        )
    if "not found as" in reason or "attribute lookup" in reason:
        return "It is not defined under this name any more. Define it again and fit again."
    return "Set it to None before saving, or exclude it in __getstate__ of its owner."
