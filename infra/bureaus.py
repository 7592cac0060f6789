"""Where bureaus' folders are, and reading one.

A folder stands beside the national data in bureaus/, or anywhere else: then the national data that
ships with the program goes with it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from domain.bureau.bureau import Bureau
from domain.bureau.reading import FOLDERS, NATIONAL, NATIONAL_FILES, FolderWrong, read
from infra.settings import Settings

SHIPPED = Path(__file__).resolve().parents[1] / "bureaus"
"""The folders that ship with the program."""


def default() -> Path:
    """The folder that is taken where none is named."""
    index = tomllib.loads((SHIPPED / "index.toml").read_text(encoding="utf-8"))
    return SHIPPED / str(index["default"])


def files(folder: Path) -> dict[str, bytes]:
    """The folder's files by their paths in it, and the national ones under cn/.

    Notes for people (README.md) and files whose names begin with a dot are left out. Raises
    OSError.
    """
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
    for name in FOLDERS:
        inside = folder / name
        for path in sorted(inside.rglob("*")) if inside.is_dir() else ():
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    found = {
        path: raw
        for path, raw in found.items()
        if path != "README.md" and not any(part.startswith(".") for part in path.split("/"))
    }
    return found | {f"{NATIONAL}{n}": (national(folder) / n).read_bytes() for n in NATIONAL_FILES}


def national(folder: Path) -> Path:
    """Where the national data is that goes with a folder."""
    beside = folder.resolve().parent / NATIONAL
    return beside if beside.is_dir() else SHIPPED / NATIONAL


@cache
def national_rules() -> bytes:
    """The country's parameters as this program has them."""
    return (SHIPPED / NATIONAL / "rules.toml").read_bytes()


def load(folder: Path) -> Bureau:
    """The bureau of a folder. Raises OSError, and `FolderWrong` with all that is wrong in it."""
    try:
        return read(files(folder))
    except FolderWrong as error:
        raise FolderWrong(error.all, str(folder)) from None


@cache
def shipped() -> Bureau:
    """The bureau of the default folder."""
    return load(default())


def ours(given: Settings) -> Bureau:
    """The bureau that the settings name. Raises OSError, FolderWrong."""
    return shipped() if given.bureau is None else read_once(given.bureau.resolve())


def ledger_of(given: Settings) -> str:
    """The ledger that is meant where none is named. Raises OSError, FolderWrong."""
    return given.ledger or ours(given).division


read_once = cache(load)
"""`load`, once in a process."""
