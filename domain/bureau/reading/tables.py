"""Reading tables of TOML by what each key must hold: everything that is wrong is noted, by line."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from domain.bureau.reading.scanning import Path, places
from domain.bureau.reading.wrong import Wrong

_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")
_END = " (at end of document)"
_MAX_TEXT = 400
_MAX_NUMBER = 1_000_000_000
_SHOWN = 60
"""Characters of a text that an error repeats."""
_LONG_NUMBER = re.compile(r"[0-9_]{1000}")
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
"""Categories of Unicode of what prints nothing, or turns the order of what stands around it."""

CodeOf = TypeVar("CodeOf", bound=str)


class Document:
    """One TOML file: its top table, where everything stands, and what is wrong with it."""

    def __init__(self, file: str, raw: bytes, wrong: list[Wrong]) -> None:
        self.file, self.wrong = file, wrong
        self._places: dict[Path, int] | None = None
        before = len(wrong)
        self._text = decoded(file, raw, wrong)
        if len(wrong) > before:
            self.wrong = []
        self.top = Table(self, (), self._read())

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            said = str(error)
            at = _LINE.search(said)
            line = int(at[1]) if at else self._text.rstrip().count("\n") + 1
            what = said.removesuffix(at[0] if at else _END)
            self.wrong.append(Wrong(self.file, line, f"no TOML: {what}"))
        except RecursionError:
            depths = [line.count("[") + line.count("{") for line in self._text.split("\n")]
            line = depths.index(max(depths)) + 1
            self.wrong.append(Wrong(self.file, line, "no TOML: nested too deep"))
        except ValueError:  # of tomllib no other than a number longer than Python reads
            number = _LONG_NUMBER.search(self._text)
            line = self._text.count("\n", 0, number.start() if number else 0) + 1
            self.wrong.append(Wrong(self.file, line, "no TOML: a number is too long"))
        # Of what cannot be read nothing else is said.
        self.wrong, self._text = [], ""
        return {}

    def note(self, path: Path, what: str, expected: str = "") -> None:
        """Something is wrong with what stands at a path, or is missing there."""
        if self._places is None:
            self._places = places(self._text)
        while path not in self._places:
            path = path[:-1]
        self.wrong.append(Wrong(self.file, self._places[path], what, expected))


def decoded(file: str, raw: bytes, wrong: list[Wrong]) -> str:
    """The text of a file without a byte order mark; empty, and noted, where it is not UTF-8.

    A line with a character that nobody sees is noted, too.
    """
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        wrong.append(Wrong(file, line, "not UTF-8", "text in UTF-8"))
        return ""
    # Most files are asked once as a whole; nothing is wrong with a tab beside a value.
    if hidden(text.replace("\n", "").replace("\t", "")):
        for line, said in enumerate(text.split("\n"), 1):
            found = hidden(said.replace("\t", ""))
            if found:
                what = f"U+{ord(found):04X} stands here, which nobody sees"
                wrong.append(Wrong(file, line, what, "characters that print"))
    return text


def hidden(text: str) -> str:
    """The first control or format character (turning marks, zero-width ones); "" for none."""
    if text.isprintable():  # nearly every text is, and one look tells
        return ""
    return next((c for c in text if unicodedata.category(c) in _HIDDEN), "")


class Table:
    """One table. Each key that is asked for is known; `end` notes those that nobody asked for."""

    def __init__(self, document: Document, path: Path, held: Mapping[str, Any]) -> None:
        self.document, self.path, self._held = document, path, held
        self._asked: set[str] = set()

    def note(self, key: str | None, what: str, expected: str = "") -> None:
        """Something is wrong with a key of this table, or with the table."""
        self.document.note(self.path if key is None else (*self.path, key), what, expected)

    def end(self) -> None:
        """Notes keys that nobody asked for."""
        for key in self._held:
            if key not in self._asked:
                known = f"one of {listed(sorted(self._asked))}" if self._asked else "no keys"
                self.note(key, f"unknown key {cut(key)!r}", known)

    def __contains__(self, key: str) -> bool:
        return key in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def keys(self) -> Collection[str]:
        """Its keys, in the order of the file; asking for them is asking for each."""
        self._asked.update(self._held)
        return self._held.keys()

    def raw(self, key: str) -> Any:
        """What a key holds, whatever it is; None where there is no such key."""
        self._asked.add(key)
        return self._held.get(key)

    def _get(self, key: str, kind: type, named: str, *, needed: bool) -> Any:
        value = self.raw(key)
        if value is None:
            if needed:
                self.note(key, f"{key} is missing", named)
            return None
        # True is an int for Python, and a datetime a date; for a folder they are not.
        strange = (isinstance(value, bool) and kind is not bool) or isinstance(value, datetime)
        if not isinstance(value, kind) or strange:
            self.note(key, f"{key} = {shown(value)}", named)
            return None
        return value

    def text(self, key: str, *, needed: bool = True) -> str:
        """A text that says something; "" where there is none."""
        value = self._get(key, str, "a text in quotes", needed=needed)
        if value is None:
            return ""
        if not value.strip() or value != value.strip() or hidden(value):
            self.note(key, f"{key} = {shown(value)}", "a text of one line without space around it")
            return ""
        if len(value) > _MAX_TEXT:
            self.note(key, f"{key} = {shown(value)}", f"at most {_MAX_TEXT} characters")
            return ""
        return str(value)

    def code(self, key: str, pattern: re.Pattern[str], named: str, *, needed: bool = True) -> str:
        """A text of a given form; "" where there is none."""
        value = self.text(key, needed=needed)
        if value and not pattern.fullmatch(value):
            self.note(key, f"{key} = {shown(value)}", named)
            return ""
        return value

    def one_of(self, key: str, codes: Collection[CodeOf], *, needed: bool = True) -> CodeOf | None:
        """One of some codes."""
        value = self._get(key, str, f"one of {listed(codes)}", needed=needed)
        for code in codes:
            if code == value:
                return code
        if value is not None:
            self.note(key, f"{key} = {shown(value)}", f"one of {listed(codes)}")
        return None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Yes or no."""
        value = self.answer(key)
        return default if value is None else value

    def answer(self, key: str) -> bool | None:
        """Yes, no, or nothing said."""
        value = self._get(key, bool, "true or false", needed=False)
        return None if value is None else bool(value)

    def number(self, key: str) -> int | None:
        """A whole number, not below 0."""
        value = self._get(key, int, "a whole number", needed=True)
        if value is not None and value < 0:
            self.note(key, f"{key} = {value}", "a number that is not below 0")
            return None
        if value is not None and value > _MAX_NUMBER:
            self.note(key, f"{key} = {value}", f"at most {_MAX_NUMBER}")
            return None
        return None if value is None else int(value)

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """A date."""
        value = self._get(key, date, "a date without quotes, such as 2024-01-31", needed=needed)
        return value if isinstance(value, date) else None

    def span(self) -> tuple[date | None, date | None]:
        """`since` and `until`, in that order in time."""
        since, until = self.day("since"), self.day("until")
        if since is not None and until is not None and since > until:
            self.note("until", f"until = {until}", f"a day not before since = {since}")
        return since, until

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts, none twice."""
        value = self._get(key, list, "a list of texts", needed=needed)
        found: list[str] = []
        for number, each in enumerate(value or ()):
            at = (*self.path, key, number)
            if not isinstance(each, str) or not each.strip() or hidden(each):
                self.document.note(at, f"{key} holds {shown(each)}", "a text in quotes")
            elif each in found:
                self.document.note(at, f"{key} holds {shown(each)} twice")
            else:
                found.append(each)
        return tuple(found)

    def tables(self, key: str, *, needed: bool = False) -> Iterator[Table]:
        """The tables of a list of them ([[key]], or { … } each)."""
        value = self._get(key, list, f"[[{key}]]", needed=needed)
        for number, each in enumerate(value or ()):
            path = (*self.path, key, number)
            if isinstance(each, dict):
                yield Table(self.document, path, each)
            else:
                self.document.note(path, f"{key} holds {shown(each)}", "a table")

    def table(self, key: str) -> Table | None:
        """A table within this one."""
        value = self._get(key, dict, "a table", needed=False)
        return None if value is None else Table(self.document, (*self.path, key), value)


def shown(value: Any) -> str:
    """A value as an error says it."""
    if isinstance(value, str):
        return f'"{cut(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return str(value)


def cut(text: str) -> str:
    """As much of a text as a person reads in an error; what prints nothing is escaped."""
    seen = "".join(f"\\u{ord(c):04x}" if hidden(c) else c for c in text[:_SHOWN])
    return f"{seen}…" if len(text) > _SHOWN else seen


def listed(codes: Collection[str], most: int = 24) -> str:
    """Codes one after the other, as many as a person reads."""
    named = list(codes)
    more = f", … ({len(named)} in all)" if len(named) > most else ""
    return ", ".join(named[:most]) + more
