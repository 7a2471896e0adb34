"""Cells as spreadsheets hand them over: tab-separated text both ways, and a table of HTML outwards.

rows = parse(text)                  # what Excel or WPS copied, quotes and line breaks in cells understood
written(rows); table_of(rows)       # what they paste; numbers that are names stay text
"""

import re
from collections.abc import Sequence
from html import escape

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r?\n|\Z)')
_PLAIN = re.compile(r"[^\t\r\n]*")
_BREAK = re.compile(r"\t|\r\n|\n|\r")
_NUMBER = re.compile(r"-?\d{1,11}(\.\d+)?")

Rows = list[list[str]]


def parse(text: str) -> Rows:
    """Return the cells of copied text; a quote that never closes is a quote."""
    rows: Rows = [[]]
    place = 0
    while True:
        quoted = _QUOTED.match(text, place)
        found = quoted or _PLAIN.match(text, place)
        assert found
        rows[-1].append(found[1].replace('""', '"') if quoted else found[0])
        broken = _BREAK.match(text, found.end())
        if broken is None:
            return rows
        place = broken.end()
        if broken[0] != "\t":
            if place == len(text):  # Spreadsheets end the last row too.
                return rows
            rows.append([])


def written(rows: Sequence[Sequence[str]]) -> str:
    """Return cells as tab-separated text, quoted where a cell holds what would part it."""

    def cell(text: str) -> str:
        parts = any(each in text for each in "\t\r\n") or text.startswith('"')
        return '"{}"'.format(text.replace('"', '""')) if parts else text

    return "\r\n".join("\t".join(map(cell, row)) for row in rows)


def table_of(rows: Sequence[Sequence[str]]) -> str:
    """Return cells as a table of HTML in which long numbers, and those that begin with 0, are text."""

    def cell(text: str) -> str:
        number = _NUMBER.fullmatch(text) and not (text.startswith("0") and text != "0" and "." not in text)
        kind = "" if number else " style=\"mso-number-format:'\\@'\""
        return f"<td{kind}>{escape(text).replace(chr(10), '<br>')}</td>"

    lines = ("<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows)
    return "<table>" + "".join(lines) + "</table>"
