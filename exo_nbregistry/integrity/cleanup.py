"""Result of garbage collection: unused files, and versions that the retention rules purge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.integrity.garbage import Garbage
from exo_nbregistry.integrity.retention import RetiredVersion
from exo_nbregistry.text.markup import count, html_table, paragraph, stack, text_table
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.numbers import size
from exo_nbregistry.text.terminal import line_width

VERSION_HEADERS = ("version", "registered (UTC)", "status", "bytes", "reason")
FILE_HEADERS = ("file", "bytes", "reason")
MAX_ROWS = 50
_ALIGN = {VERSION_HEADERS: "lllrl", FILE_HEADERS: "lrl"}
_TEXT_WIDTH = 140


class Cleanup(list[Garbage]):
    """The unused files of a registry, and the versions that its retention rules purge.

    Parameters
    ----------
    files : iterable of Garbage
        The unused files.
    versions : iterable of RetiredVersion
        The versions.
    skipped : iterable of str
        Models whose versions all stay, because one of their records is damaged.
    dry_run : bool
        Whether nothing was removed.

    Attributes
    ----------
    versions : tuple of RetiredVersion
        The versions.
    skipped : tuple of str
        Models whose versions all stay.
    dry_run : bool
        Whether nothing was removed.

    Examples
    --------
    >>> plan = Cleanup([Garbage("models/toy/tmp/half", 10, "left by a writer that stopped")])
    >>> plan
    file                 bytes  reason
    -------------------  -----  -----------------------------
    models/toy/tmp/half     10  left by a writer that stopped
    To remove: 0 versions and 1 file, 10 bytes.
    >>> plan.size_bytes
    10
    """

    def __init__(
        self,
        files: Iterable[Garbage] = (),
        versions: Iterable[RetiredVersion] = (),
        *,
        skipped: Iterable[str] = (),
        dry_run: bool = True,
    ) -> None:
        super().__init__(files)
        self.versions = tuple(versions)
        self.skipped = tuple(skipped)
        self.dry_run = dry_run

    @property
    def size_bytes(self) -> int:
        """Size of the files and of the versions, in bytes."""
        return sum(item.size_bytes for item in (*self, *self.versions))

    @property
    def is_empty(self) -> bool:
        """Whether it has neither files nor versions."""
        return not (self or self.versions)

    def common(
        self, files: Iterable[Garbage], versions: Iterable[RetiredVersion]
    ) -> tuple[list[Garbage], list[RetiredVersion]]:
        """Return the files and the versions of a newer list that this one has too.

        A version whose status has changed is not among them: it was restored or deleted.
        """
        keys = {item.key for item in self}
        listed = {(item.model_id, item.status) for item in self.versions}
        return (
            [item for item in files if item.key in keys],
            [item for item in versions if (item.model_id, item.status) in listed],
        )

    def sentences(self) -> list[str]:
        """Return the totals, and the models that are skipped."""
        what = f"{count(len(self.versions), 'version')} and {count(len(self), 'file')}"
        done = "To remove" if self.dry_run else "Removed"
        total = (
            "Nothing to remove." if self.is_empty else f"{done}: {what}, {size(self.size_bytes)}."
        )
        if not self.skipped:
            return [total]
        skipped = (
            f"All versions of {name_list(self.skipped)} stay, because a record is damaged; "
            "verify() names it."
        )
        return [total, skipped]

    def version_rows(self) -> list[tuple[Any, ...]]:
        """Return a row for each version, in the order of `VERSION_HEADERS`."""
        return [
            (v.model_id, f"{v.registered_at:%Y-%m-%d %H:%M}", v.status, v.size_bytes, v.reason)
            for v in self.versions
        ]

    def file_rows(self) -> list[tuple[Any, ...]]:
        """Return a row for each file, in the order of `FILE_HEADERS`."""
        return [(item.key, item.size_bytes, item.reason) for item in self]

    def __repr__(self) -> str:
        """Return a text table of the versions, one of the files, and the totals."""
        width = line_width(_TEXT_WIDTH)
        tables = [
            text_table(headers, rows, align=_ALIGN[headers], width=width)
            for headers, rows, _ in self._tables()
        ]
        rests = [rest for *_, rest in self._tables() if rest]
        return "\n".join([*"\n\n".join(tables).splitlines(), *rests, *self.sentences()])

    def to_html(self) -> str:
        """Return the same tables as HTML."""
        tables = [html_table(h, rows, align=_ALIGN[h]) for h, rows, _ in self._tables()]
        rests = [rest for *_, rest in self._tables() if rest]
        return stack([*tables, *map(paragraph, [*rests, *self.sentences()])])

    _repr_html_ = html_unless_text(to_html)

    def _tables(self) -> Iterator[tuple[tuple[str, ...], list[tuple[Any, ...]], str]]:
        """Yield the headers, the first rows, and a sentence on the others."""
        for headers, rows in (
            (VERSION_HEADERS, self.version_rows()),
            (FILE_HEADERS, self.file_rows()),
        ):
            rest = len(rows) - MAX_ROWS
            if rows:
                more = f"… and {count(rest, f'more {headers[0]}')}." if rest > 0 else ""
                yield headers, rows[:MAX_ROWS], more
