"""The skops format: a zip of JSON and arrays, read without unpickling."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
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

    def names_in(self, data: bytes) -> tuple[tuple[str, ...], str]:
        """Return all names in a file, and why its names cannot be read, without importing any.

        Parameters
        ----------
        data : bytes
            The file.

        Returns
        -------
        names : tuple of str
            The names, sorted, without those of plain containers and values.
        problem : str
            Empty if the file can be read.
        """
        try:
            return tuple(name for name in _names(data) if name not in _CONTAINERS), ""
        except (zipfile.BadZipFile, KeyError, ValueError, RecursionError, OSError) as error:
            return (), f"The skops file cannot be read ({short_error(error)})."

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

    def load_restricted(self, data: bytes, trust: Sequence[str]) -> Any:
        """Read a model of an unknown signer, with the allow list instead of the list of the file.

        Parameters
        ----------
        data : bytes
            The verified bytes.
        trust : sequence of str
            Packages and classes whose own code may run.

        Returns
        -------
        object
            The model.

        Raises
        ------
        Rejection
            If the file has anything that is not allowed.
        SerializationError
            If skops is not installed.
        """
        from exo_nbregistry.restricted.graph import check_structure
        from exo_nbregistry.restricted.names import Names
        from exo_nbregistry.restricted.rejection import Rejection
        from exo_nbregistry.restricted.skops_schema import check_schema

        skops = _skops()
        names = Names(trust)
        try:
            _require_plain_archive(data)
            trusted = skops.get_untrusted_types(data=data)
            found = {*_names(data), *trusted} - _CONTAINERS
            if unknown := sorted(name for name in found if not names.allows(name)):
                raise Rejection(f"{unknown[0]} is not on the list of allowed names.", unknown)
            check_schema(data, names)
            model = skops.loads(data, trusted=trusted)
        except (Rejection, MemoryError, ImportError):
            raise
        except Exception as error:
            raise Rejection(f"The skops file cannot be read ({short_error(error)}).") from error
        check_structure(model, is_value=names.is_listed_value, checks_names=True)
        return model


# Skops writes these as data, and reads them without calling anything of the file.
_CONTAINERS = frozenset(
    f"builtins.{name}"
    for name in [
        "dict",
        "list",
        "tuple",
        "set",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "bytearray",
    ]
)


def _require_plain_archive(data: bytes) -> None:
    """Check that an archive is as large as its parts, and that these can be read."""
    from exo_nbregistry.restricted.rejection import Rejection
    from exo_nbregistry.restricted.skops_schema import check_parts

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        compressed = any(part.compress_type != zipfile.ZIP_STORED for part in parts)
        if compressed or sum(part.file_size for part in parts) > len(data):
            raise Rejection("The skops file is compressed; unpacked, it may not fit into memory.")
        check_parts(archive, len(data))


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
