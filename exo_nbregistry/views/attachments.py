"""The attachments of a version, shown as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, SupportsIndex, overload

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.records.attachment_kind import FILE, kind_of
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.text.markup import html_table, paragraph, size, text_table
from exo_nbregistry.text.terminal import line_width, visible
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.views.columns import format_minute

if TYPE_CHECKING:
    import pandas as pd

HEADERS = ("name", "kind", "format", "size", "file", "attached (UTC)", "by")
_ALIGN = "lllrlll"
_TEXT_WIDTH = 140
_EMPTY = "No attachments. registry.attach('my_model:1', 'roc', figure) adds one."
_FORMATS = {"figure": "png, svg", "folder": "folder", "bytes": "bin"}


@immutable
@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """One attachment of a version.

    Attributes
    ----------
    name : str
        Name of the attachment.
    kind : str
        ``figure``, ``table``, ``array``, ``arrays``, ``value``, ``values``, ``text``, ``bytes``,
        ``file``, ``folder`` or ``model``.
    format : str
        Format of the content, such as ``csv``; for a file, the ending of its name.
    size_bytes : int
        Size of the stored content.
    file_name : str or None
        Original name of a file or folder, for display. It is not a safe path.
    attached_at : datetime
        Time of the registration or of the attachment, in UTC.
    attached_by : str
        Name of the user.
    signer : str or None
        Fingerprint of the key that signed the attachment; None if it is not signed.
    trusted : bool
        Whether the signer is trusted. Otherwise an attached model requires ``unsafe=True``.
    imported : bool
        Whether a trusted signer has moved it in from another tool without trust in its files, so
        that `trusted` is False.
    """

    name: str
    kind: str
    format: str
    size_bytes: int
    file_name: str | None
    attached_at: datetime
    attached_by: str
    signer: str | None = None
    trusted: bool = True
    imported: bool = False


def kind_and_format(artifact: Artifact) -> tuple[str, str]:
    """Return the kind and the format of an attachment, for display.

    Examples
    --------
    >>> kind_and_format(Artifact("bin", "ab" * 32, 7, kind="file", file_name="Report.PDF"))
    ('file', 'pdf')
    """
    kind = kind_of(artifact)
    if kind == FILE:
        return kind, PurePath(artifact.file_name or "").suffix[1:].lower() or "file"
    return kind, _FORMATS.get(kind, artifact.format.removesuffix(".zip"))


class Attachments(tuple[AttachmentInfo, ...]):
    """Tuple of the attachments of a version, by name.

    Parameters
    ----------
    items : iterable of AttachmentInfo
        Items of ``registry.attachments``.

    Examples
    --------
    >>> registry.attach("kepler_rf", "limits", {"depth": 0.5})
    >>> attached = registry.attachments("kepler_rf")
    >>> attached.names
    ('limits',)
    >>> attached
    name    kind    format      size  file  attached (UTC)    by
    ------  ------  ------  --------  ----  ----------------  ...
    limits  values  json    18 bytes  -     2026-01-01 00:00  ...
    """

    __slots__ = ()

    @overload
    def __getitem__(self, index: SupportsIndex) -> AttachmentInfo: ...
    @overload
    def __getitem__(self, index: slice) -> Attachments: ...
    def __getitem__(self, index: SupportsIndex | slice) -> AttachmentInfo | Attachments:
        """Return one attachment, or some of them."""
        if isinstance(index, slice):
            return Attachments(super().__getitem__(index))
        return super().__getitem__(index)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the attachments, sorted."""
        return tuple(item.name for item in self)

    def __repr__(self) -> str:
        """Return a text table."""
        if not self:
            return _EMPTY
        rows = [[visible(c) if isinstance(c, str) else c for c in row] for row in self._rows()]
        return text_table(self._headers(), rows, align=self._align(), width=line_width(_TEXT_WIDTH))

    def to_html(self) -> str:
        """Return the attachments as HTML without scripts or style sheets."""
        if not self:
            return paragraph(_EMPTY)
        return html_table(self._headers(), self._rows(), align=self._align())

    _repr_html_ = html_unless_text(to_html)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per attachment as a DataFrame.

        Returns
        -------
        pandas.DataFrame of shape (n_attachments, n_fields)
            The fields of `AttachmentInfo`, indexed by ``name``.
        """
        import pandas as pd

        names = list(AttachmentInfo.__dataclass_fields__)
        columns = {name: [getattr(item, name) for item in self] for name in names}
        return pd.DataFrame(columns).set_index("name")

    def _headers(self) -> tuple[str, ...]:
        return HEADERS if self._all_trusted() else (*HEADERS, "signer")

    def _align(self) -> str:
        return _ALIGN if self._all_trusted() else f"{_ALIGN}l"

    def _all_trusted(self) -> bool:
        return all(item.trusted for item in self)

    def _rows(self) -> Sequence[Sequence[object]]:
        signed = not self._all_trusted()
        return [[*_row(item), *([_signer(item)] if signed else [])] for item in self]


def _row(item: AttachmentInfo) -> list[object]:
    return [
        item.name,
        item.kind,
        item.format,
        size(item.size_bytes),
        item.file_name,
        format_minute(item.attached_at),
        item.attached_by,
    ]


def _signer(item: AttachmentInfo) -> str | None:
    if item.trusted:
        return None
    if item.imported:
        return "moved in without trust"
    return f"not trusted: {item.signer}" if item.signer else "not signed"
