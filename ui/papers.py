"""Papers on screen: gathered and drawn in the background, then shown before they are printed."""

from collections.abc import Sequence
from io import BytesIO

from PySide6.QtWidgets import QWidget

from caseworker_app.read_models.handover import Handover
from caseworker_app.use_cases import claims, rosters
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from ui.context import Context
from ui.widgets.pdf_preview import PdfPreview


def draw_forms(desk: Desk, numbers: Sequence[str]) -> tuple[bytes, list[str]]:
    """Return the application forms of claims as one PDF, and the characters that no font has."""
    # The PDF writer is loaded when the first paper is asked for.
    from printouts import form  # noqa: PLC0415

    target = BytesIO()
    missing = form.render([claims.form(desk, number, desk.today()) for number in numbers], target)
    return target.getvalue(), missing


def _preview(context: Context, found: tuple[bytes, list[str]], name: str, parent: QWidget) -> None:
    content, missing = found
    if missing:
        context.messages.warn(
            _("No font has these characters, write them in by hand: {characters}").format(
                characters=" ".join(missing)
            )
        )
    PdfPreview(content, name, parent).open()


def preview_forms(context: Context, numbers: Sequence[str], parent: QWidget) -> None:
    """Show the application forms of claims."""
    name = numbers[0] if len(numbers) == 1 else _("Application forms ({count})").format(count=len(numbers))
    context.runner.read(
        lambda: draw_forms(context.desk, numbers), lambda found: _preview(context, found, name, parent)
    )


def _draw_handover(told: Handover) -> tuple[bytes, list[str]]:
    from printouts.handover import handover_sheet  # noqa: PLC0415 - as above

    target = BytesIO()
    missing = handover_sheet(told, target)
    return target.getvalue(), missing


def preview_handover(context: Context, told: Handover, parent: QWidget) -> None:
    """Show the page that both officers sign."""
    name = _("Handing over to {name}").format(name=told.takes)
    context.runner.read(lambda: _draw_handover(told), lambda found: _preview(context, found, name, parent))


def _draw_rosters(
    desk: Desk, numbers: Sequence[str], *, notice: bool, identity: bool
) -> tuple[bytes, list[str]]:
    from printouts import roster  # noqa: PLC0415 - as above

    target = BytesIO()
    with desk.ledger.reader() as connection:
        sheets = [
            rosters.sheet(connection, desk, number, desk.today(), identity_shown=identity)
            for number in numbers
        ]
    missing = roster.render(sheets, "notice" if notice else "pay_list", target)
    return target.getvalue(), missing


def preview_rosters(
    context: Context, numbers: Sequence[str], parent: QWidget, *, notice: bool, identity: bool = False
) -> None:
    """Show rosters in full, or as public notices."""
    name = (_("Public notice {number}") if notice else _("Roster {number}")).format(number=numbers[0])
    context.runner.read(
        lambda: _draw_rosters(context.desk, numbers, notice=notice, identity=identity),
        lambda found: _preview(context, found, name, parent),
    )
