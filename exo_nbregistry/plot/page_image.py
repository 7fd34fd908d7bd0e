"""A figure as a PNG that is small enough to be stored in a notebook."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass

MAX_BYTES = 30_000
# Stored pixels for each pixel of the page, and colors: from the best picture to the smallest one.
_QUALITIES = ((2, 256), (2, 64), (1.5, 128), (1.5, 32), (1, 128), (1, 32), (1, 8), (0.5, 16))


@dataclass(frozen=True, slots=True)
class PageImage:
    """A PNG, and its size on a page.

    Attributes
    ----------
    data : bytes
        Content of the file.
    width, height : int
        Size on the page, pixels.
    """

    data: bytes
    width: int
    height: int


def page_image(draw: Callable[[float], bytes], dpi: float, max_bytes: int = MAX_BYTES) -> PageImage:
    """Return the best PNG of a figure that has at most `max_bytes`.

    It has two pixels for each pixel of the page, for high-density screens, and up to 256 colors.
    A figure with many points gets fewer colors, and then fewer pixels. Equal figures give equal
    bytes.

    Parameters
    ----------
    draw : callable
        Draws the figure as a PNG at a resolution in pixels per inch.
    dpi : float
        Pixels of the page per inch.
    max_bytes : int
        Limit of the size. If no quality fits it, the smallest PNG is returned.

    Returns
    -------
    PageImage
        The PNG, and its size on the page.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure(figsize=(2, 1))
    >>> def draw(dpi):
    ...     file = io.BytesIO()
    ...     figure.savefig(file, dpi=dpi)
    ...     return file.getvalue()
    >>> image = page_image(draw, 100)
    >>> image.width, image.height, len(image.data) <= MAX_BYTES
    (200, 100, True)
    """
    drawn: dict[float, bytes] = {}
    for sharpness, colours in _QUALITIES:
        if sharpness not in drawn:
            drawn[sharpness] = draw(sharpness * dpi)
        data = _reduced(drawn[sharpness], colours)
        if len(data) <= max_bytes:
            break
    width, height = struct.unpack(">II", drawn[sharpness][16:24])
    return PageImage(data, round(width / sharpness), round(height / sharpness))


def _reduced(png: bytes, colours: int) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        # The palette of an opaque picture with opacities would be a little transparent.
        is_opaque = image.convert("RGBA").getchannel("A").getextrema() == (255, 255)
        pixels = image.convert("RGB" if is_opaque else "RGBA")
        reduced = pixels.quantize(colours, method=Image.Quantize.FASTOCTREE)
    file = io.BytesIO()
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()
