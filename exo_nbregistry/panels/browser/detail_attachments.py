"""Attachments of the selected version: a list, a preview, and files to download or save."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from ipywidgets import Button, Dropdown, HBox, Image, VBox

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import code_block, html, sentence
from exo_nbregistry.panels.browser.attachment_preview import (
    MAX_BYTES,
    can_preview,
    is_picture,
    part_to_read,
    preview,
)
from exo_nbregistry.payloads.attachment_name import safe_file_name
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import PURGED
from exo_nbregistry.text.markup import Markup, escape, html_table, paragraph, size
from exo_nbregistry.views.attachment_rows import attachment_rows, describe
from exo_nbregistry.views.attachments import kind_and_format

# A larger file would make the messages between kernel and page too large.
MAX_LINK_BYTES = 1_000_000
NONE = "No attachments. registry.attach({!r}, 'roc', figure) adds one."
_HEIGHT = "400px"
_LINK = "text-decoration:underline;color:var(--jp-content-link-color,inherit)"
_ENDINGS = {"figure": "png", "text": "txt", "array": "npz", "arrays": "npz", "value": "json"}


class DetailAttachments(VBox):
    """The attachments of a version; one is read when it is selected.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._item: ModelMetadata | None = None
        self._filling = False
        self.list = html()
        self.choice = Dropdown(
            description="Show",
            layout={"width": "auto", "max_width": "360px"},
            style={"description_width": "auto"},
        )
        self.image = Image(format="png", layout={"max_height": _HEIGHT, "max_width": "100%"})
        self.image.layout.object_fit = "contain"
        self.image.layout.align_self = "flex-start"
        self.preview = html(overflow="auto")
        self.save = Button(
            description="Save to folder",
            tooltip="Write the attachment to the working folder of the kernel",
        )
        self.link = html()
        self.message = html()
        self.code = html()
        self._actions = HBox([self.save, self.link])
        super().__init__(
            [
                self.list,
                self.choice,
                self.image,
                self.preview,
                self.code,
                self._actions,
                self.message,
            ]
        )
        self.choice.observe(self._draw, "value")
        self.save.on_click(self._save)

    def show(self, item: ModelMetadata) -> None:
        """List the attachments of a version, and show its first picture.

        Parameters
        ----------
        item : ModelMetadata
            The version.
        """
        last = self.choice.value if self._item and self._item.model_id == item.model_id else None
        self._item = item
        rows = attachment_rows(item)
        self.list.value = (
            html_table(("attachment", "content"), rows)
            if rows
            else paragraph(NONE.format(item.model_id))
        )
        names = [] if item.status == PURGED else [name for name, _ in rows]
        first = next(
            (name for name in names if is_picture(*kind_and_format(item.attachments[name]))), None
        )
        self._filling = True
        try:
            self.choice.options = [("Select an attachment", None), *((n, n) for n in names)]
            self.choice.value = last if last in names else first
        finally:
            self._filling = False
        self.choice.layout.display = None if names else "none"
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        if self._filling or self._item is None:
            return
        name = self.choice.value
        self.message.value = self.preview.value = self.link.value = self.code.value = ""
        self.image.layout.display = "none"
        self._actions.layout.display = "none" if name is None else None
        if name is None:
            return
        self.code.value = code_block(f"registry.load_attachment({self._item.model_id!r}, {name!r})")
        try:
            self._draw_content(self._item, name)
        except (RegistryError, OSError) as error:
            self.message.value = Markup(f'<div role="alert">{paragraph(sentence(error))}</div>')

    def _draw_content(self, item: ModelMetadata, name: str) -> None:
        artifact = item.attachments[name]
        kind, form = kind_and_format(artifact)
        shows = can_preview(kind, form) and artifact.size_bytes <= MAX_BYTES
        links = kind not in ("folder", "model") and artifact.size_bytes <= MAX_LINK_BYTES
        data = b""
        if shows or links:
            part = part_to_read(kind, form)
            data = self._registry.attachment_bytes(item.model_id, name, part)
        if links:
            given = artifact.file_name or f"{name}.{_ENDINGS.get(kind, form)}"
            self.link.value = download_link(data, safe_file_name(given) or "attachment")
        if not shows:
            large = can_preview(kind, form)
            reason = f"It has {size(artifact.size_bytes)}." if large else ""
            self.preview.value = paragraph(f"No preview of {describe(artifact)}. {reason}".strip())
            return
        found = preview(kind, form, data)
        self.preview.value = found.page
        if found.picture:
            self.image.format = found.format
            self.image.value = found.picture
            self.image.layout.display = None
            self.preview.value = paragraph(f"{name}: {describe(artifact)}")

    def _save(self, _button: Any) -> None:
        if self._item is None or self.choice.value is None:
            return
        folder = Path.cwd()
        try:
            path = self._registry.load_attachment(
                self._item.model_id, self.choice.value, directory=folder
            )
        except (RegistryError, OSError) as error:
            self.message.value = Markup(f'<div role="alert">{paragraph(sentence(error))}</div>')
            return
        self.message.value = Markup(f'<div role="status">{paragraph(f"Saved to {path}.")}</div>')


def download_link(data: bytes, file_name: str) -> Markup:
    """Return a link that downloads a file, which the browser never opens as a page.

    Examples
    --------
    >>> download_link(b"so", "a<b.txt")[:60]
    '<a download="a&lt;b.txt" href="data:application/octet-stream'
    """
    content = base64.b64encode(data).decode("ascii")
    return Markup(
        f'<a download="{escape(file_name)}" '
        f'href="data:application/octet-stream;base64,{content}" style="{_LINK}">Download</a>'
    )
