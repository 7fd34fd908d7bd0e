"""Download one file with care: streamed, with a limit, tried again when that can help."""

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

from exo_nbregistry.errors import RegistryError

USER_AGENT = "exo-nbregistry (https://pypi.org/project/exo-nbregistry/)"
ATTEMPTS = 4
_CHUNK = 1 << 16
_PATIENCE = 10  # a whole download may take this many timeouts
_BUSY = (429, 500, 502, 503, 504)


class DownloadError(RegistryError):
    """A file could not be downloaded.

    Attributes
    ----------
    transient : bool
        Whether to try again later may help.
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
    """Download a file; a busy or broken connection is tried again, later each time.

    Parameters
    ----------
    url : str
        Where from, by http or https.
    target : Path
        Where to; what is there is overwritten, and after an error it holds nothing of use.
    timeout : float
        Seconds to wait for the next bytes; the whole may take ten times as long.
    max_bytes : int
        A longer file is refused.
    progress : bool, default=True
        Whether to show a progress bar.
    sleep : callable
        Waits a number of seconds between two attempts.

    Raises
    ------
    DownloadError
        If the file did not come whole.
    """
    for attempt in range(ATTEMPTS):
        try:
            with target.open("wb") as file:
                _stream(url, file, timeout, max_bytes, progress)
            return
        except DownloadError as error:
            if not error.transient or attempt == ATTEMPTS - 1:
                raise
        # Jitter parts those who were turned away together.
        # Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        sleep(2**attempt * random.uniform(0.5, 1.0))


def _stream(url: str, file: BinaryIO, timeout: float, max_bytes: int, progress: bool) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            if response.status != 200:
                raise DownloadError(f"it answered with status {response.status}")
            _copy(response, file, timeout, max_bytes, progress)
    except urllib.error.HTTPError as error:
        raise DownloadError(
            f"it answered with status {error.code}{_words(error)}", transient=error.code in _BUSY
        ) from error
    except urllib.error.URLError as error:
        raise _failure(error.reason, timeout) from error
    except (OSError, http.client.HTTPException) as error:
        raise _failure(error, timeout) from error


def _words(error: urllib.error.HTTPError) -> str:
    """Return what an error page says, in short: the archive tells there which column it lacks."""
    with contextlib.closing(error):
        try:
            page = error.read(_CHUNK).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return ""
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())[:200]
    return f", saying: {words}" if words else ""


def _failure(reason: object, timeout: float) -> DownloadError:
    if isinstance(reason, TimeoutError):
        return DownloadError(f"it said nothing for {timeout:g} s", transient=True)
    # Without a network, or at a closed port, the next attempt fares no better.
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
    end = time.monotonic() + _PATIENCE * timeout
    size = 0
    with tqdm(
        total=total, desc="Downloading", unit="B", unit_scale=True, disable=not progress
    ) as bar:
        while chunk := response.read1(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise DownloadError(f"it sent more than {max_bytes} bytes")
            if time.monotonic() > end:
                raise DownloadError(
                    f"it sent {size} bytes in {_PATIENCE * timeout:g} s", transient=True
                )
            file.write(chunk)
            bar.update(len(chunk))
    if total is not None and size != total:
        raise DownloadError(f"it sent {size} of {total} bytes", transient=True)
