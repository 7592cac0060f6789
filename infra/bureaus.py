"""Where bureaus' folders are, and reading one.

A folder stands beside the national data in bureaus/, or anywhere else: then the national data that
ships with the program goes with it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from domain.bureau.bureau import Bureau
from domain.bureau.reading import APART, FOLDERS, NATIONAL, NATIONAL_FILES, FolderWrong, read
from infra.settings import Settings

SHIPPED = Path(__file__).resolve().parents[1] / "bureaus"
"""The folders that ship with the program."""


def default() -> Path:
    """The folder that is taken where none is named."""
    index = tomllib.loads((SHIPPED / "index.toml").read_text(encoding="utf-8"))
    return SHIPPED / str(index["default"])


def files(folder: Path) -> dict[str, bytes]:
    """The folder's files by their paths in it, and the national ones under cn/.

    Notes for people (README.md) and files whose names begin with a dot are left out. What is
    neither a file nor a folder of a bureau's (a link to nowhere, a folder elsewhere) has a / at the
    end of its path and no bytes, so that reading tells it. Raises OSError.
    """
    inside = {f"{path.name}/" for path in folder.iterdir() if _is_inside(path, folder)}
    found = {
        path.name if path.is_file() else f"{path.name}/": _bytes(path)
        for path in sorted(folder.iterdir())
        if f"{path.name}/" not in inside & {*FOLDERS, *APART}
    }
    for name in inside & {*FOLDERS}:
        for path in sorted((folder / name).rglob("*")):
            at = path.relative_to(folder).as_posix()
            found[at if path.is_file() else f"{at}/"] = _bytes(path)
    found = {
        path: raw
        for path, raw in found.items()
        if path != "README.md" and not any(part.startswith(".") for part in path.split("/"))
    }
    return found | {f"{NATIONAL}{n}": (national(folder) / n).read_bytes() for n in NATIONAL_FILES}


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether it is a folder, and of this one: not a link that leads out of it."""
    return path.is_dir() and path.resolve().is_relative_to(folder.resolve())


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def national(folder: Path) -> Path:
    """Where the national data is that goes with a folder."""
    beside = folder.resolve().parent / NATIONAL
    return beside if beside.is_dir() else SHIPPED / NATIONAL


@cache
def national_file(file: str) -> bytes:
    """A national file as this program has it."""
    return (SHIPPED / NATIONAL / file).read_bytes()


def load(folder: Path) -> Bureau:
    """The bureau of a folder. Raises OSError, and `FolderWrong` with all that is wrong in it."""
    try:
        return read(files(folder))
    except FolderWrong as error:
        raise FolderWrong(error.all, str(folder)) from None


read_once = cache(load)
"""`load`, once in a process."""


def shipped() -> Bureau:
    """The bureau of the default folder."""
    return read_once(default())


def ours(given: Settings) -> Bureau:
    """The bureau that the settings name. Raises OSError, FolderWrong."""
    return shipped() if given.bureau is None else read_once(given.bureau.resolve())


def ledger_of(given: Settings) -> str:
    """The ledger that is meant where none is named. Raises OSError, FolderWrong."""
    return given.ledger or ours(given).division
