"""The main job on sample data: what an officer does in a morning, left as files to look at."""

import multiprocessing
import os
import shutil
import sys
from datetime import date, datetime
from pathlib import Path

from caseworker_app import sample
from caseworker_app.domain import money
from caseworker_app.policy import pack
from caseworker_app.policy.answer import State
from caseworker_app.use_cases import claims, desk, entitlements, imports, safety, uploads, work
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from db.queries import workers

PASSWORD = "demo-2024"  # noqa: S105 - the ledger holds made-up people only
SCOPE = pack.load().code
ON = date(2024, 11, 30)
_OFFICER = "周晓燕"
_FORMS = 8


def clock() -> datetime:
    """Return the instant the demo takes place at: noon on its day, in UTC."""
    return datetime(ON.year, ON.month, ON.day, 4, 0)  # noqa: DTZ001 - the ledger keeps UTC without zone


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - the demo tells at the terminal what it did


def _papers(made: Desk, folder: Path) -> None:
    # The PDF writer is loaded only when paper is asked for.
    from printouts import form  # noqa: PLC0415

    with made.ledger.reader() as connection:
        due = entitlements.claimable(connection, made.pack, ON)
    total = sum(answer.amount or 0 for answer in due)
    _say(
        _("Entitled and not yet claimed: {count}, {amount} yuan").format(
            count=len(due), amount=money.shown(total)
        )
    )
    for item in made.pack.items.values():
        chosen = [
            answer.beneficiary for answer in due if answer.item == item.id and answer.state is State.ELIGIBLE
        ][:_FORMS]
        if not chosen:
            continue
        _changed, numbers = claims.file(made, item.id, chosen, ON)
        path = folder / f"{item.name}申请表.pdf"
        with path.open("wb") as target:
            form.render([claims.form(made, number, ON) for number in numbers], target)
        _say(
            _("Filed {count} claims of {item}: {file}").format(
                count=len(numbers), item=item.name, file=path.name
            )
        )


def make_ledger(folder: Path) -> Desk:
    """Make the demo's ledger in a folder, import the bundled exports and record some services."""
    made, _code = desk.new(folder, PASSWORD, SCOPE, _OFFICER, clock=clock)
    with made.ledger.reader() as connection:
        prepared = imports.prepare(connection, sample.bundled(), SCOPE, ON)
    imports.commit(made, prepared)
    totals = prepared.preview.totals
    _say(
        _(
            "Imported: {households} households, {people} people, {spells} jobs, {intentions} intentions"
        ).format(**{kind: count.new for kind, count in totals.items()})
    )
    with made.ledger.reader() as connection:
        asked = made.asked(ON)
        due = workers.ids(connection, "package-due", asked)
        waiting = workers.ids(connection, "zeroing", asked)
    work.record_service(made, due[:60], "policy_briefing", ON, note="入户宣讲外出务工奖补政策")
    work.record_service(made, waiting[:20], "career_guidance", ON, note="一对一职业指导")
    for vacancy in ("昆山某电子厂 装配工", "余杭某服饰有限公司 缝纫工", "兴庆某家政公司 保洁员"):
        work.record_service(made, waiting[:12], "job_referral", ON, vacancy=vacancy)
    work.record_service(made, waiting[:6], "skills_training", ON, note="家政服务培训，已取得合格证")
    return made


def _has_display() -> bool:
    """Whether a window could be seen by somebody."""
    return sys.platform in ("win32", "darwin") or any(
        os.environ.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def show(ledger: Path) -> None:
    """Open the window on the demo's ledger, on the demo's day."""
    # The window is loaded only where there is a display.
    from caseworker_app import start  # noqa: PLC0415

    start.run(ledger, clock)


def run(folder: Path) -> None:
    """Do the main job into a folder: ledger, lists, services, claims, papers, monthly workbook, screenshots."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    os.environ.setdefault("CASEWORKER_HOME", str((folder / "home").absolute()))
    made = make_ledger(folder / "ledger")
    with made.ledger.reader() as connection:
        counts = workers.counts(
            connection, ["employed", "unemployed", "willing", "zeroing", "package-due"], made.asked(ON)
        )
    _say(
        _(
            "On {day}: {employed} in work, {unemployed} out of work, {willing} willing to go out, "
            "{zeroing} to be zeroed, {due} services due"
        ).format(day=ON, due=counts.pop("package-due"), **counts)
    )
    _papers(made, folder)
    workbook = folder / uploads.default_name(made, f"{ON:%Y-%m}")
    uploads.write_month(made, f"{ON:%Y-%m}", workbook)
    _say(_("Monthly workbook: {file}").format(file=workbook.name))
    sound = safety.verify(made).sound
    made.close()
    _say(_("The ledger is whole.") if sound else _("The ledger is damaged."))
    # The window is loaded last: the job above needs none.
    from caseworker_app import screenshots  # noqa: PLC0415

    for path in screenshots.take(folder / "ledger", PASSWORD, folder / "screens", clock):
        _say(_("Screenshot: {file}").format(file=path.relative_to(folder)))
    if _has_display():
        os.environ.pop("QT_QPA_PLATFORM", None)
        child = multiprocessing.get_context("spawn").Process(target=show, args=(folder / "ledger",))
        child.start()
    _say(
        _("Everything is in {folder}. Password of the ledger: {password}").format(
            folder=folder, password=PASSWORD
        )
    )
