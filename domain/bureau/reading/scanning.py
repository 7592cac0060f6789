"""In which line of a TOML document each table, key and element stands.

The standard library reads TOML and forgets where it stood. This scan only keeps the places: it is
for documents that were read without an error, so it need not look for any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and numbers of elements, from the top of the document."""

_SPACE = " \t\r\n,"
_QUOTES = ('"""', "'''", '"', "'")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\"}


def places(text: str) -> dict[Path, int]:
    """Path → the line, from 1, in which it begins. The whole document is in line 1."""
    return _Scan(text).document()


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: dict[Path, int] = {(): 1}
        self.numbers: dict[Path, int] = {}
        """Path of an array of tables → its last element."""

    def document(self) -> dict[Path, int]:
        """All places of the document."""
        table: Path = ()
        while self._skip():
            line = self.line
            if self._peek("[["):
                table = self._header("]]")
                number = self.numbers[table] = self.numbers.get(table, -1) + 1
                self.found.setdefault(table, line)
                table = (*table, number)
                self.found[table] = line
            elif self._peek("["):
                table = self._header("]")
                self._mark(table, line)
            else:
                self._pair(table)
        return self.found

    def _mark(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], line)

    def _peek(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def _step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _skip(self) -> bool:
        """Past spaces, commas and comments; whether anything follows."""
        while self.at < len(self.text):
            if self.text[self.at] in _SPACE:
                self._step()
            elif self._peek("#"):
                self._comment()
            else:
                return True
        return False

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self._step((len(self.text) if end < 0 else end) - self.at)

    def _header(self, closing: str) -> Path:
        """The path of a table: an array of tables on the way means its last element."""
        self._step(len(closing))
        path: Path = ()
        for key in self._keys(closing):
            path = (*path, self.numbers[path], key) if path in self.numbers else (*path, key)
        self._step(len(closing))
        return path

    def _pair(self, table: Path) -> None:
        line = self.line
        path: Path = (*table, *self._keys("="))
        self._step()
        self._mark(path, line)
        self._value(path)

    def _keys(self, closing: str) -> Iterator[str]:
        """The keys of a dotted key, up to what closes it."""
        while not self._peek(closing):
            if self.text[self.at] in " \t.":
                self._step()
            elif self.text[self.at] in "\"'":
                yield self._string()
            else:
                start = self.at
                while self.text[self.at] not in " \t.=]":
                    self.at += 1
                yield self.text[start : self.at]

    def _string(self) -> str:
        quote = next(q for q in _QUOTES if self._peek(q))
        self._step(len(quote))
        written: list[str] = []
        while not self._peek(quote):
            if self._peek("\\") and quote[0] == '"':
                written.append(_ESCAPES.get(self.text[self.at + 1], ""))
                self._step(2)
            else:
                written.append(self.text[self.at])
                self._step()
        self._step(len(quote))
        while len(quote) > 1 and self._peek(quote[0]):  # """…"" ends in quotes of its own
            self._step()
        return "".join(written)

    def _value(self, path: Path) -> None:
        while self.text[self.at] in " \t":
            self._step()
        if self.text[self.at] in "\"'":
            self._string()
        elif self._peek("["):
            self._step()
            number = 0
            while self._skip() and not self._peek("]"):
                self.found[*path, number] = self.line
                self._value((*path, number))
                number += 1
            self._step()
        elif self._peek("{"):
            self._step()
            while self._skip() and not self._peek("}"):
                self._pair(path)
            self._step()
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self._step()
