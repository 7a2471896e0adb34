"""Where the installation keeps its things; `CASEWORKER_HOME` moves all of it."""

import os
from pathlib import Path

import platformdirs

NAME = "caseworker"


def _base(kind: str) -> Path:
    """Return a folder of the installation, made if missing."""
    home = os.environ.get("CASEWORKER_HOME")
    if home:
        folder = Path(home) / kind
    else:
        places = platformdirs.PlatformDirs(NAME, appauthor=False)
        folder = {
            "config": places.user_config_path,
            "log": places.user_log_path,
            "documents": places.user_documents_path / NAME,
        }[kind]
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
