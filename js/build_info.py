"""Write the digest of the sources that the extension was built from.

Run `python build_info.py` after each build. The digest is saved beside the built files, so that a
test can check without Node that they are up to date.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
BUILT = SOURCE.parent / "exo_nbregistry" / "labextension"
FOLDERS = ("schema", "src", "style")
FILES = (
    ".yarnrc.yml",
    "build_view.mjs",
    "bundler.config.js",
    "package.json",
    "tsconfig.json",
    "yarn.lock",
)


def source_sha256(source: Path = SOURCE) -> str:
    """Return the digest of the files that a build reads, with line ends as on Linux."""
    paths = [source / name for name in FILES]
    for folder in FOLDERS:
        paths += (path for path in (source / folder).rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.relative_to(source).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(source).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def main() -> None:
    """Write the digest of the sources beside the built files."""
    text = json.dumps({"source_sha256": source_sha256()}, indent=1) + "\n"
    (BUILT / "build_info.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
