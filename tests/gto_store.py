"""Git repositories with models that the real gto registered."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import joblib
import yaml
from sklearn.linear_model import LogisticRegression

from tests.git_repository import git


def make_repository(folder: Path) -> Path:
    """Return a new repository without commits."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@mars")
    return folder


def commit(folder: Path, files: dict[str, bytes | str]) -> str:
    """Write and commit files, and return the commit."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Train")
    return git(folder, "rev-parse", "HEAD")


def model_bytes(folder: Path, strength: float) -> bytes:
    """Return a small fitted model as joblib writes it."""
    model = LogisticRegression(C=strength).fit([[0.0], [1.0]], [0, 1])
    path = folder.parent / "written.joblib"
    joblib.dump(model, path)
    return path.read_bytes()


def artifacts_yaml(**artifacts: dict[str, object]) -> str:
    """Return the text of an artifacts.yaml."""
    return str(yaml.safe_dump(artifacts))


def tag_at(folder: Path, name: str, at: int, target: str = "HEAD") -> None:
    """Make an annotated tag with a time in seconds since 1970."""
    lines = f"object {git(folder, 'rev-parse', target)}\ntype commit\ntag {name}\n"
    tagger = f"tagger Ada <ada@mars> {at} +0000\n\nBy hand\n"
    path = folder.parent / "tag.txt"
    path.write_text(lines + tagger)
    made = git(folder, "hash-object", "-t", "tag", "-w", str(path))
    git(folder, "update-ref", f"refs/tags/{name}", made)


def cached(folder: Path, content: bytes, old: bool = False) -> str:
    """Write a file to the cache of DVC, and return its MD5."""
    md5 = hashlib.md5(content).hexdigest()
    place = folder / ".dvc" / "cache" / (md5[:2] if old else f"files/md5/{md5[:2]}")
    place.mkdir(parents=True, exist_ok=True)
    (place / md5[2:]).write_bytes(content)
    return md5


def cached_folder(folder: Path, files: dict[str, bytes]) -> str:
    """Write a folder to the cache of DVC, and return its MD5."""
    listed = [{"md5": cached(folder, data), "relpath": name} for name, data in files.items()]
    text = json.dumps(listed).encode()
    md5 = cached(folder, text)
    place = folder / ".dvc/cache/files/md5" / md5[:2]
    (place / md5[2:]).rename(place / f"{md5[2:]}.dir")
    return f"{md5}.dir"


def dvc_file(md5: str, path: str, new: bool = True) -> str:
    """Return the text of a .dvc file."""
    out = {"md5": md5, "path": path, **({"hash": "md5"} if new else {})}
    return str(yaml.safe_dump({"outs": [out]}))
