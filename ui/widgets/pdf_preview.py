"""A PDF inside the window: pages as pictures, zoom, save, print."""

from io import BytesIO
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.wording import _
from ui.widgets.basics import button, column, row, text

_POINTS_PER_INCH = 72


def page_images(content: bytes, dots_per_inch: float) -> list[QImage]:
    """Return every page of a PDF as a picture."""
    # The renderer is loaded when the first paper is looked at, not when the window starts.
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(BytesIO(content))
    images = []
    for page in document:
        bitmap = page.render(scale=dots_per_inch / _POINTS_PER_INCH, rev_byteorder=True)
        kind = QImage.Format.Format_RGB888 if bitmap.n_channels == 3 else QImage.Format.Format_RGBX8888
        images.append(QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, kind).copy())
    document.close()
    return images


class PdfPreview(QDialog):
    """Shows papers before they are printed or saved: Ctrl+P prints, Ctrl+S saves, + and - zoom, Esc closes."""

    def __init__(self, content: bytes, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content, self._name = content, name
        self._zoom = 1.0
        self.setWindowTitle(_("Preview: {name}").format(name=name))
        self.resize(900, 700)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(16)
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(self._pages)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setAccessibleName(_("Pages"))
        self._area = area
        self._count = text("", "muted")
        bar = row(
            self._count,
            None,
            button("", lambda: self.zoom(1 / 1.25), icon="minus", tip=_("Smaller")),
            button("", lambda: self.zoom(1.25), icon="plus", tip=_("Larger")),
            button(_("Save as PDF…"), self.ask_where, icon="save"),
            button(_("Print…"), self.print_pages, icon="print", primary=True),
            margins=(16, 10, 16, 10),
        )
        layout = column(bar, area, space=0)
        self.setLayout(layout)
        self._draw()

    def _draw(self) -> None:
        while (item := self._pages.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        ratio = self.devicePixelRatioF()
        images = page_images(self._content, 96 * self._zoom * ratio)
        for number, image in enumerate(images, 1):
            picture = QPixmap.fromImage(image)
            picture.setDevicePixelRatio(ratio)
            label = QLabel()
            label.setPixmap(picture)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setAccessibleName(_("Page {number}").format(number=number))
            self._pages.addWidget(label)
        self._count.setText(_("{name} · {count} pages").format(name=self._name, count=len(images)))

    def zoom(self, factor: float) -> None:
        """Show the pages larger or smaller."""
        self._zoom = min(max(self._zoom * factor, 0.5), 3.0)
        self._draw()

    def save(self, path: Path) -> None:
        """Write the PDF; ExpectedError `workbook.not_written`."""
        try:
            path.write_bytes(self._content)
        except OSError as error:
            raise ExpectedError("workbook.not_written", file=path.name) from error

    def ask_where(self) -> None:
        """Ask for a file name and save there."""
        chosen, _filter = QFileDialog.getSaveFileName(self, _("Save as PDF"), f"{self._name}.pdf", "PDF (*.pdf)")
        if chosen:
            self.save(Path(chosen))

    def print_pages(self) -> None:
        """Ask for a printer and print every page."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print every page on this printer."""
        printer.setFullPage(True)
        painter = QPainter(printer)
        for number, image in enumerate(page_images(self._content, 300)):
            if number:
                printer.newPage()
            painter.drawImage(QRectF(printer.pageRect(QPrinter.Unit.DevicePixel)), image)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Print, save and zoom by key."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() == Qt.Key.Key_P:
            self.print_pages()
        elif control and event.key() == Qt.Key.Key_S:
            self.ask_where()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.25)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1 / 1.25)
        else:
            super().keyPressEvent(event)
