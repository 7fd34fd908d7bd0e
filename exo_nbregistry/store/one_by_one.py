"""Calls on several keys for stores where the calls of single keys are cheap."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.base import Entry


class OneByOne:
    """A store that reads several keys one after the other."""

    @abstractmethod
    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a small file."""

    @abstractmethod
    def info(self, key: str) -> Entry | None:
        """Return the entry of one file or folder, or None if it does not exist."""

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Yield the content of several small files, or the error of each."""
        for key in keys:
            try:
                content: bytes | StoreError = self.read(key, max_bytes=max_bytes)
            except StoreError as error:
                content = error
            yield content

    def infos(self, keys: Iterable[str]) -> list[Entry | None]:
        """Return the result of `info` for several keys."""
        return [self.info(key) for key in keys]
