"""Models as plain pickles, which readers without joblib can load."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Written, refuse_none, type_name
from exo_nbregistry.persistence.code_sources import sources_of
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.digest import Writable


def write_pickle(model: Any, target: Writable) -> Written:
    """Write a model as a pickle, with the classes and functions of notebooks and local files.

    Parameters
    ----------
    model : object
        The model.
    target : Writable
        Stream that receives the bytes.

    Returns
    -------
    Written
        The names that loading imports, and the code that the model carries with it.

    Raises
    ------
    SerializationError
        If the model is None or contains an object that cannot be pickled.

    Examples
    --------
    >>> import io, pickle
    >>> data = io.BytesIO()
    >>> write_pickle({"steps": range(3)}, data).globals
    ('builtins.range',)
    >>> pickle.loads(data.getvalue())
    {'steps': range(0, 3)}
    """
    import numpy as np

    from exo_nbregistry.persistence.by_value import Definitions
    from exo_nbregistry.persistence.joblib_pickle import NestedPickler

    class RepeatablePickler(NestedPickler):
        """Writes arrays without the bytes between their fields, which can have any values."""

        def reducer_override(self, value: Any) -> Any:
            is_struct = (
                type(value) is np.ndarray and value.dtype.names and not value.dtype.hasobject
            )
            return super().reducer_override(_without_gaps(value) if is_struct else value)

    refuse_none(model)
    definitions, found = Definitions(), set[str]()
    try:
        RepeatablePickler(target, found, definitions).dump(model)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        name = type_name(model)
        raise SerializationError(
            f"Cannot write {name} as a pickle ({short_error(error)}); use another format.",
            model_type=name,
        ) from error
    sources = sources_of(definitions.outermost())
    imports = tuple(sorted(definitions.imports))
    return Written(tuple(sorted(found)), definitions.code(), sources, imports)


def _without_gaps(array: Any) -> Any:
    import numpy as np

    copy = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        copy[name] = array[name]
    return copy
