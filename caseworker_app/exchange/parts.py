"""The parts of a sealed workbook as they stand in its file: as long as nobody saved it anew, they say what its cells do.

The seal is over values, so that any program may save a workbook. It also tells a digest over the bytes of all parts
but its own: where those are as they were, no cell needs to be read to know that none was edited.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

SEAL_SHEET = "_seal"
RECORDS_SHEET = "_records"
PROPERTY_PART = "docProps/custom.xml"
"""Where the seal stands once more."""


def digest(parts: Mapping[str, str]) -> str:
    """Return one digest over those of the parts."""
    return hashlib.sha256(json.dumps(sorted(parts.items())).encode()).hexdigest()


def told(rows: Sequence[Sequence[Any]]) -> str:
    """Return the digest that the sheet of a seal tells, '' for none."""
    try:
        return str(json.loads("".join(rows[1]))["parts"])
    except (ValueError, LookupError, TypeError):
        return ""
