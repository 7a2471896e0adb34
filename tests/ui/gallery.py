"""Every part of the kit with made-up data, saved as pictures to look at.

`QT_QPA_PLATFORM=offscreen python -m tests.ui.gallery FOLDER` writes one PNG a page and theme at 1366 × 768.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from caseworker_app import wording
from caseworker_app.domain.package import KINDS, Part, Progress
from caseworker_app.domain.spans import Cycle
from caseworker_app.policy.answer import Entitlement
from caseworker_app.policy.assess import assess
from caseworker_app.policy.facts import Claimed, HouseholdFacts, PersonFacts, SpellFacts
from caseworker_app.policy.pack import Item, load
from caseworker_app.read_models.people import ServiceLine, SpellLine
from ui.crash_window import CrashWindow, details
from ui.main_window import RAIL, MainWindow
from ui.messages import MessageDoor
from ui.models.windowed import Column, WindowedTableModel
from ui.theme import style, tokens
from ui.widgets.basics import (
    Card,
    EmptyState,
    Field,
    Pill,
    ProgressPanel,
    TabStrip,
    button,
    column,
    row,
    text,
)
from ui.widgets.day_edit import DayEdit
from ui.widgets.entitlement import EntitlementCard, ReasonTable
from ui.widgets.lines import lines, scrolled
from ui.widgets.package import PackageCells
from ui.widgets.pdf_preview import PdfPreview
from ui.widgets.table import DataTable, paint_word
from ui.widgets.timeline import TimeLine

SIZE = (1366, 768)
ON = date(2024, 11, 22)

NAMES = (
    "马国强",
    "丁秀兰",
    "杨晓军",
    "哈丽娟",
    "金玉梅",
    "买买提·吐尔逊·阿不都拉",
    "王建平",
    "虎志远",
    "田红霞",
    "马龑",
)
STATUSES = ("employed", "unemployed", "employed", "unemployed", "farming", "employed", "at_school")
PLACES = ("浙江 杭州 余杭", "—", "宁夏 石嘴山 大武口", "新疆 巴音郭楞蒙古自治州 和静", "江苏 苏州 昆山")


def package(*done: int) -> Progress:
    """Return a package of 1-3-1-1 with so many done."""
    return Progress(
        tuple(Part(kind, owed, have) for kind, owed, have in zip(KINDS, (1, 3, 1, 1), done, strict=True))
    )


def workers(count: int) -> list[Any]:
    """Return made-up rows of a list."""
    return [
        SimpleNamespace(
            id=f"worker-{number}",
            name=NAMES[number % len(NAMES)],
            status=STATUSES[number % len(STATUSES)],
            since=date(2024, 1 + number % 12, 1 + number % 28),
            place=PLACES[number % len(PLACES)],
            wage="—" if number % 5 == 1 else f"{3000 + 137 * (number % 30):,}",
            package=package(number % 2, number % 4, (number // 2) % 2, (number // 3) % 2),
            due=("1,400 可申领", "accent") if number % 3 == 0 else ("待补 1 项资料", "attention"),
        )
        for number in range(count)
    ]


COLUMNS = (
    Column("姓名", 96, lambda row: row.name, key="name"),
    Column("状态", 84, lambda row: wording.label("status", row.status), paint="status"),
    Column("起始日期", 96, lambda row: row.since.isoformat()),
    Column("务工地点", 168, lambda row: row.place, paint="muted"),
    Column("月收入", 80, lambda row: row.wage, right=True),
    Column("服务包", 184, lambda _row: "", paint="package"),
    Column("应享政策", 120, lambda row: row.due[0], paint="due"),
)


def spell(
    number: int, first: date, last: date | None, kind: str = "wage", *, home: bool = False
) -> SpellLine:
    """Return a made-up job."""
    return SpellLine(
        f"spell-{number}", kind, first, last, "320583", "", "某电子厂", "制造业", "", "", 520000, contract=True,
        insured=None, point_to_point=None, end_reason="", came_home=home,
    )  # fmt: skip


SPELLS = (
    spell(1, date(2023, 2, 10), date(2023, 8, 20), home=True),
    spell(2, date(2023, 11, 1), date(2024, 4, 30), "farming"),
    spell(3, date(2024, 1, 1), date(2024, 9, 30), home=True),
    spell(4, date(2024, 11, 5), None),
)
SERVICES = tuple(
    ServiceLine(f"service-{number}", kind, day, outcome, "某公司 装配工", "", "周")
    for number, (kind, day, outcome) in enumerate(
        (
            ("policy_briefing", date(2024, 2, 24), "done"),
            ("job_referral", date(2024, 10, 12), "declined"),
            ("contact", date(2024, 10, 30), "done"),
        )
    )
)


def answers() -> list[tuple[Item, Entitlement]]:
    """Return what the shipped pack says of a made-up person: something, something unknown and nothing."""
    pack = load()
    jobs = (SpellFacts("s", date(2024, 1, 1), date(2024, 9, 30), "wage", "320583", 520000),)
    unknown = (SpellFacts("s", date(2024, 1, 1), date(2024, 9, 30), "wage", "", None),)
    found = []
    for spells in (jobs, unknown, ()):
        person = PersonFacts("p", "王建平", "640106198804121510", spells)
        household = HouseholdFacts(
            "h", "64010612345", "王建平", "640106100200", "lifted_out", "unstable", date(2023, 5, 1), None, (person,)
        )  # fmt: skip
        for item in pack.items.values():
            by_person = item.beneficiary == "person"
            answer = assess(
                item, household, person if by_person else None, Cycle.ending(2024, 10, 1), ON, Claimed()
            )
            found.append((item, answer))
    return found


def paper(pages: int = 2) -> bytes:
    """Return a small PDF, the second page lying."""
    from pypdfium2 import PdfDocument

    document = PdfDocument.new()
    for number in range(pages):
        document.new_page(*((595, 842) if number % 2 == 0 else (842, 595)))
    content = BytesIO()
    document.save(content)
    document.close()
    return content.getvalue()


# -- pages ---------------------------------------------------------------------------------


class Plain(QWidget):
    """A page that holds what is given."""

    def open(self, **_arguments: Any) -> None:
        """Show as it is."""

    def status(self) -> str:
        """Say something at the bottom."""
        return "已选 1 人 · 18 / 343"


def _head(title: str, words: str, *acts: QWidget) -> QWidget:
    head = QWidget()
    head.setObjectName("pagehead")
    head.setLayout(
        row(text(title, "page"), text(words, "muted"), None, *acts, space=12, margins=(16, 10, 16, 10))
    )
    return head


def list_page(count: int = 343) -> Plain:
    """Return a list with its panel."""
    rows = {each.id: each for each in workers(count)}

    def fetch(ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        QTimer.singleShot(0, lambda: arrived([rows[each] for each in ids]))

    page = Plain()
    model = WindowedTableModel(COLUMNS, fetch, page)
    table = DataTable(
        model, "劳动力", {"due": lambda painter, area, row: paint_word(painter, area, *row.due)}
    )
    table.set_empty(
        EmptyState("workers", "还没有劳动力。导入区县的导出表即可填满台账。", "导入表格", lambda: None)
    )
    model.set_ids(list(rows))
    if rows:
        table.setCurrentIndex(model.index(1, 0))
        table.selectRow(1)
    tabs = TabStrip(
        [("all", "全部"), ("employed", "已就业"), ("unemployed", "未就业"), ("zeroing", "待清零")], "名单"
    )
    tabs.count({"all": count, "employed": 213, "unemployed": 38, "zeroing": 12})
    strip = QWidget()
    strip.setObjectName("tabs")
    strip.setLayout(row(tabs, margins=(12, 4, 16, 6)))
    inside = QWidget()
    inside.setObjectName("surface")
    cards = [EntitlementCard(*each) for each in answers()[:3]]
    inside.setLayout(
        column(
            row(text("丁秀兰", "page"), text("女 41 岁 回族", "muted"), None, button("打开", link=True)),
            text("640106********4127 · 3组 · 户主 丁文海之配偶", "secondary", wrap=True),
            row(Pill("未就业 71 天", "attention"), Pill("边缘易致贫户", "attention"), None),
            text("服务包", "section"),
            PackageCells(package(1, 2, 0, 1)),
            row(button("登记服务"), button("推荐岗位 6"), None),
            text("应享政策", "section"),
            *cards,
            None,
            margins=(16, 14, 16, 16),
        )
    )
    side = scrolled(inside, "选中的劳动力")
    side.setObjectName("side")
    side.setFixedWidth(332)
    head = _head(
        "劳动力", "343 人 · 已就业 213 · 未就业 38", button("导出"), button("登记服务", primary=True)
    )
    page.setLayout(column(head, strip, row(table, side, space=0), space=0))
    return page


def person_page() -> Plain:
    """Return a time line, cards and the reasons of one of them."""
    page = Plain()
    line = TimeLine()
    line.show_person(SPELLS, SERVICES, ON, gaps=True)
    time_card = Card(
        row(
            text("务工经历", "section"),
            text("12 个月内在业 9 个月", "muted"),
            None,
            PackageCells(package(1, 0, 0, 0)),
        ),
        line,
    )
    found = answers()
    cards = column(space=10)
    for number, each in enumerate(found[:4]):
        card = EntitlementCard(*each)
        card.setFixedWidth(300)
        card.mark(chosen=number == 0)
        cards.addWidget(card)
    cards.addStretch(1)
    item, answer = found[0]
    note = text(
        "您家是脱贫不稳定户，您 2024 年 1 月至 9 月在江苏昆山务工，跨省满 9 个月，补助 1,400 元。", wrap=True
    )
    note.setObjectName("note")
    reasons = Card(
        row(
            text(item.name, "section"), None, button("预览申请表", icon="print"), button("申领", primary=True)
        ),
        note,
        ReasonTable(answer),
        None,
    )
    whole = row(space=12)
    whole.addLayout(cards)
    whole.addWidget(reasons, 1)
    tabs = TabStrip([("due", "应享政策"), ("home", "家庭"), ("history", "历史")], "本页内容")
    tabs.count({"due": 3, "history": 37})
    page.setLayout(column(time_card, tabs, whole, space=10, margins=(16, 12, 16, 12)))
    return page


def parts_page() -> Plain:
    """Return the small parts: pills, buttons, fields with and without a fault, progress, small table."""
    page = Plain()
    pills = row(
        *(
            Pill(word, tone)
            for word, tone in zip(
                ("可申领", "已就业", "待补 1 项", "待清零", "不符合"), tokens.TONES, strict=True
            )
        ),
        None,
    )
    focused = button("有焦点")
    page.focused = focused  # type: ignore[attr-defined]
    off = button("不可用")
    off.setEnabled(False)
    buttons = row(
        button("登记服务", primary=True),
        button("导出"),
        focused,
        off,
        button("依据", link=True),
        button("新增", icon="plus"),
        None,
    )
    kinds = QComboBox()
    kinds.addItems(["工资性务工", "自主创业", "灵活就业"])
    day, wrong_day = DayEdit(ON), DayEdit(ON)
    wrong_day.setText("2024.13.5")
    wrong_day.editingFinished.emit()
    place = Field("务工地点", QLineEdit("浙江"), "填到县（区）")
    wage = Field("月收入（元）", QLineEdit("四千二"))
    wage.wrong("请填数字，例如 4200。")
    bad = Field("起始日期", wrong_day)
    bad.wrong("这不是一个日期，例如 2024-10-31。")
    progress = ProgressPanel()
    progress.show_progress(0, 885, "正在读取")
    progress._since -= 5
    progress.show_progress(300, 885, "正在读取")
    rows: list[tuple[str | QWidget, ...]] = [
        ("2024-10-12", "岗位推荐", Pill("已完成", "good"), "某公司 装配工", button("改正", link=True)),
        ("2024-10-30", "走访联系", Pill("未联系上", "quiet"), "电话无人接听", button("改正", link=True)),
    ]
    page.setLayout(
        column(
            Card(text("标签", "section"), pills, text("按钮", "section"), buttons),
            Card(
                text("表单", "section"),
                row(Field("方式", kinds), Field("日期", day), place, wage, bad, None, space=12),
            ),
            Card(text("进度", "section"), progress),
            lines(["日期", "服务", "结果", "内容", ""], rows, "", 3),
            None,
            space=12,
            margins=(16, 16, 16, 16),
        )
    )
    return page


def frame(page: Plain) -> MainWindow:
    """Return the frame around a page."""
    window = MainWindow("和顺新村", "良田镇 · 2024年11月", "周")
    window.resize(*SIZE)
    finder = QLineEdit()
    finder.setObjectName("find")
    finder.setFixedWidth(520)
    finder.setPlaceholderText("查找人、户、操作…   Ctrl+K")
    finder.setAccessibleName("查找")
    window.put_finder(finder)
    window.badge("claims", 31)
    window.badge("round", 1)
    window.show_last("上一步：登记服务「丁秀兰 · 岗位推荐」", lambda: None)
    for name in RAIL:
        window.register(name, lambda: page)
    window.go("workers")
    return window


def pages() -> dict[str, Callable[[], QWidget]]:
    """Return every page by name."""

    def told() -> QWidget:
        window = frame(list_page(0))
        door = MessageDoor(window)
        door.warn(
            "第 12 行「身份证号码」末三位为 000，可能被 Excel 截断。请核对原件后补录，再重新导入这一份表；其余 884 格已经核对无误。"
        )
        door.done("已登记：丁秀兰 · 岗位推荐", lambda: None)
        return window

    def crashed() -> QWidget:
        try:
            _fail()
        except ZeroDivisionError as error:
            return CrashWindow(details(error))
        raise AssertionError

    def narrow() -> QWidget:
        window = frame(list_page())
        window.resize(1093, 614)
        window.show()
        table = window.findChild(DataTable)
        assert table is not None
        settle(30)
        table.horizontalScrollBar().setValue(90)
        return window

    return {
        "list": lambda: frame(list_page()),
        "narrow": narrow,
        "person": lambda: frame(person_page()),
        "parts": lambda: frame(parts_page()),
        "messages": told,
        "crash": crashed,
        "paper": lambda: PdfPreview(paper(), "申请表"),
    }


def _fail() -> float:
    return 1 / len("")


def settle(milliseconds: int = 120) -> None:
    """Let timers and paints run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def save(folder: Path) -> list[Path]:
    """Draw every page in both themes."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    written = []
    for theme in tokens.THEMES.values():
        style.apply(app, theme)
        for name, make in pages().items():
            widget = make()
            widget.show()
            widget.activateWindow()
            settle()
            if isinstance(widget, MainWindow):
                current = widget.page("workers")
                held = (
                    getattr(current, "focused", None)
                    or current.findChild(DataTable)
                    or current.findChild(TimeLine)
                )
                if held is not None:
                    held.setFocus(Qt.FocusReason.TabFocusReason)
                settle()
            target = folder / f"{name}-{theme.name}.png"
            widget.grab().save(str(target))
            written.append(target)
            widget.close()
            widget.deleteLater()
            settle(20)
    return written


def main(arguments: list[str]) -> None:
    """Write the pictures into the folder given."""
    app = QApplication(arguments[:1])
    wording.use(wording.ZH)
    style.load_fonts()
    folder = Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    for path in save(folder):
        sys.stdout.write(f"{path.name}\n")
    app.quit()


if __name__ == "__main__":
    main(sys.argv)
