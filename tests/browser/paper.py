"""What stands on sheets of paper: the lines of a PDF from top to bottom, as a reader sees them."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from typing import Any

from pypdf import PdfReader

RADICALS = str.maketrans(
    "⺠⻄⻅⻆⻋⻓⻔⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰", "民西见角车长门页风飞食马鱼鸟黄齐齿龙"
)
"""A font may name a character by its radical; these are not said to be the same by Unicode."""

APART = 3.0
"""Points between two lines, at least."""


def plain(text: str) -> str:
    """A text without spaces, each character in one way."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.translate(RADICALS))).replace(
        ",", "，"
    )


def sheets(pdf: bytes) -> list[list[str]]:
    """The lines of each sheet, from top to bottom and from left to right."""
    return [_lines(page) for page in PdfReader(BytesIO(pdf)).pages]


def _lines(page: Any) -> list[str]:
    parts: list[tuple[float, float, str]] = []

    def told(text: str, cm: list[float], tm: list[float], *_: Any) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip():
            parts.append((-y, x, text))

    page.extract_text(visitor_text=told)
    found: list[list[tuple[float, str]]] = []
    above = float("-inf")
    for y, x, text in sorted(parts):
        if y - above > APART:
            found.append([])
        found[-1].append((x, text))
        above = y
    return [plain("".join(text for _, text in sorted(line))) for line in found]
