"""A PDF inside the window: pages as pictures, zoom, save, print.

    window = PdfPreview(content, _("Application form"), parent); window.open()

Only the pages near what is seen are drawn, and printing goes page by page between other events, so that a batch
of a thousand forms keeps the window alive.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPageLayout, QPageSize, QPainter, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.wording import _
from ui.widgets.basics import ProgressPanel, button, column, row, text

_POINTS_PER_INCH = 72
_SCREEN_DPI = 96
_PRINT_DPI = 300
_GAP = 16
_KEPT = 12


class Paper:
    """A PDF to look at: how many pages, how large in points, and each as a picture."""

    def __init__(self, content: bytes) -> None:
        # The renderer is loaded when the first paper is looked at, not when the window starts.
        import pypdfium2  # noqa: PLC0415

        self.content = content
        self._document: Any = pypdfium2.PdfDocument(BytesIO(content))
        self.sizes = [QSizeF(*self._document.get_page_size(number)) for number in range(len(self._document))]

    def picture(self, number: int, dots_per_inch: float) -> QImage:
        """Return a page as a picture."""
        page = self._document[number]
        bitmap = page.render(scale=dots_per_inch / _POINTS_PER_INCH, rev_byteorder=True)
        kind = QImage.Format.Format_RGB888 if bitmap.n_channels == 3 else QImage.Format.Format_RGBX8888
        image = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, kind).copy()
        bitmap.close()
        page.close()
        return image

    def close(self) -> None:
        """Let go of the document."""
        self._document.close()


class PrintRun(QObject):
    """Prints a paper page by page between other events.

    Signals: `printed(done, total)` after each page; `ended(bool)` with whether every page was handed over.
    """

    printed = Signal(int, int)
    ended = Signal(bool)

    def __init__(self, paper: Paper, printer: QPrinter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paper, self._printer = paper, printer
        self._painter = QPainter()
        self._next = 0
        self._cancelled = False

    def start(self) -> None:
        """Begin with the first page."""
        self._printer.setFullPage(True)
        self._turn(0)
        if self._painter.begin(self._printer):
            QTimer.singleShot(0, self._step)
        else:
            self.ended.emit(False)

    def cancel(self) -> None:
        """Stop after the page that is being drawn."""
        self._cancelled = True

    def _turn(self, number: int) -> None:
        size = self._paper.sizes[number]
        upright = size.width() <= size.height()
        along = size if upright else size.transposed()
        self._printer.setPageSize(QPageSize(along, QPageSize.Unit.Point))
        way = QPageLayout.Orientation.Portrait if upright else QPageLayout.Orientation.Landscape
        self._printer.setPageOrientation(way)

    def _step(self) -> None:
        total = len(self._paper.sizes)
        if self._cancelled:
            self._printer.abort()
            self._painter.end()
            self.ended.emit(False)
            return
        if self._next:
            self._turn(self._next)
            self._printer.newPage()
        image = self._paper.picture(self._next, _PRINT_DPI)
        room = QRectF(self._printer.pageLayout().fullRectPixels(self._printer.resolution()))
        fitted = QSizeF(image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        self._painter.drawImage(QRectF(0, 0, fitted.width(), fitted.height()), image)
        self._next += 1
        self.printed.emit(self._next, total)
        if self._next < total:
            QTimer.singleShot(0, self._step)
        else:
            self._painter.end()
            self.ended.emit(True)


class PdfPreview(QDialog):
    """Shows papers before they are printed or saved.

    Ctrl+P prints, Ctrl+S saves, + and - zoom, page keys and Home and End turn pages, Esc closes.
    """

    def __init__(self, content: bytes, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.paper = Paper(content)
        widest = (
            max((size.width() for size in self.paper.sizes), default=1.0) * _SCREEN_DPI / _POINTS_PER_INCH
        )
        self._zoom = min(1.0, (self.sizeHint().width() - 4 * _GAP) / widest)
        self._drawn: dict[int, None] = {}
        self._run: PrintRun | None = None
        self.setWindowTitle(_("Preview: {name}").format(name=name))
        self.setAccessibleName(self.windowTitle())
        self.resize(900, 700)
        self._labels = [QLabel() for _size in self.paper.sizes]
        pages = QVBoxLayout()
        pages.setSpacing(_GAP)
        pages.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        for number, label in enumerate(self._labels, 1):
            label.setAccessibleName(_("Page {number}").format(number=number))
            label.setStyleSheet("background: #ffffff;")
            pages.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(pages)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self._area.setAccessibleName(_("Pages"))
        self._area.verticalScrollBar().valueChanged.connect(lambda _value: self._draw())
        self._count = text("", "muted")
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self._progress = ProgressPanel()
        self._progress.hide()
        self._progress.cancelled.connect(self._stop_printing)
        self._printing = button(_("Print…"), self.print_pages, icon="print", primary=True, tip="Ctrl+P")
        bar = row(
            self._count,
            None,
            button("", lambda: self.zoom(1 / 1.25), icon="minus", tip=_("Smaller")),
            button("", lambda: self.zoom(1.25), icon="plus", tip=_("Larger")),
            button(_("Save as PDF…"), self.ask_where, icon="save", tip="Ctrl+S"),
            self._printing,
            margins=(16, 10, 16, 10),
        )
        told = column(self._wrong, self._progress, space=8, margins=(16, 0, 16, 0))
        self.setLayout(column(bar, told, self._area, space=0))
        self.finished.connect(lambda _result: self._leave())
        self._lay_out()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    # -- looking -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for label, size in zip(self._labels, self.paper.sizes, strict=True):
            label.clear()
            label.setFixedSize((size * (_SCREEN_DPI / _POINTS_PER_INCH * self._zoom)).toSize())
        self._drawn.clear()
        inside = self._area.widget()
        if inside is not None:
            inside.adjustSize()
        QTimer.singleShot(0, self, self._draw)

    def _near(self) -> range:
        """Return the numbers of the pages that are seen, and one more on either side."""
        first = self.page()
        last, bottom = first, self._area.verticalScrollBar().value() + self._area.viewport().height()
        while last + 1 < len(self._labels) and self._labels[last + 1].y() < bottom:
            last += 1
        return range(max(first - 1, 0), min(last + 2, len(self._labels)))

    def _draw(self) -> None:
        if not self._labels:
            return
        ratio = self.devicePixelRatioF()
        near = self._near()
        for number in near:
            if number not in self._drawn:
                image = self.paper.picture(number, _SCREEN_DPI * self._zoom * ratio)
                picture = QPixmap.fromImage(image)
                picture.setDevicePixelRatio(ratio)
                self._labels[number].setPixmap(picture)
                self._drawn[number] = None
        for number in [each for each in self._drawn if each not in near][: max(len(self._drawn) - _KEPT, 0)]:
            self._labels[number].clear()
            del self._drawn[number]
        where = _("{name} · page {page} of {count}")
        self._count.setText(where.format(name=self._name, page=self.page() + 1, count=len(self._labels)))

    def page(self) -> int:
        """Return the number, from 0, of the page at the top of what is seen."""
        top = self._area.verticalScrollBar().value()
        for number, label in enumerate(self._labels):
            if label.y() + label.height() > top + _GAP:
                return number
        return max(len(self._labels) - 1, 0)

    def turn_to(self, number: int) -> None:
        """Show a page from its top."""
        number = min(max(number, 0), len(self._labels) - 1)
        self._area.verticalScrollBar().setValue(self._labels[number].y() - _GAP)

    def zoom(self, factor: float) -> None:
        """Show the pages larger or smaller."""
        page = self.page()
        self._zoom = min(max(self._zoom * factor, 0.5), 3.0)
        self._lay_out()
        QTimer.singleShot(0, self, lambda: self.turn_to(page))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw what came into view."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._draw)

    # -- keeping -----------------------------------------------------------------------------

    def _tell(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def save(self, path: Path) -> None:
        """Write the PDF; ExpectedError `workbook.not_written`."""
        try:
            path.write_bytes(self.paper.content)
        except OSError as error:
            raise ExpectedError("workbook.not_written", file=path.name) from error

    def ask_where(self) -> None:
        """Ask for a file name and save there; what goes wrong stands above the pages."""
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Save as PDF"), f"{self._name}.pdf", "PDF (*.pdf)"
        )
        if not chosen:
            return
        try:
            self.save(Path(chosen))
        except ExpectedError as error:
            self._tell(error_text(error))
        else:
            self._tell("")

    # -- printing ----------------------------------------------------------------------------

    def print_pages(self) -> None:
        """Ask for a printer and print every page."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> PrintRun | None:
        """Print every page on this printer; None while another print is under way."""
        if self._run is not None:
            return None
        self._tell("")
        self._run = PrintRun(self.paper, printer, self)
        self._run.printed.connect(
            lambda done, total: self._progress.show_progress(done, total, _("Printing"))
        )
        self._run.ended.connect(self._printed)
        self._printing.setEnabled(False)
        self._progress.begin(_("Printing"))
        self._run.start()
        return self._run

    def _printed(self, whole: bool) -> None:
        self._run = None
        self._progress.end()
        self._printing.setEnabled(True)
        if not whole:
            self._tell(_("Not every page was printed. Look at the printer and print again."))

    def _stop_printing(self) -> None:
        if self._run:
            self._run.cancel()

    def _leave(self) -> None:
        if self._run is None:
            self._let_go()
        else:
            self._run.ended.connect(lambda _whole: self._let_go())

    def _let_go(self) -> None:
        self.paper.close()
        self._labels.clear()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Print, save, zoom and turn pages by key."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        acts: dict[tuple[bool, int], Callable[[], Any]] = {
            (True, Qt.Key.Key_P): self.print_pages,
            (True, Qt.Key.Key_S): self.ask_where,
            (False, Qt.Key.Key_Plus): lambda: self.zoom(1.25),
            (False, Qt.Key.Key_Equal): lambda: self.zoom(1.25),
            (False, Qt.Key.Key_Minus): lambda: self.zoom(1 / 1.25),
            (False, Qt.Key.Key_PageDown): lambda: self.turn_to(self.page() + 1),
            (False, Qt.Key.Key_PageUp): lambda: self.turn_to(self.page() - 1),
            (False, Qt.Key.Key_Home): lambda: self.turn_to(0),
            (False, Qt.Key.Key_End): lambda: self.turn_to(len(self._labels) - 1),
        }
        bar = self._area.verticalScrollBar()
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 3 * bar.singleStep()
            bar.setValue(bar.value() + (step if event.key() == Qt.Key.Key_Down else -step))
            return
        act = acts.get((control, event.key()))
        if act:
            act()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the size of a page with its bar."""
        return QSize(900, 700)
