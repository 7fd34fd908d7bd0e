"""Archives of arrays (``.npz``), read so that their headers cannot claim memory or run code.

Source: ``numpy.lib.format`` (NPY format 1 to 3), and PKWARE APPNOTE 6.3.
"""

from __future__ import annotations

import ast
import io
import math
import zipfile
import zlib
from typing import Any, BinaryIO, NamedTuple

from exo_nbregistry.errors import RecordError, UntrustedModelError

MAX_UNTRUSTED_BYTES = 64 << 20
_MAX_MEMBERS = 10_000
_MAX_HEADER_BYTES = 10_000
_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MALFORMED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, SyntaxError),
    *(AttributeError, LookupError, MemoryError, OverflowError, RuntimeError),
    *(TypeError, ValueError),
)


class Limit(NamedTuple):
    """Limit of an attachment whose signer is not trusted.

    Attributes
    ----------
    signer : str or None
        Fingerprint of the signer.
    max_bytes : int
        Maximum size, packed and unpacked.
    imported : bool
        Whether a trusted signer has moved it in from another tool without trust in its files.
    """

    signer: str | None
    max_bytes: int = MAX_UNTRUSTED_BYTES
    imported: bool = False

    def check(self, size_bytes: int, key: str) -> None:
        """Raise UntrustedModelError if an attachment is larger."""
        if size_bytes > self.max_bytes:
            who, trust = "a signer who is not trusted", "sign it and load it again"
            if self.imported:
                who = "a version that was moved in without trust"
                trust = "pass unsafe=True to load_attachment, or copy it with save_attachments"
            elif self.signer:
                trust = f"call registry.trust_signer({self.signer!r}) and load it again"
            raise UntrustedModelError(
                f"{key} needs {size_bytes:,} bytes of memory, more than the limit of "
                f"{self.max_bytes:,} bytes for {who}. If you know its origin, {trust}.",
                signer=self.signer,
            )


def read_npz(data: bytes, key: str, limit: Limit | None = None) -> dict[str, Any]:
    """Return the arrays of an archive, without pickle.

    Parameters
    ----------
    data : bytes
        The archive.
    key : str
        Its name, for error messages.
    limit : Limit, optional
        Limit of the unpacked size, which is checked before anything is unpacked.

    Raises
    ------
    RecordError
        If it is not an archive of arrays, or a header does not describe the bytes after it.
    UntrustedModelError
        If the limit is exceeded.
    """
    try:
        if data.count(_ENTRY) > _MAX_MEMBERS:
            raise ValueError(f"it has more than {_MAX_MEMBERS:,} members")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if limit is not None:
                limit.check(sum(member.file_size for member in members), key)
            arrays: dict[str, Any] = {}
            for member in members:
                name = member.filename.removesuffix(".npy")
                if member.compress_type not in _METHODS or name in arrays:
                    raise ValueError(f"{name!r:.60} is duplicated or has an unknown compression")
                with archive.open(member) as file:
                    arrays[name] = _read_array(file, member.file_size)
            return arrays
    except _MALFORMED as error:
        raise RecordError(
            f"{key} is not an archive of arrays ({error}). Restore it from a backup.", key=key
        ) from error


def _read_array(file: Any, size_bytes: int) -> Any:
    import numpy as np

    start = io.BytesIO(file.read(min(size_bytes, _MAX_HEADER_BYTES + 16)))
    dtype, shape = _header(start)
    values = math.prod(shape)
    # Items of zero bytes allow any number of values.
    if dtype.hasobject or values * dtype.itemsize + start.tell() != size_bytes:
        raise ValueError("its header does not describe its content")
    if values > size_bytes or len(shape) > 32:
        raise ValueError("it has more values than bytes")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def _header(start: BinaryIO) -> tuple[Any, tuple[int, ...]]:
    import numpy as np

    major, _ = np.lib.format.read_magic(start)
    length = int.from_bytes(start.read(2 if major == 1 else 4), "little")
    if length > _MAX_HEADER_BYTES:
        raise ValueError("its header is too long")
    text = start.read(length).decode("utf-8" if major == 3 else "latin-1")
    header = ast.literal_eval(text.strip())
    shape = header["shape"]
    if any(type(size) is not int or size < 0 for size in shape):
        raise ValueError("its shape is invalid")
    return np.lib.format.descr_to_dtype(header["descr"]), tuple(shape)
