#!/bin/sh
# Checks that Qt starts with the given Python, and on Debian and Ubuntu as root installs what it lacks.
# Usage: sh packaging/system-libraries.sh .venv/bin/python
set -eu

python=${1:?usage: system-libraries.sh PYTHON}
"$python" -c 'import PySide6'

# What PySide6 6.8 to 6.12 links to and its wheel does not bring (readelf -d on its libraries and plugins);
# the rest comes with these.
for_all="libegl1 libgl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3"
for_a_screen="libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxkbcommon-x11-0"

# 0: everything works. 2: windows can be drawn off screen only, an X server could not be used. 1: nothing works.
check() {
  QT_QPA_PLATFORM=offscreen "$python" - <<'END'
import ctypes
import sys
from pathlib import Path

try:
    from PySide6.QtCore import QLibraryInfo
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
except ImportError as error:
    print(f"Qt does not start: {error}", file=sys.stderr)
    sys.exit(1)
screen = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms", "libqxcb.so")
try:
    if screen.exists():
        ctypes.CDLL(str(screen))
except OSError as error:
    print(f"Qt cannot use the screen: {error}", file=sys.stderr)
    sys.exit(2)
END
}

if problem=$(check 2>&1); then
  exit 0
else
  status=$?
fi

packages="$for_all $for_a_screen"
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  echo "Installing the system libraries that Qt needs." >&2
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of words
  if output=$(apt-get -qq update && apt-get -qq install --yes --no-install-recommends $packages 2>&1); then
    problem=$(check 2>&1) && exit 0
  else
    printf '%s\n' "$output" >&2
  fi
fi

printf '%s\n' "$problem" >&2
if command -v apt-get >/dev/null; then
  echo "Please type: sudo apt-get install --no-install-recommends $packages" >&2
else
  echo "Please install the libraries that Qt needs; on Debian they are called: $packages" >&2
fi
# Without a screen (on a server, in tests) off screen is enough.
[ "$status" -eq 2 ]
