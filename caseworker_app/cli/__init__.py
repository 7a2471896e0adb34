"""The same use cases without a window: for helpers, scripts and acceptance checks.

Exit status: 0 done · 1 refused, nothing was written · 2 usage · 3 wrong password · 4 ledger damaged,
locked or newer than the program · 5 our fault. The message on stderr says what to do.
"""
