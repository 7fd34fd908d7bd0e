"""Compressed files of joblib, unpacked up to a limit."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from typing import Any

from exo_nbregistry.restricted.rejection import Rejection

MAX_UNPACKED_BYTES = 256 << 20
# A header of lzma can require 4 GiB for a file of a few bytes; level 9 requires 65 MiB.
MAX_LZMA_BYTES = 256 << 20
_CHUNK_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
# The four levels that a header can state.
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def is_compressed(start: bytes) -> bool:
    r"""Return whether a file begins as one that ``joblib.dump(..., compress=...)`` writes.

    Parameters
    ----------
    start : bytes
        The first bytes of the file, at least six.

    Examples
    --------
    >>> is_compressed(zlib.compress(b"model")), is_compressed(b"\x80\x04model")
    (True, False)
    """
    return _unpacker(start) is not None


def unpack(data: Any) -> bytes:
    """Return the content of a compressed file.

    Parameters
    ----------
    data : bytes or mmap
        The file.

    Returns
    -------
    bytes
        The unpacked stream.

    Raises
    ------
    Rejection
        If the file is damaged, has more than 256 MiB when it is unpacked, or requires more than
        256 MiB to unpack it.

    Notes
    -----
    Source: the prefixes in ``joblib/compressor.py``. LZ4, which requires a package, is not
    supported.

    Examples
    --------
    >>> unpack(zlib.compress(b"model"))
    b'model'
    """
    unpacker = _unpacker(bytes(data[:6]))
    if unpacker is None:
        raise Rejection("The file is not compressed by zlib, gzip, bz2, lzma or xz.")
    found = io.BytesIO()
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            packed = data[start : start + _CHUNK_BYTES]
            # One byte more than the limit shows that the file is too large.
            while (packed or not unpacker.needs_input) and not unpacker.eof:
                found.write(unpacker.decompress(packed, MAX_UNPACKED_BYTES + 1 - found.tell()))
                packed = b""
                if found.tell() > MAX_UNPACKED_BYTES:
                    raise Rejection(
                        f"The file has more than {MAX_UNPACKED_BYTES:,} bytes when it is unpacked."
                    )
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        raise Rejection(f"The compressed file is damaged ({error}).") from error
    if not unpacker.eof:
        raise Rejection("The compressed file ends too early.")
    return found.getvalue()


class _Zlib:
    """The interface of `bz2.BZ2Decompressor` for zlib and gzip."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _unpacker(start: bytes) -> Any:
    if start[:2] in _ZLIB:
        return _Zlib(zlib.MAX_WBITS)
    if start[:2] == b"\x1f\x8b":
        return _Zlib(_GZIP)
    if start[:3] == b"BZh":
        return bz2.BZ2Decompressor()
    if start[:2] == b"\x5d\x00" or start[:6] == b"\xfd7zXZ\x00":
        return lzma.LZMADecompressor(memlimit=MAX_LZMA_BYTES)
    return None
