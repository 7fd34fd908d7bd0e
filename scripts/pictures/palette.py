"""Small files of pictures: cropped, and with the colors of a palette."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

FREQUENT, RARE = 48, 80  # colors of a palette: exact ones, and approximations of the rest


def small(picture: bytes, margin: int = 12) -> bytes:
    """Return an image without the empty space at its right, and with few colors.

    Parameters
    ----------
    picture : bytes
        An image in any format.
    margin : int
        Pixels that remain at the right of the content.
    """
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    width, height = image.size
    empty = Image.new("RGB", image.size, image.getpixel((width - 1, height - 1)))
    drawn = ImageChops.difference(image, empty).getbbox() or (0, 0, width, height)
    image = image.crop((0, 0, min(width, drawn[2] + margin), height))
    buffer = io.BytesIO()
    _few_colored(image).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _few_colored(image: Image.Image) -> Image.Image:
    counted = sorted(image.getcolors(image.width * image.height), reverse=True)
    frequent = [part for _, color in counted[:FREQUENT] for part in color]
    rare = image.quantize(RARE, Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * RARE]
    palette = Image.new("P", (1, 1))
    palette.putpalette(frequent + rare)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
