"""The facts that identify a version."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.records.fields import Artifact, encode_part
from exo_nbregistry.records.identity import facts_digest, facts_digests


def content(sha256: str = "a", content_sha256: str | None = "c", **facts: Any) -> dict[str, Any]:
    """Return the content of a record."""
    artifact = Artifact("joblib", sha256 * 64, 3, ("a.B",), content_sha256)
    return {"model_id": "m:1", "version": 1, "algorithm": "SVC", **facts} | {
        "artifact": encode_part(artifact)
    }


def test_bytes_do_not_matter_if_the_content_is_known() -> None:
    """Versions with other bytes and the same content are the same."""
    assert facts_digest(content("a")) == facts_digest(content("b"))
    assert facts_digest(content("a")) != facts_digest(content("a", "d"))


def test_bytes_matter_without_a_digest_of_the_content() -> None:
    """Versions without a digest of the content are the same only byte for byte."""
    assert facts_digest(content("a", None)) != facts_digest(content("b", None))


def test_an_older_record_is_compared_by_its_bytes() -> None:
    """The second digest is the one that an older release wrote for the same bytes."""
    now, before = facts_digests(content("a") | {"facts_sha256": "x"})
    assert now == facts_digest(content("a"))
    assert before == facts_digest(content("a", None))


@pytest.mark.parametrize("name", ["algorithm", "description", "metrics"])
def test_facts_matter(name: str) -> None:
    """Another fact is another version."""
    assert facts_digest(content(**{name: "other"})) != facts_digest(content())


def test_an_unknown_digest_is_not_written() -> None:
    """The record of a model without a digest of the content is the one of older releases."""
    assert "content_sha256" not in content("a", None)["artifact"]


def test_an_attached_model_is_compared_by_its_content() -> None:
    """The bytes of an attached estimator do not matter, its kind and name do."""

    def digest(name: str, sha256: str, kind: str | None = "model") -> str:
        item = Artifact("joblib", sha256 * 64, 3, ("a.B",), "c", kind)
        return facts_digest(content(attachments={name: encode_part(item)}))

    assert digest("scaler", "a") == digest("scaler", "b")
    assert digest("scaler", "a") != digest("other", "a")
    assert digest("scaler", "a") != digest("scaler", "a", None)
