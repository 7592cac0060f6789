"""A plan as text: its head, its blocks, and the references in them, each with its line.

This is form only: what a reference means is said by `reports.plans.reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

FENCE = "+++"
_HEADING = re.compile(r"(#{1,4}) +(.*?)(?: *\{#([a-z][a-z0-9-]*)(\?)?\})?\s*")
_TABLE = re.compile(r"```+ *table\s*")
_CLOSING = re.compile(r"```+\s*")
_NAME = re.compile(r"[^\W\d_][\w（）]*")
_LATIN = re.compile(r"[A-Za-z0-9]{2}")
DEEPEST = 8
"""Braces within braces."""
_SHOWS = ("增减", "增长率")


class Misspelt(ValueError):
    """What is no reference; `at` is its place in the text."""

    def __init__(self, at: int, what: str, expected: str) -> None:
        super().__init__(what)
        self.at, self.what, self.expected = at, what, expected


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands in braces: {name key=value、value @shift show@shift: words | words}."""

    name: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    shift: tuple[str, ...]
    show: str
    """增减 or 增长率 against the period `against`; else the value."""
    against: tuple[str, ...]
    mark: str
    """ ":" or "?" before the words, or "" where there are none."""
    words: tuple[tuple[Node, ...], ...]
    line: int

    @property
    def form(self) -> str:
        """The words where they are one plain word: name, number, alone, list."""
        if self.mark == ":" and len(self.words) == 1 and len(self.words[0]) == 1:
            word = self.words[0][0]
            return word.strip() if isinstance(word, str) else ""
        return ""


Node = str | Reference


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `section` is the code under which staff write below it."""

    level: int
    nodes: tuple[Node, ...]
    section: str | None
    optional: bool
    """Whether nothing is missing where staff did not write it."""
    line: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

    nodes: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class TableText:
    """A table in TOML, as it stands."""

    toml: str
    line: int
    """Of the first line of its TOML."""


Block = Heading | Paragraph | TableText


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with the form."""

    line: int
    what: str
    expected: str


@dataclass(frozen=True, slots=True)
class Written:
    """A plan as it is written: its head in TOML from line 2 on, its blocks, and what is wrong."""

    head: str
    blocks: tuple[Block, ...]
    mistakes: tuple[Mistake, ...]
    begins: bool = True
    """Whether it has a head."""


def read(text: str) -> Written:
    """Take a plan apart. Nothing is raised: what is wrong is listed."""
    lines = text.split("\n")
    if lines[0].strip() != FENCE:
        return Written(
            "", (), (Mistake(1, "no head", f"a line {FENCE} before the head"),), begins=False
        )
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        return Written(
            "", (), (Mistake(1, "the head does not end", f"a second line {FENCE}"),), begins=False
        )
    reader = _Blocks(lines, end + 1)
    blocks = tuple(reader.read())
    return Written("\n".join(lines[1:end]), blocks, tuple(reader.mistakes))


class _Blocks:
    """Reads the lines below the head."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self.lines, self.at = lines, start
        self.mistakes: list[Mistake] = []

    def read(self) -> Iterator[Block]:
        while self.at < len(self.lines):
            line, number = self.lines[self.at], self.at + 1
            if not line.strip() or line.startswith("%"):
                self.at += 1
            elif line.startswith("#"):
                self.at += 1
                yield from self._heading(line, number)
            elif line.startswith("```"):
                self.at += 1
                yield from self._table(line, number)
            else:
                yield self._paragraph()

    def _heading(self, line: str, number: int) -> Iterator[Heading]:
        match = _HEADING.fullmatch(line)
        if match is None or not (match[2] or match[3]):
            self.mistakes.append(
                Mistake(number, "no heading", "# to ####, a space, the words, at the end {#code}")
            )
            return
        nodes = self._nodes(match[2], [(0, number)])
        yield Heading(len(match[1]), nodes, match[3], match[4] is not None, number)

    def _table(self, line: str, number: int) -> Iterator[TableText]:
        start = self.at
        while self.at < len(self.lines) and not _CLOSING.fullmatch(self.lines[self.at]):
            self.at += 1
        if self.at == len(self.lines):
            self.mistakes.append(Mistake(number, "the block does not end", "a line ```"))
            return
        self.at += 1
        if not _TABLE.fullmatch(line):
            self.mistakes.append(Mistake(number, f"no block {line.strip('` ')!r}", "```table"))
            return
        yield TableText("\n".join(self.lines[start : self.at - 1]), start + 1)

    def _paragraph(self) -> Paragraph:
        """Lines up to an empty one; a space stands between lines that end and begin in letters."""
        number, text, starts = self.at + 1, "", []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip() or line.startswith(("#", "```")):
                break
            if not line.startswith("%"):
                piece = line.strip()
                if _LATIN.fullmatch(text[-1:] + piece[0]):
                    text += " "
                starts.append((len(text), self.at + 1))
                text += piece
            self.at += 1
        return Paragraph(self._nodes(text, starts), number)

    def _nodes(self, text: str, starts: Sequence[tuple[int, int]]) -> tuple[Node, ...]:
        try:
            return nodes(text, starts)
        except Misspelt as error:
            line = _line(starts, error.at)
            self.mistakes.append(Mistake(line, error.what, error.expected))
            return ()


def nodes(text: str, starts: Sequence[tuple[int, int]] = ((0, 1),)) -> tuple[Node, ...]:
    """Text and references; `starts`: where lines begin in it → their number. Raises Misspelt."""
    reader = _Nodes(text, starts)
    made = reader.sequence("")
    if reader.at < len(text):
        reader.fail(reader.at, "} without {", "braces in pairs")
    return made


def _line(starts: Sequence[tuple[int, int]], at: int) -> int:
    return max((number for start, number in starts if start <= at), default=1)


class _Nodes:
    """Reads one paragraph from left to right."""

    def __init__(self, text: str, starts: Sequence[tuple[int, int]]) -> None:
        self.text, self.starts, self.at = text, starts, 0
        self.depth = 0

    def fail(self, at: int, what: str, expected: str) -> NoReturn:
        raise Misspelt(at, what, expected)

    def sequence(self, ends: str) -> tuple[Node, ...]:
        """Text and references up to a brace that closes, or one of these signs."""
        made: list[Node] = []
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in "}" + ends:
            if self.text[self.at] != "{":
                self.at += 1
                continue
            if start < self.at:
                made.append(self.text[start : self.at])
            made.append(self._reference())
            start = self.at
        if start < self.at:
            made.append(self.text[start : self.at])
        return tuple(made)

    def _reference(self) -> Reference:
        opened = self.at
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(opened, "braces within braces", f"{DEEPEST} within each other at most")
        self.at += 1
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in "{}:?":
            self.at += 1
        head, head_at = self.text[start : self.at], start
        mark, words = "", []
        if self.at < len(self.text) and self.text[self.at] in ":?":
            mark = self.text[self.at]
            self.at += 1
            words.append(self.sequence("|"))
            while self.at < len(self.text) and self.text[self.at] == "|":
                self.at += 1
                words.append(self.sequence("|"))
        if self.at == len(self.text) or self.text[self.at] != "}":
            self.fail(opened, f"{self.text[opened : opened + 20]}… is not closed", "a }")
        self.at += 1
        self.depth -= 1
        return self._made(head, head_at, mark, tuple(words))

    def _made(
        self, head: str, at: int, mark: str, words: tuple[tuple[Node, ...], ...]
    ) -> Reference:
        name, *options = head.replace("@", " @").split() or [""]
        if not _NAME.fullmatch(name):
            self.fail(at, f"{name!r} is no name", "a figure, statement, measure or word of a plan")
        where: dict[str, tuple[str, ...]] = {}
        shift: list[str] = []
        show = ""
        against: list[str] = []
        for option in options:
            key, sign, value = option.partition("=")
            if option.startswith("@"):
                (against if show else shift).append(option[1:])
            elif sign and key and value and key not in where:
                where[key] = tuple(value.split("、"))
            elif option in _SHOWS and not show:
                show = option
            else:
                self.fail(at, f"{option!r} in {{{head}}}", "key=value, @period or 增减@period")
        if show and not against:
            self.fail(at, f"{show} in {{{head}}} against nothing", f"{show}@上期")
        line = _line(self.starts, at)
        cut = tuple(where.items())
        return Reference(name, cut, tuple(shift), show, tuple(against), mark, words, line)


def references(found: Sequence[Node]) -> Iterator[Reference]:
    """All references, those within the words of others, too."""
    for node in found:
        if isinstance(node, Reference):
            yield node
            for words in node.words:
                yield from references(words)
