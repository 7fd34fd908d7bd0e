"""Records that say something else than what was written: what a stranger could put in a folder."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib

from exo_nbregistry.records.record import Record
from exo_nbregistry.values.json_codec import digest_json

Sign = Callable[[str], dict[str, Any] | None]


def reseal(path: Path, sign: Sign, **content: Any) -> None:
    """Change a record's content, take its check again and have it signed."""
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["content"] |= content
    signed_over = {k: v for k, v in fields.items() if k not in ("check", "signature")}
    check = digest_json(signed_over)
    sealed = signed_over | {"check": check, "signature": sign(check)}
    path.write_bytes(Record(path.name, sealed).to_bytes())


def put_model(folder: Path, model: Any) -> dict[str, Any]:
    """Put a pickled model among the payloads of a model's folder, and say what a record says."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return place(folder, buffer.getvalue(), "joblib")


def place(folder: Path, data: bytes, format: str) -> dict[str, Any]:
    """Put a payload into a model's folder, and say of it what a record says."""
    sha256 = hashlib.sha256(data).hexdigest()
    (folder / "blobs" / f"{sha256}.{format}").write_bytes(data)
    return {"format": format, "sha256": sha256, "size_bytes": len(data), "globals": []}
