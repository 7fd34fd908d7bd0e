"""Packing of trials: the best ones that fit in an attachment."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from exo_nbregistry.payloads.attachment import Attachment, pack_json
from exo_nbregistry.records.trials import ATTACHMENT, is_finite
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, canonical_json, encode

log = logging.getLogger("exo_nbregistry")
# Characters of indentation in the file, for each value.
_INDENT = 8


def pack_trials(fields: dict[str, Any]) -> Attachment:
    """Pack trials. If they do not fit, scores of folds and then the worst trials are omitted.

    Parameters
    ----------
    fields : dict
        Result of `read_trials`.

    Returns
    -------
    Attachment
        At most 1 MiB. A message is logged if trials are omitted.
    """
    trials = fields["trials"]
    if len(trials) <= _fitting(trials):
        return pack_json(fields, ATTACHMENT)
    short = [{k: v for k, v in trial.items() if k != "scores"} for trial in trials]
    sign = 1 if fields.get("minimize") else -1

    def rank(place: int) -> tuple[bool, float]:
        score = short[place]["mean"]
        return (not is_finite(score), sign * score if is_finite(score) else 0.0)

    order = sorted(range(len(short)), key=rank)
    kept = _fitting([short[place] for place in order])
    if kept < len(short):
        log.warning(
            "Only the best %s of %s trials are stored, because an attachment has at most 1 MiB.",
            f"{kept:,}",
            f"{len(short):,}",
        )
    return pack_json(
        fields | {"trials": [short[place] for place in sorted(order[:kept])]}, ATTACHMENT
    )


def _fitting(trials: Iterable[Mapping[str, Any]]) -> int:
    """Return how many of the first trials fit in an attachment."""
    room, kept = MAX_RECORD_BYTES * 0.95, 0
    for trial in trials:
        text = canonical_json(encode(dict(trial)))
        room -= len(text) + _INDENT * (2 + text.count(b",") + text.count(b":") // 4)
        if room < 0:
            break
        kept += 1
    return kept
