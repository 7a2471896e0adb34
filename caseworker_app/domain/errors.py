"""Failures that the person at the screen can act on."""


class ExpectedError(Exception):
    """A failure with a code that `wording` turns into what happened and what to do.

    `code` is dotted (`ledger.wrong_password`); `values` fill the sentence and never hold a
    whole identity number, phone or card.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
