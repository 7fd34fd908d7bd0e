"""Signatures of checksums."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.signing import signatures
from exo_nbregistry.signing.keyring import Keyring, KnownSigners
from exo_nbregistry.signing.own_key import OwnKey
from exo_nbregistry.signing.signatures import sign, verified_key


@pytest.mark.parametrize("made_here", [True, False])
def test_only_the_signed_checksum_is_accepted(tmp_path: Path, made_here: bool) -> None:
    """A signature of this process, which is not verified again, fits one checksum only."""
    private, public = OwnKey(tmp_path).for_signing()
    signature = sign("a", private, public)
    if not made_here:
        signatures._own.clear()
    assert verified_key("a", signature) == public
    assert verified_key("b", signature) is None
    other = OwnKey(tmp_path / "other").for_signing()[1]
    for change in ({"public_key": other.line}, {"value": signature["value"][::-1]}):
        assert verified_key("a", signature | change) is None
    assert verified_key("a", signature | {"algorithm": "rsa"}) is None


def test_the_signatures_of_this_process_do_not_fill_its_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a limited number is kept, and all remain valid."""
    monkeypatch.setattr(signatures, "_MAX_OWN", 3)
    signatures._own.clear()
    private, public = OwnKey(tmp_path).for_signing()
    made = {str(number): sign(str(number), private, public) for number in range(8)}
    assert len(signatures._own) <= 3
    assert all(verified_key(check, signature) == public for check, signature in made.items())


def test_known_signers_are_those_of_one_time(tmp_path: Path) -> None:
    """A signer who is trusted later has the same status for all events of one answer."""
    reader, ada = Keyring(tmp_path / "reader"), Keyring(tmp_path / "ada")
    signature = ada.sign("a")
    known = KnownSigners(reader)
    assert known.signer_status("a", signature).status == "unknown"
    reader.trust(signature["public_key"], "ada")
    assert known.signer_status("a", signature).status == "unknown"
    assert reader.signer_status("a", signature).status == "trusted"
    assert KnownSigners(reader).signer_status("a", signature).name == "ada"
