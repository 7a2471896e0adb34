"""Build `dist/caseworker/`, a folder that runs without Python, and try it: `make package`."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from PyInstaller import __main__ as pyinstaller
from PyInstaller.depend import bindepend

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "dist" / "caseworker"
PROGRAM = TARGET / ("caseworker.exe" if sys.platform == "win32" else "caseworker")

# Imported by name, by a driver or by a migration, where PyInstaller does not look.
HIDDEN = (
    "alembic",
    "caseworker_app.demo",
    "caseworker_app.sample",
    "logging.config",
    "msoffcrypto",
    "python_calamine",
    "sqlalchemy.dialects.sqlite",
    "sqlcipher3",
)
NOT_NEEDED = ("tkinter", "setuptools", "pip")
KEPT_PLUGINS = {
    "platforms": ("xcb", "wayland", "offscreen", "windows", "cocoa"),
    "imageformats": ("svg", "jpeg"),
    "iconengines": ("svg",),
    "styles": ("",),
    "platforminputcontexts": ("",),
    "platformthemes": ("xdgdesktopportal",),
    "xcbglintegrations": ("",),
    "wayland-decoration-client": ("",),
    "wayland-graphics-integration-client": ("",),
    "wayland-shell-integration": ("",),
}


def say(text: str) -> None:
    """Tell whoever waits for the build."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def size() -> str:
    """Return how large the folder is."""
    total = sum(file.stat().st_size for file in TARGET.rglob("*") if file.is_file() and not file.is_symlink())
    return f"{total / 1e6:.0f} MB"


def build() -> None:
    """Gather the program in its folder (never one file: the LGPL asks that Qt can be exchanged)."""
    work = ROOT / "build"
    arguments = ["--name=caseworker", "--noconfirm", "--onedir", "--log-level=WARN"]
    arguments += [
        f"--paths={ROOT}",
        f"--distpath={TARGET.parent}",
        f"--workpath={work}",
        f"--specpath={work}",
    ]
    arguments += [f"--collect-data={package}" for package in ("caseworker_app", "db", "printouts", "ui")]
    arguments += [f"--add-data={ROOT / 'db' / 'migrations'}{os.pathsep}db/migrations"]
    arguments += [f"--hidden-import={name}" for name in HIDDEN]
    arguments += [f"--exclude-module={name}" for name in NOT_NEEDED]
    arguments += ["--collect-submodules=reportlab.graphics.barcode", "--copy-metadata=caseworker"]
    if sys.platform == "win32":
        # A console program, so that the command line can answer; started from an icon it hides its console.
        arguments.append("--hide-console=hide-early")
    pyinstaller.run([*arguments, str(ROOT / "caseworker_app" / "__main__.py")])


def prune() -> None:
    """Take out Qt's plugins and translations that are not used, and the libraries only they needed."""
    qt = next(TARGET.rglob("PySide6/Qt"), None) or next(TARGET.rglob("PySide6"))
    for file in (qt / "plugins").rglob("*"):
        kept = KEPT_PLUGINS.get(file.parent.name, ())
        if file.is_file() and not any(name in file.name for name in kept):
            file.unlink()
    for file in qt.glob("translations/*"):
        if file.name != "qtbase_zh_CN.qm":
            file.unlink()
    files = [file for file in TARGET.rglob("*") if file.is_file()]
    libraries = {file.name: file for file in files if "Qt6" in file.name and "plugins" not in file.parts}
    waiting = [
        file for file in files if file.suffix in (".so", ".pyd", ".dll") and file.name not in libraries
    ]
    needed: set[str] = set()
    while waiting:
        names = {Path(name).name for name, _ in bindepend.get_imports(str(waiting.pop()))}
        found = names & libraries.keys() - needed
        needed |= found
        waiting += [libraries[name] for name in found]
    for name, file in libraries.items():
        if name not in needed:
            file.unlink()
    for link in TARGET.rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()


def add_licences() -> None:
    """Put the licence texts of all that is shipped beside the program, as the licences ask."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))):
        try:
            files = metadata.files(name) or []
        except metadata.PackageNotFoundError:
            continue  # For another platform or Python.
        for file in files:
            if re.search(r"\.dist-info/(licenses/|licen|copying|notice)", file.as_posix(), re.IGNORECASE):
                target = TARGET / "licences" / name / Path(*file.parts[1:])
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), target)
    # The wheels of Qt bring no texts of their own.
    shutil.copytree(ROOT / "packaging" / "licences", TARGET / "licences", dirs_exist_ok=True)
    shutil.copy(ROOT / "LICENSE", TARGET / "licences")


def strip() -> None:
    """Take out debugging symbols; Qt has none, and libraries that a wheel brought along stay as they are."""
    tool = shutil.which("strip") if sys.platform == "linux" else None
    for file in TARGET.rglob("*.so*") if tool else ():
        if "PySide6" not in file.parts and not file.parent.name.endswith(".libs") and not file.is_symlink():
            subprocess.run([str(tool), "--strip-debug", file], check=True)


class Trial:
    """The built program as a user would run it, with a ledger of its own; a failure ends the build."""

    def __init__(self, folder: Path) -> None:
        self.environment = os.environ | {
            "CASEWORKER_LEDGER": str(folder / "ledger"),
            "CASEWORKER_HOME": str(folder / "home"),
            "CASEWORKER_PASSWORD": "smoke-password",
            "QT_QPA_PLATFORM": "offscreen",
        }

    def run(self, *arguments: str) -> str:
        """Run one command and return what it answers."""
        say(" ".join(("caseworker", *arguments)))
        done = subprocess.run(
            [PROGRAM, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        if done.returncode:
            sys.exit(f"the built program failed ({done.returncode}): {' '.join(arguments)}\n{done.stdout}")
        return done.stdout

    def show_window(self) -> None:
        """Open the window off screen and see that it stays open."""
        say("caseworker (the window, off screen)")
        process = subprocess.Popen([PROGRAM], env=self.environment)
        try:
            sys.exit(f"the window closed by itself ({process.wait(8)})")
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(20)


def smoke() -> None:
    """Make a ledger, bring the bundled sample in, ask for a list, verify, and show the window."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder))
        trial.run("--version")
        trial.run("new", "--scope", "640106100207", "--officer", "Smoke")
        samples = sorted(map(str, (ROOT / "caseworker_app" / "sample_data").glob("*.xlsx")))
        trial.run("import", *samples)
        workers = json.loads(trial.run("list", "workers", "--json"))
        if not workers:
            sys.exit("the built program lists no workers after an import")
        claimable = json.loads(trial.run("list", "claimable", "--on", "2024-11-30", "--json"))
        trial.run("sample", "--households", "3", "-o", str(Path(folder, "sample")))
        trial.run("verify")
        trial.show_window()
        say(f"{len(workers)} workers, {len(claimable)} entitlements: the built program works")


if __name__ == "__main__":
    shutil.rmtree(TARGET, ignore_errors=True)
    build()
    whole = size()
    prune()
    strip()
    add_licences()
    say(f"{TARGET}: {size()}, {whole} before pruning")
    smoke()
