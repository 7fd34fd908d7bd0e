"""The skops format: a zip of JSON and arrays, read without unpickling."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from types import ModuleType
from typing import Any, BinaryIO, cast

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import refuse_none, type_name
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.digest import Writable


class SkopsFormat:
    """Models as ``skops.io.dump`` writes them; requires the extra ``skops``.

    Source: https://skops.readthedocs.io/en/stable/persistence.html
    """

    name = "skops"
    extension = "skops"

    def dump(self, model: Any, target: Writable) -> tuple[str, ...]:
        """Write a model.

        Parameters
        ----------
        model : object
            The model; skops supports scikit-learn's estimators and most compatible ones.
        target : Writable
            Stream that receives the bytes.

        Returns
        -------
        tuple of str
            All module-level names in the file, sorted.

        Raises
        ------
        SerializationError
            If the model is None, skops is not installed, or skops cannot write the model and read
            it back.
        """
        refuse_none(model)
        model_type = type_name(model)
        skops = _skops(model_type)
        try:
            data = skops.dumps(model)
            # skops writes some objects, such as lambdas, that it cannot read.
            _load(skops, data)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            raise SerializationError(
                f"Cannot write {model_type} as skops ({short_error(error)}). Use format='joblib'.",
                model_type=model_type,
            ) from error
        target.write(data)
        return _names(data)

    def load(self, source: BinaryIO, *, mmap_path: str | None = None) -> Any:
        """Read a model from bytes whose digest and signer were checked before.

        Parameters
        ----------
        source : BinaryIO
            The verified bytes. All types in them are allowed because the signed record lists
            the same types.
        mmap_path : str or None
            Must be None because arrays in a zip cannot be memory-mapped.

        Returns
        -------
        object
            The model.

        Raises
        ------
        SerializationError
            If skops is not installed, or `mmap_path` is given.
        """
        skops = _skops()
        if mmap_path is not None:
            raise SerializationError("A skops file cannot be memory-mapped; load it without mmap.")
        return _load(skops, source.read())


SKOPS = SkopsFormat()
"""The skops format."""


def _skops(model_type: str = "") -> ModuleType:
    try:
        import skops.io
    except ModuleNotFoundError:
        raise SerializationError(
            "The skops format requires skops; run pip install 'exo-nbregistry[skops]'.",
            model_type=model_type,
        ) from None
    return cast(ModuleType, skops.io)


def _load(skops: ModuleType, data: bytes) -> Any:
    return skops.loads(data, trusted=skops.get_untrusted_types(data=data))


def _names(data: bytes) -> tuple[str, ...]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        schema = json.loads(archive.read("schema.json"))
    return tuple(sorted(set(_walk(schema))))


def _walk(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for module, name in (("__module__", "__class__"), ("module_path", "function")):
            if isinstance(node.get(module), str) and isinstance(node.get(name), str):
                yield f"{node[module]}.{node[name]}"
    if isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _walk(part)
