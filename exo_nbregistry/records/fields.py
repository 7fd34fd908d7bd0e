"""The dataclasses that are parts of a version's metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exo_nbregistry.records.field_types import field_names, require_kinds
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode, encode, to_plain


@immutable
@dataclass(frozen=True, slots=True)
class Column:
    """One input column of a model.

    Attributes
    ----------
    name : str
        Column name.
    dtype : str
        Name of the NumPy dtype, such as ``float64``, or the pandas types ``category`` and ``str``.
    minimum, maximum : float or None
        Range in the training data without missing values; None for unordered values.
    missing : int
        Number of missing values in the training data.
    """

    name: str
    dtype: str
    minimum: float | None = None
    maximum: float | None = None
    missing: int = 0


@immutable
@dataclass(frozen=True, slots=True)
class Signature:
    """Inputs and class labels of a model.

    Attributes
    ----------
    columns : tuple of Column
        The inputs, in order.
    classes : tuple or None
        The class labels, in the order of ``predict_proba``; None for a regressor.
    container : str or None
        Container of the training data, which the model also gets later: ``frame``, ``array``,
        ``list``, ``series`` or ``vector`` of values, ``sparse``, ``records`` (a list of mappings),
        or ``steps`` of a forecast. None in a version of an older release.
    """

    columns: tuple[Column, ...] = ()
    classes: tuple[Any, ...] | None = None
    container: str | None = None


@immutable
@dataclass(frozen=True, slots=True)
class Dataset:
    """The data that a model was trained on.

    Attributes
    ----------
    name : str or None
        Name that the user passed.
    rows : int
        Number of training rows.
    sha256 : str
        Fingerprint of columns, dtypes, values and target.
    """

    name: str | None
    rows: int
    sha256: str


@immutable
@dataclass(frozen=True, slots=True)
class Environment:
    """The environment in which a model was created.

    Attributes
    ----------
    python : str
        Python version.
    platform : str
        Operating system and machine.
    packages : dict of str to str
        Version of each distribution that provides the model's classes.
    """

    python: str = ""
    platform: str = ""
    packages: dict[str, str] = field(default_factory=dict)


@immutable
@dataclass(frozen=True, slots=True)
class Provenance:
    """The code that created a model; unknown values are None.

    Attributes
    ----------
    notebook : str or None
        File name of the notebook, without its folder.
    cell_number : int or None
        IPython's execution count.
    cell_source : str or None
        Source of the cell.
    git_commit : str or None
        Commit, 40 hexadecimal digits.
    git_dirty : bool or None
        Whether tracked files differed from the commit.
    user, host : str or None
        Name of the user and of the machine.
    definitions : str or None
        Sources of the functions and classes of other cells that the cell uses.
    """

    notebook: str | None = None
    cell_number: int | None = None
    cell_source: str | None = None
    git_commit: str | None = None
    git_dirty: bool | None = None
    user: str | None = None
    host: str | None = None
    definitions: str | None = None


@immutable
@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored payload.

    Attributes
    ----------
    format : str
        ``joblib`` or ``skops`` for a model; ``npz``, ``json``, ``txt``, ``bin``, ``zip``,
        ``csv.zip``, ``parquet.zip`` or ``joblib`` for an attachment.
    sha256 : str
        Digest of the content.
    size_bytes : int
        Size of the content.
    globals : tuple of str
        Every module-level name that loading imports, sorted.
    content_sha256 : str or None
        Digest of the content of a model, which does not depend on its bytes. None for an
        attachment, for a model of an older release, and if only the bytes can be compared.
    kind : str or None
        Kind of an attachment, such as ``figure`` or ``file``. None for a model, and for arrays and
        values that are attached as a dict.
    file_name : str or None
        Original name of an attached file or folder, for display. It is not a safe path.
    python : str or None
        Minor version of Python that compiled the code of an attached model; None without code.
    """

    format: str
    sha256: str
    size_bytes: int
    globals: tuple[str, ...] = ()
    content_sha256: str | None = None
    kind: str | None = None
    file_name: str | None = None
    python: str | None = None


@immutable
@dataclass(frozen=True, slots=True)
class Note:
    """A note on a version.

    Attributes
    ----------
    text : str
        Text of the note.
    author : str
        Name of the author.
    created_at : datetime
        Time of the note, in UTC.
    """

    text: str
    author: str
    created_at: datetime


def plain_part(part: Any, key: str) -> Any:
    """Copy a part to plain types; raise RecordError for an unsupported value."""
    values = {}
    for name in field_names(part):
        value = getattr(part, name)
        if name == "columns":
            values[name] = tuple(plain_part(c, f"{key}.{c.name}") for c in value)
        else:
            values[name] = to_plain(value, f"{key}.{name}")
    plain = type(part)(**values)
    require_kinds(plain, f"{key}.")
    return plain


def encode_part(part: Any) -> dict[str, Any]:
    """Encode a part for JSON."""
    fields = {name: getattr(part, name) for name in field_names(part)}
    if isinstance(part, Signature):
        columns = [encode_part(column) for column in part.columns]
        classes = None if part.classes is None else [encode(label) for label in part.classes]
        found = {"columns": columns, "classes": classes}
        # Older records have none, and stay equal.
        return found if part.container is None else found | {"container": part.container}
    if isinstance(part, Artifact):
        fields["globals"] = list(part.globals)
        # Without them, the record equals one of an older release.
        for name in ("content_sha256", "kind", "file_name", "python"):
            if fields[name] is None:
                del fields[name]
    if isinstance(part, Provenance) and part.definitions is None:
        del fields["definitions"]
    return {name: encode(value) for name, value in fields.items()}


def decode_part(kind: type, value: dict[str, Any] | None) -> Any:
    """Decode the result of `encode_part`; unknown fields are ignored."""
    if value is None:
        return None
    known = field_names(kind)
    fields = {name: decode(item) for name, item in value.items() if name in known}
    if kind is Signature:
        fields["columns"] = tuple(decode_part(Column, item) for item in value["columns"])
    for name in {"globals", "classes"} & fields.keys():
        fields[name] = None if fields[name] is None else tuple(fields[name])
    return kind(**fields)
