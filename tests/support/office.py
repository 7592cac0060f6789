"""LibreOffice, which opens a file as a clerk's machine does."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
IMPORTED = "44,34,76,1,,0,false,true"
"""Comma, quotes, UTF-8, from the first line; whatever looks like a number or a day is read so."""
EXPORTED = "44,34,76,1,,0,false,true,true,false,false,-1"
"""Every sheet as a file of its own, cells as they are shown."""
OF_CSV = (f"--infilter=Text - txt - csv (StarCalc):{IMPORTED}",)


def there() -> str:
    """The program; the test is skipped, and says so, where there is none."""
    if OFFICE is None:
        pytest.skip(
            "NO LIBREOFFICE: files were not opened again (apt-get install libreoffice-calc-nogui)"
        )
    return OFFICE


def converted(folder: Path, *names: str, how: tuple[str, ...] = ()) -> dict[str, list[list[str]]]:
    """Files opened by LibreOffice and written as CSV, in one start: name → rows."""
    out = folder / f"of-{names[0]}"
    subprocess.run(  # noqa: S603  a program of the machine
        [
            there(),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            *how,
            "--convert-to",
            f"csv:Text - txt - csv (StarCalc):{EXPORTED}",
            "--outdir",
            str(out),
            *(str(folder / name) for name in names),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "HOME": str(folder)},
    )
    return {
        path.name: list(csv.reader(StringIO(path.read_text("utf-8-sig"), newline="")))
        for path in out.iterdir()
    }
