"""Events that a co-writer of the folder forges, without the key of a trusted signer."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.records.record import EVENT, Record, parse_record, seal
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.keys import event_key, event_numbers, version_key
from tests.damage import AT

Sign = Callable[[str], dict[str, Any] | None]


def put_tampered(
    folder: Path,
    sign: Sign,
    action: str,
    *,
    number: int | None = None,
    prev: Record | None = None,
    **fields: Any,
) -> Path:
    """Write an event of the model toy and return its file.

    The number is the next one and the event follows the newest readable one by default.
    """
    events = folder / "models/toy/events"
    events.mkdir(exist_ok=True)
    numbers = event_numbers([path.name for path in events.iterdir()])
    if action in ("alias", "rollback") and "target" not in fields:
        version = folder / version_key("toy", fields["version"])
        fields = fields | {"target": json.loads(version.read_text())["check"]}
    number = number or (numbers[-1] if numbers else 0) + 1
    record = seal(
        key=event_key("toy", number),
        kind=EVENT,
        model="toy",
        number=number,
        content={"action": action, "at": encode(AT), "actor": "ada", **fields},
        prev=prev or newest(folder, number),
        txn="0" * 32,
        sign=sign,
    )
    path = folder / record.key
    path.write_bytes(record.to_bytes())
    return path


def newest(folder: Path, before: int) -> Record | None:
    """Return the newest readable event before a number."""
    for number in range(before - 1, 0, -1):
        with contextlib.suppress(OSError, RecordError, IntegrityError):
            return read(folder, number)
    return None


def read(folder: Path, number: int) -> Record:
    """Return an event of the model toy."""
    key = event_key("toy", number)
    data = (folder / key).read_bytes()
    return parse_record(data, key=key, kind=EVENT, model="toy", number=number)
