"""Change a card without the key that signed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exo_nbregistry.persistence.file_card import card_path
from exo_nbregistry.values.json_codec import digest_json


def reseal(path: Path, **changes: Any) -> None:
    """Change the card of a model file and correct its checksum."""
    card = json.loads(card_path(path).read_bytes()) | changes
    sealed = {name: card[name] for name in card if name not in ("check", "signature")}
    card["check"] = digest_json(sealed)
    card_path(path).write_text(json.dumps(card))
