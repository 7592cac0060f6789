"""The lines of a PDF with where they stand, in points from the lower left corner of the paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

from pypdf import PdfReader

from tests.browser.paper import APART, plain


class Line(NamedTuple):
    """A line: its base, where it begins and where its last piece does, the size of its letters."""

    y: float
    x: float
    end: float
    size: float
    text: str


def lines_of(pdf: bytes) -> list[list[Line]]:
    """The lines of each page, from top to bottom."""
    return [_lines(page) for page in PdfReader(BytesIO(pdf)).pages]


def _lines(page: Any) -> list[Line]:
    parts: list[tuple[float, float, float, str]] = []

    def told(text: str, cm: list[float], tm: list[float], _: Any, size: float) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip():
            parts.append((y, x, round(size * tm[3] * cm[3], 1), text))

    page.extract_text(visitor_text=told)
    found: list[list[tuple[float, float, float, str]]] = []
    for part in sorted(parts, key=lambda part: -part[0]):
        if not found or found[-1][0][0] - part[0] > APART:
            found.append([])
        found[-1].append(part)
    made = []
    for line in found:
        ordered = sorted(line, key=lambda part: part[1])
        text = plain("".join(part[3] for part in ordered))
        made.append(
            Line(line[0][0], ordered[0][1], ordered[-1][1], max(part[2] for part in line), text)
        )
    return made
