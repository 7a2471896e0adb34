"""The page of the day: what is due, overdue or about to end, how far the month has come, and the way to each record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain import clock, money
from caseworker_app.read_models.today import Card as CardOf
from caseworker_app.read_models.today import Claiming, Standing, Waiting
from caseworker_app.wording import _, _n
from ui.actions import tip
from ui.context import Context
from ui.screens.today.parts import Line, RingFigure
from ui.theme import style
from ui.watch import Watch
from ui.widgets.basics import Card, EmptyState, Pill, button, clear, column, row, show_part, text
from ui.widgets.facts import ServiceForm
from ui.widgets.lines import scrolled
from ui.words import N_

_THREE, _TWO = 1000, 620
"""From which width on the cards stand in so many columns."""
_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One card: its title, what it says when nothing waits, what its lines offer, its tone and the list behind it."""

    key: str
    title: str
    empty: str
    action: str
    tone: str
    page: str = "workers"
    arguments: tuple[tuple[str, str], ...] = ()


KINDS = (
    Kind(
        "zeroing",
        N_("To be zeroed"),
        N_("Nobody who wants work is waiting. Well done."),
        N_("Record service"),
        "stop",
        arguments=(("list", "zeroing"),),
    ),
    Kind(
        "contact-overdue",
        N_("Contact overdue"),
        N_("Everybody to be looked after was contacted in time."),
        N_("Record service"),
        "attention",
        arguments=(("list", "contact-overdue"),),
    ),
    Kind(
        "offers",
        N_("To be claimed"),
        N_("Nobody has anything to claim that was not claimed."),
        N_("Claim"),
        "accent",
        "claims",
        (("part", "offers"),),
    ),
    Kind(
        "ending",
        N_("About to end"),
        N_("No public post or round of claims ends within 60 days."),
        N_("Open"),
        "attention",
        arguments=(("list", "posts-ending"),),
    ),
    Kind(
        "returned",
        N_("Came home within 7 days"),
        N_("Nobody lost work and came home within 7 days."),
        N_("Record service"),
        "attention",
        arguments=(("list", "returned"),),
    ),
    Kind(
        "incomplete",
        N_("Records to complete"),
        N_("Every record has what claims and lists ask for."),
        N_("Fill in"),
        "attention",
        arguments=(("list", "incomplete"),),
    ),
    Kind(
        "todos",
        N_("To-dos of the round"),
        N_("Nothing waits for an answer."),
        N_("Give answer"),
        "attention",
        "round",
        (("part", "todos"),),
    ),
    Kind("month", N_("This month"), "", "", "quiet", "round", (("part", "upload"),)),
)
_COLUMNS = {
    3: (("zeroing", "contact-overdue"), ("offers", "ending", "todos"), ("returned", "incomplete", "month")),
    2: (("zeroing", "contact-overdue", "returned"), ("offers", "ending", "todos", "incomplete", "month")),
    1: (tuple(kind.key for kind in KINDS),),
}
RINGS = (
    ("package", N_("Service package"), "accent"),
    ("work", N_("In work"), "good"),
    ("claims", N_("Claimed of what is due"), "attention"),
    ("records", N_("Complete records"), "quiet"),
)


class WaitingCard(Card):
    """One card: how many wait, the first of them, and the way to all."""

    def __init__(self, kind: Kind, everything: Callable[[], None]) -> None:
        super().__init__(space=6)
        self.kind = kind
        self._count = Pill()
        self._all = button("", everything, link=True)
        self._all.hide()
        self.lines: list[Line] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(0)
        self._place.addWidget(text(_("Reading…"), "muted"))
        self.box().addLayout(row(text(_(kind.title), "section"), self._count, None, self._all))
        self.box().addLayout(self._place)
        self.setAccessibleName(_(kind.title))

    def fill(self, count: int, words: str, lines: Sequence[Line]) -> None:
        """Show so many, said in these words, with these lines."""
        clear(self._place)
        self.lines = list(lines)
        self._count.say(words if count else "", self.kind.tone)
        self._all.setText(_("All {count}").format(count=f"{count:,}"))
        self._all.setAccessibleName(f"{_(self.kind.title)} {self._all.text()}")
        show_part(self._all, shown=count > len(lines))
        for line in self.lines:
            self._place.addWidget(line)
        if not lines:
            self._place.addWidget(text(_(self.kind.empty), "muted", wrap=True))


class TodayScreen(QWidget):
    """The page of the day."""

    def __init__(self, context: Context, watch: Watch) -> None:
        super().__init__()
        self._context, self._watch = context, watch
        self._here = (KINDS[0].key, 0)
        self._arriving = False
        self._columns = 0
        self._day = text("", "muted")
        self._report = button(
            _("Check and write the workbook of month {month}").format(month=context.today.month),
            lambda: context.navigator.go("round", part="upload"),
            primary=True,
            tip=tip("upload"),
        )
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(text(_("Today"), "page"), self._day, None, self._report, margins=(16, 10, 16, 10), space=12)
        )
        self._rings = {key: RingFigure(_(title), tone) for key, title, tone in RINGS}
        self._figures = QGridLayout()
        self._figures.setSpacing(style.px(16))
        figures = Card(self._figures, margins=(20, 12, 20, 12))
        self.cards = {kind.key: WaitingCard(kind, partial(self._all, kind)) for kind in KINDS}
        self._places = [QVBoxLayout() for _place in range(3)]
        self._abreast = row(space=12)
        for place in self._places:
            place.setSpacing(style.px(12))
            self._abreast.addLayout(place)
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(column(figures, self._abreast, None, space=12, margins=(16, 12, 16, 12)))
        self._side = QScrollArea()
        self._side.setObjectName("side")
        self._side.setFixedWidth(style.px(332))
        self._side.setWidgetResizable(True)
        self._side.setAccessibleName(_("Record service"))
        self._side.hide()
        self._area = scrolled(inside, _("What waits today"))
        full = QWidget()
        full.setLayout(row(self._area, self._side, space=0))
        empty = EmptyState(
            "import",
            _("The ledger is empty. Import the county's exports to fill it."),
            _("Import workbooks"),
            lambda: context.navigator.go("exchange", part="import"),
        )
        self._stack = QStackedWidget()
        for part in (QWidget(), full, empty):
            self._stack.addWidget(part)
        self.setLayout(column(head, self._stack, space=0))
        watch.seen.connect(self._show)
        self._lay_out(3)

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are needed
        """Show what waits, on the line that was left."""
        if self._watch.standing is None:
            self._watch.begin(at_once=True)
        self._arriving = True
        self._show()

    def status(self) -> str:
        """Return when the last backup was made."""
        standing = self._watch.standing
        return _backup_words(standing) if standing else ""

    # -- what is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        standing, claiming = self._watch.standing, self._watch.claiming
        self._day.setText(self._day_words(standing))
        if standing is None:
            self._stack.setFocus()
            return
        self._stack.setCurrentIndex(1 if standing.people else 2)
        show_part(self._report, shown=bool(standing.people))
        held = any(line.hasFocus() for card in self.cards.values() for line in card.lines)
        self._show_rings(standing, claiming)
        for key in ("zeroing", "contact-overdue", "returned"):
            self._fill(key, standing.cards[key])
        self._fill("todos", standing.cards["todos"])
        show_part(self.cards["todos"], shown=standing.cards["todos"].count > 0)
        rounds = claiming.rounds if claiming else ()
        posts = standing.cards["posts-ending"]
        self._fill("ending", CardOf(posts.count + len(rounds), (*rounds, *posts.lines)))
        if claiming:
            words = _n("{count} claim, {amount} yuan", "{count} claims, {amount} yuan", claiming.offers.count)
            self._fill(
                "offers",
                claiming.offers,
                words.format(count=f"{claiming.offers.count:,}", amount=money.shown(claiming.amount)),
            )
            self._fill("incomplete", claiming.incomplete)
        self._show_month(standing)
        if held or self._arriving:
            self._arriving = False
            self._focus()
        self._context.refresh_status()

    def _show_rings(self, standing: Standing, claiming: Claiming | None) -> None:
        package, work = standing.package, standing.work
        self._rings["package"].show_ring(
            package, _("owed to {of}, complete {done}").format(of=f"{package.of:,}", done=f"{package.done:,}")
        )
        self._rings["work"].show_ring(
            work, _("able and willing {of}, in work {done}").format(of=f"{work.of:,}", done=f"{work.done:,}")
        )
        if claiming:
            claims, records = claiming.claims, claiming.records
            self._rings["claims"].show_ring(
                claims,
                _("due {of}, claimed {done}, open {amount} yuan").format(
                    of=f"{claims.of:,}", done=f"{claims.done:,}", amount=money.shown(claiming.amount)
                ),
            )
            lacking = records.of - records.done
            self._rings["records"].show_ring(
                records,
                _n("{count} record to complete", "{count} records to complete", lacking).format(
                    count=f"{lacking:,}"
                ),
            )

    def _fill(self, key: str, card: CardOf, words: str = "") -> None:
        kind = self.cards[key].kind
        lines = [self._line(key, index, waiting, _(kind.action)) for index, waiting in enumerate(card.lines)]
        self.cards[key].fill(card.count, words or f"{card.count:,}", lines)

    def _line(self, key: str, index: int, waiting: Waiting, action: str) -> Line:
        if waiting.kind == "claims":
            action = _("Claim")
        line = Line(waiting.name, waiting.reason, action)
        line.opened.connect(partial(self._open, waiting))
        line.acted.connect(partial(self._act, key, waiting))
        line.moved.connect(self._move)
        line.entered.connect(partial(self._note, key, index))
        return line

    def _show_month(self, standing: Standing) -> None:
        upload = (
            _("written {day}: {file}").format(day=f"{standing.written_on:%m-%d}", file=standing.file_name)
            if standing.written_on
            else _("not written yet")
        )
        lines = [
            self._line("month", 0, Waiting("upload", "round", _("Report"), upload), _("Check and write")),
            self._line(
                "month", 1, Waiting("backup", "settings", _("Backup"), _backup_words(standing)), _("Back up")
            ),
            # Not counted here: in a large ledger that takes longer than a look at everything else.
            self._line(
                "month",
                2,
                Waiting("duplicates", "duplicates", _("Duplicates"), _("people entered twice, to be merged")),
                _("Look through"),
            ),
        ]
        self.cards["month"].fill(0, "", lines)

    def _day_words(self, standing: Standing | None) -> str:
        today = self._context.today
        words = _("{weekday}, {month}-{day}").format(
            weekday=_(_WEEKDAYS[today.weekday()]), month=today.month, day=today.day
        )
        if standing is None:
            return words
        left = (standing.reporting - today).days
        if standing.written_on:
            due = _("this month's workbook is written")
        elif left > 0:
            due = _n("{count} day to the reporting day", "{count} days to the reporting day", left)
        elif left:
            due = _n("{count} day past the reporting day", "{count} days past the reporting day", -left)
        else:
            due = _("today is the reporting day")
        return f"{words} · {due.format(count=abs(left))}"

    # -- keys ----------------------------------------------------------------------------------

    def _lines(self) -> list[tuple[str, int, Line]]:
        """Return every line of the page, down the columns as they stand."""
        return [
            (key, index, line)
            for keys in _COLUMNS[self._columns]
            for key in keys
            for index, line in enumerate(self.cards[key].lines)
        ]

    def _note(self, key: str, index: int) -> None:
        """Remember the line in focus; Tab comes back to it."""
        self._here = (key, index)
        for other, number, line in self._lines():
            here = (other, number) == self._here
            line.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)
            if here:
                self._area.ensureWidgetVisible(line)

    def _focus(self) -> None:
        """Go to the line that was left, or to the one that stands there now."""
        lines = self._lines()
        key, index = self._here
        own = [line for other, _number, line in lines if other == key]
        if own:
            own[min(index, len(own) - 1)].setFocus()
        elif lines:
            lines[0][2].setFocus()

    def _move(self, step: int) -> None:
        lines = self._lines()
        now = next((at for at, (key, index, _line) in enumerate(lines) if (key, index) == self._here), 0)
        lines[min(max(now + step, 0), len(lines) - 1)][2].setFocus()

    # -- what is done ----------------------------------------------------------------------------

    def _all(self, kind: Kind) -> None:
        self._context.navigator.go(kind.page, **dict(kind.arguments))

    def _open(self, waiting: Waiting) -> None:
        go = self._context.navigator.go
        if waiting.kind in ("person", "household"):
            go(waiting.kind, **{waiting.kind: waiting.record})
        elif waiting.kind == "claims":
            go("claims", part="offers")
        elif waiting.kind == "todos":
            go("round", part="todos")
        else:
            go(waiting.kind, **({"part": "upload"} if waiting.kind == "round" else {}))

    def _act(self, key: str, waiting: Waiting) -> None:
        if key in ("zeroing", "contact-overdue", "returned"):
            self._record(waiting)
        elif key == "offers":
            self._context.navigator.go("claims", part="offers")
        elif key == "todos":
            self._context.navigator.go("round", part="todos")
        else:
            self._open(waiting)

    def record_service(self) -> None:
        """Record a service to the person on the line that was left."""
        key, index = self._here
        shown = self._shown(key)
        if index < len(shown) and shown[index].kind == "person":
            self._record(shown[index])
        else:
            self._context.messages.tell(_("Go to a person's line first."))

    def _shown(self, key: str) -> tuple[Waiting, ...]:
        standing, claiming = self._watch.standing, self._watch.claiming
        if key in ("offers", "incomplete"):
            return getattr(claiming, key).lines if claiming else ()
        if key == "ending":
            posts = standing.cards["posts-ending"].lines if standing else ()
            return (*(claiming.rounds if claiming else ()), *posts)
        return standing.cards[key].lines if standing and key in standing.cards else ()

    def _record(self, waiting: Waiting) -> None:
        form = ServiceForm(self._context, [(waiting.record, waiting.name)])
        form.finished.connect(self._recorded)
        inside = QWidget()
        inside.setObjectName("surface")
        inside.setLayout(column(form, None, margins=(12, 12, 12, 12)))
        self._side.setWidget(inside)
        self._side.show()
        self._fit()
        form.setFocus()

    def _recorded(self) -> None:
        self._side.hide()
        self._fit()
        self._focus()

    # -- layout ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards into as many columns as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self.width() - (0 if self._side.isHidden() else self._side.width())
        self._lay_out(3 if width >= style.px(_THREE) else 2 if width >= style.px(_TWO) else 1)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place in self._places:
            while place.takeAt(0) is not None:
                pass
        for place, keys in zip(self._places, _COLUMNS[columns], strict=False):
            for key in keys:
                place.addWidget(self.cards[key])
            place.addStretch(1)
        abreast = 4 if columns > 1 else 2
        for index, figure in enumerate(self._rings.values()):
            self._figures.addWidget(figure, index // abreast, index % abreast)
            self._figures.setColumnStretch(index, int(index < abreast))
        for index in range(len(self._places)):
            self._abreast.setStretch(index, int(index < columns))


def _backup_words(standing: Standing) -> str:
    if standing.backed_up is None:
        return _("no backup of this ledger yet")
    return _("last backup {when}").format(when=f"{clock.local(standing.backed_up):%Y-%m-%d %H:%M}")
