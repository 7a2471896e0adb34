"""Writing the monthly workbook of a whole ledger, against streaming the same cells with the bare writer.

`python -m tests.benchmarks.upload LEDGER PASSWORD` tells seconds of processor and memory as one line of JSON; ours is everything
from the facts to the sealed file that is kept in the ledger, the floor only puts finished values into cells.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import xlsxwriter

from caseworker_app.exchange import read
from caseworker_app.exchange.read import Sheet
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import uploads
from tests.benchmarks import clock

_TURNS = 3
_ROWS_OF_ONE_TURN = 200_000


def bare(sheets: list[Sheet], file: Path) -> None:
    """Stream the cells with XlsxWriter and nothing else."""
    with xlsxwriter.Workbook(str(file), {"constant_memory": True, "strings_to_formulas": False}) as book:
        words, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for row, cells in enumerate(sheet.rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        if cell:
                            page.write_string(row, column, cell, words)
                    elif isinstance(cell, date):
                        page.write_datetime(row, column, cell, day)
                    else:
                        page.write_number(row, column, cell, words)


def _peak() -> int:
    """Return the most memory this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure one ledger."""
    ledger, password = sys.argv[1:]
    desk = desks.open_with_password(Path(ledger), password, clock)
    ours, floor = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "upload.xlsx"
        before = _peak()
        begun = time.process_time()
        rows = sum(uploads.write_month(desk, "2024-11", file).values())
        ours.append(time.process_time() - begun)
        memory = _peak()
        sheets = read.read(file)
        for turn in range(1 if rows > _ROWS_OF_ONE_TURN else _TURNS):
            if turn:
                begun = time.process_time()
                uploads.write_month(desk, "2024-11", file)
                ours.append(time.process_time() - begun)
            begun = time.process_time()
            bare(sheets, Path(folder) / "bare.xlsx")
            floor.append(time.process_time() - begun)
    desk.close()
    told = {
        "ours": statistics.median(ours),
        "floor": statistics.median(floor),
        "before": before,
        "memory": memory,
        "rows": rows,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
