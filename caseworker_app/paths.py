"""Where the installation keeps its things; `CASEWORKER_HOME` moves all of it."""

import os
from pathlib import Path

import platformdirs

NAME = "caseworker"


def _base(kind: str) -> Path:
    """Return a folder of the installation, made if missing."""
    home = os.environ.get("CASEWORKER_HOME")
    folder = (
        Path(home) / kind if home else Path(getattr(platformdirs, f"user_{kind}_dir")(NAME, appauthor=False))
    )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def config() -> Path:
    """Return the folder of settings and of the device's identity."""
    return _base("config")


def logs() -> Path:
    """Return the folder of the rotating log."""
    return _base("log")


def ledgers() -> Path:
    """Return the folder proposed for new ledgers."""
    return _base("documents") / "ledger"
