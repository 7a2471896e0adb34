"""The service package as a part of pages."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from caseworker_app.domain.package import Progress
from ui.theme import style
from ui.widgets.basics import show_part
from ui.widgets.table import PACKAGE_WIDTH, package_words, paint_package


class PackageCells(QWidget):
    """Four small cells that show how far each service has come."""

    def __init__(self, progress: Progress | None = None) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_progress(progress)

    def show_progress(self, progress: Progress | None) -> None:
        """Show another package."""
        self._progress = progress
        self.setToolTip(package_words(progress))
        self.setAccessibleName(package_words(progress))
        show_part(self, shown=progress is not None)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the four cells."""
        return QSize(style.px(PACKAGE_WIDTH), style.px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells."""
        if self._progress:
            painter = QPainter(self)
            paint_package(painter, QRectF(self.rect()), self._progress)
            painter.end()
