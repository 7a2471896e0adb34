"""The form for a household as 监测对象."""

from functools import partial

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from caseworker_app.domain import codes
from caseworker_app.read_models.pages import MonitoringLine
from caseworker_app.use_cases import monitoring
from caseworker_app.wording import _, label
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Field, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.facts import FactForm, choices

_COLUMNS = 6


class MonitoringForm(FactForm):
    """Say since when a household is monitored and for which risks, and when they were resolved."""

    def __init__(self, context: Context, household: str, head: str, stretch: MonitoringLine | None) -> None:
        super().__init__(context, _("Record monitoring · {who}").format(who=head))
        self._household = household
        self._stretch = stretch
        self.kind = choices("monitored_kind")
        self.identified = DayEdit(context.today, optional=True)
        self.resolved = DayEdit(None, optional=True)
        self.resolved.setPlaceholderText(_("not resolved"))
        self.risks = {}
        risks = QWidget()
        risks.setAccessibleName(_("Risks"))
        grid = QGridLayout(risks)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.px(16))
        for number, code in enumerate(codes.code_list("risk").codes):
            self.risks[code] = QCheckBox(label("risk", code))
            grid.addWidget(self.risks[code], number // _COLUMNS, number % _COLUMNS)
        if stretch is not None:
            self.kind.setCurrentIndex(self.kind.findData(stretch.kind))
            self.identified.set_day(stretch.identified_on)
            self.resolved.set_day(stretch.resolved_on)
            for code in stretch.risks:
                if code in self.risks:
                    self.risks[code].setChecked(True)
        fields = QWidget()
        fields.setLayout(
            row(
                Field(_("Monitored kind"), self.kind),
                Field(_("Identified on"), self.identified),
                Field(_("Risk resolved on"), self.resolved),
                None,
                space=12,
            )
        )
        self.build(fields, text(_("Risks"), "secondary"), risks)
        self.setFocusProxy(self.kind)

    def save(self) -> None:
        """Record or correct it."""
        try:
            identified, resolved = self.identified.day(), self.resolved.day()
        except ValueError:
            self.wrong(_("The day is not complete, for example 2024-10-31."))
            return
        job = partial(
            monitoring.record,
            self.context.desk,
            self._household,
            str(self.kind.currentData()),
            identified,
            [code for code, box in self.risks.items() if box.isChecked()],
            resolved_on=resolved,
            stretch=self._stretch.id if self._stretch else "",
        )
        self.run(job, _("Recorded: {what}").format(what=_("monitoring")))
