"""The members of a household, each a link to the page."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from caseworker_app.domain import identity
from caseworker_app.read_models.people import MemberLine
from caseworker_app.wording import _, label
from ui.context import Context
from ui.widgets.basics import Pill, button
from ui.widgets.lines import lines
from ui.widgets.table import STATUS_TONES


def member_lines(context: Context, members: Sequence[MemberLine]) -> QWidget:
    """Return the members of a household as a small table of links."""
    rows = [
        (
            button(member.name, partial(context.navigator.go, "person", person=member.id), link=True),
            label("relation", member.relation),
            label("sex", member.sex),
            identity.masked(member.identity_number),
            member.born.isoformat() if member.born else "",
            Pill(label("status", member.status), STATUS_TONES.get(member.status, "quiet")),
        )
        for member in members
    ]
    heads = [_("Name"), _("Relation"), _("Sex"), _("Identity number"), _("Born"), _("Status")]
    return lines(heads, rows, _("Nobody belongs to this household."), 5)
