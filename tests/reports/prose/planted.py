"""Texts with planted faults: ⟦code|words⟧ marks each, and what a text is checked with stands above.

`#figure NAME VALUE UNIT` is a number that is known, `#statement WORDS` a claim that holds.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from reports.prose import Known, Remark, check
from tests.support.bureau import SAMPLE

_MARK = re.compile(r"⟦([a-z_]+)\|([^⟦⟧]*)⟧")
TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))


class Planted(NamedTuple):
    """A fault: its code, its paragraph from 1, its characters."""

    code: str
    paragraph: int
    start: int
    end: int

    def is_found_by(self, remark: Remark) -> bool:
        """Whether a remark is of this fault: its code, and characters of its own."""
        place = (remark.code, remark.paragraph) == (self.code, self.paragraph)
        return place and remark.start < self.end and self.start < remark.end


class Case(NamedTuple):
    """A text without its marks, and its faults."""

    paragraphs: list[str]
    faults: list[Planted]
    figures: list[Known]
    statements: list[str]


def read(text: str) -> Case:
    """A text with marks."""
    case = Case([], [], [], [])
    for line in text.splitlines():
        if line.startswith("#figure "):
            _, name, value, unit = line.split()
            case.figures.append(Known(name, Decimal(value), unit))
        elif line.startswith("#statement "):
            case.statements.append(line.removeprefix("#statement "))
        elif line.strip():
            _read_line(case, line)
    return case


def _read_line(case: Case, line: str) -> None:
    said, end = "", 0
    for mark in _MARK.finditer(line):
        said += line[end : mark.start()]
        place = len(said)
        said += mark[2]
        case.faults.append(Planted(mark[1], len(case.paragraphs) + 1, place, len(said)))
        end = mark.end()
    case.paragraphs.append(said + line[end:])


def differences(text: str) -> tuple[list[str], list[str]]:
    """Planted faults that are not found, and remarks on what was not planted."""
    case = read(text)
    found = check(case.paragraphs, bureau=SAMPLE, figures=case.figures, statements=case.statements)
    missed = [str(f) for f in case.faults if not any(f.is_found_by(one) for one in found)]
    more = [str(one) for one in found if not any(f.is_found_by(one) for f in case.faults)]
    return missed, more
