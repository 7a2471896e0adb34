"""What is kept of a photo, and which files are refused."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdfium2 import PdfDocument

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import photo


def camera(width: int = 4000, height: int = 3000, *, turned: int = 6) -> bytes:
    """Return a photo as a telephone writes it: lying, with a place, a note and the way it was held."""
    notes = Image.Exif()
    notes[0x0112] = turned
    notes[0x010E] = "马国强"
    notes.get_ifd(0x8825)[1] = "N"
    picture = Image.blend(
        Image.radial_gradient("L").resize((width, height)), Image.effect_noise((width, height), 30), 0.4
    ).convert("RGB")
    picture.paste("red", (0, 0, width // 4, height // 4))
    made = BytesIO()
    picture.save(made, "JPEG", quality=92, exif=notes, comment="马国强".encode())
    return made.getvalue()


def picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def refusal(file: Path) -> str:
    with pytest.raises(ExpectedError) as refused:
        photo.read(file)
    assert refused.value.values["file"] == file.name
    return refused.value.code


def pdf(pages: int = 1) -> bytes:
    document = PdfDocument.new()
    for _number in range(pages):
        document.new_page(595, 842)
    made = BytesIO()
    document.save(made)
    document.close()
    return made.getvalue()


def test_a_photo_is_shrunk_turned_upright_and_loses_what_the_camera_wrote(tmp_path: Path) -> None:
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(camera())
    assert file.stat().st_size > 1_000_000
    kept = photo.read(file)
    shown = picture(kept.content)
    assert (kept.media_type, shown.format, shown.size) == ("image/jpeg", "JPEG", (1500, 2000))
    assert len(kept.content) <= 300_000
    assert not shown.getexif()
    assert "马国强".encode() not in kept.content
    assert b"Exif" not in kept.content
    # The red corner was at the upper left of the lying picture: upright it is at the upper right.
    red, other = shown.getpixel((1450, 50)), shown.getpixel((50, 50))
    assert isinstance(red, tuple)
    assert isinstance(other, tuple)
    assert red[0] > 200 > 100 > red[1]
    assert other[1] > 100
    assert kept.digest == photo.digest(kept.content)


def test_the_same_file_is_kept_as_the_same_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(camera(1200, 900))
    assert photo.read(file) == photo.read(file)


def test_what_is_see_through_is_seen_on_white(tmp_path: Path) -> None:
    file = tmp_path / "stamp.png"
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)).save(file)
    assert picture(photo.read(file).content).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "kind"), [("P", "PNG"), ("L", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("RGB", "WEBP")]
)
def test_every_kind_of_picture_is_read(tmp_path: Path, mode: str, kind: str) -> None:
    file = tmp_path / "picture"  # Its content tells, not its name.
    Image.new(mode, (400, 300)).save(file, kind)
    assert picture(photo.read(file).content).size == (400, 300)


def test_noise_that_does_not_shrink_is_kept_smaller(tmp_path: Path) -> None:
    file = tmp_path / "noise.png"
    Image.effect_noise((2400, 2400), 250).save(file)
    assert len(photo.read(file).content) <= 450_000


def test_a_pdf_is_kept_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "流水.pdf"
    file.write_bytes(pdf(2))
    kept = photo.read(file)
    assert (kept.media_type, kept.content) == ("application/pdf", file.read_bytes())


def _bomb() -> bytes:
    """Return a PNG of few bytes that says it is 60,000 pixels wide and high."""

    def chunk(name: bytes, inside: bytes) -> bytes:
        checked = name + inside
        return len(inside).to_bytes(4) + checked + zlib.crc32(checked).to_bytes(4)

    head = (60_000).to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(9)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo.format"),
        (b"PK\x03\x04 a workbook", "photo.format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.format"),
        (b"GIF89a\x01\x00\x01\x00", "photo.format"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "photo.apple"),
        (_bomb(), "photo.large"),
        (camera(800, 600)[:9000], "photo.damaged"),
        (b"%PDF-1.7\nnothing follows", "photo.damaged"),
        (pdf() + b" " * 5_000_001, "photo.pdf_large"),
    ],
    ids=["empty", "workbook", "svg", "gif", "heic", "bomb", "cut", "broken-pdf", "large-pdf"],
)
def test_other_files_are_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "file.jpg"
    file.write_bytes(content)
    assert refusal(file) == code


def test_a_file_that_is_gone_or_huge_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.jpg") == "photo.missing"
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as stream:
        stream.truncate(60_000_000)
    assert refusal(huge) == "photo.large"


SMALL = {kind: BytesIO() for kind in ("JPEG", "PNG", "WEBP")}
for _kind, _made in SMALL.items():
    Image.effect_noise((48, 32), 90).convert("RGB").save(_made, _kind, exif=Image.Exif())


# What the library says of a spoilt picture is not ours to hear.
@pytest.mark.filterwarnings("ignore::UserWarning")
@given(
    kind=st.sampled_from(sorted(SMALL)),
    spoils=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 4000),
)
def test_a_spoilt_photo_is_kept_or_refused_but_never_a_fault(
    tmp_path_factory: pytest.TempPathFactory, kind: str, spoils: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(SMALL[kind].getvalue())
    for place, value in spoils:
        content[place % len(content)] = value
    file = tmp_path_factory.getbasetemp() / "spoilt"
    file.write_bytes(content[: max(cut, 12)])
    try:
        kept = photo.read(file)
    except ExpectedError as error:
        if not error.code.startswith("photo."):
            raise
    else:
        assert picture(kept.content).format == "JPEG"
