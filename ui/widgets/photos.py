"""Photos of papers on a page: small pictures in a strip, files dropped or chosen to be attached, and a viewer.

strip = PhotoStrip(context); strip.show_papers(lines, person=person)
FileDrop(page, strip.offer)            # files dropped anywhere on the page
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QSize, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QImage,
    QImageReader,
    QKeyEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from caseworker_app.exchange import photo
from caseworker_app.read_models.attachments import AttachmentLine
from caseworker_app.use_cases import attachments
from caseworker_app.wording import _, _n, label
from db.queries import attachments as queries
from ui import icons
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Card, EmptyState, Field, button, clear, column, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.facts import FactForm, choices
from ui.widgets.pdf_preview import PdfPreview

_SMALL = QSize(132, 100)
_ZOOM = 1.25
_MOST_ZOOM, _LEAST_ZOOM = 8.0, 0.1


def _caption(line: AttachmentLine) -> str:
    """Return what is said of a photo: its kind, title and day."""
    parts = (
        label("attachment_kind", line.kind),
        line.title,
        line.taken_on.isoformat() if line.taken_on else "",
    )
    return " · ".join(part for part in parts if part)


def _decode(content: bytes, room: QSize | None = None) -> QImage:
    """Return a kept photo as a picture, decoded no larger than there is room for."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    if room is not None and not reader.size().isEmpty():
        reader.setScaledSize(reader.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def _thumbnails(connection: Any, wanted: Sequence[str], room: QSize) -> dict[str, QImage]:  # noqa: ANN401 - a connection
    found = {}
    for each in wanted:
        content = queries.content(connection, each)
        if content is not None:
            found[each] = _decode(content, room)
    return found


class FileDrop(QObject):
    """Takes files dropped on a widget and hands them on."""

    def __init__(self, target: QWidget, dropped: Callable[[list[Path]], None]) -> None:
        super().__init__(target)
        self._dropped = dropped
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let files in, nothing else."""
        if isinstance(event, QDropEvent) and event.mimeData().hasUrls():
            files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
            if files:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop and not isinstance(event, QDragEnterEvent):
                    self._dropped(files)
                return True
        return super().eventFilter(watched, event)


class _PaperForm(FactForm):
    """What is said of a paper: its kind, what it shows, its day."""

    def __init__(self, context: Context, title: str) -> None:
        super().__init__(context, title)
        self.kind = choices("attachment_kind")
        self.words = QLineEdit()
        self.day = DayEdit(None, optional=True)
        self.day.setPlaceholderText("2024-10-31")
        self.setFocusProxy(self.kind)

    def fields(self) -> QWidget:
        """Lay out what is said."""
        fields = QWidget()
        title = Field(_("What it shows"), self.words)
        line = row(Field(_("Kind of paper"), self.kind), title, Field(_("Taken on"), self.day), space=12)
        line.setStretchFactor(title, 1)
        fields.setLayout(line)
        return fields

    def said(self) -> dict[str, Any] | None:
        """Return what is said; None, after saying why, when the day is not complete."""
        try:
            day = self.day.day()
        except ValueError:
            self.wrong(_("The day is not complete, for example 2024-10-31."))
            return None
        return {"kind": str(self.kind.currentData()), "title": self.words.text(), "taken_on": day}


class AttachForm(_PaperForm):
    """Say what the chosen files show, then keep them."""

    def __init__(self, context: Context, files: Sequence[Path], owner: dict[str, str]) -> None:
        names = "、".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
        super().__init__(context, _("Attach · {files}").format(files=names))
        self._files, self._owner = list(files), owner
        hint = _(
            "Photos are shrunk and kept inside the encrypted ledger; place and device of the camera are left out."
        )
        self.build(self.fields(), text(hint, "secondary", wrap=True))

    def save(self) -> None:
        """Keep the files."""
        said = self.said()
        if said is None:
            return
        job = partial(attachments.attach, self.context.desk, self._files, **{**self._owner, **said})
        count = len(self._files)
        self.run(job, _n("{count} photo attached", "{count} photos attached", count).format(count=count))


class DescribeForm(_PaperForm):
    """Correct what a paper is said to show."""

    def __init__(self, context: Context, line: AttachmentLine) -> None:
        super().__init__(context, _("Correct · {what}").format(what=_caption(line)))
        self._line = line
        self.kind.setCurrentIndex(self.kind.findData(line.kind))
        self.words.setText(line.title)
        self.day.set_day(line.taken_on)
        self.build(self.fields())

    def save(self) -> None:
        """Write what it shows."""
        said = self.said()
        if said is None:
            return
        job = partial(attachments.describe, self.context.desk, self._line.id, **said)
        self.run(job, _("Corrected: {what}").format(what=self.words.text() or self.kind.currentText()))


class PhotoStrip(QWidget):
    """The papers of a page as small pictures. Enter or a click opens one; files are added by button or dropped."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._lines: Sequence[AttachmentLine] = ()
        self._owner: dict[str, str] = {}
        self._pictures: dict[str, QImage] = {}
        self._form_place = QVBoxLayout()
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(style.px(_SMALL.width()), style.px(_SMALL.height())))
        self.list.setGridSize(QSize(style.px(160), style.px(150)))
        self.list.setMinimumHeight(style.px(170))
        self.list.setAccessibleName(_("Papers"))
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self._empty = EmptyState(
            "file",
            _("No photo of a paper yet. Drop files on this page, or choose them."),
            _("Add photos"),
            self.choose,
        )
        self._empty.setMinimumHeight(style.px(220))
        self._add = button(_("Add photos"), self.choose, icon="plus")
        hint = text(_("Drop files anywhere on this page"), "secondary")
        self._bar = QWidget()
        self._correct = button(_("Correct"), self.correct, tip="F2")
        self._out = button(_("Take out"), self.take_out, tip="Delete")
        self._bar.setLayout(row(hint, None, self._correct, self._out, self._add))
        self.setLayout(column(self._form_place, self._bar, self.list, Card(self._empty), space=8))
        self._empty_card = self._empty.parentWidget()

    def show_papers(self, lines: Sequence[AttachmentLine], *, person: str = "", household: str = "") -> None:
        """Show what is attached; new files go to this person or household."""
        owner = {"person": person} if person else {"household": household}
        if owner != self._owner:
            clear(self._form_place)
            self._pictures = {}
        self._owner, self._lines = owner, lines
        chosen = self.list.currentRow()
        self.list.clear()
        for line in lines:
            foreign = f"{line.owner}\n" if (line.person or line.household) not in owner.values() else ""
            item = QListWidgetItem(self._icon(line), f"{foreign}{_caption(line)}")
            item.setData(Qt.ItemDataRole.UserRole, line.id)
            item.setToolTip(item.text())
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(chosen, 0), len(lines) - 1))
        self._bar.setVisible(bool(lines))
        self.list.setVisible(bool(lines))
        for way in (self._correct, self._out):
            way.setEnabled(bool(lines))
        if self._empty_card is not None:
            self._empty_card.setVisible(not lines)
        missing = [
            line.id for line in lines if line.media_type == photo.JPEG and line.id not in self._pictures
        ]
        if missing:
            room = self.list.iconSize() * self.devicePixelRatioF()
            self._context.query(_thumbnails, missing, room, then=self._arrived)

    def _icon(self, line: AttachmentLine) -> QIcon:
        picture = self._pictures.get(line.id)
        if picture is not None and not picture.isNull():
            return QIcon(QPixmap.fromImage(picture))
        return icons.icon("file", style.current().secondary, style.px(48))

    def _arrived(self, pictures: dict[str, QImage]) -> None:
        self._pictures |= pictures
        for number, line in enumerate(self._lines):
            item = self.list.item(number)
            if line.id in pictures and item is not None:
                item.setIcon(self._icon(line))

    # -- adding ------------------------------------------------------------------------------

    def choose(self) -> None:
        """Choose files to attach."""
        endings = " ".join(f"*{each}" for each in photo.READ)
        files, _filter = QFileDialog.getOpenFileNames(
            self, _("Photos of papers"), "", _("Photos and PDF ({endings})").format(endings=endings)
        )
        if files:
            self.offer([Path(each) for each in files])

    def offer(self, files: Sequence[Path]) -> None:
        """Ask what the files show."""
        self._ask(AttachForm(self._context, files, self._owner))

    def _ask(self, form: FactForm) -> None:
        clear(self._form_place)
        form.finished.connect(partial(clear, self._form_place))
        self._form_place.addWidget(form)
        form.setFocus()

    # -- the one chosen ----------------------------------------------------------------------

    def _chosen(self) -> AttachmentLine | None:
        number = self.list.currentRow()
        return self._lines[number] if 0 <= number < len(self._lines) else None

    def correct(self) -> None:
        """Correct what the chosen paper is said to show."""
        if line := self._chosen():
            self._ask(DescribeForm(self._context, line))

    def take_out(self) -> None:
        """Take the chosen paper out."""
        if line := self._chosen():
            take_out(self._context, line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 corrects, Delete takes out."""
        if event.key() == Qt.Key.Key_F2:
            self.correct()
        elif event.key() == Qt.Key.Key_Delete:
            self.take_out()
        else:
            super().keyPressEvent(event)

    # -- looking -----------------------------------------------------------------------------

    def _open(self, item: QListWidgetItem) -> None:
        number = self.list.row(item)
        line = self._lines[number]
        if line.media_type == photo.PDF:
            self._context.query(queries.content, line.id, then=partial(self._open_pdf, _caption(line)))
            return
        viewer = PhotoViewer(
            self._context, [each for each in self._lines if each.media_type == photo.JPEG], self
        )
        viewer.look_at(line.id)
        viewer.open()

    def _open_pdf(self, name: str, content: bytes | None) -> None:
        if content is not None:
            PdfPreview(content, name, self).open()


class PhotoViewer(QDialog):
    """Looks at photos: + and - zoom, 0 fits, the arrow keys go to the next, Ctrl+S saves a copy, Esc closes."""

    def __init__(self, context: Context, lines: Sequence[AttachmentLine], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._lines = list(lines)
        self._number = 0
        self._image = QImage()
        self._zoom = 0.0
        self._what = text("", "section")
        self._count = text("", "muted")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = QScrollArea()
        self._area.setWidget(self._picture)
        self._area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area.setAccessibleName(_("Photo of a paper"))
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._previous = button("‹", partial(self._step, -1), tip=_("The photo before  ←"))
        self._next = button("›", partial(self._step, 1), tip=_("The next photo  →"))
        self._previous.setAccessibleName(_("The photo before  ←"))
        self._next.setAccessibleName(_("The next photo  →"))
        bar = row(
            self._what,
            self._count,
            None,
            self._previous,
            self._next,
            button(_("Smaller"), partial(self._scale, 1 / _ZOOM), tip="-"),
            button(_("Larger"), partial(self._scale, _ZOOM), tip="+"),
            button(_("Fit"), self._fit, tip="0"),
            button(_("Save a copy"), self._save, tip="Ctrl+S"),
            button(_("Correct"), self.correct, tip="F2"),
            button(_("Take out"), self._take_out),
            button(_("Close"), self.reject, tip="Esc"),
            margins=(16, 10, 16, 10),
        )
        self._form_place = QVBoxLayout()
        whole = column(bar, self._form_place, space=0)
        whole.addWidget(self._area, 1)
        self.setLayout(whole)
        for each in self.findChildren(QPushButton):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # The arrow keys stay with the photo.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        window = parent.window()
        self.resize(max(640, window.width() - 120), max(480, window.height() - 80))

    def look_at(self, attachment: str) -> None:
        """Show one of the photos."""
        self._number = next(number for number, line in enumerate(self._lines) if line.id == attachment)
        clear(self._form_place)
        self._name()
        self._count.setText(f"{self._number + 1} / {len(self._lines)}")
        self._previous.setEnabled(self._number > 0)
        self._next.setEnabled(self._number + 1 < len(self._lines))
        self._context.query(_large, attachment, then=self._arrived)

    def _name(self) -> None:
        said = _caption(self._lines[self._number])
        self._what.setText(said)
        self.setWindowTitle(said)
        for named in (self, self._picture):
            named.setAccessibleName(said)

    def _arrived(self, found: tuple[str, QImage]) -> None:
        if found[0] == self._lines[self._number].id:
            self._image = found[1]
            self._fit()

    def _step(self, by: int) -> None:
        if 0 <= self._number + by < len(self._lines):
            self.look_at(self._lines[self._number + by].id)

    def _fit(self) -> None:
        self._zoom = 0.0
        self._draw()

    def _scale(self, by: float) -> None:
        shown = self._picture.width() / max(1, self._image.width())
        self._zoom = min(_MOST_ZOOM, max(_LEAST_ZOOM, (self._zoom or shown) * by))
        self._draw()

    def _draw(self) -> None:
        if self._image.isNull():
            return
        room = self._area.maximumViewportSize() if not self._zoom else self._image.size() * self._zoom
        ratio = self.devicePixelRatioF()
        drawn = QPixmap.fromImage(
            self._image.scaled(
                room * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )
        drawn.setDevicePixelRatio(ratio)
        self._picture.setPixmap(drawn)
        self._picture.resize(drawn.deviceIndependentSize().toSize())

    def _save(self) -> None:
        line = self._lines[self._number]
        target, _filter = QFileDialog.getSaveFileName(
            self, _("Save a copy"), f"{_caption(line)}{photo.SUFFIXES[line.media_type]}".replace("/", "-")
        )
        if target:
            self._context.runner.read(
                partial(attachments.export, self._context.desk, line.id, Path(target)),
                lambda _done: self._context.messages.done(
                    _("Written: {file}").format(file=Path(target).name)
                ),
            )

    def _take_out(self) -> None:
        take_out(self._context, self._lines[self._number])
        self.accept()

    def correct(self) -> None:
        """Correct what the photo is said to show, with the photo in sight."""
        clear(self._form_place)
        form = DescribeForm(self._context, self._lines[self._number])
        form.finished.connect(self._corrected)
        self._form_place.addWidget(form)
        form.setFocus()

    def _corrected(self) -> None:
        clear(self._form_place)
        self.setFocus()
        shown = self._lines[self._number]
        self._context.query(
            queries.lines, people=[shown.person], households=[shown.household], then=self._known_anew
        )

    def _known_anew(self, lines: Sequence[AttachmentLine]) -> None:
        found = {line.id: line for line in lines}
        self._lines = [found.get(line.id, line) for line in self._lines]
        self._name()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, go on, save."""
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: partial(self._step, -1),
            Qt.Key.Key_Right: partial(self._step, 1),
            Qt.Key.Key_Plus: partial(self._scale, _ZOOM),
            Qt.Key.Key_Equal: partial(self._scale, _ZOOM),
            Qt.Key.Key_Minus: partial(self._scale, 1 / _ZOOM),
            Qt.Key.Key_0: self._fit,
            Qt.Key.Key_F2: self.correct,
        }
        if event.key() == Qt.Key.Key_S and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._save()
        elif event.key() in acts:
            acts[event.key()]()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl and the wheel."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._scale(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM)
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the photo again while it is fitted."""
        super().resizeEvent(event)
        if not self._zoom:
            self._draw()


def take_out(context: Context, line: AttachmentLine) -> None:
    """Take a paper out; undo brings it back."""
    said = _("Taken out: {what}").format(what=_caption(line))
    context.runner.write(
        lambda _progress: attachments.take_out(context.desk, line.id),
        lambda _changed: context.messages.done(said, context.undo),
    )


def _large(connection: Any, attachment: str) -> tuple[str, QImage]:  # noqa: ANN401 - a connection
    content = queries.content(connection, attachment)
    return attachment, _decode(content) if content is not None else QImage()
