"""Papers on the screen: drawn as they are looked at, turned by key, saved, printed."""

from pathlib import Path

import pypdfium2
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from caseworker_app.domain.errors import ExpectedError
from tests.ui.gallery import paper
from ui.widgets.pdf_preview import Paper, PdfPreview

MANY = 40


def opened(qtbot: QtBot, pages: int) -> PdfPreview:
    window = PdfPreview(paper(pages), "申请表")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: bool(window._drawn))
    return window


def test_only_pages_near_what_is_seen_are_drawn(qtbot: QtBot) -> None:
    window = opened(qtbot, MANY)
    assert 0 in window._drawn
    assert len(window._drawn) < 6
    window.turn_to(MANY - 1)
    assert MANY - 1 in window._drawn
    assert len(window._drawn) < MANY / 2


def test_page_keys_turn_pages(qtbot: QtBot) -> None:
    window = opened(qtbot, 5)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.page() == 1
    assert "2" in window._count.text()
    QTest.keyClick(window, Qt.Key.Key_End)
    assert 4 in window._drawn
    QTest.keyClick(window, Qt.Key.Key_Home)
    assert window.page() == 0


def test_zoom_stays_within_bounds_and_on_the_page(qtbot: QtBot) -> None:
    window = opened(qtbot, 3)
    before = window._labels[0].width()
    QTest.keyClick(window, Qt.Key.Key_Plus)
    assert window._labels[0].width() > before
    for _number in range(20):
        window.zoom(1.25)
    assert window._zoom == 3.0
    for _number in range(20):
        window.zoom(1 / 1.25)
    assert window._zoom == 0.5


def test_a_file_that_cannot_be_written_is_said_above_the_pages(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(qtbot, 1)
    window.save(tmp_path / "forms.pdf")
    assert (tmp_path / "forms.pdf").read_bytes() == window.paper.content
    with pytest.raises(ExpectedError):
        window.save(tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(tmp_path), ""))
    window.ask_where()
    assert window._wrong.isVisible()
    assert tmp_path.name in window._wrong.text()


def test_every_page_is_printed_in_its_own_direction(qtbot: QtBot, tmp_path: Path) -> None:
    window = opened(qtbot, 3)
    target = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    run = window.print_on(printer)
    assert run is not None
    assert window.print_on(printer) is None
    with qtbot.waitSignal(run.ended, timeout=20_000) as ended:
        pass
    assert ended.args == [True]
    printed = pypdfium2.PdfDocument(target)
    sizes = [printed.get_page_size(number) for number in range(len(printed))]
    printed.close()
    assert [width < height for width, height in sizes] == [True, False, True]
    assert not window._wrong.isVisible()


def test_a_print_that_is_stopped_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    window = opened(qtbot, 3)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    run = window.print_on(printer)
    assert run is not None
    with qtbot.waitSignal(run.ended) as ended:
        run.printed.connect(lambda _done, _total: run.cancel())
    assert ended.args == [False]
    assert window._wrong.isVisible()
    assert window._printing.isEnabled()


def test_a_paper_knows_its_sizes() -> None:
    found = Paper(paper(2))
    assert [(size.width(), size.height()) for size in found.sizes] == [(595, 842), (842, 595)]
    image = found.picture(0, 72)
    assert (image.width(), image.height()) == (595, 842)
    found.close()


def test_closing_lets_go_of_the_paper(qtbot: QtBot) -> None:
    window = PdfPreview(paper(1), "申请表")
    window.open()
    window.reject()
    qtbot.waitUntil(lambda: not shiboken6.isValid(window))
