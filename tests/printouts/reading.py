"""Reads printed pages back, with the library that shows them to the user."""

from pypdfium2 import PdfDocument


def texts(pdf: bytes) -> list[str]:
    """Return the text of every page, with plain spaces and line ends."""
    document = PdfDocument(pdf)
    return [
        page.get_textpage().get_text_bounded().replace("\u00a0", " ").replace("\r\n", "\n")
        for page in document
    ]


def joined(text: str) -> str:
    """Return a text without any white space, since a value may stand on two lines."""
    return "".join(text.split())


def places(pdf: bytes, page: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Return every visible character with left, top, right and bottom in millimetres from the top left."""
    sheet = PdfDocument(pdf)[page]
    text, high, result = sheet.get_textpage(), sheet.get_height(), []
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        left, bottom, right, top = (value / 72 * 25.4 for value in text.get_charbox(index))
        if character.strip():
            result.append((character, left, high / 72 * 25.4 - top, right, high / 72 * 25.4 - bottom))
    return result
