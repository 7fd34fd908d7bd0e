"""Download of a file in chunks, with a size limit and retries."""

from __future__ import annotations

import contextlib
import http.client
import random
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.errors import RegistryError

USER_AGENT = "exo-nbregistry (https://pypi.org/project/exo-nbregistry/)"
ATTEMPTS = 4
_CHUNK = 1 << 16
_MAX_TIMEOUTS = 10  # for a whole download
_BUSY = (429, 500, 502, 503, 504)


class DownloadError(RegistryError):
    """A file could not be downloaded.

    Attributes
    ----------
    transient : bool
        Whether a later attempt may succeed.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


def download(
    url: str,
    target: Path,
    *,
    timeout: float,
    max_bytes: int,
    progress: bool = True,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Download a file, with retries after growing delays if the connection fails.

    Parameters
    ----------
    url : str
        HTTP or HTTPS URL.
    target : Path
        The file, which is overwritten. After an error its content is undefined.
    timeout : float
        Seconds to wait for the next bytes. The whole download may take ten times as long.
    max_bytes : int
        Maximum size of the file.
    progress : bool, default=True
        Whether to show a progress bar.
    sleep : callable
        Waits a number of seconds between two attempts.

    Raises
    ------
    DownloadError
        If the file cannot be downloaded completely.
    """
    for attempt in range(ATTEMPTS):
        try:
            with target.open("wb") as file:
                _stream(url, file, timeout, max_bytes, progress)
            return
        except DownloadError as error:
            if not error.transient or attempt == ATTEMPTS - 1:
                raise
        # Jitter spreads the retries of clients that failed at the same time.
        # Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        sleep(2**attempt * random.uniform(0.5, 1.0))


def _stream(url: str, file: BinaryIO, timeout: float, max_bytes: int, progress: bool) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            if response.status != 200:
                raise DownloadError(f"the server answered with status {response.status}")
            _copy(response, file, timeout, max_bytes, progress)
    except urllib.error.HTTPError as error:
        raise DownloadError(
            f"the server answered with status {error.code}{_error_text(error)}",
            transient=error.code in _BUSY,
        ) from error
    except urllib.error.URLError as error:
        raise _failure(error.reason, timeout) from error
    except (OSError, http.client.HTTPException) as error:
        raise _failure(error, timeout) from error


def _error_text(error: urllib.error.HTTPError) -> str:
    """Return the start of an error page, in which the archive names a missing column."""
    with contextlib.closing(error):
        try:
            page = error.read(_CHUNK).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return ""
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())[:200]
    return f" ({text})" if text else ""


def _failure(reason: object, timeout: float) -> DownloadError:
    if isinstance(reason, TimeoutError):
        return DownloadError(f"the server sent no data for {timeout:g} s", transient=True)
    # Without a network, or at a closed port, a retry fails too.
    broken = isinstance(reason, http.client.HTTPException | ConnectionResetError | BrokenPipeError)
    return DownloadError(f"the connection failed ({reason})", transient=broken)


def _copy(
    response: http.client.HTTPResponse,
    file: BinaryIO,
    timeout: float,
    max_bytes: int,
    progress: bool,
) -> None:
    from tqdm.auto import tqdm

    length = response.headers.get("Content-Length")
    total = int(length) if length and length.isdigit() else None
    end = time.monotonic() + _MAX_TIMEOUTS * timeout
    size = 0
    disable = not progress or runs_unattended()
    with tqdm(total=total, desc="Downloading", unit="B", unit_scale=True, disable=disable) as bar:
        while chunk := response.read1(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise DownloadError(f"the file is larger than {max_bytes} bytes")
            if time.monotonic() > end:
                raise DownloadError(
                    f"only {size} bytes arrived in {_MAX_TIMEOUTS * timeout:g} s", transient=True
                )
            file.write(chunk)
            bar.update(len(chunk))
    if total is not None and size != total:
        raise DownloadError(f"only {size} of {total} bytes arrived", transient=True)
