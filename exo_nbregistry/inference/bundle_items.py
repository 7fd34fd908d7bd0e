"""Access to the parts of a bundle as to the items of a dict."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from exo_nbregistry.text.names import name_list


class BundleItems:
    """Methods of a dict that read the parts of a bundle.

    It is not a mapping for ``isinstance``, because a bundle is a model.
    """

    _items: Mapping[Any, Any]

    def __getitem__(self, key: Any) -> Any:
        """Return a part, such as ``bundle["scaler"]``.

        Raises
        ------
        KeyError
            If the part does not exist; the message lists the keys.
        """
        try:
            return self._items[key]
        except (KeyError, TypeError):
            known = name_list(self._items, quoted=True)
            raise KeyError(f"{key!r:.60} is not a part of the bundle, which has {known}") from None

    def __contains__(self, key: object) -> bool:
        """Return whether there is a part with this key."""
        return key in self._items

    def __iter__(self) -> Iterator[Any]:
        """Return an iterator over the keys."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self._items)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a part, or the default if there is none with this key."""
        return self._items.get(key, default)

    def keys(self) -> KeysView[Any]:
        """Return the keys of the parts."""
        return self._items.keys()

    def values(self) -> ValuesView[Any]:
        """Return the parts."""
        return self._items.values()

    def items(self) -> ItemsView[Any, Any]:
        """Return the keys with their parts."""
        return self._items.items()
