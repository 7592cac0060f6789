"""A document as plain text: sentences in lines, tables in columns as wide as what they hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from infra.visible import visible
from reports.aside import MEANING
from reports.document import Document, FigureRef, Paragraph, Run, Table
from reports.shown import INTERNAL, INVENTED, SAMPLE_BANNER

_GAP = "  "


def render(document: Document) -> str:
    """The whole document."""
    blocks = [visible(document.title)]
    if document.sample:
        blocks.append(f"（{SAMPLE_BANNER}。{document.invention}。）")
    blocks.append(f"（{document.notice}。）" if document.notice else _published(document))
    blocks += [f"（{text.removesuffix('。')}。）" for text in _warnings(document)]
    for section in document.printed:
        if section.heading:
            blocks.append(visible(section.heading))
        for block in section.blocks:
            blocks.append(table(block) if isinstance(block, Table) else _paragraph(block, document))
    blocks.append("\n".join(line for line in (document.signed, document.dated) if line))
    if document.aside and document.is_public:
        blocks.append(f"口径说明：{document.aside.footnote}。")
    blocks.append(document.origin)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _published(document: Document) -> str:
    return f"发布时间：{document.published}" if document.published else ""


def _warnings(document: Document) -> list[str]:
    found = [INTERNAL] if document.internal else []
    found += [document.lacks.text] if document.lacks else []
    waits = bool(document.aside) and not document.is_public
    return found + ([f"{document.aside.text}。{MEANING}"] if waits else [])


def _paragraph(paragraph: Paragraph, document: Document) -> str:
    return "    " + "".join(_run(run, sample=document.sample) for run in paragraph.runs)


def _run(run: Run, *, sample: bool) -> str:
    text = visible(run.text)
    if not isinstance(run, FigureRef):
        return text
    mark = f"（{INVENTED}）" if run.invented else ""
    if not run.beside:
        return text + mark
    return f"{text}{mark}（{visible(run.beside)}{'，' + INVENTED if sample else ''}）"


def table(made: Table) -> str:
    """A table: numbers to the right, headings to the left."""
    heads = [made.corner, *(["单位"] if made.by_row else [])]
    heads += [
        c.heading if c.heading.startswith(c.group) else c.group + c.heading for c in made.columns
    ]
    lines = [[visible(head) for head in heads]]
    for row in made.rows:
        unit = [row.unit] if made.by_row else []
        lines.append([visible(cell) for cell in [row.heading, *unit, *(c.text for c in row.cells)]])
    left = 1 + made.by_row
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    printed = [_line(line, widths, left) for line in lines]
    above = [visible(made.title)] if made.title else []
    above += [f"单位：{made.units}"] if made.units else []
    below = [visible(made.note)] if made.note else []
    return "\n".join([*above, *printed, *below])


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = []
    for n, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (wide - width(cell))
        padded.append(cell + space if n < left else space + cell)
    return _GAP.join(padded).rstrip()


def width(text: str) -> int:
    """How many columns of a terminal it takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
