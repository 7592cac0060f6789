"""What is wrong with a bureau's folder: each with its file, its line and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Wrong(NamedTuple):
    """One thing that is wrong."""

    file: str
    """Path in the folder; national files are under cn/."""
    line: int
    """From 1. What is missing in a file as a whole is said of line 1."""
    what: str
    expected: str = ""

    def __str__(self) -> str:
        expected = f"; expected {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}: {self.what}{expected}"


class FolderWrong(Exception):
    """A folder is no bureau: `all` says everything that is wrong with it, by file and line."""

    def __init__(self, all_wrong: Iterable[Wrong], folder: str = "") -> None:
        self.all = tuple(sorted(set(all_wrong)))
        where = [f"单位目录 {folder} 有误 / what is wrong in this folder:"] if folder else []
        super().__init__("\n".join([*where, *map(str, self.all)]))
