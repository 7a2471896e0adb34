"""What a sheet draws besides text."""

from io import BytesIO

from pypdfium2 import PdfDocument
from reportlab.graphics.barcode import qrencoder

from printouts.page import MM, Sheet


def test_a_code_is_drawn_module_by_module() -> None:
    target = BytesIO()
    sheet = Sheet(target, "title", "unit")
    sheet.qr("JF5-2024-000137-0001", 50, 80, 25)
    sheet.next_page()
    sheet.save()
    scale = 8
    image = PdfDocument(target.getvalue())[0].render(scale=scale).to_pil().convert("L")
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData("JF5-2024-000137-0001")
    code.version = code.calculate_version()
    code.makeImpl(False, 0)
    count = code.getModuleCount()

    def black(row: int, column: int) -> bool:
        x, y = (
            (start + 25 * (place + 0.5) / count) * MM * scale for start, place in ((50, column), (80, row))
        )
        return bool(image.getpixel((int(x), int(y))) < 128)

    assert [[black(row, column) for column in range(count)] for row in range(count)] == code.modules
