"""Check a built site: its links lead somewhere, and it loads nothing from elsewhere.

Usage: python -m scripts.documentation.check_site FOLDER
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {"src", "data", "poster"}
_IN_CSS = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])((?:https?:)?//[^'")\s]+)""")
_SCHEMES = ("http", "https", "mailto")


class _Page(HTMLParser):
    """The anchors, links and loaded files of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the attributes that name an anchor or another file."""
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name == "srcset":
                self.loaded += [part.split()[0] for part in value.split(",")]
            elif name in _LOADED or (tag == "link" and name == "href"):
                self.loaded.append(value)
            elif name == "href":
                self.links.append(value)


def check(folder: Path) -> list[str]:
    """Return a message for each broken link, and for each file that is loaded from elsewhere.

    Parameters
    ----------
    folder : Path
        Folder of the built site.

    Returns
    -------
    list of str
        The messages. Links to other sites are not opened; only their form is checked.
    """
    # _static has a template of the theme, which is not a page.
    paths = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    pages = {path.resolve(): _Page(path.read_text("utf-8")) for path in paths}
    found = [message for path in pages for message in _check_page(path, pages, folder.resolve())]
    for path in folder.rglob("*.css"):
        foreign = _IN_CSS.findall(path.read_text("utf-8"))
        found += [f"{path.relative_to(folder)} loads {url}" for url in foreign]
    return found


def _check_page(path: Path, pages: dict[Path, _Page], root: Path) -> Iterator[str]:
    page, name = pages[path], path.relative_to(root)
    for url in page.loaded:
        parts = urlsplit(url)
        if parts.netloc or parts.scheme not in ("", "data"):
            yield f"{name} loads {url}"
        elif not parts.scheme and not (path.parent / unquote(parts.path)).exists():
            yield f"{name} loads {url}, which does not exist"
    for url in page.links:
        parts = urlsplit(url)
        if parts.scheme or parts.netloc:
            is_web = parts.scheme in ("http", "https")
            if parts.scheme not in _SCHEMES or (is_web and "." not in parts.netloc):
                yield f"{name} has the invalid link {url}"
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.exists():
            yield f"{name} links to {url}, which does not exist"
        elif not _has_anchor(pages.get(target), unquote(parts.fragment)):
            yield f"{name} links to {url}, which has no such heading"


def _has_anchor(page: _Page | None, anchor: str) -> bool:
    return page is None or not anchor or anchor in page.anchors


def main(arguments: list[str]) -> int:
    """Print the messages about a site; return 1 if there are any."""
    found = check(Path(arguments[0]))
    print(*found, f"Problems of the site: {len(found)}", sep="\n")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
