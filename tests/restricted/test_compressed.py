"""Compressed files of joblib in the restricted loader."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
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


def test_a_header_cannot_require_gigabytes() -> None:
    """A file of lzma whose header asks for 3 GiB of memory is rejected before it is unpacked."""
    data = lzma.compress(b"model", lzma.FORMAT_ALONE)
    assert unpack(data) == b"model"
    with pytest.raises(Rejection, match="is damaged"):
        unpack(data[:1] + struct.pack("<I", 3 << 30) + data[5:])


def test_a_small_file_cannot_create_many_objects() -> None:
    """A file of a few kilobytes cannot fill the memory with millions of objects."""
    data = zlib.compress(b"\x80\x04(" + b"]" * 3_000_000 + b"t.", 9)
    assert len(data) < 5_000
    assert names_in(io.BytesIO(data))[1] == "The file has too many containers for its size."


def test_a_compressed_model_of_many_objects_loads(tmp_path: Path) -> None:
    """A large list of equal small values, which compresses well, is read."""
    values = [{"period": n % 7, "depth": [n % 5]} for n in range(60_000)]
    joblib.dump(values, tmp_path / "model", compress=3)
    assert load_restricted(io.BytesIO((tmp_path / "model").read_bytes())) == values


def test_bytes_after_the_content_are_not_read() -> None:
    """Only the first part of a file is unpacked: the rest has no names and is not loaded."""
    hidden = gzip.compress(b"\x80\x04cos\nsystem\n.")
    assert unpack(gzip.compress(b"model") + hidden) == b"model"
