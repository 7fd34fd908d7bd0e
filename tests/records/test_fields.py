"""The parts of a version's metadata."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.fields import (
    Artifact,
    Column,
    Dataset,
    Note,
    Provenance,
    Signature,
    decode_part,
    encode_part,
    plain_part,
)
from exo_nbregistry.values.json_codec import dump_json, load_json
from tests.sample_values import PARTS


@given(PARTS)
def test_a_part_comes_back_equal(part: Any) -> None:
    """Every part is restored from JSON unchanged, including NaN bounds and class labels."""
    plain = plain_part(part, "it")
    fields = load_json(dump_json(encode_part(plain), "it"), "it")
    assert decode_part(type(part), fields) == plain


def test_nothing_stays_nothing() -> None:
    """A part that is not there is None, before and after."""
    assert decode_part(Signature, None) is None
    assert decode_part(Signature, encode_part(Signature())).classes is None


def test_class_labels_of_numpy_become_plain() -> None:
    """Labels keep their kind: text, whole number or truth."""
    part = plain_part(Signature((), (np.str_("PC"), np.int64(1), np.bool_(True))), "signature")
    assert [type(label) for label in part.classes] == [str, int, bool]


def test_a_field_of_a_newer_release_is_left_out() -> None:
    """Unknown fields do not prevent reading the known ones."""
    assert (
        decode_part(Dataset, {"name": "koi", "rows": 3, "sha256": "a", "licence": "CC0"}).rows == 3
    )


def test_a_value_that_cannot_be_kept_is_named_with_its_column() -> None:
    """The error names the column of the signature."""
    part = Signature((Column("koi_depth", "float64", minimum=1j),))  # type: ignore[arg-type]
    with pytest.raises(RecordError, match=r"signature\.koi_depth\.minimum"):
        plain_part(part, "signature")


def test_parts_cannot_be_changed() -> None:
    """A part that was read is a value, not a handle."""
    with pytest.raises(AttributeError):
        Dataset("koi", 3, "a").rows = 4  # type: ignore[misc]


def test_a_note_knows_when_it_was_written() -> None:
    """An instant comes back with its zone."""
    note = Note("good", "ada", datetime(2026, 1, 1, tzinfo=UTC))
    assert decode_part(Note, encode_part(note)).created_at.tzinfo is not None


def test_definitions_are_omitted_without_a_value() -> None:
    """A record without definitions has the bytes of an older release; others keep them."""
    assert "definitions" not in encode_part(Provenance("a.ipynb"))
    kept = encode_part(Provenance("a.ipynb", definitions="def f(): pass"))
    assert decode_part(Provenance, kept).definitions == "def f(): pass"


def test_the_kind_of_an_attachment_is_omitted_without_a_value() -> None:
    """A record with arrays or values has the bytes of an older release; others keep the kind."""
    assert encode_part(Artifact("npz", "a", 1)).keys() == {
        *("format", "sha256", "size_bytes", "globals")
    }
    part = Artifact("bin", "a", 1, kind="file", file_name="größe.pdf")
    assert decode_part(Artifact, encode_part(part)) == part
