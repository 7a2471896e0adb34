"""Where the reviewer enters what an item leaves to him."""

from PySide6.QtWidgets import QLineEdit

from caseworker_app.domain import money
from caseworker_app.policy.answer import Entitlement
from caseworker_app.wording import _
from ui.theme import style


class DecidedAmount(QLineEdit):
    """An amount in yuan between the least and the most of an entitlement; both stand in the empty field."""

    def __init__(self, answer: Entitlement) -> None:
        super().__init__()
        least, most = money.shown(answer.amount_min or 0), money.shown(answer.amount_max or 0)
        words = _("{least} to {most} yuan").format(least=least, most=most)
        self.setPlaceholderText(words)
        self.setAccessibleName(_("Amount the reviewer decides: {words}").format(words=words))
        self.setFixedWidth(style.px(170))

    def amount(self) -> int | None:
        """Return what was entered, in fen; None when it is no amount."""
        try:
            return money.fen(self.text().strip().replace(",", "").replace("，", ""))
        except ValueError:
            return None
