"""A document as Markdown; its manifest stands in a comment at its end."""

from __future__ import annotations

import re

from infra.visible import visible
from reports import manifest
from reports.aside import MEANING
from reports.document import Document, FigureRef, Gap, Paragraph, Run, Section, StatementRef, Table
from reports.shown import INTERNAL, INVENTED, SAMPLE_BANNER

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_BLOCK = re.compile(r"^([-+]|[0-9]+[.)])(?=\s)")
_BELOW_TITLE = 1
"""The title is the only heading of the first level."""


def _escaped(text: str) -> str:
    """Text in which nothing is markup, and everything can be seen."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def _linked(run: FigureRef | StatementRef, document: Document) -> str:
    href = document.link(run)
    return f"[{_escaped(run.text)}]({href})" if href else _escaped(run.text)


def _run(run: Run, document: Document) -> str:
    if isinstance(run, FigureRef):
        mark = f"（{INVENTED}）" if run.invented else ""
        beside = ""
        if run.beside:
            beside = f"（{_escaped(run.beside)}{'，' + INVENTED if document.sample else ''}）"
        return f"{_linked(run, document)}{mark}{beside}"
    if isinstance(run, StatementRef):
        return _linked(run, document)
    if isinstance(run, Gap):
        return f"**{_escaped(run.text)}**"
    return _escaped(run.text)


def _paragraph(paragraph: Paragraph, document: Document) -> str:
    text = "".join(_run(run, document) for run in paragraph.runs)
    return _BLOCK.sub(lambda match: "\\" + match[1], text)


def _table(table: Table) -> list[str]:
    heads = [table.corner, *(["单位"] if table.by_row else [])]
    heads += [f"{c.group} {c.heading}" if c.group else c.heading for c in table.columns]
    lines = [_row(heads), "|" + " --- |" * (1 + table.by_row) + " ---: |" * len(table.columns)]
    for row in table.rows:
        unit = [row.unit] if table.by_row else []
        lines.append(_row([row.heading, *unit, *(cell.text for cell in row.cells)]))
    title = [f"**{_escaped(table.title)}**"] if table.title else []
    units = [f"单位：{_escaped(table.units)}"] if table.units else []
    note = [_escaped(table.note)] if table.note else []
    return [*title, *units, "\n".join(lines), *note]


def _row(cells: list[str]) -> str:
    return "|" + "|".join(f" {_escaped(cell)} " for cell in cells) + "|"


def _section(section: Section, document: Document) -> list[str]:
    blocks = []
    if section.heading:
        marks = "#" * (section.level + _BELOW_TITLE)
        blocks.append(f"{marks} {_escaped(section.heading)}")
    for block in section.blocks:
        if isinstance(block, Table):
            blocks += _table(block)
        else:
            blocks.append(_paragraph(block, document))
    return blocks


def render(document: Document) -> str:
    """The whole document."""
    blocks = [f"# {_escaped(document.title)}"]
    if document.sample:
        blocks.append(f"> **{SAMPLE_BANNER}**。{document.invention}。")
    if document.notice:
        blocks.append(f"> **{_escaped(document.notice)}。**")
    elif document.published:
        blocks.append(f"发布时间：{document.published}")
    if document.internal:
        blocks.append(f"> **{INTERNAL}。**")
    if document.lacks:
        blocks.append(f"> **{document.lacks.text}。**")
    if document.aside and not document.is_public:
        blocks.append(f"> **{document.aside.text}。** {MEANING}")
    for section in document.printed:
        blocks += _section(section, document)
    signed = [line for line in (document.signed, document.dated) if line]
    blocks.append("  \n".join(map(_escaped, signed)))
    if document.aside and document.is_public:
        blocks.append(f"口径说明：{document.aside.footnote}。")
    blocks.append(document.origin)
    if document.sample:
        blocks.append(f"**{SAMPLE_BANNER}**")
    blocks.append(f"<!-- {manifest.embedded(document)} -->")
    return "\n\n".join(blocks) + "\n"
