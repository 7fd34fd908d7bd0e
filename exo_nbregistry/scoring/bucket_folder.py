"""Tables and results in a bucket."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import BinaryIO

from exo_nbregistry.errors import InvalidInputError, KeyExistsError, NotFoundError
from exo_nbregistry.scoring.place import HIDDEN, FoundFiles
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.bucket_threads import in_order
from exo_nbregistry.store.url import BucketUrl, parse_url

OpenBucket = Callable[[str], Store]
_STAGING = ".staging"
# What a killed test of the bucket leaves; see `bucket_probe`.
_PROBE = "nbregistry.json.tmp"
_PATTERN = re.compile(r"[*\[]")


@dataclass(frozen=True)
class BucketFolder:
    """A prefix of a bucket, as a `Place`. Each process opens the bucket itself.

    Attributes
    ----------
    url : str
        URL of the prefix.
    open_bucket : callable
        Opens the store of a URL, with the credentials of the process.
    """

    url: str
    open_bucket: OpenBucket
    _opened: list[Store] = field(default_factory=list, repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        # The store of this process may have its credentials.
        return type(self), (self.url, self.open_bucket)

    @property
    def store(self) -> Store:
        """The store of the prefix."""
        if not self._opened:
            self._opened.append(self.open_bucket(self.url))
        return self._opened[0]

    @property
    def label(self) -> str:
        """URL of the folder."""
        return self.url

    def open(self, name: str) -> BinaryIO:
        """Open an object."""
        return self.store.open(name)

    def for_arrow(self, name: str) -> BinaryIO:
        """Open an object."""
        return self.open(name)

    def digest(self, name: str) -> str:
        """Return a digest of the size and the time of an object."""
        found = self.store.info(name)
        if found is None:
            raise NotFoundError(f"{self.url}/{name} does not exist.", name=name)
        facts = f"{found.size_bytes} {found.modified_ns}"
        return hashlib.sha256(facts.encode()).hexdigest()

    def names(self) -> list[str]:
        """Return the names in the folder, sorted, without hidden ones."""
        names = self.store.names("")
        return [name for name in names if not name.startswith(HIDDEN) and name != _PROBE]

    def create(self, name: str, write: Callable[[BinaryIO], None]) -> bool:
        """Write an object only if it does not exist; return whether it was written.

        The object is in memory until then.
        """
        written = io.BytesIO()
        write(written)
        try:
            self.store.create(name, written.getvalue(), staging=_STAGING)
        except KeyExistsError:
            return False
        return True

    def remove(self, name: str) -> None:
        """Remove an object."""
        self.store.remove(name)

    def clean_up(self) -> None:
        """No-op: an object is complete when it is visible."""


def find_in_bucket(
    text: str, is_table: Callable[[str], bool], open_bucket: OpenBucket
) -> FoundFiles:
    """Return the objects of a table in a bucket.

    Parameters
    ----------
    text : str
        URL of an object, of a prefix that ends before a slash, or a pattern.
    is_table : callable
        Whether an object is a table, by its name.
    open_bucket : callable
        Opens the store of a URL.

    Raises
    ------
    NotFoundError
        If there is no such object.
    InvalidInputError
        If the URL is invalid or has a question mark.
    """
    if "?" in text:
        # The text may have a signature, so it is not in the message.
        raise InvalidInputError(
            "The URL of a table cannot have '?'; use '*' or '[...]' in a pattern, and pass "
            "credentials in the environment or in storage.toml."
        )
    fixed, pattern = _split(text)
    url = parse_url(fixed)
    if not pattern and is_table(url.prefix):
        parent, _, name = url.prefix.rpartition("/")
        folder = BucketFolder(str(BucketUrl(url.scheme, url.bucket, parent)), open_bucket)
        if folder.store.info(name) is not None:
            return FoundFiles(folder, [name], is_folder=False)
    folder = BucketFolder(str(url), open_bucket)
    found = [
        name
        for name in _below(folder.store)
        if is_table(name) and (not pattern or _matches(name.split("/"), pattern))
    ]
    if not found:
        is_single = pattern or is_table(url.prefix)
        what = "does not exist" if is_single else "has no .parquet, .pq or .csv files"
        raise NotFoundError(f"{text} {what}.", name=text)
    return FoundFiles(folder, sorted(found), is_folder=not pattern)


def _split(text: str) -> tuple[str, list[str]]:
    """Return the part of a URL before the first name with a wildcard, and the other names."""
    names = text.split("/")
    for number, name in enumerate(names):
        if _PATTERN.search(name):
            return "/".join(names[:number]), names[number:]
    return text, []


def _below(store: Store) -> Iterator[str]:
    """Yield the names of all visible objects; the folders of a level are listed in parallel."""
    folders = [""]
    while folders:
        deeper = []
        for folder, entries in zip(folders, in_order(store.entries, folders), strict=True):
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.name.startswith(HIDDEN):
                    continue
                if entry.kind == "folder":
                    deeper.append(name)
                else:
                    yield name
        folders = deeper


def _matches(names: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether names match a pattern, in which ``**`` is any number of names."""
    if not pattern:
        return not names
    if pattern[0] == "**":
        return any(_matches(names[start:], pattern[1:]) for start in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and _matches(names[1:], pattern[1:])
