"""Manipulated records and models, as an attacker could write them."""

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
    """Change the content of a record, recompute its checksum and sign it."""
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["content"] |= content
    signed_over = {k: v for k, v in fields.items() if k not in ("check", "signature")}
    check = digest_json(signed_over)
    sealed = signed_over | {"check": check, "signature": sign(check)}
    path.write_bytes(Record(path.name, sealed).to_bytes())


def put_model(folder: Path, model: Any) -> dict[str, Any]:
    """Write a pickled model to the blobs of a model, and return its entry for a record."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return place(folder, buffer.getvalue(), "joblib")


def place(folder: Path, data: bytes, format: str) -> dict[str, Any]:
    """Write a blob to the folder of a model, and return its entry for a record."""
    sha256 = hashlib.sha256(data).hexdigest()
    (folder / "blobs" / f"{sha256}.{format}").write_bytes(data)
    return {"format": format, "sha256": sha256, "size_bytes": len(data), "globals": []}
