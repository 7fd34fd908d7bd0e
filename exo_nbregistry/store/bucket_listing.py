"""The names in a bucket as folders, which a bucket does not have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

from exo_nbregistry.store.base import Entry, Stamps
from exo_nbregistry.store.bucket_client import Client, entry
from exo_nbregistry.store.bucket_threads import in_order

# A stamp must fit into 63 bits, as a time does.
_STAMP_BYTES = 6
_PAGE = 1000


def list_names(client: Client, folder: str, after: str | None) -> list[str]:
    """Return the names in a folder; objects without a name, which mark a folder, are omitted."""
    if after is None:
        objects, folders = client.children(folder)
        found = [client.relative(item["path"], folder) for item in objects]
        return sorted({name for name in chain(found, folders) if name})
    pages = client.below(folder, after=after)
    paths = (client.relative(item["path"], folder) for item in chain.from_iterable(pages))
    names = {path.partition("/")[0] for path in paths}
    return sorted(name for name in names if name and name > after)


def list_entries(client: Client, folder: str) -> list[Entry]:
    """Return the entries of a folder, sorted by name."""
    objects, folders = client.children(folder)
    entries = [Entry(name, "folder", 0, 0) for name in set(folders) if name]
    for item in objects:
        name = client.relative(item["path"], folder)
        if name:
            entries.append(entry(item, name))
    return sorted(entries, key=lambda found: found.name)


def list_stamps(client: Client, folder: str, below: Sequence[str], name: str | None) -> Stamps:
    """Return a digest of the names below each folder, and the names."""
    if name is None:
        found = _sweep(client, folder, below)
    else:
        listings = in_order(lambda part: _objects(client, f"{folder}/{name}/{part}"), below)
        found = {name: list(listings)}
    stamps = Stamps({model: tuple(map(_stamp, parts)) for model, parts in found.items()})
    stamps.names = {
        model: tuple([name for name, _ in part] for part in parts) for model, parts in found.items()
    }
    return stamps


def list_infos(client: Client, keys: Iterable[str], large: set[str]) -> list[Entry | None]:
    """Return the entries of several keys.

    Keys of one folder are answered by one listing if the folder is small. Folders that are not are
    added to `large`.
    """
    keys = list(keys)
    by_folder: dict[str, list[str]] = {}
    for key in keys:
        by_folder.setdefault(key.rpartition("/")[0], []).append(key)
    known: dict[str, Entry | None] = {}
    for folder, members in by_folder.items():
        if len(set(members)) > 1 and folder not in large:
            listed = _first_page(client, folder)
            if listed is None:
                large.add(folder)
            else:
                known.update({key: listed.get(key.rpartition("/")[2]) for key in members})
    unknown = [key for key in dict.fromkeys(keys) if key not in known]
    if len(unknown) == 1:
        known[unknown[0]] = client.head(unknown[0])
    else:
        known.update(zip(unknown, in_order(client.head, unknown), strict=True))
    return [known[key] for key in keys]


def _first_page(client: Client, folder: str) -> dict[str, Entry] | None:
    """Return the entries of a folder by name, or None if there are more than one page."""
    page = next(client.below(folder), [])
    if len(page) >= _PAGE:
        return None
    return {name: entry(item) for item in page if (name := client.relative(item["path"], folder))}


def _objects(client: Client, folder: str) -> list[tuple[str, Any]]:
    objects, _ = client.children(folder)
    named = ((client.relative(item["path"], folder), item) for item in objects)
    return [(name, item) for name, item in named if name]


def _sweep(
    client: Client, folder: str, below: Sequence[str]
) -> dict[str, list[list[tuple[str, Any]]]]:
    """Return the objects of all folders in one listing; a thousand keys are one request."""
    places = {part: number for number, part in enumerate(below)}
    found: dict[str, list[list[tuple[str, Any]]]] = {}
    for page in client.below(folder):
        for item in page:
            model, _, rest = client.relative(item["path"], folder).partition("/")
            part, _, name = rest.partition("/")
            if not model or not rest:
                continue
            parts = found.setdefault(model, [[] for _ in below])
            if name and part in places and "/" not in name:
                parts[places[part]].append((name, item))
    return found


def _stamp(objects: list[tuple[str, Any]]) -> int:
    if not objects:
        return 0
    lines = sorted(f"{name}\0{item['size']}\0{item['e_tag']}" for name, item in objects)
    digest = sha256("\n".join(lines).encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:_STAMP_BYTES], "big") + 1
