"""A photo or scan of a paper, as the ledger keeps it: upright, shrunk, without what the camera wrote beside it."""

import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from caseworker_app.domain.errors import ExpectedError

if TYPE_CHECKING:
    from PIL.Image import Image

JPEG, PDF = "image/jpeg", "application/pdf"
SUFFIXES = {JPEG: ".jpg", PDF: ".pdf"}
READ = (".jpg", ".jpeg", ".png", ".webp", ".pdf")
"""What a file to attach may end in; what it is, is told by its content."""

_SIDES = (2000, 1400, 1000)
"""Pixels on the longest side: fewer only where a picture will not shrink otherwise."""
_ABOUT = 300_000
_MOST_BYTES = 40_000_000
_MOST_PDF = 5_000_000
_MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 40_000_000, "WEBP": 40_000_000}
"""A JPEG can be decoded at an eighth of its size; the others unfold in memory as they are."""
_QUALITIES = (85, 75, 65, 55)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, struct.error)
"""What Pillow raises over a file whose inside is not what its beginning promises."""
_APPLE = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a file: its bytes, what they are, and their digest."""

    media_type: str
    content: bytes
    digest: str


def digest(content: bytes) -> str:
    """Return the digest that a kept photo is known by."""
    return hashlib.sha256(content).hexdigest()


def read(file: Path) -> Kept:
    """Return what the ledger keeps of a photo or PDF.

    Raises ExpectedError `photo.missing`, `photo.large`, `photo.format`, `photo.apple`, `photo.damaged`,
    `photo.pdf_large` and `photo.pdf_locked`.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ExpectedError("photo.large", file=file.name)
        content = file.read_bytes()
    except OSError:
        raise ExpectedError("photo.missing", file=file.name) from None
    if content[4:8] == b"ftyp" and content[8:12] in _APPLE:
        raise ExpectedError("photo.apple", file=file.name)
    if b"%PDF-" in content[:1024]:
        media_type = PDF
        _check_pdf(content, file.name)
    else:
        media_type = JPEG
        content = _shrink(content, file.name)
    return Kept(media_type, content, digest(content))


def _check_pdf(content: bytes, name: str) -> None:
    # Loaded only when a PDF comes in.
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415

    if len(content) > _MOST_PDF:
        raise ExpectedError("photo.pdf_large", file=name, most=_MOST_PDF // 1_000_000)
    try:
        document = PdfDocument(content)
    except PdfiumError as error:
        locked = "password" in str(error).lower()
        raise ExpectedError("photo.pdf_locked" if locked else "photo.damaged", file=name) from None
    pages = len(document)
    document.close()
    if not pages:
        raise ExpectedError("photo.damaged", file=name)


def _shrink(content: bytes, name: str) -> bytes:
    # Loaded only when a photo comes in.
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None  # The size is checked here, before anything is decoded.
    try:
        with Image.open(BytesIO(content), formats=list(_MOST_PIXELS)) as image:
            if image.width * image.height > _MOST_PIXELS[str(image.format)]:
                raise ExpectedError("photo.large", file=name)
            return _small(_upright(image))
    except UnidentifiedImageError:
        raise ExpectedError("photo.format", file=name) from None
    except _BROKEN:
        raise ExpectedError("photo.damaged", file=name) from None


def _upright(image: "Image") -> "Image":
    """Return the picture as it was seen, on white where it is see-through."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    image.draft("RGB", (_SIDES[0], _SIDES[0]))
    image.load()
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except _BROKEN:
        image.info.pop("exif", None)  # What cannot be read of the camera's own notes turns nothing.
    if image.has_transparency_data:
        above = image.convert("RGBA")
        image = Image.new("RGBA", above.size, "white")
        image.alpha_composite(above)
    return image.convert("RGB")


def _small(image: "Image") -> bytes:
    """Return a JPEG of about the size that is kept, without anything but the picture."""
    made = BytesIO()
    for side in _SIDES:
        image.thumbnail((side, side))
        for quality in _QUALITIES:
            made = BytesIO()
            image.save(made, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None, comment=b"")
            if made.tell() <= _ABOUT:
                return made.getvalue()
    return made.getvalue()
