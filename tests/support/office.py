"""LibreOffice, which opens a file as a clerk's machine does."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
IMPORTED = "44,34,76,1,,0,false,true"
"""Comma, quotes, UTF-8, from the first line; whatever looks like a number or a day is read so."""
EXPORTED = "44,34,76,1,,0,false,true,true,false,false,-1"
"""Every sheet as a file of its own, cells as they are shown."""
OF_CSV = (f"--infilter=Text - txt - csv (StarCalc):{IMPORTED}",)


def there(*, text: bool = False) -> str:
    """The program; the test is skipped, and says so, where there is none."""
    if OFFICE is None or (text and not writes()):
        pytest.skip(
            "NO LIBREOFFICE: files were not opened again"
            " (apt-get install libreoffice-calc-nogui libreoffice-writer-nogui)"
        )
    return OFFICE


def writes() -> bool:
    """Whether it opens texts, too: that is another package than its tables."""
    return OFFICE is not None and Path(OFFICE).resolve().with_name("libswlo.so").exists()


def converted(folder: Path, *names: str, how: tuple[str, ...] = ()) -> dict[str, list[list[str]]]:
    """Files opened by LibreOffice and written as CSV, in one start: name → rows."""
    out = folder / f"of-{names[0]}"
    _convert(there(), folder, out, f"csv:Text - txt - csv (StarCalc):{EXPORTED}", names, how)
    return {
        path.name: list(csv.reader(StringIO(path.read_text("utf-8-sig"), newline="")))
        for path in out.iterdir()
    }


def printed(folder: Path, name: str) -> bytes:
    """A text opened by LibreOffice and printed as PDF."""
    return _written(folder, name, "pdf")


def saved_again(folder: Path, name: str) -> bytes:
    """A text opened by LibreOffice and saved as DOCX."""
    return _written(folder, name, "docx")


def _written(folder: Path, name: str, form: str) -> bytes:
    out = folder / f"{form}-of-{name}"
    _convert(there(text=True), folder, out, form, (name,))
    (made,) = out.iterdir()
    return made.read_bytes()


def _convert(
    program: str, folder: Path, out: Path, form: str, names: Iterable[str], how: Iterable[str] = ()
) -> None:
    subprocess.run(  # noqa: S603  a program of the machine
        [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            *how,
            "--convert-to",
            form,
            "--outdir",
            str(out),
            *(str(folder / name) for name in names),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "HOME": str(folder)},
    )
