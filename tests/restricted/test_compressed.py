"""Compressed files of joblib in the restricted loader."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.restricted import compressed
from exo_nbregistry.restricted.compressed import is_compressed, unpack
from exo_nbregistry.restricted.load import load_restricted, names_in
from exo_nbregistry.restricted.rejection import Rejection

PACKS = (zlib.compress, gzip.compress, bz2.compress, lzma.compress)


@pytest.mark.parametrize("how", ["zlib", "gzip", "bz2", "lzma", "xz"])
def test_a_compressed_model_loads(how: str, tmp_path: Path) -> None:
    """Each compression of joblib is read, with the same checks and the same names."""
    X = np.random.default_rng(0).normal(size=(50, 300))
    model = LogisticRegression().fit(X, np.arange(50) % 2)
    joblib.dump(model, tmp_path / "model", compress=(how, 3))
    data = (tmp_path / "model").read_bytes()
    assert is_compressed(data[:6])
    loaded = load_restricted(io.BytesIO(data))
    assert (loaded.coef_ == model.coef_).all()
    assert "sklearn.linear_model._logistic.LogisticRegression" in names_in(io.BytesIO(data))[0]


def test_code_in_a_compressed_file_does_not_run(tmp_path: Path) -> None:
    """A name that is not allowed is rejected, as in a file without compression."""
    joblib.dump([print], tmp_path / "model", compress=3)
    with pytest.raises(Rejection, match=r"builtins\.print"):
        load_restricted(io.BytesIO((tmp_path / "model").read_bytes()))


@pytest.mark.parametrize("pack", PACKS, ids=["zlib", "gzip", "bz2", "xz"])
def test_a_large_content_is_rejected(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file cannot fill the memory: unpacking ends at the limit."""
    monkeypatch.setattr(compressed, "MAX_UNPACKED_BYTES", 1 << 20)
    assert len(unpack(pack(bytes(1 << 20)))) == 1 << 20
    with pytest.raises(Rejection, match="more than 1,048,576 bytes when it is unpacked"):
        unpack(pack(bytes((1 << 20) + 1)))


@pytest.mark.parametrize("pack", PACKS, ids=["zlib", "gzip", "bz2", "xz"])
def test_a_damaged_file_is_rejected(pack: Callable[[bytes], bytes]) -> None:
    """A file that ends too early or has other bytes is a rejection, not an error of a library."""
    data = pack(np.random.default_rng(0).bytes(5000))
    with pytest.raises(Rejection, match="ends too early"):
        unpack(data[:-8])
    with pytest.raises(Rejection, match=r"is damaged|ends too early"):
        unpack(data[:1000] + bytes(100) + data[1100:])


def test_a_file_without_compression_is_named() -> None:
    """Other bytes are not unpacked."""
    assert not is_compressed(b"\x80\x04K\x01.")
    with pytest.raises(Rejection, match="is not compressed"):
        unpack(b"\x80\x04K\x01.")
